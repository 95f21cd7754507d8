"""Webhook subscriptions: their secret is nobody's but Piggy's and the address's."""

import json

import pytest
from django.core import serializers

from piggyadmin.ledger.models import Entry, EntryState, Event, Snapshot
from piggyadmin.request_log.models import LoggedCall
from piggyadmin.webhooks import services
from tests.actions.samples import SAMPLES
from tests.ledger.reading import main_of

pytestmark = pytest.mark.django_db
URL = "/actions/create-webhook-subscription/"
SAMPLE = SAMPLES["create-webhook-subscription"]
SECRET = "kept-by-nobody-1234"


def test_the_secret_goes_to_piggy_and_is_kept_nowhere(admin, sandbox, monkeypatch):
    sent = []
    create = services.create_webhook_subscription

    def noted(*args, **options):
        sent.append(options)
        return create(*args, **options)

    monkeypatch.setattr(services, "create_webhook_subscription", noted)
    page = admin.post(URL, SAMPLE | {"secret": SECRET}, follow=True).content.decode()
    assert "Made: Piggy has it now" in page
    assert sent[0]["secret"] == SECRET
    entry = Entry.objects.get()
    assert entry.data["secret"] == {"value": "**********"}
    kept = [*Entry.objects.all(), *Event.objects.all(), *Snapshot.objects.all()]
    kept += LoggedCall.objects.all()
    assert SECRET not in serializers.serialize("json", kept)
    assert SECRET not in page
    assert SECRET not in admin.get(f"/ledger/{entry.submission_key}/").content.decode()


def test_the_secret_is_typed_anew_where_the_rest_stands_again(admin, sandbox):
    page = admin.post(URL, SAMPLE | {"secret": SECRET, "name": ""}).content.decode()
    assert SECRET not in page
    sandbox.faults({"kind": "drop_before", "method": "POST"})
    admin.post(URL, SAMPLE | {"secret": SECRET})
    entry = Entry.objects.get()
    assert entry.state is EntryState.UNKNOWN
    again = main_of(admin.get(URL, {"again": entry.submission_key}).content.decode())
    assert SAMPLE["url"] in again
    assert "***" not in again


@pytest.mark.parametrize(
    "url",
    [
        "http://example.test/hooks",
        "https://",
        "example.test",
        "https://me:pass@example.test/",
        "javascript:alert(1)",
        "https://[::1/hooks",
    ],
)
def test_only_a_whole_encrypted_address_without_a_password_will_do(url, admin, sandbox):
    form = admin.post(URL, SAMPLE | {"url": url}).context["form"]
    assert list(form.errors) == ["url"]
    assert sandbox.calls("POST") == []


def test_attributes_belong_to_changes_of_contacts(admin, piggy):
    form = admin.post(URL, SAMPLE | {"attributes": "email"}).context["form"]
    assert form.errors["attributes"] == ["Only “A customer was changed” is about attributes."]
    changed = SAMPLE | {"event_type": "contact_updated"}
    form = admin.post(URL, changed).context["form"]
    assert form.errors["attributes"] == ["This event needs at least one attribute."]
    admin.post(URL, changed | {"attributes": "lastname\nfirstname\n\nlastname"})
    (made,) = services.list_webhook_subscriptions(piggy, event_type="contact_updated")
    one = services.get_webhook_subscription(piggy, webhook_subscription_uuid=made.uuid)
    assert one.properties == ["firstname", "lastname"]


def test_the_list_can_be_narrowed_down(admin, sandbox):
    shown = admin.post("/webhooks/", {"event_type": "voucher_redeemed"}, follow=True)
    assert "Vouchers used" in main_of(shown.content.decode())
    nothing = admin.get("/webhooks/", {"status": "INACTIVE"}).content.decode()
    assert "Piggy tells no address of this" in nothing


def test_only_those_who_may_make_them_see_them(staff, sandbox):
    assert staff.get("/webhooks/").status_code == 403
    assert "/webhooks/" not in staff.get("/").content.decode()


def test_a_draft_keeps_no_secret(client, settings):
    """Of whoever has been signed out, what was typed waits in the browser."""
    client.post(URL, SAMPLE | {"secret": SECRET})
    kept = json.dumps({name: each.value for name, each in client.cookies.items()})
    assert SECRET not in kept
