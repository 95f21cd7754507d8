"""Replacing lost cards: what is told before, and what becomes of it when somebody dies over it."""

from datetime import UTC, datetime
from uuid import uuid5

import pytest
from django.contrib.auth.models import Group

from piggyadmin.accounts.models import User
from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import services
from piggyadmin.contacts.actions import replace_lost_card
from piggyadmin.contacts.actions.replace_lost_card import NEW_CARD
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import (
    appending,
    entries,
    following,
    operations,
    reconciliation,
    recovery,
    tasks,
    writes,
)
from piggyadmin.ledger.models import Entry, EntryState, EntryStatus
from piggyadmin.ledger.operations import Refused, Verdict
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.ledger.verification import verify
from piggyadmin.piggy.errors import ErrorCode, Maintenance, NotFound
from piggyadmin.sandbox import seed
from piggyadmin.tasks.models import Run
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed, text
from tests.contacts.cards import cards_of, make, switch
from tests.ledger.making import make_entry, somebody, verdict

pytestmark = pytest.mark.django_db
URL = "/actions/replace-lost-card/"
REPLACE = get_action("replace-lost-card")
ADD = get_action("create-contact-identifier")
LOST, NEW = "CARD-0001", "CARD-FRESH"
SAMPLE = SAMPLES[REPLACE.slug]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
BOTH = {"contact_identifier_value": LOST, "replacement_value": NEW}


def entry_of(*states: EntryState) -> Entry:
    return make_entry(*states, slug=REPLACE.slug, data=BOTH, contact=seed.MIRA_UUID)


def half_done(sandbox) -> Entry:
    """Give an entry as a process leaves it that dies between the two."""
    switch(sandbox, LOST, active=False)
    return entry_of(EntryState.DONE)


def step_of(whole: Entry, *states: EntryState) -> Entry:
    """Make the step's entry as a process leaves it that dies."""
    data = {"contact_uuid": Contact(uuid=seed.MIRA_UUID), "contact_identifier_value": NEW}
    request = writes.WriteRequest(
        action=ADD,
        person=somebody(),
        data=data | {"is_known": False},
        submission_key=uuid5(whole.submission_key, NEW_CARD),
        part_of=whole.submission_key,
    )
    step, _is_new = writes._intend(request)
    for state in states:
        appending.append(step, state)
    EntryStatus.objects.filter(entry=step).update(owner="elsewhere|1|1", lease_until=LONG_AGO)
    return step


def made(sandbox) -> int:
    return len(sandbox.calls("POST", "contact-identifiers"))


# --- As a person does it -----------------------------------------------------------------------


def test_before_and_after_are_shown_and_both_are_done(staff, sandbox):
    preview = staff.post(URL, SAMPLE)
    page = text(preview)
    assert "Replace the lost card CARD-0001 by CARD-FRESH?" in page
    assert page.index("Cards now") < page.index("Cards afterwards")
    assert "which Piggy does not know yet, is made for this customer" in page
    assert sandbox.calls("PUT") == []
    page = text(staff.post(URL, confirmed(preview, SAMPLE), follow=True))
    assert "Done: CARD-0001 is off, and the customer has CARD-FRESH." in page
    assert cards_of(sandbox) == {LOST: False, NEW: True}
    whole, step = Entry.objects.order_by("pk")
    assert (whole.state, step.state) == (EntryState.DONE, EntryState.DONE)
    assert entries.whole_of(step) == whole.submission_key
    assert sentence_of(whole).endswith(
        "replaced the lost card CARD-0001 of Mira Jansen by CARD-FRESH"
    )
    assert REPLACE.page_of(whole) == f"/contacts/{seed.MIRA_UUID}/"
    assert list(verify()) == []


def test_a_card_that_is_nobodys_is_linked(staff, sandbox):
    make(sandbox, NEW)
    preview = staff.post(URL, SAMPLE)
    assert "which belongs to nobody, becomes this customer" in text(preview)
    staff.post(URL, confirmed(preview, SAMPLE), follow=True)
    assert cards_of(sandbox) == {LOST: False, NEW: True}
    assert len(sandbox.calls("PUT", "contact-identifiers/link")) == 1


