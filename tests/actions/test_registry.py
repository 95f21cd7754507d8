import pytest

from piggyadmin.actions.registry import actions, by_entity, get_action, register


def test_two_actions_cannot_share_a_slug():
    with pytest.raises(ValueError, match="list-perks"):
        register(type(get_action("list-perks")))


def test_unknown_slug():
    with pytest.raises(KeyError):
        get_action("print-money")


def test_grouped_under_the_names_of_their_entities():
    groups = by_entity(actions())
    assert [name for name, _ in groups] == sorted(name for name, _ in groups)
    assert sum(len(group) for _, group in groups) == len(actions())
