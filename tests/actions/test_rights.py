"""What permissions let people do, in the words of actions and pages."""

from collections import Counter

import pytest
from django.contrib.auth.models import Group

from piggyadmin.accounts.permissions import APPROVE, LOOK_UP, PAGE_PERMISSIONS
from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import actions, get_action
from piggyadmin.actions.rights import all_rights, held_by, held_by_each, in_words

GIVE = get_action("create-credit-reception")


def test_all_that_can_be_allowed_stands_there_once():
    areas = list(all_rights())
    assert [str(area.label) for area in areas[-2:]] == ["Pages", "People and settings"]
    listed = Counter(right.permission for area in areas for right in area.rights)
    assert set(listed.values()) == {1}
    assert listed.keys() >= {each.permission for each in actions()}
    assert listed.keys() >= {f"actions.{each.codename}" for each in PAGE_PERMISSIONS}


def test_they_are_told_in_the_order_of_the_list_and_others_say_nothing():
    asked = [LOOK_UP, APPROVE, "actions.view_event", GIVE.permission]
    wanted = [GIVE.label, "Look up what Piggy holds", "Approve as the second person"]
    assert list(map(str, in_words(asked))) == list(map(str, wanted))
    assert in_words([]) == []


@pytest.mark.django_db
def test_what_several_roles_may_do_is_read_at_once(django_assert_num_queries):
    roles = list(Group.objects.order_by("pk"))
    apart = [held_by(role) for role in roles]
    with django_assert_num_queries(2):
        assert held_by_each(roles) == apart


@pytest.mark.django_db
def test_a_role_is_told_by_what_it_may_do():
    held = held_by(Group.objects.get(name=Role.SUPPORT.value))
    words = list(map(str, in_words(held)))
    assert LOOK_UP in held
    assert "Look up what Piggy holds" in words
    assert str(GIVE.label) not in words
