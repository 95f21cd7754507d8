"""Making one voucher, and issuing a replacement; both are found again by their codes."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import appending
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.piggy.errors import Busy, OutcomeUnknown
from piggyadmin.sandbox import seed
from piggyadmin.vouchers import services
from piggyadmin.vouchers.making import CODE_LENGTH, code_from
from tests.ledger.making import make_entry
from tests.vouchers.acting import do, errors, last_entry, voucher

pytestmark = pytest.mark.django_db
CREATE, REPLACE = get_action("create-voucher"), get_action("replace-voucher")
OLD = "WELCOME-ACTIVE"
BUSY = {"kind": "throttled", "retry_after": 0}


def made(entry):
    return entry.last_event.detail["result"]["code"]


def test_a_code_is_made_that_follows_from_the_ledger(staff, sandbox):
    page = do(staff, CREATE.slug)
    assert "The voucher is there." in page.content.decode()
    entry = last_entry()
    code = code_from(str(entry.submission_key))
    assert (made(entry), len(code)) == (code, CODE_LENGTH)
    assert voucher(sandbox, code)["contact"]["uuid"] == seed.MIRA_UUID
    assert sentence_of(entry) == f"Staff made a voucher of Welcome coffee for {seed.MIRA_EMAIL}"


def test_a_code_of_one_s_own(staff, sandbox):
    do(staff, CREATE.slug, code="LATTE-1", contact_uuid="", total_redemptions_allowed="3")
    found = voucher(sandbox, "LATTE-1")
    assert (found["contact"], found["total_redemptions_allowed"]) == (None, 3)
    assert sentence_of(last_entry()) == "Staff made a voucher of Welcome coffee"
    page = do(staff, CREATE.slug, code="LATTE-1")
    words = ["There is a voucher with this code already. Choose another code."]
    assert errors(page) == {"code": words}


def test_where_piggy_cannot_be_asked_about_a_code_that_is_told(staff, sandbox):
    sandbox.faults({"kind": "status", "status": 503, "path": "^vouchers/find$"})
    page = do(staff, CREATE.slug, code="LATTE-1").content.decode()
    assert "being maintained" in page
    assert 'value="LATTE-1"' in page


def test_a_promotion_without_room_is_refused(staff, sandbox):
    promotions = {each["name"]: each["uuid"] for each in sandbox.api("GET", "promotions")}
    page = do(staff, CREATE.slug, promotion_uuid=promotions["Sold out"])
    words = ["This promotion has no room left for vouchers."]
    assert errors(page) == {"promotion_uuid": words}


def test_a_replacement_takes_the_place_of_the_old_one(staff, sandbox):
    page = do(staff, REPLACE.slug, contact_uuid="")
    assert "The voucher is there." in page.content.decode()
    assert voucher(sandbox, OLD)["status"] == "DEACTIVATED"
    new = voucher(sandbox, made(last_entry()))
    assert (new["status"], new["contact"]["uuid"]) == ("ACTIVE", seed.MIRA_UUID)
    words = f"Staff replaced the voucher WELCOME-ACTIVE for {seed.MIRA_EMAIL}"
    assert sentence_of(last_entry()) == words


def test_nobody_s_voucher_is_given_to_somebody(staff, sandbox):
    body = {"promotion_uuid": seed.WELCOME_COFFEE_UUID, "code": "NOBODYS"}
    sandbox.api("POST", "vouchers", json=body)
    do(staff, REPLACE.slug, code="NOBODYS", contact_uuid=seed.DUPLICATE_EMAIL)
    assert voucher(sandbox, "NOBODYS")["status"] == "DEACTIVATED"
    new = voucher(sandbox, made(last_entry()))
    assert new["contact"]["uuid"] == seed.DUPLICATE_UUID


def test_what_is_over_stays_as_it_is(staff, sandbox):
    do(staff, REPLACE.slug, code="WELCOME-EXPIRED", expiration_date="2031-01-01T00:00")
    assert voucher(sandbox, "WELCOME-EXPIRED")["status"] == "EXPIRED"
    assert sandbox.calls("PUT") == []
    page = do(staff, REPLACE.slug, code="WELCOME-LOCKED")
    assert errors(page)["code"][0].startswith("Somebody else holds its lock")
    page = do(staff, REPLACE.slug, expiration_date="2026-01-01T00:00")
    assert errors(page) == {"expiration_date": ["This moment is past. Nobody could use them."]}


def test_what_there_is_not_is_not_replaced(staff, sandbox):
    assert list(errors(do(staff, REPLACE.slug, code="NO-SUCH"))) == ["code"]
    assert sandbox.calls("POST") == []


def test_where_none_is_made_the_old_one_is_good_again(staff, sandbox):
    sandbox.faults({**BUSY, "method": "POST", "path": "^vouchers$"})
    page = do(staff, REPLACE.slug).content.decode()
    assert "too many questions" in page
    assert voucher(sandbox, OLD)["status"] == "ACTIVE"
    assert last_entry().state == EntryState.REJECTED


def test_where_the_old_one_stays_off_nobody_says_that_nothing_changed(piggy, monkeypatch):
    def refuse(*_args, **_more):
        raise Busy(is_write=True)

    switched = []

    def switch(*_args, status, **_more):
        switched.append(status)
        if status == "ACTIVE":
            raise Busy(is_write=True)

    monkeypatch.setattr(services, "create_voucher", refuse)
    monkeypatch.setattr(services, "update_voucher", switch)
    data = {
        "voucher_uuid": "v",
        "contact_uuid": None,
        "promotion_uuid": "p",
        "expiration_date": None,
        "switches_off": True,
    }
    with pytest.raises(OutcomeUnknown):
        REPLACE.perform(piggy, data)
    assert switched == ["DEACTIVATED", "ACTIVE"]
    with pytest.raises(Busy):
        REPLACE.perform(piggy, data | {"switches_off": False})


# --- Lost answers ----------------------------------------------------------------------------


def lost(slug, *, refers=True, **more):
    data = {
        "promotion_uuid": seed.WELCOME_COFFEE_UUID,
        "contact_uuid": Contact(uuid=seed.MIRA_UUID),
        "code": OLD if slug == REPLACE.slug else "",
        "voucher_uuid": "v",
        **more,
    }
    entry = make_entry(slug=slug, data=data)
    reference = {"reference": str(entry.submission_key)} if refers else {}
    appending.append(entry, EntryState.SENT, reference)
    appending.append(entry, EntryState.UNKNOWN)
    return entry


def make(sandbox, entry, **more):
    body = {
        "promotion_uuid": seed.WELCOME_COFFEE_UUID,
        "contact_uuid": seed.MIRA_UUID,
        "code": code_from(str(entry.submission_key)),
        **more,
    }
    sandbox.api("POST", "vouchers", json=body)


def verdict(piggy, entry):
    return get_action(entry.action).read_back(piggy, entry).verdict


@pytest.mark.parametrize("slug", [CREATE.slug, REPLACE.slug])
def test_its_code_is_proof(piggy, sandbox, slug):
    entry = lost(slug)
    assert verdict(piggy, entry) == Verdict.UNDECIDED
    make(sandbox, entry)
    assert verdict(piggy, entry) == Verdict.DONE


@pytest.mark.parametrize("slug", [CREATE.slug, REPLACE.slug])
def test_no_such_code_is_proof_after_a_time(piggy, sandbox, later, slug):
    finding = get_action(slug).read_back(piggy, lost(slug))
    assert finding.verdict == Verdict.NOT_DONE
    told = [each.what for each in finding.evidence]
    assert told == ["Voucher code", "The old voucher"][: len(told)]
    assert len(told) == (2 if slug == REPLACE.slug else 1)


def test_one_for_somebody_else_is_not_what_was_asked(piggy, sandbox, later):
    entry = lost(CREATE.slug)
    make(sandbox, entry, contact_uuid=seed.DUPLICATE_UUID)
    assert verdict(piggy, entry) == Verdict.UNDECIDED


def test_one_that_was_for_nobody_may_be_somebody_s_by_now(piggy, sandbox):
    entry = lost(CREATE.slug, contact_uuid=None)
    make(sandbox, entry)
    assert verdict(piggy, entry) == Verdict.DONE


def test_a_code_that_piggy_thought_up_is_not_known(piggy, later):
    assert verdict(piggy, lost(CREATE.slug, refers=False)) == Verdict.UNDECIDED


def test_without_the_reference_piggy_thinks_the_code_up(staff, sandbox, settings):
    settings.PIGGY_OWN_REFERENCE = False
    do(staff, CREATE.slug)
    assert made(last_entry()) != code_from(str(last_entry().submission_key))


def test_all_of_a_list_are_counted_by_promotion(piggy):
    sold_out, coffee = seed.SOLD_OUT_UUID, seed.WELCOME_COFFEE_UUID
    several = [{"promotion_uuid": uuid} for uuid in (coffee, sold_out, coffee, sold_out)]
    words = CREATE.objection_to_all(piggy, several)
    assert words == "2 vouchers are wanted. This promotion has no room left for vouchers."
    assert CREATE.objection_to_all(piggy, several[:1]) == ""


def test_what_is_not_counted_is_never_too_much(piggy):
    assert REPLACE.objection_to_all(piggy, [{}]) == ""
