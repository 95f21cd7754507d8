"""Pages of stored rows, counted only where there is more than one."""

import pytest

from piggyadmin.ledger.models import Reason
from piggyadmin.ui.pagination import numbered_page


@pytest.fixture
def seven(db):
    Reason.objects.all().delete()
    Reason.objects.bulk_create(Reason(label=f"{number}", position=number) for number in range(7))
    return Reason.objects.order_by("position")


@pytest.mark.parametrize(
    ("number", "size", "shown", "page", "last"),
    [
        (None, 7, range(7), 1, 1),
        ("", 3, range(3), 1, 3),
        ("1", 3, range(3), 1, 3),
        ("nonsense", 3, range(3), 1, 3),
        ("2", 3, range(3, 6), 2, 3),
        ("3", 3, range(6, 7), 3, 3),
        ("99", 3, range(6, 7), 3, 3),
    ],
)
def test_a_page(seven, number, size, shown, page, last):
    found = numbered_page(seven, number, size)
    assert [int(reason.label) for reason in found.items] == list(shown)
    assert (found.page, found.last_page, found.has_more) == (page, last, page < last)
    assert numbered_page(list(seven), number, size) == found


def test_one_page_is_not_counted(seven, django_assert_num_queries):
    with django_assert_num_queries(1):
        numbered_page(seven, None, 7)
    with django_assert_num_queries(2):
        numbered_page(seven, None, 6)


def test_nothing_is_one_empty_page():
    found = numbered_page([], None)
    assert (found.items, found.page, found.last_page, found.has_more) == ([], 1, 1, False)
