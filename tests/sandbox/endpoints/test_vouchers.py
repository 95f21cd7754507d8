from datetime import timedelta

import pytest
from django.utils import timezone

from piggyadmin.sandbox.models import Lock, Promotion, Voucher

pytestmark = pytest.mark.django_db(databases=["sandbox"])


@pytest.fixture
def voucher(account):
    return Voucher.objects.create(code="SPRING-1", promotion=account.promotion)


def states(account):
    """Make one voucher in every state."""
    now, hour = timezone.now(), timedelta(hours=1)
    make = Voucher.objects.create
    common = {"promotion": account.promotion}
    make(code="ACTIVE", activation_date=now - hour, expiration_date=now + hour, **common)
    make(code="REDEEMED", redeemed_at=now, **common)
    make(code="EXPIRED", expiration_date=now - hour, **common)
    make(code="DEACTIVATED", is_deactivated=True, redeemed_at=now, **common)
    make(code="INACTIVE", activation_date=now + hour, **common)
    locked = make(code="LOCKED", **common)
    Lock.objects.create(voucher=locked, release_key="k", system_release_at=now + hour)
    Lock.objects.create(voucher=locked, release_key="old", system_release_at=now - hour)


def test_find_shows_every_state(api, account):
    states(account)
    for code in ("ACTIVE", "REDEEMED", "EXPIRED", "DEACTIVATED", "INACTIVE", "LOCKED"):
        assert api("GET", "vouchers/find", code=code)["status"] == code
        assert [row["code"] for row in api("GET", "vouchers", status=code)] == [code]


def test_find(api, account, voucher):
    found = api("GET", "vouchers/find", code="SPRING-1")
    assert set(found) == {
        *("uuid", "code", "status", "name", "description", "expiration_date", "activation_date"),
        *("redeemed_at", "is_redeemed", "attributes", "contact", "promotion"),
        *("redemptions_remaining", "times_redeemed", "total_redemptions_allowed"),
    }
    assert found["contact"] is None
    assert found["promotion"]["voucher_limit"] == 10
    assert api.code("GET", "vouchers/find", code="spring-1") == 80004
    assert api.wrong("GET", "vouchers/find") == {"code"}
    assert api.form("GET", "vouchers/find", "code=SPRING-1")["uuid"] == voucher.uuid


def test_list_has_pagination_shape_b(api, account):
    states(account)
    answer = api.envelope("GET", "vouchers", limit=4)
    assert len(answer["data"]) == 4
    assert set(answer["links"]) == {"first", "last", "prev", "next"}
    meta = answer["meta"]
    assert (meta["current_page"], meta["from"], meta["to"]) == (1, 1, 4)
    assert (meta["last_page"], meta["per_page"], meta["total"]) == (2, "4", 6)
    assert meta["path"]
    assert meta["links"][0]["active"]
    empty = api.envelope("GET", "vouchers", page=9)["meta"]
    assert (empty["from"], empty["to"]) == (None, None)
    second = api.envelope("GET", "vouchers", limit=4, page=2)["links"]
    assert second["prev"]
    assert second["next"] is None


def test_list_filters(api, account, voucher):
    voucher.contact = account.mira
    voucher.save()
    assert api("GET", "vouchers", contact_uuid=account.mira.uuid)
    assert api("GET", "vouchers", contact_uuid=account.double.uuid) == []
    assert api("GET", "vouchers", promotion_uuid=account.promotion.uuid)
    assert api("GET", "vouchers", limit=0) == []
    assert api.code("GET", "vouchers", promotion_uuid="no") == 80002
    assert api.code("GET", "vouchers", contact_uuid="no") == 55031
    assert api.wrong("GET", "vouchers", status="active", limit=501) == {"status", "limit"}


def test_create(api, account):
    account.promotion.expiration_duration = 3600
    account.promotion.save()
    promotion = {"promotion_uuid": account.promotion.uuid}
    made = api("POST", "vouchers", **promotion)
    assert len(made["code"]) == 10
    assert made["expiration_date"] > made["activation_date"]
    named = api(
        "POST",
        "vouchers",
        **promotion,
        code="OWN",
        contact_uuid=account.mira.uuid,
        activation_date="2999-01-01T10:00:00+02:00",
        custom_attributes=[{"name": "plu", "value": "A1"}],
    )
    assert named["activation_date"] == "2999-01-01T08:00:00+00:00"
    assert named["attributes"] == {"plu": "A1"}
    assert named["status"] == "INACTIVE"
    assert api.code("POST", "vouchers", **promotion, code="OWN") == 80003
    assert api.code("POST", "vouchers", promotion_uuid="no") == 80002
    dates = {"activation_date": "2030-01-02", "expiration_date": "2030-01-01"}
    assert api.wrong("POST", "vouchers", **promotion, **dates) == {"expiration_date"}
    dates = {"activation_date": "tomorrow", "custom_attributes": "x"}
    assert api.wrong("POST", "vouchers", **promotion, **dates) == set(dates)


