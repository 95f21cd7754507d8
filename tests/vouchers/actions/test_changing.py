"""Switching vouchers off and on, and moving their end."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger import appending
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.vouchers import services
from tests.ledger.making import make_entry
from tests.vouchers.acting import do, errors, last_entry, voucher

pytestmark = pytest.mark.django_db
OFF, ON = get_action("deactivate-voucher"), get_action("activate-voucher")
EXTEND = get_action("extend-voucher")
CODE = "WELCOME-ACTIVE"


def test_it_is_switched_off_and_on_again(staff, sandbox):
    do(staff, OFF.slug)
    assert voucher(sandbox, CODE)["status"] == "DEACTIVATED"
    assert sentence_of(last_entry()) == "Staff switched the voucher WELCOME-ACTIVE off"
    assert errors(do(staff, OFF.slug)) == {"code": ["It is switched off already."]}
    do(staff, ON.slug, code=CODE)
    assert voucher(sandbox, CODE)["status"] == "ACTIVE"
    assert sentence_of(last_entry()) == "Staff switched the voucher WELCOME-ACTIVE on"
    assert errors(do(staff, ON.slug, code=CODE)) == {"code": ["It is not switched off."]}


def test_what_cannot_be_used_anyway_stays(staff, sandbox):
    page = do(staff, OFF.slug, code="WELCOME-EXPIRED")
    assert errors(page) == {"code": ["It cannot be used anyway."]}
    page = do(staff, OFF.slug, code="WELCOME-LOCKED")
    assert errors(page)["code"][0].startswith("Somebody else holds its lock")


def test_one_s_own_lock_is_in_nobody_s_way(staff, sandbox):
    do(staff, "lock-voucher")
    do(staff, OFF.slug)
    assert voucher(sandbox, CODE)["status"] == "DEACTIVATED"


def test_it_is_good_for_longer(staff, sandbox):
    do(staff, EXTEND.slug)
    assert voucher(sandbox, CODE)["expiration_date"].startswith("2030-12-31T23:00")
    words = "Staff extended the voucher WELCOME-ACTIVE until 1 Jan 2031 00:00"
    assert sentence_of(last_entry()) == words
    page = do(staff, EXTEND.slug, expiration_date="2030-06-01T00:00")
    (said,) = errors(page)["expiration_date"]
    assert said == "It is good until 1 Jan 2031 00:00 already. Enter a later moment."


def test_an_end_that_is_past_is_refused(staff, sandbox):
    page = do(staff, EXTEND.slug, expiration_date="2026-01-01T00:00")
    assert errors(page) == {"expiration_date": ["This moment is past. Nobody could use them."]}


def test_what_is_over_is_not_extended(staff, sandbox):
    page = do(staff, EXTEND.slug, code="WELCOME-EXPIRED")
    assert "Issue a replacement instead." in errors(page)["code"][0]


# --- Lost answers ----------------------------------------------------------------------------


def lost(piggy, slug, code=CODE, **more):
    uuid = services.find_voucher(piggy, code=code).uuid
    entry = make_entry(slug=slug, data={"code": code, "voucher_uuid": uuid, **more})
    appending.append(entry, EntryState.SENT)
    appending.append(entry, EntryState.UNKNOWN)
    return entry


def verdict(piggy, entry):
    return get_action(entry.action).read_back(piggy, entry).verdict


@pytest.mark.parametrize(
    ("slug", "code", "change"),
    [
        (OFF.slug, CODE, {"status": "DEACTIVATED"}),
        (ON.slug, "WELCOME-DEACTIVATED", {"status": "ACTIVE"}),
        (EXTEND.slug, CODE, {"expiration_date": "2031-01-01T00:00:00+00:00"}),
    ],
)
def test_the_voucher_tells_whether_it_was_changed(piggy, sandbox, slug, code, change):
    asked = {"expiration_date": "2031-01-01T00:00:00+00:00"} if slug == EXTEND.slug else {}
    entry = lost(piggy, slug, code, **asked)
    assert verdict(piggy, entry) == Verdict.UNDECIDED
    sandbox.api("PUT", f"vouchers/{voucher(sandbox, code)['uuid']}", json=change)
    assert verdict(piggy, entry) == Verdict.DONE


def test_what_is_as_before_was_not(piggy, later):
    assert verdict(piggy, lost(piggy, OFF.slug)) == Verdict.NOT_DONE


def test_what_somebody_may_have_changed_back_proves_nothing(piggy, later):
    entry = lost(piggy, OFF.slug)
    make_entry(EntryState.DONE, slug=ON.slug, data={"code": CODE, "voucher_uuid": "v"})
    assert verdict(piggy, entry) == Verdict.UNDECIDED
