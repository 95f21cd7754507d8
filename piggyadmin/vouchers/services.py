"""Calls about vouchers and promotions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from piggyadmin.custom_attributes.types import CustomAttribute
from piggyadmin.piggy.client import Envelope, PiggyClient, path_value
from piggyadmin.piggy.errors import NotFound, Rejected
from piggyadmin.piggy.types import Page, every_item, listed, without_none
from piggyadmin.reference.cached import cached
from piggyadmin.vouchers.types import (
    LockedVoucher,
    Promotion,
    RedeemedVoucher,
    Voucher,
    VoucherBatch,
)

GONE = {404, 405}


def _path(voucher_uuid: str, verb: str) -> str:
    return f"vouchers/{path_value(voucher_uuid)}{verb}"


def list_vouchers(
    piggy: PiggyClient,
    *,
    promotion_uuid: str | None = None,
    contact_uuid: str | None = None,
    status: str | None = None,
    page: int = 1,
    limit: int = 30,
) -> Page[Voucher]:
    """List vouchers, at most 500 a page."""
    params = without_none(
        promotion_uuid=promotion_uuid,
        contact_uuid=contact_uuid,
        status=status,
        page=page,
        limit=limit,
    )
    return piggy.get("vouchers", params=params).page(Voucher, page=page, limit=limit)


def find_voucher(piggy: PiggyClient, *, code: str) -> Voucher:
    """Find a voucher by exactly its code, which goes in the query (SDK).

    Raises:
        NotFound: there is none (80004).
    """
    return piggy.get("vouchers/find", params={"code": code}).one(Voucher)


def create_voucher(
    piggy: PiggyClient,
    *,
    promotion_uuid: str,
    code: str | None = None,
    contact_uuid: str | None = None,
    activation_date: datetime | None = None,
    expiration_date: datetime | None = None,
    total_redemptions_allowed: int | None = None,
    custom_attributes: Mapping[str, Any] | None = None,
) -> Voucher:
    """Make one voucher. With a code of one's own a repeat is refused (80003), not doubled."""
    body = without_none(
        promotion_uuid=promotion_uuid,
        code=code,
        contact_uuid=contact_uuid,
        activation_date=activation_date,
        expiration_date=expiration_date,
        total_redemptions_allowed=total_redemptions_allowed,
        custom_attributes=custom_attributes,
    )
    return piggy.post("vouchers", json=body).one(Voucher)


def create_vouchers_batch(
    piggy: PiggyClient,
    *,
    promotion_uuid: str,
    quantity: int,
    contact_uuid: str | None = None,
    activation_date: datetime | None = None,
    expiration_date: datetime | None = None,
    custom_attributes: Mapping[str, Any] | None = None,
) -> VoucherBatch:
    """Have 1 to 500 vouchers made within minutes; they can only be counted, not looked up.

    The answer is an object, or just a sentence (docs, SDK): any 2xx means accepted.

    Raises:
        NotFound: no such promotion (80002) or contact (55031).
        Rejected: the promotion has no room (80008).
    """
    body = without_none(
        promotion_uuid=promotion_uuid,
        quantity=quantity,
        contact_uuid=contact_uuid,
        activation_date=activation_date,
        expiration_date=expiration_date,
        custom_attributes=custom_attributes,
    )
    answer = piggy.post("vouchers/batch", json=body, any_body=True)
    return VoucherBatch.model_validate(answer.data if isinstance(answer.data, dict) else {})


def update_voucher(
    piggy: PiggyClient,
    *,
    voucher_uuid: str,
    status: str | None = None,
    custom_attributes: Mapping[str, Any] | None = None,
    expiration_date: datetime | None = None,
) -> Voucher:
    """Change what is given: `status` is ACTIVE or DEACTIVATED (docs).

    Only the end of a voucher that is ACTIVE or INACTIVE can be moved (docs). Where the path is
    not there, that of older docs is tried.
    """
    body = without_none(
        status=status, custom_attributes=custom_attributes, expiration_date=expiration_date
    )
    try:
        answer = piggy.put(_path(voucher_uuid, ""), json=body)
    except Rejected as error:
        if error.status not in GONE or error.code is not None:
            raise
        answer = piggy.put(f"vouchers/update/{path_value(voucher_uuid)}", json=body)
    return answer.one(Voucher)