def test_limits_hold_and_count_pending_batches(api, account, finish_jobs):
    promotion = {"promotion_uuid": account.promotion.uuid}
    api("POST", "vouchers/batch", **promotion, quantity=8)
    assert api.code("POST", "vouchers/batch", **promotion, quantity=3) == 80008
    api("POST", "vouchers", **promotion)
    api("POST", "vouchers", **promotion)
    assert api.code("POST", "vouchers", **promotion) == 80008
    finish_jobs()
    assert api.envelope("GET", "vouchers", **promotion)["meta"]["total"] == 10
    assert api.code("POST", "vouchers", **promotion) == 80008


def test_limit_per_contact(api, account):
    account.promotion.limit_per_contact = 1
    account.promotion.save()
    mine = {"promotion_uuid": account.promotion.uuid, "contact_uuid": account.mira.uuid}
    api("POST", "vouchers", **mine)
    assert api.code("POST", "vouchers", **mine) == 80008
    assert api("POST", "vouchers", **{**mine, "contact_uuid": account.double.uuid})


def test_batch_is_pending_and_its_vouchers_appear_later(api, account, finish_jobs):
    made = api(
        "POST",
        "vouchers/batch",
        promotion_uuid=account.promotion.uuid,
        quantity="3",
        contact_uuid=account.mira.uuid,
        activation_date="2030-01-01",
        expiration_date="2031-01-01",
        custom_attributes={"plu": "A1"},
    )
    assert set(made) == {"uuid", "type", "quantity", "status", "created_at"}
    assert (made["type"], made["status"], made["quantity"]) == ("vouchers", "PENDING", 3)
    assert len(made["created_at"]) == len("2026-03-04, 09:30")
    assert api("GET", "vouchers") == []
    finish_jobs()
    vouchers = api("GET", "vouchers")
    assert len({each["code"] for each in vouchers}) == 3
    assert {each["contact"]["uuid"] for each in vouchers} == {account.mira.uuid}
    assert vouchers[0]["expiration_date"] == "2031-01-01T00:00:00+00:00"
    assert vouchers[0]["attributes"] == {"plu": "A1"}


@pytest.mark.parametrize("quantity", [0, 501, -1, 1.5, "ten", None, True, 10**30])
def test_batch_refuses_quantity(api, account, quantity):
    values = {"promotion_uuid": account.promotion.uuid, "quantity": quantity}
    assert api.wrong("POST", "vouchers/batch", **values) == {"quantity"}


def test_batch_refuses(api, account):
    assert api.code("POST", "vouchers/batch", promotion_uuid="no", quantity=1) == 80002
    values = {"promotion_uuid": account.promotion.uuid, "quantity": 1, "contact_uuid": "no"}
    assert api.code("POST", "vouchers/batch", **values) == 55031


@pytest.mark.parametrize("path", ["vouchers/update/{}", "vouchers/{}"])
def test_update_on_both_paths(api, account, voucher, path):
    path = path.format(voucher.uuid)
    off = api("PUT", path, status="DEACTIVATED", custom_attributes={"plu": "B"})
    assert (off["status"], off["attributes"]) == ("DEACTIVATED", {"plu": "B"})
    on = api("PUT", path, status="ACTIVE", expiration_date="2999-01-01")
    assert (on["status"], on["expiration_date"]) == ("ACTIVE", "2999-01-01T00:00:00+00:00")
    assert api.wrong("PUT", path, status="REDEEMED") == {"status"}
    assert api.wrong("PUT", path) == {"status"}
    assert api.code("PUT", "vouchers/update/no", status="ACTIVE") == 80004


def test_lock_and_release(api, account, voucher):
    path = f"vouchers/{voucher.uuid}"
    answer = api("POST", f"{path}/lock/")
    assert answer["voucher"] == {"uuid": voucher.uuid, "status": "LOCKED", "attributes": {}}
    key = answer["lock"]["release_key"]
    assert answer["lock"]["unlocked_at"] is None
    assert api.code("POST", f"{path}/lock") == 80017
    assert api.wrong("POST", f"{path}/release", release_key="guess") == {"release_key"}
    assert api.wrong("POST", f"{path}/release") == {"release_key"}
    released = api("POST", f"{path}/release", release_key=key)
    assert released["voucher"]["status"] == "ACTIVE"
    assert released["lock"]["unlocked_at"]
    assert api.wrong("POST", f"{path}/release", release_key=key) == {"voucher_uuid"}
    assert api.code("POST", "vouchers/no/lock") == 80004


