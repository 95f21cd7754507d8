"""Vouchers and promotions, against a sandbox behind a socket."""

from datetime import UTC, datetime

import pytest

from piggyadmin.piggy.errors import ErrorCode, Malformed, NotFound, OutcomeUnknown, Rejected
from piggyadmin.vouchers import services
from tests.piggy.scripted import Script, answers, refuses

MIRA = "c0ffee00-0000-4000-8000-000000000001"
COFFEE = "c0ffee00-0000-4000-8000-000000000201"
SOLD_OUT = "c0ffee00-0000-4000-8000-000000000202"
NOBODY = "c0ffee00-0000-4000-8000-00000000ffff"
AMSTERDAM = "c0ffee00-0000-4000-8000-000000000101"


@pytest.mark.parametrize(
    "status", ["ACTIVE", "REDEEMED", "EXPIRED", "LOCKED", "DEACTIVATED", "INACTIVE"]
)
def test_find_voucher(piggy, status):
    voucher = services.find_voucher(piggy, code=f"WELCOME-{status}")
    assert (voucher.code, voucher.status) == (f"WELCOME-{status}", status)
    assert voucher.promotion.uuid == COFFEE
    assert voucher.is_redeemed is (status == "REDEEMED")
    assert (voucher.redeemed_at is not None) is (status == "REDEEMED")


@pytest.mark.parametrize("code", ["WELCOME-NONE", "welcome-active", "'; DROP TABLE", "a&b=c", "😀"])
def test_find_voucher_that_is_not_there(piggy, code):
    with pytest.raises(NotFound) as caught:
        services.find_voucher(piggy, code=code)
    assert caught.value.code == ErrorCode.VOUCHER_NOT_FOUND


@pytest.mark.parametrize("data", [None, [], "WELCOME", {"code": "WELCOME"}])
def test_find_voucher_with_an_answer_that_is_none(scripted, scripted_piggy, data):
    scripted.will(answers(data))
    with pytest.raises(Malformed):
        services.find_voucher(scripted_piggy, code="WELCOME")


def test_list_vouchers(piggy):
    page = services.list_vouchers(piggy, promotion_uuid=SOLD_OUT, page=2, limit=10)
    assert (page.page, page.last_page, page.total, len(page.items)) == (2, 3, 25, 10)
    (locked,) = services.list_vouchers(piggy, promotion_uuid=COFFEE, status="LOCKED").items
    assert locked.code == "WELCOME-LOCKED"
    assert all(
        voucher.contact.uuid == MIRA
        for voucher in services.list_vouchers(piggy, contact_uuid=MIRA).items
    )
    with pytest.raises(NotFound):
        services.list_vouchers(piggy, promotion_uuid=NOBODY)


def test_create_voucher(piggy):
    until = datetime(2036, 1, 1, tzinfo=UTC)
    made = services.create_voucher(
        piggy, promotion_uuid=COFFEE, code="MINE-1", contact_uuid=MIRA, expiration_date=until
    )
    assert (made.code, made.contact.uuid, made.expiration_date) == ("MINE-1", MIRA, until)
    with pytest.raises(Rejected) as caught:
        services.create_voucher(piggy, promotion_uuid=COFFEE, code="MINE-1")
    assert caught.value.code == ErrorCode.VOUCHER_EXISTS


UNTIL = datetime(2036, 1, 1, tzinfo=UTC)
BEGIN, END = "2035-01-01T00:00:00+00:00", "2036-01-01T00:00:00+00:00"
VOUCHER = {
    "promotion_uuid": "p",
    "contact_uuid": "c",
    "activation_date": datetime(2035, 1, 1, tzinfo=UTC),
    "expiration_date": UNTIL,
    "custom_attributes": {"size": "L"},
}
DATED = VOUCHER | {"activation_date": BEGIN, "expiration_date": END}
USE = {"code": "C", "shop_uuid": "s", "contact_uuid": "c", "release_key": "k"}
PROMOTION = {
    "name": "Spring",
    "description": "A cake",
    "voucher_limit": 5,
    "limit_per_contact": 2,
    "expiration_duration": 86_400,
    "type": "SINGLE_USE",
    "redemptions_per_voucher": 3,
}
DISCOUNT = {
    "name": "discount",
    "label": "Discount",
    "description": "Off",
    "options": [{"label": "5%", "value": "5"}],
}


