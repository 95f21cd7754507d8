"""The code of a receipt, as it is scanned or pasted, and what stands in it."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from pydantic import SecretStr

from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.secret_fields import SecretText
from piggyadmin.contacts.forms import ContactField
from piggyadmin.ui.forms import CodeField

VERSIONS = {"v1", "v2", "v3"}
MOST_PARTS = 20
LONGEST_PART = 200  # characters
MOST_FIGURES = 12
MOST_AMOUNT = 1_000_000


class ReceiptCodeField(CodeField):
    """The whole address that a receipt's QR code holds; cleans to its parts, by their names."""

    def clean(self, value: Any) -> dict[str, Any]:
        """Take the address apart; Piggy alone knows whether it is genuine.

        Raises:
            ValidationError: something that a code has to say is not in it.
        """
        given = _given(super().clean(value))
        shop = given.get("shop_uuid") or given.get("shop_id")
        needed = (given.get("version"), shop, given.get("unique_id"), given.get("hash"))
        if not all(needed) or given["version"] not in VERSIONS:
            _refuse()
        return {
            "version": given["version"],
            "shop_uuid": shop,
            "unique_id": given["unique_id"],
            "hash": given["hash"],
            "timestamp": _whole(given.get("timestamp", "")),
            **_earned(given),
        }


def _given(text: str) -> dict[str, str]:
    try:
        parts = dict(parse_qsl(urlsplit(text).query, max_num_fields=MOST_PARTS))
    except ValueError:
        _refuse()
    if any(len(part) > LONGEST_PART for part in parts.values()):
        _refuse()
    return parts


def _earned(given: Mapping[str, str]) -> dict[str, Any]:
    """Read what it gives: a number of credits, or what an amount in a unit earns."""
    if "credits" in given:
        return {"credits": _whole(given["credits"]), "unit_value": None, "unit_name": ""}
    amount, unit = _amount(given.get("unit_value", "")), given.get("unit_name", "")
    return {"credits": None, "unit_value": amount, "unit_name": unit or _refuse()}


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_FIGURES):
        _refuse()
    return int(text)


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text) if len(text) <= MOST_FIGURES else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or not 0 < amount <= MOST_AMOUNT:
        _refuse()
    return amount


def _refuse() -> NoReturn:
    words = _("This is no loyalty code. Scan the QR code of the receipt, or paste its address.")
    raise ValidationError(words, code="receipt_code")


class ClaimLoyaltyTokenForm(ActionForm):
    """Whose receipt it is, and its code."""

    contact_uuid = ContactField()
    receipt_code = ReceiptCodeField(
        label=_("Loyalty code"),
        max_length=2000,
        help_text=_("Scan the QR code of the receipt, or paste the address that it holds."),
    )

    def clean(self) -> dict[str, Any]:
        """Put what stands in the code beside it, and cover what makes it genuine."""
        data = super().clean()
        parts = data.get("receipt_code")
        if isinstance(parts, dict):
            secret = SecretText(value=SecretStr(parts["hash"]))
            told = {name: value for name, value in parts.items() if name != "hash"}
            data |= {**told, "receipt_code": secret}
        return data
