"""Credits that are given: what is unusual needs a yes."""

import pytest

from piggyadmin.ledger.models import Entry, EntryState
from tests.actions.samples import SAMPLES
from tests.actions.test_views import text
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
SLUG = "create-credit-reception"
URL = f"/actions/{SLUG}/"
CARD = "104712"


def asked(staff, **changed):
    return text(staff.post(URL, SAMPLES[SLUG] | changed))


def usually(*given, state=EntryState.DONE, field="credits"):
    empty = {"credits": None, "unit_value": None}
    for each in given:
        make_entry(state, slug=SLUG, data=empty | {field: each}, contact="somebody")


def test_a_card_scanned_into_credits_is_asked_about_before_anything_is_shown(staff, sandbox):
    page = asked(staff, credits=CARD)
    assert "104,712 is unusual" in page
    assert "This will happen" not in page
    box = page.partition('name="agreed_credits"')[2].partition(">")[0]
    assert f'value="{CARD}"' in box
    assert "checked" not in box


@pytest.mark.parametrize("typed", [CARD, f"-{CARD}", "1'047,-"])
def test_more_than_ten_times_what_is_usual(typed, staff, sandbox):
    usually(20, -50, 100, 30, 40)
    assert "more than 400 is hardly ever" in asked(staff, credits=typed)
    assert "is unusual" not in asked(staff, credits="400")


def test_what_did_not_happen_and_what_was_not_filled_in_tell_nothing(staff, sandbox):
    usually(1, 2, 3, state=EntryState.REJECTED)
    usually(5, 6, 7, field="unit_value")
    assert "is unusual" not in asked(staff, credits="1000")


def test_an_amount_is_compared_with_amounts(staff, sandbox):
    usually("9.50", "10.00", "12.00", field="unit_value")
    page = asked(staff, credits="", unit_value="100.01")
    assert "100.01 is unusual: more than 100 is" in page
    assert "is unusual" not in asked(staff, credits="", unit_value="100")


def test_a_setting_says_what_is_unusual(staff, sandbox, settings):
    settings.CREDITS_UNUSUAL_ABOVE = 500
    usually(1, 2, 3)
    assert "is unusual" not in asked(staff, credits="500")
    assert "more than 500 is hardly ever" in asked(staff, credits="501")


def test_a_yes_counts_for_the_number_it_was_given_to_and_stays(staff, sandbox):
    assert "is unusual" in asked(staff, credits="204712", agreed_credits=CARD)
    page = asked(staff, credits=CARD, agreed_credits=CARD)
    assert "This will happen" in page
    box = page.partition('name="agreed_credits"')[2].partition(">")[0]
    assert f'value="{CARD}"' in box
    assert "checked" in box
    assert not Entry.objects.exists()


def test_it_is_not_given_without_the_yes_that_the_preview_had(staff, sandbox):
    page = staff.post(URL, SAMPLES[SLUG] | {"credits": CARD, "agreed_credits": CARD})
    form = SAMPLES[SLUG] | {
        "credits": CARD,
        "step": "confirm",
        "agreement": page.context["agreement"],
    }
    assert "is unusual" in text(staff.post(URL, form))
    assert not Entry.objects.exists()
    staff.post(URL, form | {"agreed_credits": CARD})
    assert Entry.objects.get().data["credits"] == int(CARD)
