"""Locking and releasing: the key is its owner's alone, and stands nowhere in clear."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger import appending
from piggyadmin.ledger.models import Entry, EntryState, Snapshot
from piggyadmin.ledger.operations import Refused, Verdict
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.piggy.clock import Difference
from piggyadmin.sandbox import seed
from piggyadmin.vouchers import locks, services
from piggyadmin.vouchers.actions import lock_voucher as module
from piggyadmin.vouchers.models import VoucherLock
from piggyadmin.vouchers.types import Lock, LockedVoucher, Voucher
from tests.ledger.making import make_entry
from tests.vouchers.acting import do, errors, last_entry, voucher

pytestmark = pytest.mark.django_db
LOCK, RELEASE = get_action("lock-voucher"), get_action("release-voucher")
CODE, LOCKED = "WELCOME-ACTIVE", "WELCOME-LOCKED"


def test_whoever_locked_it_releases_it(staff, sandbox):
    page = do(staff, LOCK.slug).content.decode()
    assert "Locked. Only you can use it or release it from here." in page
    assert voucher(sandbox, CODE)["status"] == "LOCKED"
    assert sentence_of(last_entry()) == "Staff locked the voucher WELCOME-ACTIVE"
    do(staff, RELEASE.slug, code=CODE, release_key="")
    assert voucher(sandbox, CODE)["status"] == "ACTIVE"
    assert sentence_of(last_entry()) == "Staff released the voucher WELCOME-ACTIVE"
    assert not VoucherLock.objects.exists()


def test_nobody_releases_somebody_else_s(staff, admin, sandbox):
    do(staff, LOCK.slug)
    page = do(admin, RELEASE.slug, code=CODE, release_key="")
    assert errors(page)["code"][0].startswith("Staff holds its lock since ")
    page = do(admin, LOCK.slug)
    assert errors(page)["code"][0].startswith("Staff holds its lock since ")
    assert errors(do(staff, LOCK.slug))["code"] == ["You hold its lock already."]
    assert voucher(sandbox, CODE)["status"] == "LOCKED"


def test_a_pasted_key_is_kept_sealed(staff, sandbox):
    do(staff, RELEASE.slug)
    assert voucher(sandbox, LOCKED)["status"] == "ACTIVE"
    entry = last_entry()
    assert entry.data["release_key"] is True
    kept = Snapshot.objects.get(entry=entry, moment=Snapshot.Moment.ASKED)
    assert seed.RELEASE_KEY not in str(kept.data)
    assert RELEASE.form_data(entry)["release_key"] == ""
    told = [event.detail for each in Entry.objects.all() for event in each.events.all()]
    assert seed.RELEASE_KEY not in str(told)


def test_a_wrong_key_is_told_beside_it(staff, sandbox):
    page = do(staff, RELEASE.slug, release_key="guess")
    assert list(errors(page)) == ["release_key"]
    assert 'value="guess"' in page.content.decode()
    assert voucher(sandbox, LOCKED)["status"] == "LOCKED"


def test_what_is_not_locked_is_not_released(staff, sandbox):
    page = do(staff, RELEASE.slug, code=CODE)
    assert errors(page) == {"code": ["It is not locked."]}


def test_a_lock_that_has_ended_meanwhile_is_told(piggy):
    with pytest.raises(Refused) as caught:
        RELEASE.perform(piggy, {"voucher_uuid": "v", "code": CODE, "release_key": ""})
    assert caught.value.words == "You do not hold its lock any more."


def test_an_answer_without_the_voucher_will_do(piggy, monkeypatch):
    uuid = services.find_voucher(piggy, code=LOCKED).uuid
    monkeypatch.setattr(services, "release_voucher", lambda *_, **__: LockedVoucher(voucher=None))
    monkeypatch.setattr(locks, "own_key", lambda _: "key")
    data = {"voucher_uuid": uuid, "code": LOCKED, "release_key": ""}
    assert RELEASE.perform(piggy, data) == Voucher(uuid=uuid, code=LOCKED)


def test_locks_that_are_over_are_forgotten(staff, sandbox):
    over = {"person_id": 1, "person_name": "Noor", "sealed_key": "x"}
    ended = timezone.now() - timedelta(seconds=1)
    VoucherLock.objects.create(voucher_uuid="old", locked_at=ended, release_at=ended, **over)
    assert locks.held("old") is None
    do(staff, LOCK.slug)
    assert [lock.person_name for lock in VoucherLock.objects.all()] == ["Staff"]
    assert str(VoucherLock.objects.get()) == voucher(sandbox, CODE)["uuid"]


def test_without_a_key_or_a_person_nothing_is_kept():
    locks.keep("v", LockedVoucher(voucher=Voucher(uuid="v")))
    locks.keep("v", LockedVoucher(voucher=Voucher(uuid="v"), release_key="key"))
    assert not VoucherLock.objects.exists()


def test_the_key_is_in_no_repr():
    assert "secret" not in repr(LockedVoucher(voucher=Voucher(uuid="v"), release_key="secret"))


# --- Lost answers ----------------------------------------------------------------------------


def lost(piggy, slug, code):
    data = {"code": code, "voucher_uuid": services.find_voucher(piggy, code=code).uuid}
    data |= {"release_key": ""} if slug == RELEASE.slug else {}
    entry = make_entry(slug=slug, data=data)
    appending.append(entry, EntryState.SENT)
    appending.append(entry, EntryState.UNKNOWN)
    return entry


def lock(sandbox, code=CODE):
    return sandbox.api("POST", f"vouchers/{voucher(sandbox, code)['uuid']}/lock")


def verdict(piggy, entry):
    return get_action(entry.action).read_back(piggy, entry).verdict


def test_a_lock_since_then_is_proof(piggy, sandbox):
    entry = lost(piggy, LOCK.slug, CODE)
    assert verdict(piggy, entry) == Verdict.UNDECIDED
    lock(sandbox)
    finding = LOCK.read_back(piggy, entry)
    assert finding.verdict == Verdict.DONE
    assert "Its key was lost with the answer" in finding.words


def test_a_lock_from_another_time_is_somebody_else_s(piggy, sandbox, monkeypatch):
    entry = lost(piggy, LOCK.slug, CODE)
    lock(sandbox)
    long_ago = timezone.now() - timedelta(days=1)
    monkeypatch.setattr(module, "window", lambda *_: (long_ago, long_ago))
    assert verdict(piggy, entry) == Verdict.UNDECIDED


def test_a_lock_of_which_piggy_tells_no_time_proves_nothing(piggy, monkeypatch, sandbox):
    entry = lost(piggy, LOCK.slug, CODE)
    for told in (None, Lock(locked_at=timezone.now())):
        found = Voucher(uuid="v", code=CODE, status="LOCKED", lock=told)
        monkeypatch.setattr(services, "find_voucher", lambda *_, found=found, **__: found)
        hour = timedelta(hours=1)
        monkeypatch.setattr(module, "difference", lambda _, hour=hour: Difference(hour, hour))
        assert verdict(piggy, entry) == Verdict.UNDECIDED


def test_no_lock_is_proof_after_a_time_but_not_after_an_hour(piggy, sandbox, later, monkeypatch):
    entry = lost(piggy, LOCK.slug, CODE)
    assert verdict(piggy, entry) == Verdict.NOT_DONE
    from piggyadmin.ledger import reconciliation_evidence as evidence  # noqa: PLC0415

    now = SimpleNamespace(now=lambda: timezone.now() + timedelta(hours=2))
    monkeypatch.setattr(evidence, "timezone", now)
    assert verdict(piggy, entry) == Verdict.UNDECIDED


def test_what_is_free_was_released(piggy, sandbox):
    entry = lost(piggy, RELEASE.slug, LOCKED)
    assert verdict(piggy, entry) == Verdict.UNDECIDED
    path = f"vouchers/{voucher(sandbox, LOCKED)['uuid']}/release"
    sandbox.api("POST", path, json={"release_key": seed.RELEASE_KEY})
    assert verdict(piggy, entry) == Verdict.DONE


def test_what_is_locked_still_was_not(piggy, sandbox, later):
    assert verdict(piggy, lost(piggy, RELEASE.slug, LOCKED)) == Verdict.NOT_DONE