def test_the_only_card_is_the_lost_one(staff, sandbox):
    page = text(staff.post(URL, SAMPLE | {"contact_identifier_value": ""}))
    assert "Replace the lost card CARD-0001 by CARD-FRESH?" in page


def test_of_several_cards_the_lost_one_is_asked_for(staff, sandbox):
    make(sandbox, "CARD-SECOND", owner=seed.MIRA_UUID)
    page = text(staff.post(URL, SAMPLE | {"contact_identifier_value": ""}))
    assert "The customer has several cards: CARD-0001, CARD-SECOND. Say which one is lost." in page


def test_a_card_of_somebody_else_is_not_lost_here(staff, sandbox):
    page = text(staff.post(URL, SAMPLE | {"contact_identifier_value": "CARD-ANON"}))
    assert "This is no card of this customer, who has: CARD-0001." in page


def test_who_has_no_card_has_lost_none(staff, sandbox):
    sandbox.api("POST", "contacts", json={"email": "without@example.test"})
    page = text(staff.post(URL, SAMPLE | {"contact_uuid": "without@example.test"}))
    assert "The customer has no card: nothing is to be replaced. Add one instead." in page


def test_of_a_customer_who_is_not_there_no_card_is_looked_for(staff, sandbox):
    form = staff.post(URL, SAMPLE | {"contact_uuid": "nobody@example.test"}).context["form"]
    assert list(form.errors) == ["contact_uuid"]
    assert NEW not in str(sandbox.calls())


def test_the_lost_card_does_not_replace_itself(staff, sandbox):
    page = text(staff.post(URL, SAMPLE | {"replacement_value": LOST}))
    assert "This is the lost card itself." in page
    assert sandbox.calls("PUT") == []


def test_a_replacement_that_is_somebodys_is_told_before_anything_is_sent(admin, sandbox):
    page = text(admin.post(URL, SAMPLE | {"replacement_value": "CARD-ANON"}))
    assert "This is somebody&#x27;s already. Nothing was sent." in page
    assert "Compare and merge" in page
    assert not Entry.objects.exists()
    assert sandbox.calls("PUT") == []


# --- Over crashes ------------------------------------------------------------------------------


def test_what_was_half_done_is_finished_by_a_worker(sandbox):
    whole = half_done(sandbox)
    assert EntryStatus.objects.get(entry=whole).is_followed
    tasks.follow_entry(Run(payload={"entry": whole.pk}))
    assert cards_of(sandbox) == {LOST: False, NEW: True}
    assert not EntryStatus.objects.get(entry=whole).is_followed
    assert entries.reread(whole).follow_up.detail["words"].startswith("Done: CARD-0001 is off")


def test_a_lost_answer_of_the_new_card_is_found_out_and_not_sent_twice(piggy, sandbox, later):
    whole = half_done(sandbox)
    make(sandbox, NEW, owner=seed.ANONYMOUS_UUID)
    before = made(sandbox)
    step = step_of(whole, EntryState.SENT)
    progress = REPLACE.watch(piggy, whole)
    assert not progress.finished
    assert (
        progress.words
        == "CARD-0001 is off. It is not known yet whether the customer has CARD-FRESH."
    )
    assert entries.reread(step).state == EntryState.UNKNOWN
    assert made(sandbox) == before


def test_what_arrived_although_its_process_died_is_all_there_is(piggy, sandbox):
    whole = half_done(sandbox)
    step_of(whole, EntryState.SENT)
    make(sandbox, NEW, owner=seed.MIRA_UUID)
    before = made(sandbox)
    progress = REPLACE.watch(piggy, whole)
    assert (progress.finished, progress.as_expected) == (True, True)
    assert made(sandbox) == before


