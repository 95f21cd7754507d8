"""Notes and hand-overs in the timeline of a customer."""

import pytest

from piggyadmin.notes import contact_panels, services
from piggyadmin.notes.services import Addressee
from tests.ledger.making import somebody
from tests.notes.test_views import MIRA

pytestmark = pytest.mark.django_db
TIMELINE = f"/contacts/{MIRA}/timeline/"


def told():
    return [each.words for each in contact_panels.notes(MIRA)]


def test_a_note_says_who_wrote_it_and_leads_to_all_of_it():
    services.write(somebody(), MIRA, "Two cards, " * 100)
    services.write(somebody(), "somebody-else", "Not hers")
    (found,) = contact_panels.notes(MIRA)
    assert found.words == "Note by Sanne"
    assert found.url == f"/contacts/{MIRA}/#notes"
    assert found.detail.startswith("Two cards, ")
    assert len(found.detail) == contact_panels.LONGEST_SHOWN


def test_a_hand_over_says_for_whom_it_is_and_who_did_it():
    note = services.write(
        somebody(), MIRA, "Two cards", addressee=Addressee(person=somebody("noor"))
    )
    assert told() == ["Note by Sanne, handed over to Noor"]
    services.finish(somebody("noor"), note)
    assert told() == [
        "Noor has done what was handed over",
        "Note by Sanne, handed over to Noor",
    ]


def test_the_timeline_is_narrowed_down_to_them(support, sandbox):
    services.write(somebody(), MIRA, "Two cards")
    rows = support.get(TIMELINE, {"kind": "notes"}).context["happenings"]
    assert [each.detail for each in rows] == ["Two cards"]
