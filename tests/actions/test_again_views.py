"""Sending once more what is known not to have been done."""

from uuid import uuid4

import pytest

from piggyadmin.actions.again_views import Again
from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.types import Contact
from piggyadmin.credits.actions.create_credit_reception import CreditsToGive
from piggyadmin.ledger import (
    appending,
    entries,
    operations,
)
from piggyadmin.ledger.models import (
    Entry,
    EntryState,
)
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.ledger.making import make_entry
from tests.ledger.test_views import CREDITS, text, unknown_credits, url

BOOKING = "create-booking"
pytestmark = pytest.mark.django_db


@pytest.fixture
def vanished(monkeypatch):
    entry = make_entry(EntryState.SETTLED_NOT_DONE)
    monkeypatch.delitem(operations._operations, entry.action)
    return entry


def not_given(number=25, gives=25, contact=seed.MIRA_UUID):
    data = {
        "contact_uuid": Contact(uuid=contact),
        "shop_uuid": seed.AMSTERDAM_UUID,
        "credits": number,
        "unit_value": None,
        "unit_name": "",
    }
    preview = CreditsToGive(
        contact=data["contact_uuid"],
        shop_name="Amsterdam",
        unit_label="",
        gives=gives,
        is_calculated=False,
        balance=120,
    )
    return make_entry(EntryState.SETTLED_NOT_DONE, slug=CREDITS, data=data, preview=preview)


@pytest.mark.parametrize("changed", [{"gives": 30}, {"contact": "gone"}])
def test_what_has_changed_is_not_sent_again(staff, sandbox, changed):
    entry = not_given(**changed)
    response = staff.post(url(entry, "again/"))
    assert response.url == f"/actions/{CREDITS}/?again={entry.submission_key}"
    assert "Something has changed since" in text(staff.get(response.url))
    assert sandbox.calls("POST", "credit-receptions") == []
    assert Entry.objects.count() == 1


def test_what_has_no_preview_is_sent_again_with_its_moments(admin, piggy, sandbox):
    action = get_action(BOOKING)
    form = action.form_class(SAMPLES[BOOKING], piggy=piggy)
    assert form.is_valid(), form.errors
    entry = make_entry(EntryState.SETTLED_NOT_DONE, slug=BOOKING, data=form.action_data)
    typed = action.form_data(entries.reread(entry))
    # With its offset, so that the hour that comes twice is the right one.
    assert typed["starts_at"] == f"{SAMPLES[BOOKING]['starts_at']}:00+02:00"
    assert admin.post(url(entry, "again/")).status_code == 302
    again = Entry.objects.latest("pk")
    assert (again.pk != entry.pk, again.state) == (True, EntryState.DONE)
    assert again.data == entries.reread(entry).data


def test_what_was_established_meanwhile_stays(admin, sandbox, monkeypatch):
    entry = not_given()
    action = type(get_action(CREDITS))
    perform = action.perform

    def settled_after(self, piggy, data):
        result = perform(self, piggy, data)
        appending.append(Entry.objects.latest("pk"), EntryState.SETTLED_DONE)
        return result

    monkeypatch.setattr(action, "perform", settled_after)
    admin.post(url(entry, "again/"))
    kinds = [event.kind for event in Entry.objects.latest("pk").events.all()]
    assert kinds == ["intended", "sent", "settled-done"]


def test_what_has_no_action_any_more_cannot_be_sent_again(auditor, vanished):
    assert auditor.post(url(vanished, "again/")).status_code == 404
    assert Entry.objects.count() == 1


def test_sent_again_with_one_press(staff, sandbox):
    entry = unknown_credits()
    assert staff.post(url(entry, "again/")).status_code == 403
    appending.append(entry, EntryState.SETTLED_NOT_DONE)
    assert "Send it again" in text(staff.get(url(entry)))
    for _ in range(2):
        response = staff.post(url(entry, "again/"), follow=True)
        assert response.status_code in {200, 403}
    assert len(sandbox.calls("POST", "credit-receptions")) == 1
    again = Entry.objects.latest("pk")
    assert (again.state, again.reason) == (EntryState.DONE, "Goodwill")
    assert "Send it again" not in text(staff.get(url(entry)))


def test_a_step_is_judged_by_what_was_given_meanwhile(staff, sandbox, settings, monkeypatch):
    """Two who press at the same moment, each for a step of their own, do not pass the limit."""
    entry, whole = not_given(), uuid4()

    def given_meanwhile(_entry):
        settings.FOUR_EYES_CREDITS_ABOVE = 20
        return whole

    monkeypatch.setattr(entries, "whole_of", given_meanwhile)
    response = staff.post(url(entry, "again/"))
    assert response.url == f"/actions/{CREDITS}/?again={entry.submission_key}"
    assert sandbox.calls("POST", "credit-receptions") == []


def test_sent_again_by_two_people(staff, admin, sandbox, monkeypatch):
    """Whoever presses second, be it at the same moment, is led to what the first one sent."""
    entry = unknown_credits()
    appending.append(entry, EntryState.SETTLED_NOT_DONE)
    staff.post(url(entry, "again/"))
    again = Entry.objects.latest("pk")
    assert admin.post(url(entry, "again/"))["Location"] == url(again)
    with monkeypatch.context() as patch:
        patch.setattr(Again, "_first", lambda _self: None)
        assert admin.post(url(entry, "again/"))["Location"] == url(again)
    assert len(sandbox.calls("POST", "credit-receptions")) == 1


def test_what_cannot_be_sent_again_now_waits(staff, sandbox):
    entry = unknown_credits()
    appending.append(entry, EntryState.SETTLED_NOT_DONE)
    sandbox.faults({"kind": "status", "status": 503})
    page = text(staff.post(url(entry, "again/"), follow=True))
    assert "is being maintained" in page
    assert "Send it again" in page


def test_sent_again_by_somebody_of_another_role(support, sandbox):
    entry = unknown_credits()
    appending.append(entry, EntryState.SETTLED_NOT_DONE)
    assert support.post(url(entry, "again/")).status_code == 403
