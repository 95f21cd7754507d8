"""Who moved how much: added up by person, action and shop, and what of it is unusual."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import actions
from piggyadmin.ledger import giving
from piggyadmin.ledger.models import Entry, EntryState, EntryStatus
from piggyadmin.sandbox import seed
from piggyadmin.ui.filters import beginning
from tests.conftest import person
from tests.ledger.making import somebody

pytestmark = pytest.mark.django_db
NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)
CREDITS, REVERSE, REDEEM = "create-credit-reception", "reverse-credit-reception", "redeem-voucher"


def moved(
    slug: str,
    month: date = NOVEMBER,
    *,
    by: User | None = None,
    state: EntryState = EntryState.DONE,
    preview: dict[str, Any] | None = None,
    **data: Any,
) -> None:
    """Make an entry of a month, as far as the report looks at it."""
    person, at = by or somebody(), beginning(month + timedelta(days=14))
    asked: dict[str, Any] = {"person": person, "action": slug, "data": data, "preview": preview}
    entry = Entry.objects.create(created_at=at, submission_key=uuid4(), trace_id="", **asked)
    EntryStatus.objects.create(
        entry=entry, state=state, updated_at=at, asked_at=at, person_id=person.pk, action=slug
    )


def figures(first: date = NOVEMBER, last: date = NOVEMBER, **only: Any) -> list[tuple[Any, ...]]:
    return sorted(
        (each.action, each.shop_uuid, each.times, each.given, each.taken, each.vouchers)
        for each in giving.givings(first, last, **only)
    )


def test_every_amount_is_read_where_it_is_written():
    for action in actions():
        for quantity in filter(None, (action.credits_moved, action.vouchers_moved)):
            fields = {"data": set(action.form_class.base_fields)}
            if action.has_preview:
                kind: Any = action.preview.__annotations__["return"]
                fields["preview"] = set(kind.model_fields)
            for place in quantity.places:
                within, _dot, name = place.partition(".")
                assert name in fields[within], (action.slug, place)
            assert quantity.places or quantity.otherwise


def test_adds_up_by_action_and_shop(sandbox):
    moved(CREDITS, preview={"gives": 20, "shop_name": "Corner"}, shop_uuid="a")
    moved(CREDITS, preview={"gives": -5}, shop_uuid="a")
    moved(CREDITS, shop_uuid="b", credits=7)
    moved(CREDITS, shop_uuid="a", credits=100, state=EntryState.REJECTED)
    moved(REVERSE, preview={"credits": 7, "shop_uuid": "b"})
    moved(REDEEM, shop_uuid="a", number_of_times=3)
    moved(REDEEM, shop_uuid="a")
    moved("create-voucher")
    moved("create-contact-attribute")
    assert figures() == [
        (CREDITS, "a", 2, 20, 5, 0),
        (CREDITS, "b", 1, 7, 0, 0),
        ("create-voucher", "", 1, 0, 0, 1),
        (REDEEM, "a", 2, 0, 0, 4),
        (REVERSE, "b", 1, 0, 7, 0),
    ]
    assert figures(action=REVERSE) == [(REVERSE, "b", 1, 0, 7, 0)]
    assert figures(OCTOBER, OCTOBER) == []
    assert {each.shop for each in giving.givings(NOVEMBER, NOVEMBER)} == {"Corner", "a", "b", ""}


def test_what_says_nothing_is_as_if_it_were_not_there(sandbox):
    moved(CREDITS, preview={"gives": None, "shop_uuid": "b"}, shop_uuid=None, credits=7)
    moved(REDEEM, shop_uuid=None, number_of_times=None)
    moved(REVERSE, shop_uuid=None)
    assert figures() == [
        (CREDITS, "b", 1, 7, 0, 0),
        (REDEEM, "", 1, 0, 0, 1),
        (REVERSE, "", 1, 0, 0, 0),
    ]


def test_by_person_and_month_in_two_queries(sandbox, django_assert_num_queries):
    noor = person(Role.STAFF)
    moved(CREDITS, credits=1, by=noor, shop_uuid=seed.AMSTERDAM_UUID)
    moved(CREDITS, OCTOBER, credits=2, by=noor)
    moved(CREDITS, date(2026, 9, 1), credits=4, by=noor)
    with django_assert_num_queries(2):
        found = giving.givings(OCTOBER, NOVEMBER, person_id=noor.pk)
    told = {(each.month, each.person, str(each.label), each.given) for each in found}
    assert told == {
        (OCTOBER, "Staff", "Give credits", 2),
        (NOVEMBER, "Staff", "Give credits", 1),
    }
    assert {each.last_day for each in found} == {date(2026, 10, 31), date(2026, 11, 30)}


def test_far_more_than_others_is_unusual(sandbox):
    for month in (8, 9, 10, 11):
        moved(CREDITS, date(2026, month, 1), credits=10, shop_uuid="a")
    moved(CREDITS, credits=31, shop_uuid="b")
    found = {each.shop_uuid: each.unusual for each in giving.givings(NOVEMBER, NOVEMBER)}
    assert found == {"a": frozenset(), "b": frozenset({"given"})}
    # Four of them, in September, tell nothing.
    moved(CREDITS, date(2026, 9, 1), credits=1000, shop_uuid="b")
    assert not any(each.unusual for each in giving.givings(date(2026, 9, 1), date(2026, 9, 1)))


def test_months_are_those_of_the_shop(sandbox):
    assert giving.known_months() == [giving.this_month()]
    moved(CREDITS, date(2026, 9, 1), credits=1)
    assert giving.known_months()[-1] == date(2026, 9, 1)
    assert giving.month_after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert giving.month_after(date(2026, 1, 1), -1) == date(2025, 12, 1)