@pytest.mark.usefixtures("later")
def test_what_never_arrived_is_asked_for_once_more(piggy, sandbox):
    whole = half_done(sandbox)
    step = step_of(whole, EntryState.SENT, EntryState.UNKNOWN)
    reconciliation.settle(piggy, step)
    assert entries.reread(step).state == EntryState.SETTLED_NOT_DONE
    progress = REPLACE.watch(piggy, whole)
    assert (progress.finished, progress.as_expected) == (True, True)
    assert made(sandbox) == 1
    assert REPLACE.watch(piggy, whole).finished
    assert made(sandbox) == 1
    assert list(verify()) == []


def test_what_died_before_it_was_sent_is_asked_for_once_more(piggy, sandbox):
    whole = half_done(sandbox)
    step_of(whole)
    recovery.recover()
    progress = REPLACE.watch(piggy, whole)
    assert (progress.finished, progress.as_expected) == (True, True)
    assert made(sandbox) == 1


# --- What comes in between ---------------------------------------------------------------------


def left(progress) -> str:
    assert (progress.finished, progress.as_expected) == (True, False)
    assert progress.words.startswith("Half done: the lost card CARD-0001 is off")
    return str(progress.words)


def test_a_card_that_somebody_took_meanwhile_is_left_to_a_person(piggy, sandbox):
    whole = half_done(sandbox)
    make(sandbox, NEW, owner=seed.ANONYMOUS_UUID)
    told = left(REPLACE.watch(piggy, whole))
    words = ErrorCode.CONTACT_IDENTIFIER_LINKED.words
    assert "Go on from here" in told
    assert words in told
    assert cards_of(sandbox) == {LOST: False}


def test_who_may_not_add_cards_any_more_adds_none(piggy, sandbox):
    whole = half_done(sandbox)
    User.objects.get(pk=whole.person_id).groups.set(Group.objects.none())
    left(REPLACE.watch(piggy, whole))
    assert made(sandbox) == 0


def test_the_same_that_a_colleague_asked_for_is_not_asked_for_again(piggy, sandbox):
    whole = half_done(sandbox)
    data = {"contact_identifier_value": NEW, "is_known": False}
    make_entry(slug=ADD.slug, data=data, contact=seed.MIRA_UUID, person=somebody("joris"))
    assert "Joris asked for the same a moment ago." in left(REPLACE.watch(piggy, whole))


def test_what_does_not_go_together_with_another_thing_is_left_to_a_person(
    piggy, sandbox, monkeypatch
):
    whole = half_done(sandbox)

    def refuse(*_args, **_more):
        raise Refused({"contact_uuid": "Joris is deleting this customer."})

    monkeypatch.setattr(replace_lost_card, "carry_step", refuse)
    assert left(REPLACE.watch(piggy, whole)).endswith("Joris is deleting this customer.")
    assert made(sandbox) == 0


def test_a_customer_who_is_gone_is_told(piggy, sandbox, monkeypatch):
    whole = half_done(sandbox)

    def nobody(*_args, **_more):
        raise NotFound(code=55031)

    monkeypatch.setattr(services, "list_contact_identifiers", nobody)
    left(REPLACE.watch(piggy, whole))


def test_a_404_that_is_not_piggys_own_is_waited_for(piggy, sandbox):
    """A gateway on the way may say so, while the customer is there."""
    whole = half_done(sandbox)
    sandbox.faults({"kind": "status", "status": 404, "method": "GET"})
    with pytest.raises(NotFound):
        REPLACE.watch(piggy, whole)
    sandbox.faults()
    assert REPLACE.watch(piggy, whole).as_expected


def test_maintenance_is_waited_for(piggy, sandbox):
    whole = half_done(sandbox)
    sandbox.faults({"kind": "status", "status": 503, "method": "POST"})
    with pytest.raises(Maintenance):
        REPLACE.watch(piggy, whole)
    sandbox.faults()
    assert REPLACE.watch(piggy, whole).as_expected


def test_a_lost_card_that_is_on_again_is_told(piggy, sandbox):
    whole = half_done(sandbox)
    switch(sandbox, LOST, active=True)
    progress = REPLACE.watch(piggy, whole)
    assert (progress.finished, progress.as_expected) == (True, False)
    assert "is on again" in progress.words


