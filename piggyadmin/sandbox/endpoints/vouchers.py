"""Vouchers: make them singly or in batches, find, lock, redeem and reverse them."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, Sum
from django.utils import timezone

from piggyadmin.sandbox import errors, faults, jobs, serializers
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.lookups import (
    contact_by_uuid,
    contact_key,
    one,
    optional_contact,
    promotion_by_uuid,
    redemption_for_update,
    shop_by_uuid,
    voucher_for_update,
)
from piggyadmin.sandbox.models import (
    Batch,
    Contact,
    Lock,
    Promotion,
    Shop,
    Voucher,
    VoucherQuerySet,
    VoucherRedemption,
)
from piggyadmin.sandbox.responses import CREATED, Reply, Slice, links_b, meta_b
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.validation import Given

STATUSES = ("ACTIVE", "REDEEMED", "EXPIRED", "DEACTIVATED", "INACTIVE", "LOCKED")
MAX_BATCH = 500
MAX_LIMIT = 500
MAX_REDEMPTIONS = 50
MOVABLE = ("ACTIVE", "INACTIVE")  # of which the end can be moved
LIST_PATH = "/api/v3/oauth/clients/vouchers"

# Why a voucher in some state cannot be used.
REFUSALS = {
    "REDEEMED": errors.VOUCHER_REDEEMED,
    "EXPIRED": errors.VOUCHER_EXPIRED,
    "DEACTIVATED": errors.VOUCHER_DEACTIVATED,
    "INACTIVE": errors.VOUCHER_INACTIVE,
}


# --- Reading ---------------------------------------------------------------------------------


def _shown(now: datetime) -> VoucherQuerySet:
    return Voucher.objects.with_use(now).select_related("promotion", "contact")


def _shape(row: Voucher, now: datetime) -> serializers.Shape:
    return serializers.voucher(row, now, is_locked=bool(getattr(row, "is_locked", False)))


def _as_it_is(voucher: Voucher) -> serializers.Shape:
    now = timezone.now()
    return _shape(_shown(now).get(pk=voucher.pk), now)


@route("GET", "vouchers/find")
def find_voucher(given: Given) -> Reply:
    """Give the voucher with exactly this code."""
    code = given.text("code")
    given.check()
    now = timezone.now()
    rows = _shown(now).filter(code=code).order_by()
    row = one(rows, errors.VOUCHER_NOT_FOUND)
    return Reply(_shape(row, now) | _lock_of(row, now))


def _lock_of(row: Voucher, now: datetime) -> dict[str, Any]:
    """Tell until when a voucher is locked, without the key (inferred: no source shows it here)."""
    if row.status_at(now, is_locked=bool(getattr(row, "is_locked", False))) != "LOCKED":
        return {}
    held = row.locks.filter(unlocked_at=None, system_release_at__gt=now).latest("locked_at")
    return {"lock": {k: v for k, v in serializers.lock(held).items() if k != "release_key"}}


@route("GET", "vouchers")
def list_vouchers(given: Given) -> Reply:
    """List vouchers, the newest first, by promotion, contact and status where wanted."""
    part = Slice.read(given, default=30, least=0, most=MAX_LIMIT)
    promotion_uuid = given.optional_text("promotion_uuid")
    contact_uuid = given.optional_text("contact_uuid")
    status = given.optional_choice("status", STATUSES)
    given.check()
    now = timezone.now()
    rows = Voucher.objects.with_status(status, now) if status else Voucher.objects.all()
    if promotion_uuid:
        rows = rows.filter(promotion=promotion_by_uuid(promotion_uuid))
    if contact_uuid:
        rows = rows.filter(contact=contact_key(contact_uuid))
    page = part.of(rows, _shown(now))
    data = [_shape(row, now) for row in page.rows]
    return Reply(data, meta_b(page, LIST_PATH), {"links": links_b(page, LIST_PATH)})


# --- Making ----------------------------------------------------------------------------------


def _check_limits(promotion: Promotion, contact: Contact | None, quantity: int) -> None:
    """Refuse what the promotion has no room for; batches that are still pending count.

    The promotion must be locked, so that two calls cannot both take the last place.
    """
    limits = [(promotion.voucher_limit, Q(promotion=promotion))]
    if contact:
        limits.append((promotion.limit_per_contact, Q(promotion=promotion, contact=contact)))
    for limit, condition in limits:
        if limit is None:
            continue
        pending = Batch.objects.filter(condition, status="PENDING")
        promised = pending.aggregate(quantity=Sum("quantity"))["quantity"] or 0
        if Voucher.objects.filter(condition).count() + promised + quantity > limit:
            raise ApiError(errors.VOUCHER_LIMIT)


def _dates(given: Given) -> tuple[datetime | None, datetime | None]:
    activation = given.optional_moment("activation_date")
    expiration = given.optional_moment("expiration_date")
    if activation and expiration and expiration <= activation:
        given.reject("expiration_date", "The expiration_date must be after activation_date.")
    return activation, expiration


@route("POST", "vouchers")
def create_voucher(given: Given) -> Reply:
    """Make one voucher; without a `code` one is thought up."""
    promotion_uuid = given.text("promotion_uuid")
    code = given.optional_text("code")
    contact_uuid = given.optional_text("contact_uuid")
    uses = given.optional_integer("total_redemptions_allowed", 1)
    attributes = given.mapping("custom_attributes")
    dates = _dates(given)
    given.check()
    promotion = promotion_by_uuid(promotion_uuid, for_update=True)
    contact = optional_contact(contact_uuid)
    if code and Voucher.objects.filter(code=code).exists():
        raise ApiError(errors.VOUCHER_EXISTS)
    _check_limits(promotion, contact, 1)
    row = Voucher(
        code=code or jobs.new_code(),
        promotion=promotion,
        contact=contact,
        attributes=attributes,
        total_redemptions_allowed=uses or promotion.redemptions_per_voucher or 1,
        **jobs.voucher_dates(promotion, *dates),
    )
    _save_new(row)
    return Reply(_as_it_is(row))


def _save_new(row: Voucher) -> None:
    try:
        with transaction.atomic(using="sandbox"):
            row.save()
    except IntegrityError:
        raise ApiError(errors.VOUCHER_EXISTS) from None


@route("POST", "vouchers/batch")
def create_vouchers_batch(given: Given) -> Reply:
    """Promise up to 500 vouchers; they appear some seconds later."""
    promotion_uuid = given.text("promotion_uuid")
    quantity = given.integer("quantity", 1, MAX_BATCH)
    contact_uuid = given.optional_text("contact_uuid")
    attributes = given.mapping("custom_attributes")
    activation_date, expiration_date = _dates(given)
    given.check()
    promotion = promotion_by_uuid(promotion_uuid, for_update=True)
    contact = optional_contact(contact_uuid)
    _check_limits(promotion, contact, quantity)
    row = Batch.objects.create(
        promotion=promotion,
        contact=contact,
        quantity=quantity,
        activation_date=activation_date,
        expiration_date=expiration_date,
        attributes=attributes,
    )
    jobs.schedule("batch", faults.current().batch_seconds, batch=row.uuid)
    return Reply(serializers.batch(row), status=CREATED)


# --- Changing --------------------------------------------------------------------------------


@route("PUT", "vouchers/update/{voucher_uuid}")
@route("PUT", "vouchers/{voucher_uuid}")
def update_voucher(given: Given, voucher_uuid: str) -> Reply:
    """Switch a voucher off or on, set its attributes and when it ends.

    Only the end of one that is ACTIVE or INACTIVE, then or already, can be moved. `update/` is
    the path of older docs.
    """
    status = given.optional_choice("status", ("ACTIVE", "DEACTIVATED"))
    attributes = given.mapping("custom_attributes")
    expiration = given.optional_moment("expiration_date")
    if not (status or attributes or expiration):
        given.reject("status", "The status field is required.")
    row = voucher_for_update(uuid=voucher_uuid)
    if status:
        row.is_deactivated = status == "DEACTIVATED"
    if expiration and row.status_at(timezone.now(), is_locked=False) not in MOVABLE:
        given.reject("expiration_date", "Only an active or inactive voucher can be prolonged.")
    given.check()
    row.attributes = {**row.attributes, **attributes}
    row.expiration_date = expiration or row.expiration_date
    row.save(update_fields=["is_deactivated", "attributes", "expiration_date"])
    return Reply(_as_it_is(row))


def _held(voucher: Voucher, now: datetime) -> Lock | None:
    """Give the lock that holds a voucher now."""
    locks = voucher.locks.filter(unlocked_at=None, system_release_at__gt=now)
    return locks.order_by("-pk").first()


def _refuse_unusable(voucher: Voucher, now: datetime) -> None:
    code = REFUSALS.get(voucher.status_at(now, is_locked=False))
    if code:
        raise ApiError(code)


def _lock_reply(voucher: Voucher, lock: Lock, now: datetime) -> Reply:
    status = voucher.status_at(now, is_locked=lock.unlocked_at is None)
    # The SDK reads the attributes here too, which the docs do not show.
    short = {"uuid": voucher.uuid, "status": status, "attributes": voucher.attributes}
    return Reply({"voucher": short, "lock": serializers.lock(lock)})


@route("POST", "vouchers/{voucher_uuid}/lock")
def lock_voucher(given: Given, voucher_uuid: str) -> Reply:  # noqa: ARG001
    """Hold a voucher; without a release it becomes free by itself, after an hour by default."""
    voucher = voucher_for_update(uuid=voucher_uuid)
    now = timezone.now()
    _refuse_unusable(voucher, now)
    if _held(voucher, now):
        raise ApiError(errors.VOUCHER_LOCKED)
    lock = Lock.objects.create(
        voucher=voucher,
        release_key=secrets.token_hex(16),
        locked_at=now,
        system_release_at=now + timedelta(seconds=faults.current().lock_seconds),
    )
    return _lock_reply(voucher, lock, now)


@route("POST", "vouchers/{voucher_uuid}/release")
def release_voucher(given: Given, voucher_uuid: str) -> Reply:
    """Let go of a voucher; only who locked it has the key."""
    key = given.text("release_key")
    voucher = voucher_for_update(uuid=voucher_uuid)
    given.check()
    now = timezone.now()
    _refuse_unusable(voucher, now)
    lock = _held(voucher, now)
    if lock is None:
        raise errors.invalid("voucher_uuid", "The voucher is not locked.")
    _unlock(lock, key, now)
    return _lock_reply(voucher, lock, now)


def _unlock(lock: Lock, key: str, now: datetime) -> None:
    if not secrets.compare_digest(lock.release_key.encode(), key.encode()):
        raise errors.invalid("release_key", "The release_key is invalid.")
    lock.unlocked_at = now
    lock.save(update_fields=["unlocked_at"])


# --- Redeeming -------------------------------------------------------------------------------


@route("POST", "vouchers/redeem")
def redeem_voucher(given: Given) -> Reply:
    """Use a voucher once, for the contact it belongs to or for the one that is named."""
    shop_uuid = given.optional_text("shop_uuid")  # required, says the docs' newest edition
    voucher, redemptions = _redeem(given, shop_uuid, times=1)
    redemption = serializers.redemption(redemptions[0])
    return Reply({**_as_it_is(voucher), "voucher_redemption": redemption})


@route("POST", "vouchers/multi-redeem")
def multi_redeem_voucher(given: Given) -> Reply:
    """Use a voucher several times at once."""
    times = given.integer("number_of_times", 1, MAX_REDEMPTIONS)
    shop_uuid = given.text("shop_uuid")
    voucher, redemptions = _redeem(given, shop_uuid, times=times)
    if not voucher.promotion.active:
        raise ApiError(errors.PROMOTION_INACTIVE)
    return Reply(
        {
            "voucher": _as_it_is(voucher),
            "voucher_redemptions": [serializers.redemption(each) for each in redemptions],
        }
    )


def _redeem(
    given: Given, shop_uuid: str | None, *, times: int
) -> tuple[Voucher, list[VoucherRedemption]]:
    code = given.text("code")
    contact_uuid = given.optional_text("contact_uuid")
    key = given.optional_text("release_key")
    given.check()
    voucher = voucher_for_update(code=code)
    now = timezone.now()
    _refuse_unusable(voucher, now)
    shop = shop_by_uuid(shop_uuid) if shop_uuid else None
    voucher.contact = _redeemer(voucher, contact_uuid)
    if lock := _held(voucher, now):
        if key is None:
            raise ApiError(errors.VOUCHER_LOCKED)
        _unlock(lock, key, now)
    return voucher, _use(voucher, shop, times, now)


def _redeemer(voucher: Voucher, contact_uuid: str | None) -> Contact:
    """Tell who redeems: whoever is named must be the voucher's own contact, if it has one."""
    owner = voucher.contact
    if contact_uuid is None:
        if owner is None:
            raise errors.invalid("contact_uuid", "The contact_uuid field is required.")
        return owner
    contact = contact_by_uuid(contact_uuid)
    if owner is not None and owner.pk != contact.pk:
        raise errors.invalid("contact_uuid", "The voucher belongs to another contact.")
    return contact


