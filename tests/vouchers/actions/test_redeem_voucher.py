"""Using a voucher: locked meanwhile, released where it fails, and found again when lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger import appending
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.ledger.verification import verify
from piggyadmin.piggy import clock
from piggyadmin.piggy.clock import Difference
from piggyadmin.piggy.errors import ErrorCode, NotFound, Rejected
from piggyadmin.sandbox import seed
from piggyadmin.vouchers import services
from piggyadmin.vouchers.actions import redeem_voucher as module
from piggyadmin.vouchers.models import VoucherLock
from tests.actions.samples import SAMPLES
from tests.ledger.making import make_entry
from tests.vouchers.acting import AMSTERDAM, do, errors, last_entry, multi_use, voucher

pytestmark = pytest.mark.django_db
REDEEM = get_action("redeem-voucher")
CODE = "WELCOME-ACTIVE"


def steps(sandbox):
    """Name what was sent about vouchers, in order."""
    calls = reversed(sandbox.calls("POST"))  # which come newest first
    sent = [call["path"].rsplit("/", 1)[-1] for call in calls]
    return [step for step in sent if step != "vouchers"]


def test_it_is_validated_locked_and_redeemed_with_the_key(staff, sandbox):
    page = do(staff, REDEEM.slug)
    assert "Used." in page.content.decode()
    assert steps(sandbox)[-3:] == ["validate", "lock", "redeem"]
    assert voucher(sandbox, CODE)["status"] == "REDEEMED"
    assert not VoucherLock.objects.exists()
    entry = last_entry()
    assert entry.data["code"] == CODE
    words = f"Staff used the voucher WELCOME-ACTIVE of {seed.MIRA_EMAIL} at Amsterdam"
    assert sentence_of(entry) == words
    uses = entry.last_event.detail["result"]["redemptions"]
    assert len(uses) == 1
    assert uses[0]["uuid"]


def test_the_key_stands_nowhere(staff, sandbox):
    do(staff, "lock-voucher", code=CODE)
    kept = VoucherLock.objects.get()
    events = [event.detail for entry in Entry.objects.all() for event in entry.events.all()]
    assert events[-1]["result"]["release_key"] is None
    assert "release_key" not in str(events).replace("'release_key': None", "")
    assert len(kept.sealed_key) > 60
    assert list(verify()) == []


def test_several_times_at_once(staff, sandbox):
    code = multi_use(sandbox)
    page = do(staff, REDEEM.slug, code=code, number_of_times="3")
    assert "used 3 of 5 times, 2 left" in page.content.decode().lower()
    assert steps(sandbox)[-1] == "multi-redeem"
    assert len(last_entry().last_event.detail["result"]["redemptions"]) == 3
    assert f"used the voucher {code} of {seed.MIRA_EMAIL} 3 times at" in sentence_of(last_entry())


def test_no_more_than_are_left(staff, sandbox):
    page = do(staff, REDEEM.slug, code=multi_use(sandbox, 2), number_of_times="3")
    assert errors(page) == {"number_of_times": ["It can be used 2 more times."]}
    assert "lock" not in steps(sandbox)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("REDEEMED", "Used "),
        ("EXPIRED", "Expired 3"),
        ("DEACTIVATED", "Switched off, so it cannot be used."),
        ("INACTIVE", "Not usable yet: from "),
        ("LOCKED", "Somebody else holds its lock: a till or a web shop. Piggy releases it at "),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_code(staff, sandbox, status, words):
    page = do(staff, REDEEM.slug, code=f"WELCOME-{status}")
    assert errors(page)["code"][0].startswith(words)
    assert steps(sandbox) == []


def test_somebody_else_s_lock_is_named(staff, admin, sandbox):
    do(admin, "lock-voucher", code=CODE)
    page = do(staff, REDEEM.slug)
    assert errors(page)["code"][0].startswith("Admin holds its lock since ")
    assert "redeem" not in steps(sandbox)


def test_one_s_own_lock_is_used(staff, sandbox):
    do(staff, "lock-voucher", code=CODE)
    do(staff, REDEEM.slug)
    assert voucher(sandbox, CODE)["status"] == "REDEEMED"
    assert not VoucherLock.objects.exists()


def test_somebody_else_s_voucher_is_refused(staff, sandbox):
    page = do(staff, REDEEM.slug, contact_uuid=seed.DUPLICATE_EMAIL)
    assert errors(page) == {"contact_uuid": ["This voucher belongs to somebody else."]}


def test_nobody_s_voucher_needs_somebody(staff, sandbox):
    body = {"promotion_uuid": seed.WELCOME_COFFEE_UUID, "code": "NOBODYS"}
    sandbox.api("POST", "vouchers", json=body)
    page = do(staff, REDEEM.slug, code="NOBODYS", contact_uuid="")
    words = ["This voucher is nobody's yet: say who uses it."]
    assert errors(page) == {"contact_uuid": words}
    do(staff, REDEEM.slug, code="NOBODYS")
    assert voucher(sandbox, "NOBODYS")["contact"]["uuid"] == seed.MIRA_UUID


def test_where_it_is_refused_it_is_released(staff, sandbox):
    sandbox.faults({"kind": "throttled", "retry_after": 0, "path": "^vouchers/redeem$"})
    page = do(staff, REDEEM.slug)
    assert "too many questions" in page.content.decode()
    assert steps(sandbox)[-3:] == ["lock", "redeem", "release"]
    assert voucher(sandbox, CODE)["status"] == "ACTIVE"
    assert last_entry().state == EntryState.REJECTED
    assert not VoucherLock.objects.exists()


def test_a_lock_that_cannot_be_released_stays_one_s_own(staff, sandbox):
    busy = {"kind": "throttled", "retry_after": 0}
    sandbox.faults({**busy, "path": "^vouchers/redeem$"}, {**busy, "path": "/release$"})
    do(staff, REDEEM.slug)
    assert voucher(sandbox, CODE)["status"] == "LOCKED"
    assert VoucherLock.objects.get().person_name == "Staff"


def test_where_nobody_knows_it_stays_locked(staff, sandbox):
    sandbox.faults({"kind": "drop_before", "path": "^vouchers/redeem$"})
    do(staff, REDEEM.slug)
    assert last_entry().state == EntryState.UNKNOWN
    assert voucher(sandbox, CODE)["status"] == "LOCKED"
    assert VoucherLock.objects.get().person_name == "Staff"


def test_where_piggy_cannot_validate_yet_it_is_used_all_the_same(piggy, monkeypatch):
    def no_such_path(*_args, **_more):
        raise NotFound(status=404)

    monkeypatch.setattr(services, "validate_voucher", no_such_path)
    assert REDEEM.preview(piggy, asked(piggy)).times == 1

    def no_such_shop(*_args, **_more):
        raise NotFound(status=404, code=1008)

    monkeypatch.setattr(services, "validate_voucher", no_such_shop)
    with pytest.raises(NotFound):
        REDEEM.preview(piggy, asked(piggy))


def test_a_lock_without_a_key_is_nothing_to_release(piggy):
    module._release(piggy, "c0ffee00-0000-4000-8000-00000000ffff", None)


def test_what_it_would_do_is_told_by_one_look_at_the_voucher(staff, sandbox):
    staff.post("/actions/redeem-voucher/", SAMPLES["redeem-voucher"])
    assert len(sandbox.calls("GET", "vouchers/find")) == 1


# --- Lost answers ----------------------------------------------------------------------------


def asked(piggy, code=CODE, times=None):
    found = services.find_voucher(piggy, code=code)
    return {
        "code": code,
        "voucher": found,
        "voucher_uuid": found.uuid,
        "shop_uuid": AMSTERDAM,
        "contact_uuid": found.contact,
        "number_of_times": times,
    }


def lost(piggy, code=CODE, times=None) -> Entry:
    data = asked(piggy, code, times)
    preview = REDEEM.preview(piggy, data)
    del data["voucher"]
    entry = make_entry(slug=REDEEM.slug, data=data, preview=preview)
    appending.append(entry, EntryState.SENT)
    appending.append(entry, EntryState.UNKNOWN)
    return entry


def use(sandbox, code=CODE, times=1):
    for _ in range(times):
        body = {"code": code, "shop_uuid": AMSTERDAM}
        sandbox.api("POST", "vouchers/redeem", json=body)


def verdict(piggy, entry):
    return REDEEM.read_back(piggy, entry).verdict


def test_as_many_uses_as_were_asked_for_are_proof(piggy, sandbox):
    code = multi_use(sandbox)
    entry = lost(piggy, code, 2)
    assert verdict(piggy, entry) == Verdict.UNDECIDED
    use(sandbox, code, 2)
    finding = REDEEM.read_back(piggy, entry)
    assert (finding.verdict, finding.result.times_redeemed) == (Verdict.DONE, 2)


def test_another_number_of_uses_is_none(piggy, sandbox, later):
    code = multi_use(sandbox)
    entry = lost(piggy, code, 2)
    use(sandbox, code)
    assert verdict(piggy, entry) == Verdict.UNDECIDED


def test_no_use_is_proof_after_a_time(piggy, sandbox, later):
    assert verdict(piggy, lost(piggy)) == Verdict.NOT_DONE


def test_what_somebody_may_have_taken_back_proves_nothing(piggy, sandbox, later):
    entry = lost(piggy)
    data = {"code": CODE, "voucher_uuid": "v", "redemption_uuid": ""}
    make_entry(EntryState.DONE, slug="reverse-voucher-redemption", data=data)
    assert verdict(piggy, entry) == Verdict.UNDECIDED
    use(sandbox)
    assert verdict(piggy, entry) == Verdict.UNDECIDED


def test_a_use_at_another_time_is_somebody_else_s(piggy, sandbox, monkeypatch):
    entry = lost(piggy)
    use(sandbox)
    assert verdict(piggy, entry) == Verdict.DONE
    long_ago = timezone.now() - timedelta(days=1)
    monkeypatch.setattr(module, "window", lambda *_: (long_ago, long_ago))
    assert verdict(piggy, entry) == Verdict.UNDECIDED


def test_a_clock_that_is_far_off_proves_nothing(piggy, sandbox, monkeypatch):
    entry = lost(piggy)
    use(sandbox)
    hour = timedelta(hours=1)
    monkeypatch.setattr(module, "difference", lambda _: Difference(hour, hour))
    assert not clock.Difference(hour, hour).is_trusted
    assert verdict(piggy, entry) == Verdict.UNDECIDED


def test_a_lock_of_somebody_else_stops_it(piggy, sandbox):
    """The console holds no key of it, so there is nothing to use it with."""
    sandbox.api("POST", f"vouchers/{voucher(sandbox, CODE)['uuid']}/lock")
    with pytest.raises(Rejected) as caught:
        module._lock(piggy, voucher(sandbox, CODE)["uuid"])
    assert caught.value.code == ErrorCode.VOUCHER_LOCKED
