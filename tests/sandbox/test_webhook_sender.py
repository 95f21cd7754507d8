"""Who is told what by the sandbox, and how that is signed."""

import json
import time

import pytest

from piggyadmin.sandbox import seed
from piggyadmin.sandbox.webhook_sender import ACCOUNT_SECRET
from piggyadmin.webhooks.signing import sign
from tests.piggy.scripted import Received

NEW = {"email": "told@example.test"}


def subscribe(sandbox, url: str, event: str = "contact_created", **more: str) -> str:
    hook = {"name": "N", "event_type": event, "url": url, **more}
    return str(sandbox.api("POST", "webhook-subscriptions", json=hook)["uuid"])


def received(hearer, number: int) -> list[Received]:
    until = time.monotonic() + 20
    while len(hearer.received) < number and time.monotonic() < until:
        time.sleep(0.02)
    assert len(hearer.received) == number
    return list(hearer.received)


@pytest.mark.parametrize("more", [{}, {"secret": "of-its-own"}])
def test_who_subscribed_is_told_signed_with_its_secret_or_the_accounts(sandbox, scripted, more):
    subscribe(sandbox, f"{scripted.url}/hooks", **more)
    made = sandbox.api("POST", "contacts", json=NEW)
    (call,) = received(scripted, 1)
    assert (call.method, call.path) == ("POST", "/hooks")
    assert call.headers["Signature"] == sign(call.body, more.get("secret", ACCOUNT_SECRET))
    told = json.loads(call.body)
    assert told["type"] == "contact_created"
    assert told["data"]["contact"]["uuid"] == made["uuid"]


def test_of_bookings_everybody_is_told_who_is_told_of_anything(sandbox, scripted):
    subscribe(sandbox, f"{scripted.url}/hooks", secret="of-its-own")
    asked = {"shop_uuid": seed.AMSTERDAM_UUID, "contact_uuid": seed.MIRA_UUID, "status": "created"}
    made = sandbox.api("POST", "bookings", json=asked)
    sandbox.api("PUT", f"bookings/{made['uuid']}", json={"status": "canceled"})
    calls = sorted(received(scripted, 2), key=lambda call: call.body.count(b"canceled"))
    first, last = (json.loads(call.body) for call in calls)
    assert (first["type"], last["type"]) == ("booking_created", "booking_updated")
    assert last["data"]["booking"]["status"] == "canceled"
    assert last["data"]["booking"]["shop"]["uuid"] == seed.AMSTERDAM_UUID
    assert first["data"]["booking"]["updated_at"] < last["data"]["booking"]["updated_at"]
    assert {call.headers["Signature"] for call in calls} == {
        sign(call.body, ACCOUNT_SECRET) for call in calls
    }


def test_nobody_is_told_of_what_was_refused_or_by_what_is_switched_off(sandbox, scripted):
    uuid = subscribe(sandbox, f"{scripted.url}/hooks")
    assert not sandbox.request("POST", "contacts", json={"email": "none"}).ok
    sandbox.api("PUT", f"webhook-subscriptions/{uuid}", json={"status": "INACTIVE"})
    sandbox.api("POST", "contacts", json=NEW)
    sandbox.api("PUT", f"webhook-subscriptions/{uuid}", json={"status": "ACTIVE"})
    made = sandbox.api("POST", "contacts", json={"email": "second@example.test"})
    (call,) = received(scripted, 1)
    assert made["uuid"].encode() in call.body


def test_an_address_elsewhere_or_of_nobody_spoils_no_answer(sandbox):
    for url in ("https://example.test/hooks", "http://127.0.0.1:9/", "http://[::1", "nowhere"):
        subscribe(sandbox, url)
    assert sandbox.api("POST", "contacts", json=NEW)["uuid"]