def _use(voucher: Voucher, shop: Shop | None, times: int, now: datetime) -> list[VoucherRedemption]:
    left = voucher.total_redemptions_allowed - voucher.redemptions.filter(reversed_at=None).count()
    if times > left:
        raise ApiError(errors.TOO_FEW_REDEMPTIONS)
    redemptions = [VoucherRedemption(voucher=voucher, shop=shop) for _ in range(times)]
    VoucherRedemption.objects.bulk_create(redemptions)
    if times == left:
        voucher.redeemed_at = now
    voucher.save(update_fields=["contact", "redeemed_at"])
    return redemptions


@route("POST", "vouchers/{voucher_uuid}/validate")
def validate_voucher(given: Given, voucher_uuid: str) -> Reply:
    """Tell whether a voucher could be redeemed here and now, with redeeming's refusals."""
    shop_uuid = given.text("shop_uuid")
    contact_uuid = given.optional_text("contact_uuid")
    voucher = voucher_for_update(uuid=voucher_uuid)
    given.check()
    now = timezone.now()
    _refuse_unusable(voucher, now)
    shop_by_uuid(shop_uuid)
    _redeemer(voucher, contact_uuid)
    if _held(voucher, now):
        raise ApiError(errors.VOUCHER_LOCKED)
    return Reply(_as_it_is(voucher))


@route("POST", "vouchers/{redemption_uuid}/reverse")
def reverse_redemption(given: Given, redemption_uuid: str) -> Reply:  # noqa: ARG001
    """Undo one use of a voucher, once; the contact it was used for keeps it.

    Older docs name the voucher instead, and mean its last use.
    """
    redemption = redemption_for_update(redemption_uuid) or _last_use(redemption_uuid)
    if redemption.reversed_at is not None:
        raise errors.invalid("uuid", "The redemption has already been reversed.")
    redemption.reversed_at = timezone.now()
    redemption.save()
    voucher = redemption.voucher
    voucher.redeemed_at = None
    voucher.save(update_fields=["redeemed_at"])
    return Reply(_as_it_is(voucher))


def _last_use(voucher_uuid: str) -> VoucherRedemption:
    voucher = voucher_for_update(uuid=voucher_uuid)
    last = voucher.redemptions.filter(reversed_at=None).order_by("-pk").first()
    if last is None and voucher.redeemed_at is None:
        raise errors.invalid("voucher_uuid", "The voucher has not been redeemed.")
    return last or VoucherRedemption(voucher=voucher)
