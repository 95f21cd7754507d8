"""The page of what Piggy tells: subscriptions made and mended by one press, secrets, arrivals."""

import time

import pytest
from django.core import serializers
from django.core.cache import cache

from piggyadmin.duplicates import tasks as duplicates_tasks
from piggyadmin.ledger.models import Entry, EntryState, Event, Snapshot
from piggyadmin.request_log.models import LoggedCall
from piggyadmin.sandbox import seed
from piggyadmin.webhooks import tasks
from piggyadmin.webhooks.listening import ATTRIBUTES, WANTED
from piggyadmin.webhooks.models import SigningSecret, WebhookDelivery
from piggyadmin.webhooks.services import get_webhook_subscription, list_webhook_subscriptions
from piggyadmin.webhooks.signing import is_signed, secret_of, sign
from tests.conftest import proved
from tests.ledger.reading import main_of
from tests.webhooks.calls import body_of, know_secret, post

pytestmark = pytest.mark.django_db
URL = "/webhooks/received/"
ADDRESS = "https://testserver/webhooks/piggy/"
Owner = SigningSecret.Owner


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def shown(client, **context) -> str:
    return main_of(client.get(URL, secure=True, **context).content.decode())


def press(client) -> str:
    page = client.get(URL, secure=True)
    key = page.context["submission_key"]
    answer = client.post(f"{URL}mend/", {"submission_key": key}, secure=True, follow=True)
    return main_of(answer.content.decode())


def ours(piggy):
    return {e.event_type: e for e in list_webhook_subscriptions(piggy) if e.url == ADDRESS}


def test_one_press_makes_all_that_is_missing(admin, piggy, sandbox):
    assert "8 of 8 webhooks are missing or not in order." in shown(admin)
    assert "Put 8 webhooks in order" in shown(admin)
    press(admin)
    assert set(ours(piggy)) == set(WANTED)
    page = shown(admin)
    assert "All webhooks are in order." in page
    assert "Missing" not in page
    entries = Entry.objects.all()
    assert {each.action for each in entries} == {"create-webhook-subscription"}
    assert {each.state for each in entries} == {EntryState.DONE}
    updated = ours(piggy)["contact_updated"].uuid
    whole = get_webhook_subscription(piggy, webhook_subscription_uuid=updated)
    assert tuple(whole.properties) == ATTRIBUTES


def test_what_is_made_is_signed_with_a_secret_that_nobody_reads(admin, sandbox):
    page = press(admin)
    secret = secret_of(Owner.CONSOLE)
    assert is_signed(b"{}", sign(b"{}", secret))
    kept = [*Entry.objects.all(), *Event.objects.all(), *Snapshot.objects.all()]
    kept += [*LoggedCall.objects.all(), *SigningSecret.objects.all()]
    assert secret not in serializers.serialize("json", kept)
    assert secret not in page


def test_the_same_press_twice_makes_nothing_twice(admin, piggy, sandbox):
    key = admin.get(URL, secure=True).context["submission_key"]
    for _ in range(2):
        admin.post(f"{URL}mend/", {"submission_key": key}, secure=True)
    made = [each for each in list_webhook_subscriptions(piggy) if each.url == ADDRESS]
    assert len(made) == len(WANTED)


def test_what_is_not_as_it_should_be_is_mended(admin, piggy, sandbox):
    press(admin)
    made = ours(piggy)
    changes = {
        "contact_created": {"status": "INACTIVE"},
        "contact_updated": {"attributes": ["email", "shoe_size"]},
        "voucher_created": {"url": "https://old.example.test/webhooks/piggy/"},
    }
    for event, change in changes.items():
        sandbox.api("PUT", f"webhook-subscriptions/{made[event].uuid}", json=change)
    sandbox.api("DELETE", f"webhook-subscriptions/{made['voucher_updated'].uuid}")
    page = shown(admin)
    for words in ("Switched off", "Attributes are missing", "Goes to another address", "Missing"):
        assert words in page
    press(admin)
    assert "All webhooks are in order." in shown(admin)
    now = ours(piggy)
    assert now["contact_created"].status == "ACTIVE"
    assert now["voucher_created"].uuid == made["voucher_created"].uuid
    uuid = now["contact_updated"].uuid
    whole = get_webhook_subscription(piggy, webhook_subscription_uuid=uuid)
    assert set(whole.properties) == {*ATTRIBUTES, "shoe_size"}


