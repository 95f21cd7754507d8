"""Noting visits, and finding those whose answer was lost by the number they were given."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.sandbox import seed
from piggyadmin.visits import services
from piggyadmin.visits.actions import create_visit
from piggyadmin.visits.types import Visit
from tests.actions.samples import SAMPLES
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
URL = "/actions/create-visit/"
SAMPLE = SAMPLES["create-visit"]


def noted(sandbox) -> list[dict[str, Any]]:
    found = sandbox.api("GET", "visits", params={"contact_uuid": seed.MIRA_UUID, "limit": 100})
    return [each for each in found if (each["starts_at"] or "").startswith("2025-04-01")]


def verdict(piggy) -> Verdict:
    entry = Entry.objects.get()
    return get_action(entry.action).read_back(piggy, entry).verdict


def test_it_carries_the_consoles_number_or_a_persons(staff, sandbox):
    staff.post(URL, SAMPLE)
    assert noted(sandbox)[0]["external_id"] == str(Entry.objects.get().submission_key)
    staff.post(URL, SAMPLE | {"external_id": "V-7", "starts_at": "2025-04-01T13:00", "ends_at": ""})
    assert "V-7" in [each["external_id"] for each in noted(sandbox)]


def test_the_present_time_stands_in_the_form(staff, sandbox):
    shown = staff.get(URL).context["form"]["starts_at"].value()
    assert abs(timezone.now() - shown) < timedelta(minutes=5)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"ends_at": "2025-04-01T11:00"}, "ends_at"),
        ({"starts_at": "2035-04-01T12:00", "ends_at": ""}, "starts_at"),
    ],
)
def test_what_cannot_be_or_is_still_to_come_is_asked(changed, field, staff, sandbox):
    page = staff.post(URL, SAMPLE | changed)
    assert list(page.context["form"].errors) == [field]
    assert noted(sandbox) == []
    assert Entry.objects.count() == 0


@pytest.mark.parametrize(
    ("fault", "expected"),
    [("drop_after", Verdict.DONE), ("drop_before", Verdict.UNDECIDED)],
)
@pytest.mark.parametrize("number", ["", "V-7"])
def test_a_lost_answer_is_looked_for_by_its_number(number, fault, expected, staff, sandbox, piggy):
    sandbox.faults({"kind": fault, "path": "^visits$"})
    staff.post(URL, SAMPLE | {"external_id": number})
    sandbox.faults()
    assert verdict(piggy) is expected


def test_what_is_not_there_after_a_while_will_not_come(staff, sandbox, piggy, later):
    sandbox.faults({"kind": "drop_before", "path": "^visits$"})
    staff.post(URL, SAMPLE)
    sandbox.faults()
    assert verdict(piggy) is Verdict.NOT_DONE


def lost(monkeypatch, *visits: Visit, **data: str) -> Entry:
    """Have an entry without the console's number whose answer was lost; Piggy has these visits."""
    monkeypatch.setattr(create_visit, "_visits_of", lambda _piggy, _entry: iter(visits))
    return make_entry(EntryState.UNKNOWN, slug="create-visit", data=data, contact="somebody")


def visit(**values) -> Visit:
    given = {"uuid": "v", "external_id": "V-7", "contact": {"uuid": "somebody"}}
    return Visit.model_validate(given | {"created_at": timezone.now()} | values)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, Verdict.DONE),
        ({"created_at": datetime(2025, 1, 1, tzinfo=UTC)}, Verdict.NOT_DONE),
        ({"created_at": None}, Verdict.UNDECIDED),
        ({"contact": {"uuid": "somebody-else"}}, Verdict.UNDECIDED),
        ({"contact": None}, Verdict.UNDECIDED),
    ],
)
def test_a_persons_number_may_have_been_there_before(values, expected, monkeypatch, piggy):
    entry = lost(monkeypatch, visit(**values), external_id="V-7")
    assert get_action(entry.action).read_back(piggy, entry).verdict is expected


def test_without_a_number_or_the_end_of_the_list_nothing_is_certain(monkeypatch, piggy):
    read_back = get_action("create-visit").read_back
    assert read_back(piggy, lost(monkeypatch, visit())).verdict is Verdict.UNDECIDED
    monkeypatch.setattr(create_visit, "MOST_VISITS", 1)
    others = (visit(external_id="V-1"), visit(external_id="V-2"))
    finding = read_back(piggy, lost(monkeypatch, *others, external_id="V-9"))
    assert "more visits than can be looked at" in finding.words


def test_visits_are_read_page_by_page(monkeypatch, piggy, sandbox):
    entry = make_entry(EntryState.UNKNOWN, slug="create-visit", data={}, contact=seed.MIRA_UUID)
    monkeypatch.setattr(create_visit, "VISITS_PAGE", 1)
    found = list(create_visit._visits_of(piggy, entry))
    everything = services.list_visits(piggy, contact_uuid=seed.MIRA_UUID, limit=100).items
    assert [each.uuid for each in found] == [each.uuid for each in everything]
