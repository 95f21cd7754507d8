"""Changing visits: only what differs is sent, and Piggy tells whether it came to be."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.piggy.errors import NotFound
from piggyadmin.sandbox import seed
from piggyadmin.visits import services
from tests.actions.samples import SAMPLES
from tests.ledger.making import make_entry
from tests.ledger.reading import typed_in

pytestmark = pytest.mark.django_db
URL = "/actions/update-visit/"
VISIT = SAMPLES["update-visit"]["visit_uuid"]


@pytest.fixture
def put(monkeypatch):
    """Give what is sent to change visits."""
    sent, update = [], services.update_visit

    def record(piggy, **given):
        sent.append(given)
        return update(piggy, **given)

    monkeypatch.setattr(services, "update_visit", record)
    return sent


def test_only_what_differs_is_sent_and_told(staff, sandbox, put):
    page = staff.get(URL, {"visit_uuid": VISIT})
    assert page.context["form"]["source"].value() == "Till"
    staff.post(URL, {"visit_uuid": VISIT, "source": "App", "external_id": "VISIT-0001"})
    assert put == [{"visit_uuid": VISIT, "source": "App"}]
    entry = Entry.objects.get()
    assert entry.data == {"visit_uuid": VISIT, "source": "App", "contact_uuid": seed.MIRA_UUID}
    assert [each.contact_uuid for each in entry.subjects.all()] == [seed.MIRA_UUID]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"source": "Till"}, "Nothing is different from what Piggy has."),
        ({"source": "", "external_id": "X"}, "Piggy offers no way to empty this."),
        ({"external_id": "VISIT-0002"}, "already been taken"),
        ({"source": "x" * 3000}, "Ensure this value has at most"),
    ],
)
def test_what_changes_nothing_or_cannot_be_is_told(typed, words, staff, sandbox):
    page = staff.post(URL, {"visit_uuid": VISIT, **typed})
    assert words in page.content.decode()


def test_a_form_that_comes_back_as_it_was_shown_changes_nothing(staff, sandbox, put):
    """What somebody else changed meanwhile is not put back by who did not touch it."""
    shown = typed_in(staff.get(URL, {"visit_uuid": VISIT}).content.decode())
    assert shown["initial-source"] == "Till"
    sandbox.api("PUT", f"visits/{VISIT}", json={"source": "App"})
    page = staff.post(URL, shown | {"step": "run"})
    assert "Nothing is different from what Piggy has." in page.content.decode()
    assert put == []


def test_a_visit_that_there_is_not_is_told(staff, sandbox):
    uuid = "c0ffee00-0000-4000-8000-0000000000fe"
    for step in ("look_up", "run"):
        page = staff.post(URL, {"visit_uuid": uuid, "source": "App", "step": step})
        assert "does not have this record" in page.content.decode()
    assert not Entry.objects.exists()


def test_the_consoles_own_number_is_nobodys_to_change(staff, sandbox):
    page = staff.post("/actions/create-visit/", SAMPLES["create-visit"], follow=True)
    uuid = page.context["result"].uuid
    form = staff.get(URL, {"visit_uuid": uuid}).context["form"]
    assert form["external_id"].value() is None
    staff.post(URL, {"visit_uuid": uuid, "external_id": "", "source": "App"})
    assert Entry.objects.filter(action="update-visit").count() == 1


def entry_of(**data) -> Entry:
    return make_entry(EntryState.UNKNOWN, slug="update-visit", data={"visit_uuid": VISIT, **data})


def test_a_lost_answer_is_compared(sandbox, piggy, later):
    read_back = get_action("update-visit").read_back
    moment = services.get_visit(piggy, visit_uuid=VISIT).starts_at.isoformat()
    assert read_back(piggy, entry_of(source="Till", starts_at=moment)).verdict is Verdict.DONE


def test_what_is_otherwise_may_still_come_or_was_changed_since(sandbox, piggy, request):
    read_back = get_action("update-visit").read_back
    entry = entry_of(source="App")
    assert "may still be at it" in read_back(piggy, entry).words
    request.getfixturevalue("later")
    assert read_back(piggy, entry).verdict is Verdict.NOT_DONE
    entry_of(source="Phone")
    assert "changed it again since" in read_back(piggy, entry).words


def test_an_answer_about_another_visit_proves_nothing(monkeypatch, sandbox, piggy):
    other = services.list_visits(piggy, contact_uuid=seed.DUPLICATE_UUID).items[0]
    monkeypatch.setattr(services, "get_visit", lambda *_args, **_names: other)
    finding = get_action("update-visit").read_back(piggy, entry_of(source="App"))
    assert "another visit" in finding.words


def test_a_visit_that_has_gone_is_told_to_whoever_looks(sandbox, piggy):
    entry = make_entry(EntryState.UNKNOWN, slug="update-visit", data={"visit_uuid": "x"})
    with pytest.raises(NotFound):
        get_action("update-visit").read_back(piggy, entry)