def _locked(answer: Envelope) -> LockedVoucher:
    """Read a lock, with the key out of the part that may be shown."""
    data = answer.data
    if isinstance(data, dict) and isinstance(data.get("lock"), dict):
        answer = replace(answer, data={**data, "release_key": data["lock"].get("release_key")})
    return answer.one(LockedVoucher)


def lock_voucher(piggy: PiggyClient, *, voucher_uuid: str) -> LockedVoucher:
    """Lock a voucher for an hour at most (docs).

    Raises:
        Rejected: it cannot be used (80005, 80006, 80012) or is locked already (80017).
    """
    return _locked(piggy.post(_path(voucher_uuid, "/lock")))


def release_voucher(piggy: PiggyClient, *, voucher_uuid: str, release_key: str) -> LockedVoucher:
    """Release a lock with its key."""
    return _locked(piggy.post(_path(voucher_uuid, "/release"), json={"release_key": release_key}))


def validate_voucher(
    piggy: PiggyClient, *, voucher_uuid: str, shop_uuid: str, contact_uuid: str | None = None
) -> None:
    """Ask whether a voucher may be used by this contact at this shop now; nothing is changed.

    The contact is needed where the voucher has none; the answer is not documented.

    Raises:
        Rejected: it may not, with the codes of redeeming.
    """
    body = without_none(shop_uuid=shop_uuid, contact_uuid=contact_uuid)
    piggy.ask(_path(voucher_uuid, "/validate"), json=body)


def _redeemed(answer: Envelope) -> RedeemedVoucher:
    """Read a redemption: beside the voucher's own keys, beside the voucher, or not told."""
    data = answer.data
    if isinstance(data, dict):
        voucher = data.get("voucher")
        uses = [data.get("voucher_redemption"), *listed(data.get("voucher_redemptions"))]
        data = {**(voucher if isinstance(voucher, dict) else data), "redemptions": uses}
    return replace(answer, data=data).one(RedeemedVoucher)


def redeem_voucher(
    piggy: PiggyClient,
    *,
    code: str,
    shop_uuid: str,
    contact_uuid: str | None = None,
    release_key: str | None = None,
) -> RedeemedVoucher:
    """Use a voucher once; its contact is needed where it has none yet (docs).

    Keep the redemption's UUID: it alone can be reversed.

    Raises:
        Rejected: it cannot be used (80005, 80006, 80012, 80014).
    """
    body = without_none(
        code=code, contact_uuid=contact_uuid, release_key=release_key, shop_uuid=shop_uuid
    )
    return _redeemed(piggy.post("vouchers/redeem", json=body))


def multi_redeem_voucher(
    piggy: PiggyClient,
    *,
    code: str,
    shop_uuid: str,
    number_of_times: int,
    contact_uuid: str | None = None,
    release_key: str | None = None,
) -> RedeemedVoucher:
    """Use a voucher 1 to 50 times at once, each of them a redemption of its own (docs).

    Raises:
        Rejected: as when redeeming, or too few uses are left (80019).
    """
    body = without_none(
        code=code,
        shop_uuid=shop_uuid,
        number_of_times=number_of_times,
        contact_uuid=contact_uuid,
        release_key=release_key,
    )
    return _redeemed(piggy.post("vouchers/multi-redeem", json=body))


def reverse_redemption(
    piggy: PiggyClient, *, redemption_uuid: str | None = None, voucher_uuid: str | None = None
) -> None:
    """Take a use of a voucher back; the answer is not documented.

    Older docs name the voucher instead, and mean its last use: that is tried where the redemption
    is not known, to us or to Piggy, and the voucher is given.

    Raises:
        NotFound: Piggy knows neither (80004).
    """
    uuid, *older = [each for each in (redemption_uuid, voucher_uuid) if each]
    try:
        piggy.post(_path(uuid, "/reverse"), any_body=True)
    except NotFound:
        if not older:
            raise
        piggy.post(_path(older[0], "/reverse"), any_body=True)


