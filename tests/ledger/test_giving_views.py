"""The report of credits and vouchers by person, and the same as a file."""

from datetime import date

import pytest

from piggyadmin.ledger import giving, giving_views
from piggyadmin.sandbox import seed
from tests.ledger.test_giving import CREDITS, NOVEMBER, OCTOBER, REDEEM, moved

pytestmark = pytest.mark.django_db
REPORT = "/ledger/giving/"


@pytest.fixture(autouse=True)
def november(monkeypatch, sandbox):
    monkeypatch.setattr(giving, "this_month", lambda: NOVEMBER)
    moved(CREDITS, OCTOBER, credits=1200, shop_uuid=seed.AMSTERDAM_UUID)
    moved(CREDITS, credits=25)
    moved(REDEEM, shop_uuid=seed.AMSTERDAM_UUID)


def page_of(browser, query: str = "") -> str:
    return " ".join(browser.get(f"{REPORT}{query}").content.decode().split())


def test_shows_this_month_by_itself(auditor):
    page = page_of(auditor)
    assert "Altogether 25 credits given, 0 credits taken or spent; vouchers: 1." in page
    assert "1,200" not in page
    assert "since=2026-11-01&amp;until=2026-11-30" in page


def test_is_narrowed_down(admin):
    page = page_of(admin, f"?month=2026-10&until=2026-11&action={CREDITS}")
    assert "Altogether 1,225 credits given" in page
    answer = admin.post(REPORT, {"month": "2026-10", "person_id": "", "without": "person_id"})
    assert answer["Location"] == f"{REPORT}?month=2026-10"


@pytest.mark.parametrize("query", ["?month=2026-11&until=2026-10", "?month=nonsense", "?until=x"])
def test_nonsense_is_nothing(admin, query):
    assert "No credits or vouchers were moved then." in page_of(admin, query)


def test_a_year_at_once_is_the_most(admin):
    moved(CREDITS, date(2025, 11, 1), credits=1)
    assert "A year at once is the most." in page_of(admin, "?month=2025-11&until=2026-11")
    assert "A year at once" not in page_of(admin, "?month=2025-12&until=2026-11")


def test_what_is_unusual_is_marked_and_comes_first(admin):
    for shop in "abcd":
        moved(CREDITS, shop_uuid=shop, credits=25)
    moved(CREDITS, shop_uuid="z", credits=100_000)
    assert "1 row is unusual." in page_of(admin)
    rows = giving_views.in_order(giving.givings(NOVEMBER, NOVEMBER), "")
    assert [each.shop_uuid for each in rows].index("z") == 0


def test_is_sorted_by_each_column(admin):
    rows = giving.givings(OCTOBER, NOVEMBER)
    for name, key in giving_views.SORTS.items():
        keys = [key(each) for each in giving_views.in_order(rows, f"-{name}")]
        assert keys == sorted(keys, reverse=True)
        assert page_of(admin, f"?sort={name}")


def test_the_file_has_all_of_it(auditor):
    answer = auditor.get(f"{REPORT}csv/?month=2026-10&until=2026-11")
    head, *lines = b"".join(answer).decode("utf-8-sig").splitlines()
    assert head.split(",")[5] == '"credits_given"'
    assert len(lines) == 3
    assert lines[0].startswith('"2026-10",')
    assert '"1200"' in lines[0]


def test_a_file_of_nonsense_leads_to_what_is_wrong(auditor):
    assert auditor.get(f"{REPORT}csv/?month=x").status_code == 302