def test_locks_expire(api, account, voucher):
    api("POST", f"vouchers/{voucher.uuid}/lock")
    Lock.objects.update(system_release_at=timezone.now() - timedelta(seconds=1))
    assert api("GET", "vouchers/find", code=voucher.code)["status"] == "ACTIVE"
    assert api("POST", f"vouchers/{voucher.uuid}/lock")


def test_unusable_vouchers_are_refused_with_their_reason(api, account):
    states(account)
    reasons = {"REDEEMED": 80005, "EXPIRED": 80006, "DEACTIVATED": 80012, "INACTIVE": 80014}
    for code, reason in reasons.items():
        uuid = Voucher.objects.get(code=code).uuid
        assert api.code("POST", f"vouchers/{uuid}/lock") == reason
        assert api.code("POST", "vouchers/redeem", code=code) == reason


def test_redeem_needs_a_contact(api, account, voucher):
    assert api.wrong("POST", "vouchers/redeem", code=voucher.code) == {"contact_uuid"}
    mine = {"code": voucher.code, "contact_uuid": account.mira.uuid}
    assert api.code("POST", "vouchers/redeem", **mine, shop_uuid="no") == 1008
    used = api("POST", "vouchers/redeem", **mine, shop_uuid=account.shop.uuid)
    assert (used["status"], used["is_redeemed"]) == ("REDEEMED", True)
    assert used["contact"]["uuid"] == account.mira.uuid
    assert api.code("POST", "vouchers/redeem", **mine) == 80005
    assert api.code("POST", "vouchers/redeem", code="no") == 80004


def test_redeem_checks_the_contact(api, account, voucher):
    voucher.contact = account.mira
    voucher.save()
    other = {"code": voucher.code, "contact_uuid": account.double.uuid}
    assert api.wrong("POST", "vouchers/redeem", **other) == {"contact_uuid"}
    assert api("POST", "vouchers/redeem", code=voucher.code)["is_redeemed"]


def test_redeem_a_locked_voucher_with_its_key(api, account, voucher):
    mine = {"code": voucher.code, "contact_uuid": account.mira.uuid}
    key = api("POST", f"vouchers/{voucher.uuid}/lock")["lock"]["release_key"]
    assert api.code("POST", "vouchers/redeem", **mine) == 80017
    assert api.wrong("POST", "vouchers/redeem", **mine, release_key="no") == {"release_key"}
    assert api("GET", "vouchers/find", code=voucher.code)["contact"] is None
    assert api("POST", "vouchers/redeem", **mine, release_key=key)["status"] == "REDEEMED"


def test_multi_redeem(api, account):
    promotion = {"promotion_uuid": account.promotion.uuid, "code": "MANY"}
    api("POST", "vouchers", **promotion, total_redemptions_allowed=5)
    values = {"code": "MANY", "contact_uuid": account.mira.uuid, "shop_uuid": account.shop.uuid}
    answer = api("POST", "vouchers/multi-redeem", **values, number_of_times=3)
    assert len(answer["voucher_redemptions"]) == 3
    assert answer["voucher"]["status"] == "ACTIVE"
    assert api.code("POST", "vouchers/multi-redeem", **values, number_of_times=3) == 80019
    assert api.wrong("POST", "vouchers/multi-redeem", **values, number_of_times=51) == {
        "number_of_times"
    }
    Promotion.objects.update(active=False)
    assert api.code("POST", "vouchers/multi-redeem", **values, number_of_times=2) == 80020
    assert api("POST", "vouchers/redeem", **values)["status"] == "ACTIVE"
    assert api("POST", "vouchers/redeem", **values)["status"] == "REDEEMED"


def test_reverse(api, account, voucher):
    path = f"vouchers/{voucher.uuid}/reverse"
    assert api.wrong("POST", path) == {"voucher_uuid"}
    api("POST", "vouchers/redeem", code=voucher.code, contact_uuid=account.mira.uuid)
    back = api("POST", path)
    assert (back["status"], back["redeemed_at"]) == ("ACTIVE", None)
    Voucher.objects.update(redeemed_at=timezone.now())
    assert api("POST", path)["status"] == "ACTIVE"


def test_a_reference_of_ones_own_is_kept_in_every_answer(api, account, finish_jobs):
    reference = {"console_reference": "R-1"}
    values = {"promotion_uuid": account.promotion.uuid, "custom_attributes": reference}
    one = api("POST", "vouchers", **values)
    api("POST", "vouchers/batch", **values, quantity=2)
    finish_jobs()
    listed = api("GET", "vouchers", promotion_uuid=account.promotion.uuid)
    assert [row["attributes"] for row in listed] == [reference] * 3
    other = {"console_reference": "R-2"}
    api("PUT", f"vouchers/{one['uuid']}", status="ACTIVE", custom_attributes=other)
    assert api("GET", "vouchers/find", code=one["code"])["attributes"] == other


