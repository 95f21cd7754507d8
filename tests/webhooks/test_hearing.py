"""Working through what arrived: what comes of it, what is kept, and a whole day of it."""

import json
import random
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from piggyadmin.bookings.models import SeenBooking
from piggyadmin.contacts.signals import contact_ended
from piggyadmin.duplicates import tasks as duplicates_tasks
from piggyadmin.duplicates.mirror.sweep import sweep
from piggyadmin.duplicates.models import ChangedContact, MirroredContact
from piggyadmin.sandbox import seed
from piggyadmin.webhooks import hearing, tasks
from piggyadmin.webhooks.models import DeliveryState, WebhookDelivery
from piggyadmin.webhooks.signals import event_heard
from piggyadmin.webhooks.signing import console_secret
from tests.duplicates.conftest import started
from tests.ledger.making import somebody
from tests.webhooks.calls import body_of, know_secret, post

pytestmark = pytest.mark.django_db
State = DeliveryState
MIRA = seed.MIRA_UUID
BOOKING = "c0ffee00-0000-4000-8000-000000000aaa"


@pytest.fixture(autouse=True)
def _known() -> None:
    cache.clear()
    know_secret()


def heard(kind: str, data: Any, **more: Any) -> WebhookDelivery:
    """Have Piggy tell something, and a worker work through it."""
    post(body_of(kind, data, **more))
    tasks.hear_webhooks()
    return WebhookDelivery.objects.latest("pk")


def test_a_contact_of_whom_piggy_tells_is_read_again():
    delivery = heard("contact_updated", {"contact": {"uuid": MIRA, "email": "m@example.test"}})
    assert delivery.state == State.TAKEN
    assert delivery.payload is None
    assert ChangedContact.objects.get().uuid == MIRA


def test_what_is_told_of_a_contact_is_a_hint_alone(sandbox):
    heard("contact_updated", {"contact": {"uuid": MIRA, "email": "forged@example.test"}})
    duplicates_tasks.keep_mirror()
    assert MirroredContact.objects.get(uuid=MIRA).email == "mira.jansen@example.test"
    assert not ChangedContact.objects.exists()


def test_without_a_mirror_nothing_is_noted(settings):
    settings.DUPLICATES = False
    assert heard("contact_updated", {"contact": {"uuid": MIRA}}).state == State.NOTHING
    assert not ChangedContact.objects.exists()


def test_an_event_that_is_not_known_is_kept_and_does_nothing():
    delivery = heard("moon_rises", {"contact": {"uuid": MIRA}})
    assert delivery.state == State.UNKNOWN_EVENT
    assert delivery.payload == {"type": "moon_rises", "data": {"contact": {"uuid": MIRA}}}
    assert not ChangedContact.objects.exists()


def test_what_concerns_nobody_is_done_with():
    assert heard("promotion_updated", {"promotion": {"uuid": "x"}}).state == State.NOTHING


def test_the_same_again_has_the_contact_read_once_more():
    """Two changes may be told in the very same bytes."""
    heard("contact_updated", {"uuid": MIRA})
    ChangedContact.objects.all().delete()
    assert heard("contact_updated", {"uuid": MIRA}).times == 2
    assert ChangedContact.objects.exists()


def test_the_same_again_does_not_bring_an_old_booking_back():
    """It tells no moment of its own, so that when it came first is what counts."""
    first, second = ({"uuid": BOOKING, "status": status} for status in ("created", "canceled"))
    heard("booking_updated", first)
    heard("booking_updated", second)
    heard("booking_updated", first)
    assert SeenBooking.objects.get().status == "canceled"
    assert sorted(WebhookDelivery.objects.values_list("state", flat=True)) == ["outdated", "taken"]


def test_a_moment_still_to_come_does_not_stop_what_follows():
    far = {"uuid": BOOKING, "status": "created", "updated_at": "9999-12-31T23:59:59-12:00"}
    heard("booking_updated", far)
    heard("booking_updated", {"uuid": BOOKING, "status": "completed"})
    assert SeenBooking.objects.get().status == "completed"


def test_one_that_cannot_be_handled_stops_no_other(caplog, monkeypatch):
    def fails(*, event, **_signal):
        if event.type == "voucher_redeemed":
            raise RuntimeError(event.body["data"]["secret"])

    event_heard.connect(fails)
    try:
        post(body_of("voucher_redeemed", {"secret": "personal"}))
        post(body_of("contact_updated", {"uuid": MIRA}))
        for _ in range(hearing.MOST_ATTEMPTS + 1):
            tasks.hear_webhooks()
    finally:
        event_heard.disconnect(fails)
    states = dict(WebhookDelivery.objects.values_list("event_type", "state"))
    assert states == {"voucher_redeemed": State.FAILED, "contact_updated": State.TAKEN}
    assert "personal" not in caplog.text


def test_what_came_again_meanwhile_is_worked_through_again(monkeypatch):
    post(body_of("contact_updated", {"uuid": MIRA}))

    def comes_again(**_signal):
        event_heard.disconnect(comes_again)
        post(body_of("contact_updated", {"uuid": MIRA}))

    event_heard.connect(comes_again)
    tasks.hear_webhooks()
    assert WebhookDelivery.objects.get().state == State.WAITING
    tasks.hear_webhooks()
    assert WebhookDelivery.objects.get().state == State.TAKEN


def test_what_is_old_is_forgotten(settings):
    settings.WEBHOOK_DAYS = 30
    heard("contact_updated", {"uuid": MIRA})
    heard("moon_rises", {})
    old = WebhookDelivery.objects.filter(event_type="moon_rises")
    old.update(arrived_at=timezone.now() - timedelta(days=31))
    tasks.forget_webhooks()
    assert WebhookDelivery.objects.get().event_type == "contact_updated"