# --- Going on ----------------------------------------------------------------------------------


def states(whole: Entry) -> list[bool | None]:
    return [part.is_done for part in REPLACE.part_states(entries.reread(whole))]


def stopped(sandbox, staff) -> tuple[Entry, str]:
    """Replace a card while somebody else takes the new one, and give what the outcome says."""
    preview = staff.post(URL, SAMPLE)
    fault = {"kind": "code", "code": 60014, "method": "POST", "path": "contact-identifiers$"}
    with sandbox.misbehaving(fault):
        page = staff.post(URL, confirmed(preview, SAMPLE), follow=True)
    return Entry.objects.earliest("pk"), text(page)


def test_what_stopped_half_done_says_how_far_it_is_and_goes_on_by_one_press(staff, sandbox):
    whole, page = stopped(sandbox, staff)
    assert "Half done: the lost card CARD-0001 is off" in page
    assert "Lost card CARD-0001 is switched off." in page
    assert "New card CARD-FRESH does not belong to the customer." in page
    go_on = f"/ledger/{whole.submission_key}/go-on/"
    ledger = text(staff.get(f"/ledger/{whole.submission_key}/"))
    for shown in (page, ledger):
        assert go_on in shown
        assert "give the customer the card CARD-FRESH" in shown
    switched_off = len(sandbox.calls("PUT", "contact-identifiers"))
    page = text(staff.post(go_on, follow=True))
    assert "Done: CARD-0001 is off, and the customer has CARD-FRESH." in page
    assert go_on not in page
    assert cards_of(sandbox) == {LOST: False, NEW: True}
    assert len(sandbox.calls("PUT", "contact-identifiers")) == switched_off
    assert states(whole) == [True, True]
    assert [each.state for each in Entry.objects.order_by("pk")] == [
        EntryState.DONE,
        EntryState.REJECTED,
        EntryState.DONE,
    ]
    assert list(verify()) == []


def test_going_on_twice_gives_one_card(staff, sandbox):
    whole, _ = stopped(sandbox, staff)
    go_on = f"/ledger/{whole.submission_key}/go-on/"
    before = made(sandbox)
    for _ in range(2):
        staff.post(go_on, follow=True)
    assert made(sandbox) == before + 1


def test_what_is_still_in_the_way_stops_it_again(staff, sandbox):
    whole, _ = stopped(sandbox, staff)
    make(sandbox, NEW, owner=seed.ANONYMOUS_UUID)
    page = text(staff.post(f"/ledger/{whole.submission_key}/go-on/", follow=True))
    assert "Half done" in page
    assert states(whole) == [True, False]
    assert REPLACE.remaining(entries.reread(whole))


def test_who_may_not_replace_cards_goes_on_with_none(staff, support, sandbox):
    whole, _ = stopped(sandbox, staff)
    assert support.post(f"/ledger/{whole.submission_key}/go-on/").status_code == 403
    assert states(whole) == [True, False]


def test_what_was_done_by_hand_since_is_not_offered(staff, sandbox):
    whole, _ = stopped(sandbox, staff)
    add = {"contact_uuid": seed.MIRA_UUID, "contact_identifier_value": NEW}
    staff.post("/actions/create-contact-identifier/", add | {"again": "yes"})
    assert states(whole) == [True, True]
    assert REPLACE.remaining(entries.reread(whole)) == ""


def test_that_the_card_was_given_before_says_nothing_of_this_time(sandbox):
    data = {"contact_identifier_value": NEW, "is_known": False}
    make_entry(EntryState.DONE, slug=ADD.slug, data=data, contact=seed.MIRA_UUID)
    assert states(half_done(sandbox)) == [True, False]


def test_an_unknown_second_step_is_told_with_where_to_find_out(admin, sandbox):
    whole = half_done(sandbox)
    step = step_of(whole, EntryState.SENT, EntryState.UNKNOWN)
    lost, new = REPLACE.part_states(entries.reread(whole))
    assert (lost.is_done, new.is_done) == (True, None)
    assert new.page == f"/ledger/{step.submission_key}/"
    assert REPLACE.remaining(entries.reread(whole)) == ""
    page = text(admin.get(f"{URL}{whole.submission_key}/"))
    assert "it is not known whether it belongs to the customer" in page


