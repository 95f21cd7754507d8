"""Reading a list that moves: nothing that stays is skipped, or it is known that it may be."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piggyadmin.duplicates.mirror.pagination import (
    MOST,
    OVERLAP,
    Place,
    Way,
    page_after,
    read_window,
)
from piggyadmin.piggy.errors import ErrorCode, NotFound, Rejected
from tests.duplicates.moving import BEGIN, MovingList, contact, moving, uuid_of

ACCOUNTS: dict[str, dict[str, Any]] = {
    "of today": {},
    "that ignores the filter": {"knows_filter": False},
    "that ignores both": {"knows_filter": False, "knows_sort": False},
    "that refuses both": {"refuses_unknown": True},
    "with the newest first": {"knows_filter": False, "knows_sort": False, "newest_first": True},
    "that gives less at a time": {"knows_filter": False, "cap": 30},
    "that does not tell the last page": {"tells_last_page": False},
    "of old that tells nothing": {
        "knows_filter": False,
        "knows_sort": False,
        "tells_last_page": False,
    },
}


def read_all(piggy: MovingList, place: Place = Place()) -> tuple[list[str], bool, Way]:  # noqa: B008
    """Read to the end; give what was seen, whether something may be missing, and the way."""
    seen: list[str] = []
    has_gap, following = False, place
    for _ in range(10_000):
        way = following.way
        window = read_window(piggy, following)
        seen += [each.uuid or "" for each in window.contacts]
        has_gap |= window.is_after_gap
        if window.following is None:
            return seen, has_gap, way
        # It survives being stored, as it is between two windows.
        following = Place.model_validate(window.following.model_dump(mode="json"))
    raise AssertionError("It does not end.")


@pytest.mark.parametrize("account", ACCOUNTS)
@pytest.mark.parametrize("number", [0, 1, 99, 100, 101, 450])
def test_a_list_that_stays(account, number):
    piggy = moving(number, **ACCOUNTS[account])
    seen, has_gap, _ = read_all(piggy)
    assert set(seen) == piggy.uuids
    assert not has_gap


@pytest.mark.parametrize(
    ("account", "way"),
    [
        ("of today", Way.CREATED),
        ("that ignores the filter", Way.SORTED),
        ("that ignores both", Way.SORTED),
        ("that refuses both", Way.PLAIN),
    ],
)
def test_the_best_way_is_found(account, way):
    assert read_all(moving(450, **ACCOUNTS[account]))[2] is way


def test_each_window_costs_one_call_and_little_is_read_twice():
    piggy = moving(1000)
    seen, _, _ = read_all(piggy)
    assert len(piggy.pages) == 11
    assert len(seen) == 1010


def test_what_leaves_does_not_make_others_be_skipped():
    piggy = moving(1000)
    leaving = iter(range(1, 1000))
    piggy.meanwhile = lambda these: these.remove(*(next(leaving) for _ in range(40)))
    seen, has_gap, way = read_all(piggy)
    assert piggy.uuids <= set(seen)
    assert (has_gap, way) == (False, Way.CREATED)


def test_by_place_a_few_may_leave():
    piggy = moving(1000, knows_filter=False)
    leaving = iter(range(1, 1000))
    piggy.meanwhile = lambda these: these.remove(*(next(leaving) for _ in range(OVERLAP - 1)))
    seen, has_gap, _ = read_all(piggy)
    assert piggy.uuids <= set(seen)
    assert not has_gap


def test_by_place_it_is_noticed_when_many_leave():
    piggy = moving(1000, knows_filter=False)
    calls = iter(range(1000))
    piggy.meanwhile = lambda these: these.remove(*range(1, 151 * (next(calls) == 5)))
    seen, has_gap, _ = read_all(piggy)
    assert not piggy.uuids <= set(seen)
    assert has_gap


def test_the_contact_to_go_on_from_has_left():
    piggy = moving(300)
    calls = iter(range(1000))
    piggy.meanwhile = lambda these: these.remove(100 * (next(calls) == 1))
    seen, _, way = read_all(piggy)
    assert way is Way.CREATED
    assert set(seen) >= piggy.uuids
    assert piggy.asked_for == [uuid_of(100)]


def test_a_filter_that_means_later_than_is_not_relied_on():
    """Had it been, contacts of the same moment would be skipped."""

    class Strict(MovingList):
        def _page(self, page, limit, sort=None, created_at=None):
            return super()._page(page, limit, sort, created_at and created_at + "~")

    piggy = Strict([contact(number, at=BEGIN) for number in range(1, 301)])
    seen, _, way = read_all(piggy)
    assert way is Way.SORTED
    assert set(seen) == piggy.uuids


def test_more_contacts_of_one_moment_than_a_window_holds():
    piggy = MovingList(
        [contact(number, at=BEGIN + timedelta(days=number // 350)) for number in range(1, 1000)]
    )
    seen, has_gap, way = read_all(piggy)
    assert set(seen) == piggy.uuids
    assert (has_gap, way) == (False, Way.CREATED)


def test_a_contact_without_a_time():
    piggy = moving(250)
    piggy.contacts[120]["current_values"].pop("created_at")
    assert set(read_all(piggy, Place(way=Way.SORTED))[0]) == piggy.uuids
    piggy.knows_filter = False
    seen, _, way = read_all(piggy)
    assert way is Way.SORTED
    assert set(seen) == piggy.uuids


def test_a_list_that_has_but_one_page_ends():
    class Stuck(MovingList):
        def _page(self, page, limit, sort=None, created_at=None):
            return super()._page(1, limit)

    piggy = Stuck(moving(450).contacts, knows_sort=False, tells_last_page=False)
    assert len(set(read_all(piggy)[0])) == 100


def test_a_refusal_of_the_plainest_list_is_an_error():
    class Refusing(MovingList):
        def _page(self, page, limit, sort=None, created_at=None):
            raise Rejected(code=ErrorCode.ACCOUNT_INACTIVE)

    with pytest.raises(Rejected):
        read_all(Refusing([]))


def refuse(_uuid):
    raise NotFound(status=404)


def test_not_found_without_the_code_proves_nothing():
    piggy = moving(300)
    piggy.before_one = refuse
    calls = iter(range(1000))
    piggy.meanwhile = lambda these: these.remove(100 * (next(calls) == 1))
    with pytest.raises(NotFound):
        read_all(piggy)


@given(offset=st.integers(0, 3_000_000), most=st.integers(20, MOST))
def test_pages_that_overlap(offset, most):
    page, limit = page_after(offset, most)
    start = (page - 1) * limit
    assert 1 <= limit <= most
    assert start <= max(0, offset - OVERLAP)
    assert start + limit > offset or offset <= OVERLAP


@settings(max_examples=150, deadline=None)
@given(
    account=st.sampled_from(sorted(set(ACCOUNTS) - {"with the newest first"})),
    number=st.integers(1, 400),
    a_moment_holds=st.sampled_from([1, 2, 150]),
    changes=st.lists(
        st.tuples(st.integers(0, 2), st.lists(st.integers(1, 400), max_size=OVERLAP - 1)),
        max_size=12,
    ),
)
def test_nothing_that_stays_is_skipped(account, number, a_moment_holds, changes):
    """Whatever is added and leaves between two pages, in whichever account."""
    piggy = MovingList(
        [
            contact(each, at=BEGIN + timedelta(hours=each // a_moment_holds))
            for each in range(1, number + 1)
        ],
        **ACCOUNTS[account],
    )
    stays = set(piggy.uuids)
    coming, added = iter(changes), iter(range(100_001, 200_000))

    def meanwhile(these: MovingList) -> None:
        for more, leaving in [next(coming, (0, []))]:
            these.remove(*leaving)
            these.add(*(next(added) for _ in range(more)))
            stays.intersection_update(these.uuids)

    piggy.meanwhile = meanwhile
    seen, has_gap, _ = read_all(piggy)
    assert stays <= set(seen) or has_gap