@pytest.mark.parametrize(
    ("service", "asked", "endpoint", "body"),
    [
        (
            services.create_voucher,
            VOUCHER | {"code": "C", "total_redemptions_allowed": 3},
            ("POST", "vouchers"),
            DATED | {"code": "C", "total_redemptions_allowed": 3},
        ),
        (
            services.create_vouchers_batch,
            VOUCHER | {"quantity": 7},
            ("POST", "vouchers/batch"),
            DATED | {"quantity": 7},
        ),
        (
            services.update_voucher,
            {
                "voucher_uuid": "v",
                "status": "ACTIVE",
                "custom_attributes": {"size": "L"},
                "expiration_date": UNTIL,
            },
            ("PUT", "vouchers/v"),
            {"status": "ACTIVE", "custom_attributes": {"size": "L"}, "expiration_date": END},
        ),
        (
            services.release_voucher,
            {"voucher_uuid": "v", "release_key": "k"},
            ("POST", "vouchers/v/release"),
            {"release_key": "k"},
        ),
        (
            services.validate_voucher,
            {"voucher_uuid": "v", "shop_uuid": "s", "contact_uuid": "c"},
            ("POST", "vouchers/v/validate"),
            {"shop_uuid": "s", "contact_uuid": "c"},
        ),
        (services.redeem_voucher, USE, ("POST", "vouchers/redeem"), USE),
        (
            services.multi_redeem_voucher,
            USE | {"number_of_times": 2},
            ("POST", "vouchers/multi-redeem"),
            USE | {"number_of_times": 2},
        ),
        (
            services.create_promotion,
            PROMOTION | {"custom_attributes": {"discount": "5"}},
            ("POST", "promotions"),
            PROMOTION | {"discount": "5"},
        ),
        (
            services.create_promotion_attribute,
            DISCOUNT | {"data_type": "select"},
            ("POST", "promotion-attributes"),
            DISCOUNT | {"type": "select"},
        ),
        (
            services.update_promotion_attribute,
            {"promotion_attribute_id": 4, "label": "L", "placeholder": "P"}
            | {"description": "D", "options": []},
            ("PUT", "promotion-attributes/4"),
            {"label": "L", "description": "D", "placeholder": "P", "options": []},
        ),
    ],
)
def test_everything_that_is_given_is_sent(scripted, scripted_piggy, service, asked, endpoint, body):
    scripted.will(answers({"uuid": "v", "voucher": {"uuid": "v"}, "name": "discount"}))
    service(scripted_piggy, **asked)
    (request,) = scripted.received
    assert (request.method, request.path, request.json) == (*endpoint, body)


def test_what_is_asked_of_lists(scripted, scripted_piggy):
    scripted.will(answers([]), answers([]), answers([]), answers([]))
    narrow = {"promotion_uuid": "p", "contact_uuid": "c", "status": "LOCKED"}
    page = services.list_vouchers(scripted_piggy, **narrow, page=2, limit=7)
    assert page.page == 2
    assert services.list_vouchers(scripted_piggy).page == 1
    assert services.list_promotions(scripted_piggy, page=3, limit=9).page == 3
    services.list_promotions(scripted_piggy)
    assert [request.query for request in scripted.received] == [
        narrow | {"page": "2", "limit": "7"},
        {"page": "1", "limit": "30"},
        {"page": "3", "limit": "9"},
        {"page": "1", "limit": "100"},
    ]


def test_create_vouchers_batch(piggy, sandbox):
    sandbox.faults(batch_seconds=0)
    before = services.list_vouchers(piggy, promotion_uuid=COFFEE, limit=1).total
    batch = services.create_vouchers_batch(piggy, promotion_uuid=COFFEE, quantity=50)
    assert (batch.status, batch.quantity) == ("PENDING", 50)
    assert batch.created_at is not None
    assert services.list_vouchers(piggy, promotion_uuid=COFFEE, limit=1).total == before + 50
    with pytest.raises(Rejected) as caught:
        services.create_vouchers_batch(piggy, promotion_uuid=SOLD_OUT, quantity=1)
    assert caught.value.code == ErrorCode.VOUCHER_LIMIT_REACHED


@pytest.mark.parametrize(
    "body",
    [b'{"data": "Generating."}', b'{"data": ["Generating."]}', b'"Generating."', b"", b"[]"],
)
def test_the_answer_to_a_batch_in_every_shape(scripted, scripted_piggy, body):
    scripted.will(Script(body=body))
    batch = services.create_vouchers_batch(scripted_piggy, promotion_uuid="p", quantity=5)
    assert (batch.uuid, batch.status) == (None, None)


@pytest.mark.parametrize("script", [Script(resets=True), Script(status=502), Script(body=b"<p>")])
def test_a_batch_is_never_sent_twice(scripted, scripted_piggy, script):
    scripted.will(script)
    with pytest.raises(OutcomeUnknown):
        services.create_vouchers_batch(scripted_piggy, promotion_uuid="p", quantity=5)
    assert len(scripted.received) == 1