@pytest.mark.parametrize(
    ("state", "lost"), [(EntryState.UNKNOWN, None), (EntryState.SETTLED_NOT_DONE, False)]
)
def test_a_first_step_that_is_not_certain_is_told(state, lost):
    assert states(entry_of(state)) == [lost, False]


def test_a_lost_card_that_is_on_again_is_no_half_done_one(piggy, sandbox):
    whole = half_done(sandbox)
    switch(sandbox, LOST, active=True)
    following.follow_up(whole, REPLACE.watch(piggy, whole))
    assert states(whole) == [False, True]
    assert REPLACE.remaining(entries.reread(whole)) == ""


# --- What serves as proof ----------------------------------------------------------------------


def test_a_card_that_is_off_is_proof(piggy, sandbox):
    switch(sandbox, LOST, active=False)
    finding = REPLACE.read_back(piggy, entry_of(EntryState.UNKNOWN))
    assert (finding.verdict, finding.result.lost) == (Verdict.DONE, LOST)


def test_what_is_not_so_yet_may_still_come(piggy):
    assert verdict(piggy, entry_of(EntryState.UNKNOWN)) is Verdict.UNDECIDED


@pytest.mark.usefixtures("later")
def test_a_card_that_is_on_is_proof_later_unless_another_one_changed_it(piggy):
    entry = entry_of(EntryState.UNKNOWN)
    assert verdict(piggy, entry) is Verdict.NOT_DONE
    changed = {"contact_identifier_name": "", "contact_identifier_active": "true"}
    data = {"contact_identifier_value": LOST, **changed}
    make_entry(EntryState.DONE, slug="update-contact-identifiers", data=data)
    assert verdict(piggy, entry) is Verdict.UNDECIDED


@pytest.mark.usefixtures("later")
def test_a_card_that_is_gone_proves_nothing(piggy, sandbox):
    sandbox.api("DELETE", "contact-identifiers", params={"contact_identifier_value": LOST})
    assert verdict(piggy, entry_of(EntryState.UNKNOWN)) is Verdict.UNDECIDED


def test_where_the_cards_cannot_be_looked_up_nothing_is_sent(staff, sandbox):
    staff.get(REPLACE.url)
    sandbox.faults({"kind": "status", "status": 500, "path": "^contact-identifiers/"})
    page = text(staff.post(REPLACE.url, SAMPLES[REPLACE.slug]))
    assert "Nothing was changed at Piggy" in page
    assert [call for call in sandbox.calls() if call["method"] != "GET"] == []


def test_whoever_goes_on_for_somebody_else_stays_at_the_entry(staff, admin, piggy, sandbox):
    whole, _ = stopped(sandbox, staff)
    response = admin.post(f"/ledger/{whole.submission_key}/go-on/")
    assert response["Location"] == f"/ledger/{whole.submission_key}/"
    REPLACE.watch(piggy, entries.reread(whole))
    assert states(whole) == [True, True]


def test_what_is_refused_when_going_on_is_told(staff, sandbox, monkeypatch):
    whole, _ = stopped(sandbox, staff)

    def refuse(*_args, **_more):
        raise Refused({"comment": "Not now."})

    monkeypatch.setattr(following, "resume", refuse)
    page = text(staff.post(f"/ledger/{whole.submission_key}/go-on/", follow=True))
    assert "Not now." in page
    assert states(whole) == [True, False]


def test_what_this_console_cannot_do_any_more_does_not_go_on(staff, sandbox, monkeypatch, client):
    whole, _ = stopped(sandbox, staff)
    client.force_login(User.objects.create_superuser("owner"))
    monkeypatch.delitem(operations._operations, whole.action)
    assert client.post(f"/ledger/{whole.submission_key}/go-on/").status_code == 404
    assert states(whole) == [True, False]