def list_promotions(piggy: PiggyClient, *, page: int = 1, limit: int = 100) -> Page[Promotion]:
    """List promotions, a page at a time (SDK)."""
    answer = piggy.get("promotions", params={"page": page, "limit": limit})
    return answer.page(Promotion, page=page, limit=limit)


@cached
def cached_promotions(piggy: PiggyClient) -> list[Promotion]:
    """List the promotions, of all pages."""
    return list(every_item(lambda page: list_promotions(piggy, page=page)))


def get_promotion(piggy: PiggyClient, *, promotion_uuid: str) -> Promotion:
    """Get one promotion.

    Raises:
        NotFound: there is none (80002).
    """
    return piggy.get(f"promotions/{path_value(promotion_uuid)}").one(Promotion)


def create_promotion(
    piggy: PiggyClient,
    *,
    name: str,
    description: str,
    voucher_limit: int | None = None,
    limit_per_contact: int | None = None,
    expiration_duration: int | None = None,
    type: str | None = None,  # noqa: A002
    redemptions_per_voucher: int | None = None,
    custom_attributes: Mapping[str, Any] | None = None,
) -> Promotion:
    """Create a promotion, for good: there is no way to change or delete one (docs).

    Limits are numbers of vouchers, `expiration_duration` is in seconds. `type`, such as SINGLE_USE,
    and `redemptions_per_voucher` are known from the SDK; attributes stand beside the other keys.
    """
    body = without_none(
        name=name,
        description=description,
        voucher_limit=voucher_limit,
        limit_per_contact=limit_per_contact,
        expiration_duration=expiration_duration,
        type=type,
        redemptions_per_voucher=redemptions_per_voucher,
        **(custom_attributes or {}),
    )
    return piggy.post("promotions", json=body).one(Promotion)


# --- Attributes of promotions ----------------------------------------------------------------


def _attribute_path(promotion_attribute_id: int) -> str:
    return f"promotion-attributes/{promotion_attribute_id}"


def list_promotion_attributes(piggy: PiggyClient) -> list[CustomAttribute]:
    """List the attributes that promotions have (SDK)."""
    return piggy.get("promotion-attributes").several(CustomAttribute)


def get_promotion_attribute(piggy: PiggyClient, *, promotion_attribute_id: int) -> CustomAttribute:
    """Get one attribute of promotions by its number (SDK).

    Raises:
        NotFound: there is none (60013, inferred).
    """
    return piggy.get(_attribute_path(promotion_attribute_id)).one(CustomAttribute)


def create_promotion_attribute(
    piggy: PiggyClient,
    *,
    name: str,
    label: str,
    data_type: str,
    description: str | None = None,
    options: Sequence[Mapping[str, Any]] | None = None,
) -> CustomAttribute:
    """Create an attribute of promotions, for good; here the type is called `type` (SDK).

    Raises:
        Rejected: the name is taken (60009, inferred).
    """
    body = without_none(
        name=name, label=label, type=data_type, description=description, options=options
    )
    return piggy.post("promotion-attributes", json=body).one(CustomAttribute)


def update_promotion_attribute(
    piggy: PiggyClient,
    *,
    promotion_attribute_id: int,
    label: str | None = None,
    description: str | None = None,
    placeholder: str | None = None,
    options: Sequence[Mapping[str, Any]] | None = None,
) -> CustomAttribute:
    """Change what is given of an attribute of promotions (SDK); name and type stay (inferred).

    Raises:
        NotFound: there is none (60013, inferred).
    """
    body = without_none(
        label=label, description=description, placeholder=placeholder, options=options
    )
    path = _attribute_path(promotion_attribute_id)
    return piggy.put(path, json=body).one(CustomAttribute)
