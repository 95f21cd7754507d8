"""Of each kind of event it is declared what of it is personal, and how that is forgotten."""

import pytest
from django.forms import EmailField

from piggyadmin.actions.registry import actions
from piggyadmin.ledger import event_kinds, hash_chain, models
from piggyadmin.ledger.event_kinds import PersonalContent, Undeclared
from piggyadmin.ledger.models import EntryState, Event, Head
from piggyadmin.ledger.outcomes import describe
from piggyadmin.ledger.people_events import PersonEventKind
from piggyadmin.piggy.errors import Rejected
from piggyadmin.ui.forms import CleanCharField, CleanTextField

# Kinds that are neither states nor happen to people, as the models name them.
FURTHER = {
    *(models.VERIFIED, models.FLAGGED, models.ACKNOWLEDGED),
    *(models.RESUMED, models.LOOKED, models.FORGOTTEN),
}
# Words that the chain keeps: what things of the shop are called, and the words of who works here.
OF_THINGS = {
    *(
        "attributes",
        "categories",
        "company_name",
        "contact_uuids",
        "contact_identifier_name",
        "custom_attributes",
        "description",
    ),
    *("label", "name", "only", "prefix", "source", "status", "title"),
    *("comment", "reason"),
}


def test_every_kind_is_declared_and_no_other():
    assert set(event_kinds.declared) == {*EntryState.values, *FURTHER, *PersonEventKind.values}


@pytest.mark.parametrize("kind", sorted({*EntryState.values, *FURTHER, *PersonEventKind.values}))
def test_each_part_says_how_it_is_forgotten(kind):
    assert all(
        isinstance(held, PersonalContent) and held.value
        for held in event_kinds.declared[kind].values()
    )


@pytest.mark.parametrize("kind", PersonEventKind.values)
def test_what_happens_to_people_says_who(kind):
    assert event_kinds.declared[kind]["person_name"] is PersonalContent.COLLEAGUE


def test_a_kind_that_nobody_has_declared_does_not_get_in():
    with pytest.raises(Undeclared, match="brand-new"):
        hash_chain.link(Head(), None, "brand-new", {})


@pytest.mark.django_db
def test_tests_take_no_part_that_is_not_declared():
    with pytest.raises(AssertionError, match="email"):
        hash_chain.link(Head(), None, EntryState.SENT, {"email": "mira@example.test"})
    assert event_kinds.undeclared(EntryState.SENT, {"reference": "x"}) == set()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "action", [each for each in actions() if not each.is_read], ids=lambda each: each.slug
)
def test_what_somebody_types_of_a_customer_is_private(action):
    """Whoever adds a field with words says that it is private, or that it is about a thing."""
    words = {
        name
        for name, field in action.form_class.base_fields.items()
        if isinstance(field, EmailField | CleanTextField) or type(field) is CleanCharField
    }
    assert words - action.private <= OF_THINGS


def test_addresses_that_piggy_repeats_are_not_kept():
    error = Rejected(
        piggy_message="Contact mira.jansen@example.test exists <joris@example.test>.",
        field_errors={"email": ["The address “mira.jansen@example.test” is taken.", "Bad."]},
    )
    kept = describe(error)
    assert "@" not in str(kept)
    assert kept["piggy_message"] == "Contact … exists <…>."
    assert kept["field_errors"]["email"][1] == "Bad."
