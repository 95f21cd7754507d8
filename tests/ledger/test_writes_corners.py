"""What the ledger seldom meets: vanished actions, what changed meanwhile, those who come late."""

from datetime import timedelta

import pytest
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.types import Contact
from piggyadmin.credits.actions import CreditsToGive
from piggyadmin.ledger import appending, entries, following, operations, recovery
from piggyadmin.ledger.filters import Place
from piggyadmin.ledger.models import (
    Approval,
    Entry,
    EntryState,
    EntryStatus,
    Reason,
    Snapshot,
    Subject,
)
from piggyadmin.ledger.operations import Progress, Verdict
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.ledger.making import make_entry, somebody
from tests.ledger.test_views import CREDITS, text, unknown_credits, url

pytestmark = pytest.mark.django_db
BOOKING = "create-booking"


# --- Pages -----------------------------------------------------------------------------------


@pytest.fixture
def vanished(monkeypatch):
    entry = make_entry(EntryState.SETTLED_NOT_DONE)
    monkeypatch.delitem(operations._operations, entry.action)
    return entry


def test_an_entry_outlives_its_action(auditor, staff, vanished):
    page = text(auditor.get(url(vanished)))
    assert vanished.trace_id in page
    assert "Send it again" not in page
    assert staff.get(url(vanished)).status_code == 403


def test_what_has_no_action_any_more_cannot_be_sent_again(auditor, vanished):
    assert auditor.post(url(vanished, "again/")).status_code == 404
    assert Entry.objects.count() == 1


def test_what_is_known_is_not_looked_for(admin, sandbox):
    entry = make_entry(EntryState.DONE)
    response = admin.post(url(entry, "look/"))
    assert response.url == url(entry)
    assert [event.kind for event in entry.events.all()] == ["intended", "sent", "done"]
    assert sandbox.calls("GET") == []


def test_the_form_to_decide_is_on_the_entrys_page(staff):
    entry = unknown_credits()
    assert staff.get(url(entry, "decide/")).url == url(entry)


def test_who_decides_too_late_is_told(staff, sandbox):
    entry = unknown_credits()
    appending.append(entry, EntryState.SETTLED_NOT_DONE)
    typed = {"is_done": "yes", "why": "The till says so."}
    page = text(staff.post(url(entry, "decide/"), typed, follow=True))
    assert "It was settled meanwhile" in page
    assert entries.reread(entry).state == EntryState.SETTLED_NOT_DONE


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


@pytest.mark.parametrize("place", ["2030-13-45T00:00:00+00:00~5", "2030-02-30T25:00:00Z~1"])
def test_a_moment_that_never_was_is_the_beginning(place):
    assert Place.read(place) is None


# --- Performing, waiting, recovering ---------------------------------------------------------


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


def test_the_second_press_does_not_wait_for_ever(monkeypatch):
    monkeypatch.setattr(recovery, "WAIT_FOR_FIRST_SECONDS", 0)
    entry = make_entry()
    assert recovery.wait_for_outcome(entry) == entry
    assert entries.reread(entry).state == EntryState.INTENDED


def test_recovery_leaves_what_was_settled_meanwhile():
    entry = make_entry()
    EntryStatus.objects.filter(entry=entry).update(owner="elsewhere|1|1")
    seen = EntryStatus.objects.get(entry=entry)
    appending.append(entry, EntryState.REJECTED)
    assert not recovery.recover_one(seen, timezone.now() + timedelta(hours=1))
    assert entries.reread(entry).state == EntryState.REJECTED


def test_how_it_ended_is_kept_once():
    entry = make_entry(EntryState.DONE)
    for words in ("It is there.", "It is still there."):
        following.follow_up(entry, Progress(finished=True, words=words), as_expected=True)
    assert entries.reread(entry).follow_up.detail["words"] == "It is there."
    assert entry.events.filter(kind="verified").count() == 1


def test_how_it_ended_is_kept_once_where_two_look_at_the_same_moment(monkeypatch):
    entry = make_entry(EntryState.DONE, slug="delete-contact", contact="c1")
    looks = []

    def after_followed(*_):
        """The other one is quicker, after both have seen that it is not kept yet."""
        looks.append(1)
        if len(looks) == 1:
            following.follow_up(entry, Progress(finished=True, words="Seen by the other one."))

    monkeypatch.setattr(type(get_action("delete-contact")), "after_followed", after_followed)
    following.follow_up(entry, Progress(finished=True, words="Seen by this one."))
    assert entries.reread(entry).follow_up.detail["words"] == "Seen by the other one."
    assert entry.events.filter(kind="verified").count() == 1


def test_only_what_has_stopped_goes_on():
    entry = make_entry(EntryState.DONE, slug="delete-contact", contact="c1")
    following.resume(entry, person=somebody(), comment="Nothing has stopped.")
    assert not entry.events.filter(kind="resumed").exists()
    surprise = Progress(finished=True, words="It is still there.")
    following.follow_up(entry, surprise, as_expected=False)
    for comment in ("Mended.", "Pressed twice."):
        following.resume(entry, person=somebody(), comment=comment)
    assert [each.detail["comment"] for each in entry.events.filter(kind="resumed")] == ["Mended."]
    assert EntryStatus.objects.get(entry=entry).is_followed


# --- The rest --------------------------------------------------------------------------------


def test_an_action_that_piggy_cannot_be_asked_about():
    finding = get_action("merge-duplicates").read_back(None, None)
    assert finding.verdict == Verdict.UNDECIDED
    assert finding.words.startswith("Nothing is sent for it")


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (Reason(label="Goodwill"), "Goodwill"),
        (Subject(role="source", contact_uuid="c1"), "source c1"),
        (EntryStatus(entry_id=7, state=EntryState.DONE), "7 done"),
        (Snapshot(moment=Snapshot.Moment.BEFORE, contact_uuid="c1"), "before c1"),
        (Approval(action=CREDITS, status=Approval.Status.WAITING), f"{CREDITS} waiting"),
    ],
)
def test_rows_have_names(row, name):
    assert str(row) == name