def test_of_whom_has_ended_nothing_is_kept_that_was_told():
    heard("moon_rises", {"contact": {"uuid": MIRA}})
    contact_ended.send(None, contact_uuid=MIRA)
    assert WebhookDelivery.objects.get().payload is None


# --- A day -------------------------------------------------------------------------------------


PEOPLE, VISITS, TABLES = 30, 90, 30
EVENTS = ("contact_created", "contact_updated", "credit_reception_created")


def a_day(sandbox, hearer, chance: random.Random) -> list[tuple[bytes, str]]:
    """Have a day pass in the sandbox, and give what Piggy told of it, in its order."""
    for event in EVENTS:
        hook = {"name": event, "event_type": event, "url": f"{hearer.url}/"}
        own = {"secret": console_secret(somebody())} if event != "contact_created" else {}
        sandbox.api("POST", "webhook-subscriptions", json=hook | own)
    people = [
        sandbox.api("POST", "contacts", json={"email": f"day{n}@example.test"})["uuid"]
        for n in range(PEOPLE)
    ]
    for _ in range(VISITS):
        given = {"contact_uuid": chance.choice(people), "shop_uuid": seed.AMSTERDAM_UUID}
        sandbox.api("POST", "credit-receptions", json={**given, "credits": chance.randint(1, 50)})
    for uuid in people:
        name = chance.choice(["Noor", "Sanne", "Joris"])
        sandbox.api("PUT", f"contacts/{uuid}", json={"attributes": {"firstname": name}})
    for n in range(TABLES):
        given = {"contact_uuid": chance.choice(people), "shop_uuid": seed.AMSTERDAM_UUID}
        given |= {"starts_at": f"2030-05-{n % 28 + 1:02}T18:00:00+00:00", "number_of_people": 2}
        made = sandbox.api("POST", "bookings", json=given)
        for status in chance.sample(["in progress", "completed", "canceled", "late"], 3):
            sandbox.api("PUT", f"bookings/{made['uuid']}", json={"status": status})
    number = PEOPLE * 2 + VISITS + TABLES * 4
    until = time.monotonic() + 180
    while len(hearer.received) < number and time.monotonic() < until:
        time.sleep(0.05)
    told = [(each.body, each.headers["Signature"]) for each in hearer.received]
    assert len(told) == number
    return told


def last_of_each_booking(told: list[tuple[bytes, str]]) -> set[bytes]:
    """Name what nothing follows: it alone cannot be done without.

    That is not what arrived last: several are told at once, each over a connection of its own.
    """
    last: dict[str, tuple[str, bytes]] = {}
    for body, _ in told:
        booking = json.loads(body)["data"].get("booking")
        if booking:
            known = last.get(booking["uuid"], ("", b""))
            last[booking["uuid"]] = max(known, (booking["updated_at"], body))
    return {body for _, body in last.values()}


def spoilt(told: list[tuple[bytes, str]], chance: random.Random) -> list[tuple[bytes, str]]:
    """Leave some out, repeat some, forge some, and put all in disorder."""
    kept = last_of_each_booking(told)
    arrived = [each for each in told if each[0] in kept or chance.random() > 0.15]
    assert len(arrived) < len(told)
    arrived += chance.sample(arrived, len(arrived) // 4)
    forged = [(body.replace(b"2030-05", b"2031-05"), signature) for body, signature in told[::5]]
    arrived += [(body, signature) for body, signature in forged if b"2031-05" in body]
    arrived += [(body, "f" * 64) for body, _ in told[::7]]
    chance.shuffle(arrived)
    return arrived


def bookings_here() -> dict[str, tuple[Any, ...]]:
    return {
        each.uuid: (each.contact_uuid, each.status, each.number_of_people, each.starts_at)
        for each in SeenBooking.objects.all()
    }


def bookings_there(sandbox) -> dict[str, tuple[Any, ...]]:
    return {
        each["uuid"]: (
            each["contact"]["uuid"],
            each["status"],
            each["number_of_people"],
            datetime.fromisoformat(each["starts_at"]),
        )
        for each in sandbox.bookings()
        if each["starts_at"].startswith("2030-05")
    }


def contacts_here() -> dict[str, tuple[Any, ...]]:
    rows = MirroredContact.objects.all()
    return {each.uuid: (each.email, each.firstname, each.credits) for each in rows}


def contacts_there(sandbox) -> dict[str, tuple[Any, ...]]:
    listed = sandbox.api("GET", "contacts", params={"limit": 100})
    return {
        each["uuid"]: (
            each["email"] or "",
            each["current_values"].get("firstname") or "",
            each["credit_balance"]["balance"],
        )
        for each in listed
    }


def test_a_day_in_disorder_with_repeats_forgeries_and_gaps_comes_to_what_piggy_has(
    sandbox, scripted, piggy
):
    chance = random.Random(12)
    told = a_day(sandbox, scripted, chance)
    for body, signature in spoilt(told, chance):
        post(body, signature)
        if chance.random() < 0.05:
            tasks.hear_webhooks()
    while WebhookDelivery.objects.filter(state=State.WAITING).exists():
        tasks.hear_webhooks()
    assert bookings_here() == bookings_there(sandbox)
    while ChangedContact.objects.exists():
        duplicates_tasks.keep_mirror()
    sweep(started(), piggy)
    assert contacts_here() == contacts_there(sandbox)
    assert not WebhookDelivery.objects.filter(state=State.FAILED).exists()
    assert not WebhookDelivery.objects.exclude(payload=None).exists()
