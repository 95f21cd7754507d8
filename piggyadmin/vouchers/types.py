"""Vouchers and promotions, as Piggy answers them."""

from typing import Annotated, Any

from pydantic import model_validator

from piggyadmin.contacts.types import Contact
from piggyadmin.piggy.types import Answer, Lenient, Many, Moment, Text, Whole, YesNo

DAY_SECONDS = 24 * 60 * 60


class Promotion(Answer):
    """What vouchers are made of; limits are numbers of vouchers, None where there is no limit.

    `attributes` are the account's own, an empty list where there are none (SDK).
    """

    essential = ("uuid",)

    uuid: Text = None
    name: Text = None
    description: Text = None
    voucher_limit: Whole = None
    limit_per_contact: Whole = None
    expiration_duration: Whole = None  # seconds
    type: Text = None
    redemptions_per_voucher: Whole = None
    attributes: Annotated[dict[str, Any] | None, Lenient] = None

    @property
    def own_attributes(self) -> list[tuple[str, str]]:
        """The account's own attributes that hold something, as texts, by their names."""
        held = self.attributes or {}
        return sorted((name, str(value)) for name, value in held.items() if value is not None)

    @property
    def expiration_days(self) -> float | None:
        """How many days a voucher is good, whole or not; None where it has no end."""
        if not self.expiration_duration:
            return None
        days, rest = divmod(self.expiration_duration, DAY_SECONDS)
        return self.expiration_duration / DAY_SECONDS if rest else days


class Lock(Answer):
    """A lock on a voucher. The release key is a secret, so it has no place in what is shown."""

    locked_at: Moment = None
    unlocked_at: Moment = None
    system_release_at: Moment = None


class Voucher(Answer):
    """A voucher; `lock` is only there where Piggy tells about it.

    `console_reference` is an attribute of this console's own, inside or beside the others.
    """

    essential = ("uuid",)

    uuid: Text = None
    code: Text = None
    status: Text = None
    name: Text = None
    description: Text = None
    activation_date: Moment = None
    expiration_date: Moment = None
    redeemed_at: Moment = None
    is_redeemed: YesNo = None
    times_redeemed: Whole = None
    redemptions_remaining: Whole = None
    total_redemptions_allowed: Whole = None
    contact: Annotated[Contact | None, Lenient] = None
    promotion: Annotated[Promotion | None, Lenient] = None
    lock: Annotated[Lock | None, Lenient] = None
    console_reference: Text = None

    @model_validator(mode="before")
    @classmethod
    def _find_reference(cls, given: Any) -> Any:
        inner = given.get("attributes") if isinstance(given, dict) else None
        if not isinstance(inner, dict) or "console_reference" not in inner:
            return given
        return {"console_reference": inner["console_reference"], **given}


class Redemption(Answer):
    """One use of a voucher, by whose UUID it can be reversed."""

    essential = ("uuid",)

    uuid: Text = None
    created_at: Moment = None


class RedeemedVoucher(Voucher):
    """A voucher just used; older answers do not name the uses."""

    redemptions: Annotated[list[Redemption], Many] = []


class VoucherBatch(Answer):
    """A batch that Piggy has queued; everything is None where the answer was just a sentence."""

    uuid: Text = None
    quantity: Whole = None
    status: Text = None
    created_at: Moment = None


class LockedVoucher(Answer):
    """What locking gives: the key with which alone the lock is released, a secret."""

    essential = ("voucher",)

    voucher: Annotated[Voucher | None, Lenient] = None
    lock: Annotated[Lock | None, Lenient] = None
    release_key: Text = None

    def __repr_args__(self) -> Any:
        """Keep the key out of logs and error pages."""
        return [(name, value) for name, value in super().__repr_args__() if name != "release_key"]
