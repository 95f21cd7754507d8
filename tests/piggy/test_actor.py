import pytest

from piggyadmin.piggy.actor import Actor, current_actor, use_actor, use_actor_finder
from piggyadmin.piggy.concurrency import gather


def test_nobody_acts_where_nobody_said():
    assert current_actor() == Actor(None, "", "", None)


def test_the_innermost_block_tells_who_acts():
    with use_actor(1, "Sanne", "merge-contacts", 7) as outer:
        assert current_actor() == outer == Actor(1, "Sanne", "merge-contacts", 7)
        with use_actor(2, "Bas", "desk:desk"):
            assert current_actor() == Actor(2, "Bas", "desk:desk", None)
        assert current_actor() == outer
    assert current_actor() == Actor()


@pytest.mark.django_db  # of an earlier test a thread may hold a connection, which it gives up
def test_calls_made_side_by_side_are_the_same_persons():
    with use_actor(1, "Sanne", "contacts:contact") as actor:
        assert gather(current_actor, current_actor, current_actor) == (actor,) * 3


def test_who_acts_is_worked_out_when_it_is_asked():
    asked = []

    def find() -> Actor:
        asked.append(True)
        return Actor(3, "Noor")

    with use_actor_finder(find):
        assert asked == []
        assert current_actor() == Actor(3, "Noor")