def test_update_voucher(piggy):
    uuid = services.find_voucher(piggy, code="WELCOME-ACTIVE").uuid
    off = services.update_voucher(piggy, voucher_uuid=uuid, status="DEACTIVATED")
    assert off.status == "DEACTIVATED"
    until = datetime(2036, 1, 1, tzinfo=UTC)
    services.update_voucher(piggy, voucher_uuid=uuid, status="ACTIVE")
    on = services.update_voucher(piggy, voucher_uuid=uuid, expiration_date=until)
    assert (on.status, on.expiration_date) == ("ACTIVE", until)


@pytest.mark.parametrize("status", [404, 405])
def test_update_voucher_by_the_other_path(scripted, scripted_piggy, status):
    scripted.will(refuses(status=status), answers({"uuid": "v"}))
    services.update_voucher(scripted_piggy, voucher_uuid="v", status="ACTIVE")
    assert [request.path for request in scripted.received] == ["vouchers/v", "vouchers/update/v"]


@pytest.mark.parametrize(
    "script", [refuses(80004), refuses(80004, status=404), refuses(status=422)]
)
def test_update_voucher_that_is_refused(scripted, scripted_piggy, script):
    scripted.will(script)
    with pytest.raises(Rejected):
        services.update_voucher(scripted_piggy, voucher_uuid="v", status="ACTIVE")
    assert len(scripted.received) == 1


def test_lock_and_release(piggy):
    uuid = services.find_voucher(piggy, code="WELCOME-ACTIVE").uuid
    locked = services.lock_voucher(piggy, voucher_uuid=uuid)
    assert locked.voucher.status == "LOCKED"
    assert locked.lock.system_release_at > locked.lock.locked_at
    assert locked.release_key
    assert locked.release_key not in repr(locked)
    with pytest.raises(Rejected) as caught:
        services.lock_voucher(piggy, voucher_uuid=uuid)
    assert caught.value.code == ErrorCode.VOUCHER_LOCKED
    released = services.release_voucher(piggy, voucher_uuid=uuid, release_key=locked.release_key)
    assert released.voucher.status == "ACTIVE"


def test_a_lock_without_a_lock(scripted, scripted_piggy):
    scripted.will(answers({"voucher": {"uuid": "v", "status": "LOCKED"}, "lock": []}))
    locked = services.lock_voucher(scripted_piggy, voucher_uuid="v")
    assert (locked.lock, locked.release_key) == (None, None)
    scripted.will(answers([]))
    with pytest.raises(OutcomeUnknown):
        services.lock_voucher(scripted_piggy, voucher_uuid="v")


def test_redeem_and_reverse(piggy):
    uuid = services.find_voucher(piggy, code="WELCOME-ACTIVE").uuid
    services.validate_voucher(piggy, voucher_uuid=uuid, shop_uuid=AMSTERDAM)
    mine = {"code": "WELCOME-ACTIVE", "contact_uuid": MIRA, "shop_uuid": AMSTERDAM}
    used = services.redeem_voucher(piggy, **mine)
    assert (used.is_redeemed, used.times_redeemed, used.redemptions_remaining) == (True, 1, 0)
    with pytest.raises(Rejected) as caught:
        services.redeem_voucher(piggy, **mine)
    assert caught.value.code == ErrorCode.VOUCHER_REDEEMED
    with pytest.raises(Rejected) as caught:
        services.validate_voucher(piggy, voucher_uuid=uuid, shop_uuid=AMSTERDAM)
    assert caught.value.code == ErrorCode.VOUCHER_REDEEMED
    (redemption,) = used.redemptions
    services.reverse_redemption(piggy, redemption_uuid=redemption.uuid, voucher_uuid=used.uuid)
    assert not services.find_voucher(piggy, code="WELCOME-ACTIVE").is_redeemed


def test_a_redemption_is_not_reversed_twice(piggy):
    services.create_voucher(
        piggy, promotion_uuid=COFFEE, code="TWICE", contact_uuid=MIRA, total_redemptions_allowed=2
    )
    mine = {"code": "TWICE", "shop_uuid": AMSTERDAM}
    used = services.redeem_voucher(piggy, **mine)
    services.redeem_voucher(piggy, **mine)
    both = {"redemption_uuid": used.redemptions[0].uuid, "voucher_uuid": used.uuid}
    services.reverse_redemption(piggy, **both)
    with pytest.raises(Rejected):
        services.reverse_redemption(piggy, **both)
    assert services.find_voucher(piggy, code="TWICE").times_redeemed == 1


