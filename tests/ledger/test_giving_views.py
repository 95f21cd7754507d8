"""The report of credits and vouchers by person, and the same as a file."""

from datetime import date

import pytest

from piggyadmin.ledger import giving, giving_views
from piggyadmin.sandbox import seed
from tests.ledger.test_giving import CREDITS, NOVEMBER, OCTOBER, REDEEM, moved

pytestmark = pytest.mark.django_db
REPORT = "/ledger/giving/"
ELSEWHERE = "c0ffee00-0000-4000-8000-0000000000ff"


@pytest.fixture(autouse=True)
def november(monkeypatch, sandbox):
    monkeypatch.setattr(giving, "this_month", lambda: NOVEMBER)
    amsterdam = {"shop_uuid": seed.AMSTERDAM_UUID, "preview": {"shop_name": "Amsterdam"}}
    moved(CREDITS, OCTOBER, credits=1200, **amsterdam)
    moved(CREDITS, credits=25)
    moved(REDEEM, **amsterdam)


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


def test_is_narrowed_down_to_a_shop(admin):
    span = "?month=2026-10&until=2026-11"
    page = page_of(admin, f"{span}&shop_uuid={seed.AMSTERDAM_UUID}")
    assert "Altogether 1,200 credits given, 0 credits taken or spent; vouchers: 1." in page
    assert f'value="{seed.AMSTERDAM_UUID}" selected>Amsterdam</option>' in page
    assert f"shop_uuid={seed.AMSTERDAM_UUID}" in page.split("giving/csv/")[1].split('"')[0]
    assert "Altogether 25 credits given" in page_of(admin, f"{span}&shop_uuid=none")
    # An address stays good where nothing was moved.
    elsewhere = page_of(admin, f"?shop_uuid={ELSEWHERE}")
    assert "No credits or vouchers were moved then." in elsewhere
    assert f'value="{ELSEWHERE}" selected>' in elsewhere


def test_the_shop_stays_in_the_address(admin):
    asked = {"shop_uuid": seed.AMSTERDAM_UUID, "month": "2026-10"}
    address = f"{REPORT}?month=2026-10&shop_uuid={seed.AMSTERDAM_UUID}"
    assert admin.post(REPORT, asked)["Location"] == address


def test_the_file_is_narrowed_down_to_a_shop_as_well(auditor):
    query = f"?month=2026-10&until=2026-11&shop_uuid={seed.AMSTERDAM_UUID}"
    _head, *lines = b"".join(auditor.get(f"{REPORT}csv/{query}")).decode().splitlines()
    assert len(lines) == 2
    assert all('"Amsterdam"' in line for line in lines)


@pytest.mark.parametrize(
    "query", ["?shop_uuid=<b>", "?month=2026-11&until=2026-10", "?month=nonsense", "?until=x"]
)
def test_nonsense_is_told_and_gives_nothing(admin, query):
    told = page_of(admin, query)
    assert 'aria-invalid="true"' in told
    assert "No credits or vouchers were moved then." not in told
    assert "<table" not in told


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