def counts(voucher):
    return (
        voucher["times_redeemed"],
        voucher["redemptions_remaining"],
        voucher["total_redemptions_allowed"],
    )


def test_redeeming_names_the_redemption_and_reversal_takes_it(api, account):
    promotion = {"promotion_uuid": account.promotion.uuid, "code": "MANY"}
    made = api("POST", "vouchers", **promotion, total_redemptions_allowed=2)
    assert counts(made) == (0, 2, 2)
    mine = {"code": "MANY", "contact_uuid": account.mira.uuid, "shop_uuid": account.shop.uuid}
    first = api("POST", "vouchers/redeem", **mine)
    assert set(first["voucher_redemption"]) == {"uuid", "created_at"}
    second = api("POST", "vouchers/redeem", **mine)
    assert [counts(each) for each in (first, second)] == [(1, 1, 2), (2, 0, 2)]
    path = f"vouchers/{first['voucher_redemption']['uuid']}/reverse"
    back = api("POST", path)
    assert (back["status"], counts(back)) == ("ACTIVE", (1, 1, 2))
    assert api.wrong("POST", path) == {"uuid"}
    found = api("GET", "vouchers/find", code="MANY")
    assert counts(found) == (1, 1, 2)
    assert [counts(row) for row in api("GET", "vouchers")] == [(1, 1, 2)]
    assert api.code("POST", "vouchers/nothing/reverse") == 80004
    again = api("POST", "vouchers/redeem", **mine)
    assert (again["status"], counts(again)) == ("REDEEMED", (2, 0, 2))


def test_nothing_is_left_of_a_redeemed_voucher(api, account):
    states(account)
    assert counts(api("GET", "vouchers/find", code="REDEEMED")) == (1, 0, 1)
    assert counts(api("GET", "vouchers/find", code="ACTIVE")) == (0, 1, 1)


def test_only_a_voucher_that_can_still_be_used_is_prolonged(api, account):
    states(account)
    until = {"expiration_date": "2999-01-01T00:00:00+00:00"}
    for code in ("ACTIVE", "INACTIVE", "LOCKED"):
        path = f"vouchers/{Voucher.objects.get(code=code).uuid}"
        assert api("PUT", path, **until)["expiration_date"] == until["expiration_date"]
    for code in ("REDEEMED", "EXPIRED", "DEACTIVATED"):
        path = f"vouchers/{Voucher.objects.get(code=code).uuid}"
        assert api.wrong("PUT", path, **until) == {"expiration_date"}


def test_the_promotion_in_a_voucher_has_its_attributes_twice(api, account, voucher):
    nested = api("GET", "vouchers/find", code=voucher.code)["promotion"]
    assert nested["attributes"] == {}
    assert (nested["type"], nested["redemptions_per_voucher"]) == ("SINGLE_USE", None)
    Promotion.objects.update(attributes={"discount": "10", "name": "not this"})
    nested = api("GET", "vouchers/find", code=voucher.code)["promotion"]
    assert nested["attributes"] == {"discount": "10", "name": "not this"}
    assert (nested["discount"], nested["name"]) == ("10", "Coffee")


def test_validate_says_what_redeeming_would(api, account, voucher):
    states(account)
    here = {"shop_uuid": account.shop.uuid}

    def path(code):
        return f"vouchers/{Voucher.objects.get(code=code).uuid}/validate"

    mine = {**here, "contact_uuid": account.mira.uuid}
    assert api("POST", path("ACTIVE"), **mine)["status"] == "ACTIVE"
    assert api.wrong("POST", path("ACTIVE"), **here) == {"contact_uuid"}
    assert api.wrong("POST", path("ACTIVE")) == {"shop_uuid"}
    assert api.code("POST", path("ACTIVE"), **{**mine, "shop_uuid": "no"}) == 1008
    Voucher.objects.filter(code="ACTIVE").update(contact=account.mira)
    assert api("POST", path("ACTIVE"), **here)["times_redeemed"] == 0
    other = {**here, "contact_uuid": account.double.uuid}
    assert api.wrong("POST", path("ACTIVE"), **other) == {"contact_uuid"}
    refusals = {"REDEEMED": 80005, "EXPIRED": 80006, "DEACTIVATED": 80012, "INACTIVE": 80014}
    for code, refusal in {**refusals, "LOCKED": 80017}.items():
        assert api.code("POST", path(code), **mine) == refusal
    assert api.code("POST", "vouchers/no/validate", **mine) == 80004