def test_redeem_several_times_at_once(piggy):
    services.create_voucher(
        piggy, promotion_uuid=COFFEE, code="MANY", contact_uuid=MIRA, total_redemptions_allowed=3
    )
    mine = {"code": "MANY", "shop_uuid": AMSTERDAM, "number_of_times": 2}
    used = services.multi_redeem_voucher(piggy, **mine)
    assert (used.code, used.redemptions_remaining) == ("MANY", 1)
    assert len({each.uuid for each in used.redemptions}) == 2
    with pytest.raises(Rejected) as caught:
        services.multi_redeem_voucher(piggy, **mine)
    assert caught.value.code == ErrorCode.TOO_FEW_REDEMPTIONS_LEFT


@pytest.mark.parametrize(
    ("data", "uuids"),
    [
        ({"uuid": "v", "voucher_redemption": {"uuid": "r"}}, ["r"]),
        ({"voucher": {"uuid": "v"}, "voucher_redemption": {"uuid": "r"}}, ["r"]),
        ({"voucher": {"uuid": "v"}, "voucher_redemptions": [{"uuid": "r"}, None]}, ["r"]),
        ({"uuid": "v"}, []),
    ],
)
def test_the_answer_to_a_redemption_in_every_shape(scripted, scripted_piggy, data, uuids):
    scripted.will(answers(data))
    used = services.redeem_voucher(scripted_piggy, code="C", shop_uuid="s")
    assert used.uuid == "v"
    assert [each.uuid for each in used.redemptions] == uuids


def test_a_redemption_without_a_voucher_is_unknown(scripted, scripted_piggy):
    scripted.will(answers([]))
    with pytest.raises(OutcomeUnknown):
        services.redeem_voucher(scripted_piggy, code="C", shop_uuid="s")


def test_a_reversal_falls_back_on_the_voucher(scripted, scripted_piggy):
    scripted.will(refuses(80004), answers(None))
    services.reverse_redemption(scripted_piggy, redemption_uuid="r", voucher_uuid="v")
    scripted.will(answers(None))
    services.reverse_redemption(scripted_piggy, voucher_uuid="v")
    paths = [request.path for request in scripted.received]
    assert paths == ["vouchers/r/reverse", "vouchers/v/reverse", "vouchers/v/reverse"]
    scripted.will(refuses(80004))
    with pytest.raises(NotFound):
        services.reverse_redemption(scripted_piggy, redemption_uuid="r")


@pytest.mark.parametrize("script", [refuses(1003), Script(resets=True)])
def test_a_reversal_that_may_have_happened_is_not_tried_otherwise(scripted, scripted_piggy, script):
    scripted.will(script)
    with pytest.raises((Rejected, OutcomeUnknown)):
        services.reverse_redemption(scripted_piggy, redemption_uuid="r", voucher_uuid="v")
    assert len(scripted.received) == 1


def test_promotions(piggy):
    names = {promotion.name for promotion in services.list_promotions(piggy).items}
    assert {"Welcome coffee", "Sold out"} <= names
    assert services.get_promotion(piggy, promotion_uuid=SOLD_OUT).voucher_limit == 25
    with pytest.raises(NotFound):
        services.get_promotion(piggy, promotion_uuid=NOBODY)


def test_create_promotion(piggy):
    made = services.create_promotion(
        piggy, name="Spring", description="A cake", voucher_limit=5, type="MULTI_USE"
    )
    assert (made.voucher_limit, made.type) == (5, "MULTI_USE")
    assert services.get_promotion(piggy, promotion_uuid=made.uuid) == made


def test_attributes_of_promotions(piggy):
    made = services.create_promotion_attribute(
        piggy,
        name="discount",
        label="Discount",
        data_type="select",
        options=[{"label": "5%", "value": "5"}],
    )
    one = {"promotion_attribute_id": made.id}
    changed = services.update_promotion_attribute(piggy, **one, label="Less", placeholder="5")
    assert (changed.label, changed.placeholder) == ("Less", "5")
    assert services.get_promotion_attribute(piggy, **one) == changed
    assert services.list_promotion_attributes(piggy) == [changed]
    with pytest.raises(NotFound):
        services.get_promotion_attribute(piggy, promotion_attribute_id=0)
    promotion = services.create_promotion(
        piggy, name="Spring", description="A cake", custom_attributes={"discount": "5"}
    )
    assert promotion.uuid


@pytest.mark.parametrize("service", [services.list_vouchers, services.list_promotions])
def test_a_full_page_may_be_followed_by_more(scripted, scripted_piggy, service):
    """Where Piggy does not tell which page is the last one."""
    scripted.will(*[answers([{"uuid": "a", "name": "a"}, {"uuid": "b", "name": "b"}])] * 2)
    assert service(scripted_piggy, limit=2).has_more
    assert not service(scripted_piggy, limit=3).has_more
