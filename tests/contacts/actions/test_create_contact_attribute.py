"""What serves as proof about an attribute is compared in full."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import services
from piggyadmin.contacts.types import ContactAttribute
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.operations import Refused, Verdict
from tests.actions.samples import SAMPLES
from tests.ledger.making import make_entry, verdict

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("later")]


ASKED = {
    "name": "shoe_size",
    "label": "Shoe size",
    "data_type": "select",
    "description": "",
    "options": [{"label": "42", "value": "42"}],
}
FOUND = {"name": "shoe_size", "label": "Shoe size", "type": "select", "options": ["42"]}


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, Verdict.DONE),
        ({"type": "text"}, Verdict.UNDECIDED),
        ({"type": None}, Verdict.UNDECIDED),
        ({"label": "Size of shoes"}, Verdict.UNDECIDED),
        ({"options": ["42", "43"]}, Verdict.UNDECIDED),
        ({"name": "other"}, Verdict.NOT_DONE),
    ],
)
def test_an_attribute_is_compared_in_full(piggy, monkeypatch, more, found):
    entry = make_entry(EntryState.UNKNOWN, data=ASKED)
    attribute = ContactAttribute.model_validate(FOUND | more)
    monkeypatch.setattr(services, "list_contact_attributes", lambda *_: [attribute])
    assert verdict(piggy, entry) is found


ATTRIBUTE = get_action("create-contact-attribute")
URL = "/actions/create-contact-attribute/"


def test_what_is_not_there_yet_may_still_come(piggy, monkeypatch):
    monkeypatch.undo()  # of `later`: it was asked for just now
    finding = ATTRIBUTE.read_back(piggy, make_entry(EntryState.UNKNOWN, data=ASKED))
    words = "The attribute is not there yet."
    assert (finding.verdict, finding.words) == (Verdict.UNDECIDED, words)


def test_what_is_found_is_shown_with_its_label_and_type(piggy, monkeypatch):
    attribute = ContactAttribute.model_validate(FOUND)
    monkeypatch.setattr(services, "list_contact_attributes", lambda *_: [attribute])
    finding = ATTRIBUTE.read_back(piggy, make_entry(EntryState.UNKNOWN, data=ASKED))
    (told,) = finding.evidence
    assert (told.what, told.value, told.fits) == ("shoe_size", "Shoe size (select)", True)
    assert (finding.words, finding.result) == ("The attribute is there.", attribute)


def test_one_that_another_asked_for_too_may_be_theirs(piggy, monkeypatch):
    attribute = ContactAttribute.model_validate(FOUND)
    monkeypatch.setattr(services, "list_contact_attributes", lambda *_: [attribute])
    entry = make_entry(EntryState.UNKNOWN, data=ASKED)
    make_entry(EntryState.DONE, data=ASKED | {"label": "Size"})
    finding = ATTRIBUTE.read_back(piggy, entry)
    words = "There is one of this name, but it may be somebody else's."
    assert (finding.verdict, finding.words) == (Verdict.UNDECIDED, words)


def test_the_preview_shows_what_is_final(piggy):
    preview = ATTRIBUTE.preview(piggy, ASKED | {"label": ""})
    assert (preview.name, preview.label, preview.type_label) == (
        "shoe_size",
        "shoe_size",
        "One of several options",
    )
    assert preview.options == ASKED["options"]
    assert ATTRIBUTE.preview(piggy, ASKED).label == "Shoe size"


def test_a_name_that_is_taken_is_refused(piggy):
    ATTRIBUTE.perform(piggy, ASKED)
    with pytest.raises(Refused) as caught:
        ATTRIBUTE.preview(piggy, ASKED)
    assert caught.value.field_errors == {"name": ["There is an attribute with this name already."]}


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ({}, {"label": "Shoe size", "description": None, "options": ASKED["options"]}),
        (
            {"label": "", "description": "In cm", "options": []},
            {"label": "shoe_size", "description": "In cm", "options": None},
        ),
    ],
)
def test_what_is_left_open_is_not_sent(piggy, monkeypatch, typed, sent):
    given = {}
    monkeypatch.setattr(services, "create_contact_attribute", lambda _, **all_: given.update(all_))
    ATTRIBUTE.perform(piggy, ASKED | typed)
    assert given == {"name": "shoe_size", "data_type": "select"} | sent


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        (
            {"options-0-label": "", "options-0-value": ""},
            {"options": ["This type needs at least one option."]},
        ),
        (
            {"data_type": "text"},
            {"options": ["Only “one” or “some of several options” has options."]},
        ),
        ({"data_type": ""}, {"data_type": ["This field is required."]}),
        ({"data_type": "text", "options-0-label": "", "options-0-value": ""}, {}),
    ],
)
def test_a_choice_has_options_and_nothing_else_has(admin, sandbox, typed, errors):
    form = admin.post(URL, SAMPLES[ATTRIBUTE.slug] | typed).context["form"]
    assert dict(form.errors) == errors
