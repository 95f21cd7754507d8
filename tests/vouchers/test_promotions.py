"""A promotion's vouchers, how far it is used up, and its days."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from piggyadmin.piggy.types import Page
from piggyadmin.sandbox.seed import WELCOME_COFFEE_UUID
from piggyadmin.ui.chart import HEIGHT
from piggyadmin.vouchers import promotions, services
from piggyadmin.vouchers.promotions import (
    DrawnVouchers,
    PromotionFigures,
    draw,
    drawn_vouchers,
    every_voucher,
    of_batch,
)
from piggyadmin.vouchers.types import DAY_SECONDS, Promotion, Voucher


def make_promotion(sandbox, **more):
    body = {"name": "Second scoop", "description": "One more", **more}
    return sandbox.api("POST", "promotions", json=body)["uuid"]


def make_vouchers(sandbox, promotion_uuid, codes, attributes=None):
    for code in codes:
        body = {"promotion_uuid": promotion_uuid, "code": code}
        body |= {"custom_attributes": attributes} if attributes else {}
        sandbox.api("POST", "vouchers", json=body)


@pytest.mark.django_db
def test_all_vouchers_are_read_page_by_page(piggy, sandbox, monkeypatch):
    monkeypatch.setattr(promotions, "VOUCHERS_PAGE", 2)
    uuid = make_promotion(sandbox)
    make_vouchers(sandbox, uuid, "ABCDE")
    assert sorted(each.code or "" for each in every_voucher(piggy, uuid)) == list("ABCDE")


@pytest.mark.django_db
def test_only_those_of_a_status_are_read(piggy, sandbox):
    found = every_voucher(piggy, WELCOME_COFFEE_UUID, "LOCKED")
    assert "WELCOME-LOCKED" in {each.code for each in found}
    found = every_voucher(piggy, WELCOME_COFFEE_UUID, "REDEEMED")
    assert {each.status for each in found} == {"REDEEMED"}


def listing(*pages):
    """Give what Piggy lists page by page, whatever it is asked for."""

    def list_vouchers(_piggy, *, page, **_asked):
        return Page(items=pages[page - 1], page=page, has_more=page < len(pages))

    return list_vouchers


def voucher(uuid, promotion="p", **more):
    return Voucher(uuid=uuid, promotion=Promotion(uuid=promotion), **more)


def test_one_that_moves_to_the_next_page_counts_once_and_others_do_not(monkeypatch):
    pages = ([voucher("a"), voucher("b", "q")], [voucher("a"), voucher("c"), Voucher(uuid="d")])
    monkeypatch.setattr(services, "list_vouchers", listing(*pages))
    assert [each.uuid for each in every_voucher(None, "p")] == ["a", "c"]


def test_a_batch_is_known_by_its_reference():
    vouchers = [voucher("a", console_reference="r"), voucher("b"), voucher("c")]
    assert [each.uuid for each in of_batch(vouchers, "r")] == ["a"]
    assert [each.uuid for each in of_batch(vouchers, None)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("limit", "made", "used", "room", "percent"),
    [
        (10, 4, 1, 6, 25),
        (10, 12, 12, 0, 100),
        (None, 3, 1, None, 33),
        (10, None, 1, None, None),
        (10, 4, None, 6, None),
        (10, 0, 0, 10, None),
    ],
)
def test_figures(limit, made, used, room, percent):
    found = PromotionFigures(limit=limit, made=made, used=used)
    assert (found.room, found.percent_used) == (room, percent)


@pytest.mark.django_db
def test_piggy_counts(piggy, sandbox):
    uuid = make_promotion(sandbox)
    make_vouchers(sandbox, uuid, "AB")
    shop = sandbox.api("GET", "shops")[0]["uuid"]
    contact = sandbox.api("GET", "contacts/find-one-by", params={"email": MIRA})["uuid"]
    body = {"code": "A", "shop_uuid": shop, "contact_uuid": contact}
    sandbox.api("POST", "vouchers/redeem", json=body)
    assert promotions.count_used(piggy, uuid) == 1
    assert drawn_vouchers(piggy, uuid).listed == 2


MIRA = "mira.jansen@example.test"


def drawn(vouchers, reversals=()):
    return draw(DrawnVouchers(vouchers, listed=len(vouchers), is_all=True), reversals)


def test_the_chart_is_drawn_of_so_many_pages(monkeypatch):
    pages = ([voucher("a")], [voucher("b", "q")], [voucher("a")], [voucher("c")], [voucher("d")])
    monkeypatch.setattr(services, "list_vouchers", listing(*pages))
    found = drawn_vouchers(None, "p")
    assert [each.uuid for each in found.vouchers] == ["a", "c"]
    assert not found.is_all
    monkeypatch.setattr(services, "list_vouchers", listing([voucher("a")]))
    assert drawn_vouchers(None, "p") == DrawnVouchers([voucher("a")], listed=None, is_all=True)


def test_the_days_are_those_of_the_shop(settings):
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    vouchers = [
        voucher("a", activation_date=midnight),
        voucher("b", activation_date=midnight - timedelta(seconds=1), redeemed_at=midnight),
        voucher("c", activation_date=midnight - timedelta(days=promotions.CHART_DAYS - 1)),
        voucher("d", activation_date=datetime(2001, 1, 1, tzinfo=UTC)),
    ]
    chart = drawn(vouchers, [midnight])
    days = [(each.begun, each.used, each.reversed) for each in chart.days]
    assert (len(days), days[0], days[-2:]) == (30, (1, 0, 0), [(1, 0, 0), (1, 1, 1)])
    assert (chart.begun, chart.used, chart.reversed) == (3, 1, 1)
    assert chart.most == promotions.LEAST
    assert [each.day for each in chart.eventful_days] == [
        chart.days[-1].day,
        chart.days[-2].day,
        chart.days[0].day,
    ]
    assert chart.used_bars[-1].height == HEIGHT / promotions.LEAST
    assert chart.reversed_bars[-1].height == HEIGHT / promotions.LEAST


def test_the_busiest_day_reaches_the_top():
    chart = drawn([voucher(str(number), redeemed_at=timezone.now()) for number in range(7)])
    assert chart.most == 7
    assert chart.used_bars[-1].y == 0


def test_nothing_is_drawn_of_nothing():
    assert drawn([]) is None
    assert drawn([voucher("a"), voucher("b", redeemed_at=datetime(2001, 1, 1, tzinfo=UTC))]) is None


@pytest.mark.parametrize(
    ("seconds", "days"), [(None, None), (0, None), (30 * DAY_SECONDS, 30), (DAY_SECONDS // 2, 0.5)]
)
def test_seconds_are_told_in_days(seconds, days):
    found = Promotion(uuid="p", expiration_duration=seconds).expiration_days
    assert (found, type(found)) == (days, type(days))
