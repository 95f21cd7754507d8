"""The locks that this console knows of, each for the person to whom it belongs."""

from datetime import timedelta

from django.utils import timezone

from piggyadmin.piggy.actor import current_actor
from piggyadmin.sealing import seal, unseal
from piggyadmin.vouchers.models import PURPOSE, VoucherLock
from piggyadmin.vouchers.types import Lock, LockedVoucher

# After so long Piggy releases a lock by itself (docs).
LASTS = timedelta(hours=1)


def keep(voucher_uuid: str, locked: LockedVoucher) -> LockedVoucher:
    """Keep the key for whoever acts, and give the answer without it.

    An answer without a key leaves nothing to keep: then only Piggy can release the lock.
    """
    now, actor, lock = timezone.now(), current_actor(), locked.lock or Lock()
    VoucherLock.objects.filter(release_at__lte=now).delete()
    if locked.release_key and actor.person_id is not None:
        values = {
            "person_id": actor.person_id,
            "person_name": actor.person_name,
            "sealed_key": seal(locked.release_key, purpose=PURPOSE),
            "locked_at": lock.locked_at or now,
            "release_at": lock.system_release_at or now + LASTS,
        }
        VoucherLock.objects.update_or_create(voucher_uuid=voucher_uuid, defaults=values)
    return locked.model_copy(update={"release_key": None})


def held(voucher_uuid: str) -> VoucherLock | None:
    """Give the lock that somebody here holds, if anybody does."""
    locks = VoucherLock.objects.filter(voucher_uuid=voucher_uuid, release_at__gt=timezone.now())
    return locks.first()


def own_key(voucher_uuid: str) -> str | None:
    """Give the key of whoever acts; nobody gets another one's."""
    lock = held(voucher_uuid)
    return unseal(lock.sealed_key, purpose=PURPOSE) if lock and is_own(lock) else None


def is_own(lock: VoucherLock) -> bool:
    """Tell whether a lock belongs to whoever acts."""
    return lock.person_id == current_actor().person_id


def drop(voucher_uuid: str) -> None:
    """Forget a key that has done its work."""
    VoucherLock.objects.filter(voucher_uuid=voucher_uuid).delete()
