"""Renaming identifiers and switching them on and off; what serves as proof of it."""

import re

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import services
from piggyadmin.contacts.types import ContactIdentifier
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.piggy.errors import ErrorCode, Rejected
from piggyadmin.sandbox import seed
from tests.actions.test_views import text
from tests.ledger.making import make_entry, verdict
from tests.piggy.scripted import refuses

pytestmark = pytest.mark.django_db


CHANGE_IDENTIFIER = "/actions/update-contact-identifiers/"


def card_of_mira(sandbox):
    mira = sandbox.api("GET", "contacts/find-one-by", params={"email": "mira.jansen@example.test"})
    (card,) = sandbox.api("GET", f"contacts/{mira['uuid']}/contact-identifiers")
    return card


def change_card(staff, **changes) -> str:
    sent = {"contact_identifier_value": "CARD-0001", **changes}
    return text(staff.post(CHANGE_IDENTIFIER, sent, follow=True))


def test_identifier_can_be_switched_off_and_on_again(staff, sandbox):
    change_card(staff, contact_identifier_active="false")
    assert card_of_mira(sandbox)["active"] is False
    found = text(staff.get(CHANGE_IDENTIFIER, {"contact_identifier_value": "CARD-0001"}))
    assert "switched off" in found
    assert "Piggy does not tell whose it is while it is off" in found
    assert re.search(r'value="false"[^>]* checked', found)
    page = change_card(staff, contact_identifier_active="true")
    assert "This is how the identifier is now" in page
    card = card_of_mira(sandbox)
    assert (card["active"], card["name"]) == (True, "Card")


def test_what_is_off_already_is_not_sent_again(staff, sandbox):
    change_card(staff, contact_identifier_active="false")
    change_card(staff, contact_identifier_active="false")
    assert len(sandbox.calls("PUT")) == 1


def test_identifier_that_is_not_there_is_told(staff, sandbox):
    page = text(staff.get(CHANGE_IDENTIFIER, {"contact_identifier_value": "CARD-NONE"}))
    assert "field-errors" in page or "callout danger" in page
    assert 'name="contact_identifier_name"' not in page


def test_identifier_that_was_found_cannot_become_another_by_mistake(staff, sandbox):
    page = text(staff.get(CHANGE_IDENTIFIER, {"contact_identifier_value": "CARD-0001"}))
    field = re.search(r'<input[^>]*name="contact_identifier_value"[^>]*>', page)
    assert "readonly" in field[0]


CARD = {"contact_identifier_value": "CARD-0001"}


CHANGE_CARD = "/actions/update-contact-identifiers/"


def test_a_card_that_is_off_keeps_its_owner(staff, sandbox):
    off = CARD | {"contact_identifier_name": "", "contact_identifier_active": "false"}
    outcome = staff.post(CHANGE_CARD, off, follow=True)
    assert f"/contacts/{seed.MIRA_UUID}/" in text(outcome)
    page = text(staff.post(CHANGE_CARD, CARD | {"step": "look_up"}))
    assert "it belonged to" in page
    assert f"/contacts/{seed.MIRA_UUID}/" in page


def test_of_a_card_that_went_off_elsewhere_nothing_is_made_up(staff, sandbox):
    sandbox.api("PUT", "contact-identifiers", json=CARD | {"contact_identifier_active": False})
    page = text(staff.post(CHANGE_CARD, CARD | {"step": "look_up"}))
    assert "Piggy does not tell whose it is while it is off:" in page


def asks(name="", active="", *, state=EntryState.UNKNOWN):
    data = {
        "contact_identifier_value": "CARD-0001",
        "contact_identifier_name": name,
        "contact_identifier_active": active,
    }
    return make_entry(state, slug="update-contact-identifiers", data=data)


def test_another_identifier_proves_nothing(piggy, monkeypatch, later):
    other = ContactIdentifier(value="CARD-0002", name="Gold", active=True)
    monkeypatch.setattr(services, "find_contact_identifier", lambda *_, **__: other)
    assert verdict(piggy, asks("Gold")) is Verdict.UNDECIDED


