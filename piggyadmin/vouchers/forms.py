"""The fields in which vouchers and promotions are named, and what forms about vouchers share."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import ActionForm, Choices, ResolvedField, listed
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import ErrorCode
from piggyadmin.ui.dates import EXPIRATION, VALIDITY, MomentField
from piggyadmin.ui.forms import CleanTextField, ListOrPasteField
from piggyadmin.ui.query_parsing import codes_in
from piggyadmin.vouchers.services import cached_promotions, find_voucher
from piggyadmin.vouchers.steps import objection
from piggyadmin.vouchers.types import Voucher

MOST_CODES = 500
LONGEST_TEXT = 200_000  # characters
# What a text pasted out of a file that is none holds instead of its bytes.
_NOT_TEXT = "\N{REPLACEMENT CHARACTER}"


def _promotions(piggy: PiggyClient) -> Choices:
    return [(each.uuid or "", each.name or "") for each in cached_promotions(piggy)]


class PromotionField(ListOrPasteField):
    """A promotion from the list, or its UUID."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Promotion"))
        super().__init__(choices=partial(listed, _promotions), **kwargs)


class CodesField(CleanTextField):
    """Codes in any text; cleans to the list of them, in order, each once."""

    def run_validators(self, value: Any) -> None:
        """Refuse the inside of a file, in words for whoever has pasted it."""
        words = _("This is no text but the inside of a file. Copy the codes out of it.")
        if _NOT_TEXT in value:
            raise ValidationError(words, code="not_text")
        try:
            super().run_validators(value)
        except ValidationError as error:
            is_binary = any(each.code == "control_characters" for each in error.error_list)
            raise (ValidationError(words, code="not_text") if is_binary else error) from None

    def clean(self, value: Any) -> list[str]:
        """Take the codes out, and refuse too many of them."""
        codes = codes_in(super().clean(value))
        if not codes:
            raise ValidationError(_("There is no code in this."), code="none")
        if len(codes) > MOST_CODES:
            words = _("These are %(count)s codes. At most %(most)s can be looked at at once.")
            params = {"count": len(codes), "most": MOST_CODES}
            raise ValidationError(words, code="too_many", params=params)
        return codes


class ManyCodesForm(forms.Form):
    """Where codes are pasted."""

    codes = CodesField(
        label=_("Codes"),
        max_length=LONGEST_TEXT,
        help_text=_("Up to 500: a list, columns of a spreadsheet, or a whole mail."),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
    )


class VoucherField(ResolvedField):
    """A voucher by its code, which alone Piggy finds it by; cleans to a `Voucher`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Voucher code"))
        kwargs.setdefault("help_text", _("Scan it, or type it exactly as is."))
        super().__init__(**kwargs)

    def resolve(self, piggy: PiggyClient, value: str) -> Voucher:
        """Find the voucher."""
        return find_voucher(piggy, code=value)

    def none_like(self, value: str) -> str:  # noqa: ARG002
        """Say that there is none."""
        return ErrorCode.VOUCHER_NOT_FOUND.words


class VoucherForm(ActionForm):
    """Which voucher; what is asked of it must be possible as it is now.

    Cleaned, it gives the voucher's `code` and `voucher_uuid`, and in `contact_uuid` whose it is
    where nobody was named. `voucher` is all that Piggy told, for previews alone; what is `known`
    of it already is not asked for.
    """

    # The slug of the action, by which `steps.py` knows what is in its way.
    step: ClassVar[str] = ""

    code = VoucherField()

    def __init__(self, *args: Any, known: Voucher | None = None, **kwargs: Any) -> None:
        self.known = known
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Look the voucher up, and say beside its code what is in the way."""
        typed = self.cleaned_data.get("code")
        data = super().clean()
        voucher = data.get("code")
        if not isinstance(voucher, Voucher):
            return data
        self.voucher = data["voucher"] = voucher
        data["code"], data["voucher_uuid"] = typed, voucher.uuid
        if "contact_uuid" not in self.errors:
            data["contact_uuid"] = data.get("contact_uuid") or voucher.contact
        if words := self.in_the_way(voucher):
            self.add_error("code", words)
        return data

    @property
    def action_data(self) -> dict[str, Any]:
        """What was filled in, without what Piggy told of the voucher."""
        return {name: value for name, value in super().action_data.items() if name != "voucher"}

    def _find(self, field: ResolvedField, name: str) -> Any:
        return self.known if self.known and name == "code" else super()._find(field, name)

    def in_the_way(self, voucher: Voucher) -> str:
        """Say why it cannot be done; empty where it can."""
        return objection(self.step, voucher)


def found_voucher(piggy: PiggyClient, data: Mapping[str, Any]) -> Voucher:
    """Give the voucher that the form has found; of what was kept without it, ask Piggy again."""
    found: Voucher | None = data.get("voucher")
    return found or find_voucher(piggy, code=data["code"])


def refuse_past_end(form: forms.BaseForm) -> bool:
    """Refuse an end that is past, and tell whether it is: nobody could use what ended before."""
    end = form.cleaned_data.get("expiration_date")
    is_past = bool(end and end <= timezone.now())
    if is_past:
        form.add_error("expiration_date", _("This moment is past. Nobody could use them."))
    return is_past


class ValidityForm(ActionForm):
    """From when to when something is good."""

    activation_date = MomentField(
        kind=VALIDITY,
        label=_("Good from"),
        required=False,
        help_text=_("Left open, the promotion decides."),
    )
    expiration_date = MomentField(
        kind=EXPIRATION,
        label=_("Good until"),
        required=False,
        help_text=_("Left open, the promotion decides."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse vouchers that are over before they begin."""
        data = super().clean()
        start, end = data.get("activation_date"), data.get("expiration_date")
        if not refuse_past_end(self) and start and end and end <= start:
            self.add_error("expiration_date", _("This is before “Good from”."))
        return data
