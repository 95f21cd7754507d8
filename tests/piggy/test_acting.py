import pytest

from piggyadmin.piggy.acting import Actor, acting, acting_as, current_actor
from piggyadmin.piggy.parallel import side_by_side


def test_nobody_acts_where_nobody_said():
    assert current_actor() == Actor(None, "", "", None)


def test_the_innermost_block_tells_who_acts():
    with acting(1, "Sanne", "merge-contacts", 7) as outer:
        assert current_actor() == outer == Actor(1, "Sanne", "merge-contacts", 7)
        with acting(2, "Bas", "desk:desk"):
            assert current_actor() == Actor(2, "Bas", "desk:desk", None)
        assert current_actor() == outer
    assert current_actor() == Actor()


@pytest.mark.django_db  # of an earlier test a thread may hold a connection, which it gives up
def test_calls_made_side_by_side_are_the_same_persons():
    with acting(1, "Sanne", "contacts:contact") as actor:
        assert side_by_side(current_actor, current_actor, current_actor) == (actor,) * 3


def test_who_acts_is_worked_out_when_it_is_asked():
    asked = []

    def find() -> Actor:
        asked.append(True)
        return Actor(3, "Noor")

    with acting_as(find):
        assert asked == []
        assert current_actor() == Actor(3, "Noor")
