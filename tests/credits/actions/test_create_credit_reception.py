"""Credits that are given: what will happen, what is sent, and what needs a yes."""

from decimal import Decimal

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.credits import services
from piggyadmin.credits.actions import create_credit_reception as module
from piggyadmin.credits.types import CreditReception, Unit
from piggyadmin.ledger import own_reference
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.actions.test_views import text
from tests.ledger.making import credits_for, make_entry

pytestmark = pytest.mark.django_db
SLUG = "create-credit-reception"
CREDITS = get_action(SLUG)
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


# --- What will happen ------------------------------------------------------------------------


def filled(piggy, **changed):
    mira = resolve_contact(piggy, query=seed.MIRA_EMAIL)
    return credits_for(mira) | changed


def for_amount(piggy, amount="10.40", unit=""):
    return filled(piggy, credits=None, unit_value=Decimal(amount), unit_name=unit)


def test_the_preview_says_what_the_balance_will_be(piggy):
    preview = CREDITS.preview(piggy, filled(piggy, credits=25))
    assert (preview.balance, preview.gives, preview.balance_after) == (120, 25, 145)
    assert (preview.shop_name, preview.is_calculated) == ("Amsterdam", False)
    assert preview.contact.uuid == seed.MIRA_UUID
    assert preview.button == "Give 25 credits"
    agreed = {"contact": seed.MIRA_UUID, "shop": "Amsterdam", "gives": 25}
    assert preview.decisive() == agreed


@pytest.mark.parametrize(
    ("number", "button", "after"),
    [
        (1, "Give 1 credit", 121),
        (-1, "Take 1 credit", 119),
        (-2000, "Take 2,000 credits", -1880),
    ],
)
def test_the_button_says_how_many(piggy, number, button, after):
    preview = CREDITS.preview(piggy, filled(piggy, credits=number))
    assert (preview.button, preview.balance_after) == (button, after)


def test_an_amount_is_calculated_in_its_unit(piggy):
    default = CREDITS.preview(piggy, for_amount(piggy))
    named = CREDITS.preview(piggy, for_amount(piggy, unit="purchase_amount"))
    visits = CREDITS.preview(piggy, for_amount(piggy, "3", "visits"))
    assert default.is_calculated
    assert (default.gives, default.unit_label) == (10, "Purchase amount")
    assert (named.gives, named.unit_label) == (10, "Purchase amount")
    assert (visits.gives, visits.unit_label) == (30, "Visits")


def test_what_is_calculated_is_for_this_contact_at_this_shop(piggy, monkeypatch):
    asked = {}
    monkeypatch.setattr(services, "calculate_credits", lambda _, **given: asked.update(given) or 7)
    assert CREDITS.preview(piggy, for_amount(piggy, unit="visits")).gives == 7
    assert asked == {
        "shop_uuid": seed.AMSTERDAM_UUID,
        "unit_value": Decimal("10.40"),
        "contact_uuid": seed.MIRA_UUID,
        "unit_name": "visits",
    }


def test_a_shop_that_is_not_listed_is_shown_by_its_uuid(piggy):
    preview = CREDITS.preview(piggy, filled(piggy, shop_uuid="elsewhere"))
    assert preview.shop_name == "elsewhere"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("", "Euro"),
        ("litre", "litre"),
        ("cup", "Cup"),
        ("unheard_of", "unheard_of"),
    ],
)
def test_a_unit_is_called_what_its_label_says(name, label):
    units = [
        Unit(name="cup", label="Cup"),
        Unit(name="euro", label="Euro", is_default=True),
        Unit(name="litre"),
    ]
    assert module._unit_label(units, name) == label


def test_without_a_default_unit_none_is_named():
    assert module._unit_label([Unit(name="cup", label="Cup")], "") == ""


# --- Credits or amount -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"credits": "0"}, "credits", "Zero credits would change nothing. Enter another number."),
        ({"credits": ""}, "credits", "Fill in credits or an amount: one of the two."),
        (
            {"credits": "5", "unit_value": "5"},
            "unit_value",
            "Fill in credits or an amount, not both.",
        ),
    ],
)
def test_either_credits_or_an_amount(staff, sandbox, typed, field, words):
    form = staff.post(URL, SAMPLES[SLUG] | typed).context["form"]
    assert dict(form.errors) == {field: [words]}
    assert not Entry.objects.exists()


def test_a_number_that_is_none_is_all_that_is_said(staff, sandbox):
    form = staff.post(URL, SAMPLES[SLUG] | {"credits": "many"}).context["form"]
    assert list(form.errors) == ["credits"]
    assert len(form.errors["credits"]) == 1


# --- What is sent ----------------------------------------------------------------------------


def test_what_was_filled_in_is_booked_with_the_consoles_reference(piggy, monkeypatch):
    monkeypatch.setattr(own_reference, "take", lambda client, place: (client is piggy, place))
    sent = {}
    monkeypatch.setattr(services, "create_credit_reception", lambda _, **given: sent.update(given))
    CREDITS.perform(piggy, for_amount(piggy, unit="visits"))
    assert sent == {
        "shop_uuid": seed.AMSTERDAM_UUID,
        "contact_uuid": seed.MIRA_UUID,
        "credits": None,
        "unit_value": Decimal("10.40"),
        "unit_name": "visits",
        "attributes": {own_reference.NAME: (True, module.REFERENCE_PLACE)},
    }
    CREDITS.perform(piggy, filled(piggy, credits=-3))
    assert (sent["credits"], sent["unit_value"], sent["unit_name"]) == (-3, None, None)


def test_the_place_of_the_reference_says_what_it_is(piggy):
    module.REFERENCE_PLACE.make(piggy)
    attributes = services.list_loyalty_transaction_attributes(piggy)
    (made,) = [each for each in attributes if each.name == own_reference.NAME]
    assert (made.type, made.label, made.description) == (
        "text",
        "Reference of the console",
        "By this the console finds what it has booked.",
    )


def test_the_same_number_for_the_same_contact_is_the_same(piggy):
    assert CREDITS.deduplication_data(filled(piggy)) == [seed.MIRA_UUID, 25, None]
    amount = CREDITS.deduplication_data(for_amount(piggy, unit="visits"))
    assert amount == [seed.MIRA_UUID, None, Decimal("10.40")]


@pytest.mark.parametrize(
    ("state", "given", "words"),
    [
        (
            EntryState.DONE,
            {"credits": 25, "unit_value": None},
            "Sanne gave a customer 25 credits at a shop",
        ),
        (
            EntryState.UNKNOWN,
            {"credits": 1, "unit_value": None},
            "Sanne wanted to give a customer 1 credit at a shop – outcome unknown",  # noqa: RUF001
        ),
        (
            EntryState.DONE,
            {"credits": None, "unit_value": "12.50"},
            "Sanne gave a customer credits (12.50) at a shop",
        ),
    ],
)
def test_the_ledger_says_who_gave_how_many(state, given, words):
    entry = make_entry(state, slug=SLUG, data=given, contact="somebody")
    assert sentence_of(entry) == words


@pytest.mark.parametrize(
    ("answer", "undone"),
    [
        ({"uuid": "r", "credits": 25}, {"contact_uuid": "c", "credit_reception_uuid": "r"}),
        ({"uuid": "r", "credits": 0}, None),
        ({"credits": 25}, None),
    ],
)
def test_what_changed_nothing_or_has_no_key_is_not_undone(answer, undone):
    data = {"credits": 25, "unit_value": None}
    entry = make_entry(EntryState.DONE, slug=SLUG, data=data, contact="c")
    assert CREDITS.undo(entry, CreditReception(**answer)) == undone