def test_what_another_one_did_not_touch_tells(piggy, later):
    """The name is not as it was asked, and nobody else has named it since."""
    entry = asks("Gold")
    asks(active="true", state=EntryState.DONE)
    finding = CHANGE.read_back(piggy, entry)
    assert (finding.verdict, finding.evidence[0].value) == (Verdict.NOT_DONE, "Card")


def test_what_another_one_touched_does_not_tell(piggy, later):
    entry = asks("Gold")
    asks("Blue", state=EntryState.DONE)
    finding = CHANGE.read_back(piggy, entry)
    assert (finding.verdict, finding.evidence[0].value) == (Verdict.UNDECIDED, "Card")


def test_nothing_to_change_is_told(staff, sandbox):
    page = text(staff.post(CHANGE_CARD, CARD))
    assert "Nothing to change: fill in a name or choose a state." in page
    assert sandbox.calls("PUT") == []


CHANGE = get_action("update-contact-identifiers")


def read_back(piggy, entry):
    finding = CHANGE.read_back(piggy, entry)
    return finding.verdict, finding.words


@pytest.mark.parametrize(
    ("asked", "found", "words"),
    [
        (("", "false"), Verdict.DONE, "It is switched off, as was asked."),
        (
            ("Gold", "false"),
            Verdict.UNDECIDED,
            "It is switched off, and Piggy does not tell its name then.",
        ),
        (
            ("", "true"),
            Verdict.UNDECIDED,
            "It is switched off, and Piggy does not tell its name then.",
        ),
    ],
)
def test_one_that_is_off_tells_only_that(piggy, sandbox, asked, found, words):
    sandbox.api("PUT", "contact-identifiers", json=CARD | {"contact_identifier_active": False})
    finding = CHANGE.read_back(piggy, asks(*asked))
    assert (finding.verdict, finding.words) == (found, words)
    (state,) = finding.evidence
    assert (state.what, state.fits) == ("State", asked[1] == "false")
    assert state.value == "Switched off: it cannot be used"


@pytest.mark.parametrize("code", [ErrorCode.CONTACT_IDENTIFIER_NOT_FOUND, ErrorCode.INVALID_INPUT])
def test_any_other_refusal_is_not_taken_for_off(scripted, scripted_piggy, code):
    scripted.will(refuses(code))
    with pytest.raises(Rejected) as caught:
        CHANGE.read_back(scripted_piggy, asks("Gold"))
    assert caught.value.code == code


def test_it_is_as_it_was_asked_to_be(piggy, sandbox):
    name = {"contact_identifier_name": "Gold"}
    sandbox.api("PUT", "contact-identifiers", json=CARD | name)
    finding = CHANGE.read_back(piggy, asks("Gold", "true"))
    assert (finding.verdict, finding.result.name) == (Verdict.DONE, "Gold")
    told = [(each.what, each.value, each.fits) for each in finding.evidence]
    assert told == [("Name", "Gold", True), ("State", "Active: it can be used", True)]


def test_what_is_not_so_yet_may_still_come(piggy):
    words = "It is not so yet. Piggy may still be at it."
    assert read_back(piggy, asks("Gold")) == (Verdict.UNDECIDED, words)


def test_what_is_sent_is_what_differs(piggy, monkeypatch):
    sent = []

    def update(_piggy, **given):
        sent.append(given)
        return ContactIdentifier(value="CARD-0001")

    monkeypatch.setattr(services, "update_contact_identifier", update)
    for name, state in (("Gold", "true"), ("Card", "false"), ("", "false"), ("Card", "")):
        data = {"contact_identifier_name": name, "contact_identifier_active": state}
        CHANGE.perform(piggy, CARD | data)
    assert [
        (each["contact_identifier_name"], each["contact_identifier_active"]) for each in sent
    ] == [("Gold", None), (None, False), (None, False)]
