import pytest
from django.core.exceptions import ImproperlyConfigured

from piggyadmin.accounts.roles import Role
from piggyadmin.actions import registry
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import actions, by_entity, find_action, get_action, register
from piggyadmin.ledger import operations
from piggyadmin.ledger.operations import Effect, Operation
from piggyadmin.ledger.sentences import Sentence


class GiveStamp(Action[None, None]):
    """An action that lacks nothing."""

    slug = "give-stamp"
    entity = "perks"
    label = "Give a stamp"
    summary = "On the card."
    button = "Stamp"
    icon = "stamp"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = ActionForm
    sample = {}
    cannot_be_settled = "Piggy does not tell of stamps."

    def sentence(self, matter):
        return Sentence(
            "%(who)s stamped a card of %(customer)s",
            "stamp a card of %(customer)s",
            {"customer": matter.customer()},
        )


LACKING = {
    "entity": (
        "stamps",
        "its place in the menu (an entry of SECTIONS in piggyadmin/desk/navigation.py)",
    ),
    "icon": ("no-such-icon", "set `icon` to the name of one from lucide.dev/icons"),
    "cannot_be_settled": ("", "write `read_back`, or set `cannot_be_settled`"),
    "sentence": (Operation.sentence, "write `sentence`"),
    "slug": ("list-perks", "give this one another `slug`"),
}


@pytest.fixture(autouse=True)
def own_registry(monkeypatch):
    monkeypatch.setattr(operations, "_operations", dict(operations._operations))


def test_what_lacks_nothing_is_registered():
    register(GiveStamp)
    assert isinstance(find_action("give-stamp"), GiveStamp)


@pytest.mark.parametrize("name", LACKING)
def test_what_lacks_something_is_refused_with_words_that_say_what_to_add(name):
    value, words = LACKING[name]
    lacking = type("Lacking", (GiveStamp,), {name: value})
    with pytest.raises(ImproperlyConfigured, match="Lacking cannot be registered") as refusal:
        register(lacking)
    assert words in str(refusal.value)
    assert not isinstance(find_action("give-stamp"), lacking)


@pytest.mark.parametrize("name", ["entity", "icon", "sample"])
def test_what_is_left_out_is_refused(name):
    kept = {key: value for key, value in vars(GiveStamp).items() if key != name}
    with pytest.raises(ImproperlyConfigured, match=name):
        register(type("GiveStamp", (Action,), kept))


def test_all_that_is_lacking_is_told_at_once():
    lacking = type("Lacking", (GiveStamp,), {"icon": "no-such-icon", "cannot_be_settled": ""})
    with pytest.raises(ImproperlyConfigured) as refusal:
        register(lacking)
    assert "`icon`" in str(refusal.value)
    assert "`read_back`" in str(refusal.value)


def test_a_read_has_nothing_to_settle():
    register(type("Look", (GiveStamp,), {"effect": Effect.READ, "cannot_be_settled": ""}))


def test_unknown_slug():
    with pytest.raises(KeyError):
        registry.get_action("print-money")


def test_grouped_under_the_names_of_their_entities():
    groups = by_entity(actions())
    assert [name for name, _ in groups] == sorted(name for name, _ in groups)
    assert sum(len(group) for _, group in groups) == len(actions())


def test_what_has_no_page_is_no_action():
    class Bare(Operation[None, None]):
        slug, entity, label, effect = "bare", "perks", "Bare", Effect.READ

    operations.add_operation(Bare())
    assert find_action("bare") is None
    with pytest.raises(KeyError):
        get_action("bare")
