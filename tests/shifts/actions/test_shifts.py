"""Planning, changing and deleting shifts, and adding teams and kinds of them."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.piggy.errors import NotFound
from piggyadmin.sandbox.seed_dealings import SHIFT_TEAM_UUID, SHIFT_UUID
from piggyadmin.shifts import services
from piggyadmin.shifts.types import ShiftTeam
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed
from tests.amounts import sentence_of, text
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
METHODS = {"update-shift": "PUT", "delete-shift": "DELETE"}


def do(client, slug, **changed):
    return client.post(f"/actions/{slug}/", SAMPLES[slug] | changed)


def lose(client, sandbox, slug, kind, **changed):
    method = METHODS.get(slug, "POST")
    sandbox.faults({"kind": kind, "path": "^shift", "method": method})
    shown = do(client, slug, **changed)
    if get_action(slug).has_preview:
        client.post(f"/actions/{slug}/", confirmed(shown, SAMPLES[slug] | changed))
    sandbox.faults()
    entry = Entry.objects.get()
    assert entry.state == EntryState.UNKNOWN
    return entry


def read_back(piggy, entry):
    return get_action(entry.action).read_back(piggy, entry).verdict


def shift(sandbox, number):
    return sandbox.request("GET", "shifts/find", params={"external_id": number})


def test_a_shift_is_planned_under_a_number_of_the_consoles(staff, sandbox):
    staff.get("/actions/create-shift/")  # which reads what shops are called
    response = do(staff, "create-shift", team_uuid=SHIFT_TEAM_UUID, break_in_minutes="30")
    page = text(staff.get(response["Location"]))
    assert "Saved." in page
    entry = Entry.objects.get()
    made = shift(sandbox, str(entry.submission_key)).json()["data"]
    assert (made["team_uuid"], made["break_in_minutes"]) == (SHIFT_TEAM_UUID, 30)
    words = "Staff planned a shift of mira.jansen@example.test at Amsterdam"
    assert sentence_of(entry) == words


def test_the_end_is_after_the_start(staff, sandbox):
    page = text(do(staff, "create-shift", ended_at="2030-04-01T08:00"))
    assert "This is before the start. Enter a later moment." in page


def test_a_number_that_is_taken_is_refused_by_piggy(staff, sandbox):
    page = text(do(staff, "create-shift", external_id="SHIFT-0001"))
    assert "its number is in use already" in page


@pytest.mark.parametrize("number", ["", "S-7"])
def test_a_lost_shift_is_found_by_its_number(number, staff, sandbox, piggy):
    entry = lose(staff, sandbox, "create-shift", "drop_after", external_id=number)
    assert read_back(piggy, entry) == Verdict.DONE


def test_what_is_not_there_was_not_planned(staff, sandbox, piggy, request):
    entry = lose(staff, sandbox, "create-shift", "drop_before")
    assert read_back(piggy, entry) == Verdict.UNDECIDED
    request.getfixturevalue("later")
    assert read_back(piggy, entry) == Verdict.NOT_DONE


def test_another_shift_with_this_number_is_for_a_person(staff, sandbox, piggy):
    entry = lose(staff, sandbox, "create-shift", "drop_before", external_id="SHIFT-0001")
    assert read_back(piggy, entry) == Verdict.UNDECIDED


def test_without_any_number_it_cannot_be_found(staff, sandbox, piggy, settings):
    settings.PIGGY_OWN_REFERENCE = False
    entry = lose(staff, sandbox, "create-shift", "drop_after")
    assert read_back(piggy, entry) == Verdict.UNDECIDED


@pytest.mark.parametrize("named", ["SHIFT-0001", SHIFT_UUID])
def test_what_a_shift_is_now_stands_in_the_form(named, staff, sandbox):
    page = staff.get(f"/actions/update-shift/?shift_uuid={named}").content.decode()
    assert f'value="{SHIFT_UUID}"' in page
    assert 'value="30"' in page


def test_a_shift_is_changed(staff, sandbox):
    do(staff, "update-shift")
    changed = shift(sandbox, "SHIFT-0001").json()["data"]
    assert (changed["status"], changed["break_in_minutes"]) == ("pending", 45)
    assert sentence_of(Entry.objects.get()) == "Staff changed a shift"


def test_a_lost_change_is_compared(staff, sandbox, piggy, request):
    entry = lose(staff, sandbox, "update-shift", "drop_before")
    assert read_back(piggy, entry) == Verdict.UNDECIDED
    request.getfixturevalue("later")
    assert read_back(piggy, entry) == Verdict.NOT_DONE
    do(staff, "update-shift", again="1", repeat_of=str(entry.submission_key))
    assert read_back(piggy, entry) == Verdict.DONE


def test_what_somebody_changed_since_proves_nothing(staff, sandbox, piggy, later):
    entry = lose(staff, sandbox, "update-shift", "drop_after")
    do(staff, "update-shift", status="approved")
    assert read_back(piggy, entry) == Verdict.UNDECIDED


def test_a_shift_of_which_piggy_does_not_tell_all_proves_nothing(
    staff, sandbox, piggy, monkeypatch, later
):
    entry = lose(staff, sandbox, "update-shift", "drop_after")
    now = services.get_shift(piggy, shift_uuid=SHIFT_UUID)
    told = now.model_copy(update={"ended_at": None})
    monkeypatch.setattr(services, "get_shift", lambda *_args, **_more: told)
    finding = get_action("update-shift").read_back(piggy, entry)
    assert finding.verdict == Verdict.UNDECIDED
    assert finding.words == "Piggy does not tell all about it."


def test_a_shift_is_deleted_after_a_look(admin, sandbox):
    form = SAMPLES["delete-shift"]
    shown = admin.post("/actions/delete-shift/", form)
    assert "Delete this shift for good?" in text(shown)
    assert shift(sandbox, "SHIFT-0002").ok
    admin.post("/actions/delete-shift/", confirmed(shown, form))
    assert not shift(sandbox, "SHIFT-0002").ok
    words = "Admin deleted a shift of mira.jansen@example.test"
    assert sentence_of(Entry.objects.get()) == words


@pytest.mark.parametrize(
    ("slug", "path", "words"),
    [
        ("create-shift-team", "shift-teams", "Admin added the team Kitchen"),
        ("create-shift-type", "shift-types", "Admin added the kind of shift Evening"),
    ],
)
def test_teams_and_kinds_are_added_and_offered_at_once(slug, path, words, admin, sandbox):
    admin.get("/shifts/")
    do(admin, slug)
    name = SAMPLES[slug]["name"]
    assert name in [each["name"] for each in sandbox.api("GET", path)]
    assert name in text(admin.get("/shifts/"))
    assert sentence_of(Entry.objects.get()) == words


def test_a_name_that_is_taken_is_refused(admin, sandbox):
    assert "has already been taken" in text(do(admin, "create-shift-team", name="Bar"))


@pytest.mark.parametrize("slug", ["create-shift-team", "create-shift-type"])
def test_a_lost_one_is_found_by_its_name(slug, admin, sandbox, piggy, request):
    entry = lose(admin, sandbox, slug, "drop_before")
    assert read_back(piggy, entry) == Verdict.UNDECIDED
    request.getfixturevalue("later")
    assert read_back(piggy, entry) == Verdict.NOT_DONE
    sandbox.api("POST", f"{slug.removeprefix('create-')}s", json=SAMPLES[slug])
    assert read_back(piggy, entry) == Verdict.DONE


@pytest.mark.parametrize(
    "slug", ["create-shift", "delete-shift", "create-shift-team", "create-shift-type"]
)
def test_a_404_that_is_not_piggys_own_proves_nothing(slug, admin, sandbox, piggy, later):
    """A gateway on the way may say so, whether the shift is there or not."""
    entry = lose(admin, sandbox, slug, "drop_before")
    sandbox.faults({"kind": "status", "status": 404, "method": "GET"})
    with pytest.raises(NotFound) as caught:
        read_back(piggy, entry)
    assert caught.value.code is None


def test_a_team_of_another_name_is_for_a_person(piggy, monkeypatch):
    entry = make_entry(EntryState.UNKNOWN, slug="create-shift-team", data={"name": "Kitchen"})
    monkeypatch.setattr(type(get_action(entry.action)), "find", lambda *_: ShiftTeam(name="Bar"))
    assert read_back(piggy, entry) == Verdict.UNDECIDED


def test_a_team_that_two_have_asked_for_is_for_a_person(piggy, sandbox):
    sandbox.api("POST", "shift-teams", json={"name": "Kitchen"})
    entry = make_entry(EntryState.UNKNOWN, slug="create-shift-team", data={"name": "Kitchen"})
    assert read_back(piggy, entry) == Verdict.DONE
    again = {"repeat_of": entry.submission_key}
    make_entry(EntryState.UNKNOWN, slug="create-shift-team", data={"name": "Kitchen"}, **again)
    assert read_back(piggy, entry) == Verdict.UNDECIDED


def test_a_shift_that_is_gone_was_deleted(piggy, sandbox, request):
    gone = {"shift_uuid": "c0ffee00-0000-4000-8000-00000000ffff"}
    entry = make_entry(EntryState.UNKNOWN, slug="delete-shift", data=gone)
    assert read_back(piggy, entry) == Verdict.DONE
    entry = make_entry(
        EntryState.UNKNOWN, slug="delete-shift", data={"shift_uuid": SHIFT_UUID}, number=1
    )
    assert read_back(piggy, entry) == Verdict.UNDECIDED
    request.getfixturevalue("later")
    assert read_back(piggy, entry) == Verdict.NOT_DONE
