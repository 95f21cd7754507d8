"""Finding out once what several parts of one page want to know."""

from collections.abc import Iterator
from functools import partial
from threading import Event

import pytest

from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.once import nothing_twice, once
from tests.piggy.scripted import answers


def numbers() -> Iterator[int]:
    yield from range(10)


def test_is_found_out_once_by_each_key():
    find = partial(next, numbers())
    with nothing_twice():
        assert [once(find, key) for key in "aaba"] == [0, 0, 1, 0]


def test_is_found_out_anew_outside_and_on_the_next_page():
    find = partial(next, numbers())
    assert [once(find, "a"), once(find, "a")] == [0, 1]
    for number in (2, 3):
        with nothing_twice():
            assert once(find, "a") == number


def test_who_wants_what_is_just_being_found_out_waits_for_it():
    is_begun, found = Event(), numbers()

    def find() -> int:
        is_begun.set()
        return next(found)

    def find_later() -> int:
        assert is_begun.wait(5)
        return once(find, "a")

    with nothing_twice():
        assert gather(partial(once, find, "a"), find_later) == (0, 0)


def test_what_failed_fails_for_all():
    find = partial(next, iter(()))
    with nothing_twice():
        for _ in range(2):
            with pytest.raises(StopIteration):
                once(find, "a")


def test_piggy_is_asked_once(scripted, scripted_piggy: PiggyClient):
    scripted.will(answers(1), answers(2))
    with nothing_twice():
        asked = [scripted_piggy.get("shops", params={"page": page}).data for page in (1, 1, 2)]
    assert asked == [1, 1, 2]