def test_what_others_made_is_left_alone(admin, piggy, sandbox):
    before = list_webhook_subscriptions(piggy)
    press(admin)
    after = {each.uuid: each for each in list_webhook_subscriptions(piggy)}
    assert [after[each.uuid] for each in before] == before


def test_what_cannot_be_made_is_told(admin, sandbox):
    key = admin.get(URL, secure=True).context["submission_key"]
    sandbox.faults({"kind": "code", "code": 1003, "method": "POST"})
    page = admin.post(f"{URL}mend/", {"submission_key": key}, secure=True, follow=True)
    words = page.content.decode()
    assert "A customer was created: " in words
    assert "webhooks are made or mended" not in words


def test_an_address_that_piggy_cannot_call_safely_is_not_told_to_it(admin, piggy, sandbox):
    key = admin.get(URL).context["submission_key"]
    page = admin.post(f"{URL}mend/", {"submission_key": key}, follow=True).content.decode()
    assert "Enter a whole address that begins with https://" in page
    assert not [e for e in list_webhook_subscriptions(piggy) if "testserver" in (e.url or "")]


def test_while_piggy_is_away_what_arrived_is_shown(admin, sandbox):
    know_secret()
    post(body_of("moon_rises", {}))
    sandbox.faults(maintenance=True)
    page = shown(admin)
    assert "moon_rises" in page
    assert "Put " not in page


def test_what_arrived_is_told_by_name_and_with_what_came_of_it(admin, sandbox):
    know_secret()
    post(body_of("contact_updated", {"contact": {"uuid": seed.MIRA_UUID}}))
    post(body_of("contact_updated", {"contact": {"uuid": seed.MIRA_UUID}}))
    post(body_of("moon_rises", {"contact": {"email": "secret@example.test"}}))
    post(b"{}", "0" * 64)
    tasks.hear_webhooks()
    duplicates_tasks.keep_mirror()  # which knows names
    page = shown(admin)
    for words in (
        "Mira Jansen",
        "A customer was changed",
        "2\N{MULTIPLICATION SIGN}",
        "Taken in",
        "moon_rises",
        "Not known here",
    ):
        assert words in page
    assert "Wrong signature" in page
    assert f"/contacts/{seed.MIRA_UUID}/" in page
    assert "secret@example.test" not in page


def test_the_secret_is_shown_to_whoever_asks_and_not_before(admin, sandbox):
    press(admin)
    secret = secret_of(Owner.CONSOLE)
    assert secret not in shown(admin)
    assert secret in admin.post(f"{URL}secret/", secure=True).content.decode()
    assert admin.get(f"{URL}secret/", secure=True).status_code == 405


def test_the_accounts_secret_is_kept_and_forgotten_again(admin, sandbox):
    page = admin.post(f"{URL}account-secret/", {"account_secret": "of-the-account"}, follow=True)
    assert "kept, sealed" in page.content.decode()
    assert "of-the-account" not in page.content.decode()
    assert secret_of(Owner.ACCOUNT) == "of-the-account"
    body = body_of("contact_created", {})
    assert post(body, sign(body, "of-the-account")).status_code == 204
    admin.post(f"{URL}account-secret/", {"account_secret": ""})
    assert post(body, sign(body, "of-the-account")).status_code == 403
    too_long = admin.post(f"{URL}account-secret/", {"account_secret": "x" * 10_000})
    assert too_long.context["account_form"].errors


def test_whom_to_believe_takes_a_fresh_proof(admin, sandbox):
    """Whoever knows a secret can tell this console what they like in Piggy's name."""
    press(admin)
    proved(admin, at=time.time() - 3600)
    for part, sent in (("secret", {}), ("account-secret", {"account_secret": "mine"})):
        answer = admin.post(f"{URL}{part}/", sent)
        assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert secret_of(Owner.ACCOUNT) == ""


def test_nobody_else_gets_there(staff, auditor, sandbox):
    for client in (staff, auditor):
        assert client.get(URL).status_code == 403
        for part in ("mend", "secret", "account-secret"):
            assert client.post(f"{URL}{part}/").status_code == 403
    assert not SigningSecret.objects.exists()
    assert not WebhookDelivery.objects.exists()
    assert sandbox.calls("POST", "webhook-subscriptions") == []
