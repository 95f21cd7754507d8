"""New promotions, of which vouchers are made."""

from operator import itemgetter
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.records import CreateForGood, NewRecordForm
from piggyadmin.actions.registry import register
from piggyadmin.ledger.operations import Data
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.piggy.types import every_item
from piggyadmin.reference.cached import forget
from piggyadmin.ui.forms import (
    CleanCharField,
    CleanTextField,
    OptionRowsField,
    WholeNumberField,
)
from piggyadmin.vouchers import services
from piggyadmin.vouchers.types import DAY_SECONDS, Promotion

MOST_VOUCHERS = 1_000_000
MOST_USES = 1_000
MOST_DAYS = 3_650


# What an attribute cannot be called here: it would stand in the place of one of Piggy's own keys.
TAKEN_NAMES = set(Promotion.model_fields)


class AttributeRowsField(OptionRowsField):
    """Names of attributes with their values; two may well have the same value."""

    unique_part = "label"
    doubled_words = _("“%(value)s” stands here twice. It can have one value.")


class CreatePromotionForm(NewRecordForm):
    """A new promotion, whose name is still free: people choose promotions by their names."""

    key = "name"
    taken = _("There is a promotion of this name already. Two of one name cannot be told apart.")
    folded = ("limit_per_contact", "redemptions_per_voucher", "custom_attributes")

    name = CleanCharField(
        label=_("Name"), help_text=_("What people read on the voucher, such as Free coffee.")
    )
    description = CleanTextField(
        label=_("Description"),
        max_length=1000,
        help_text=_("What the voucher gives, as its holder reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    voucher_limit = WholeNumberField(
        label=_("Vouchers at most"),
        required=False,
        min_value=1,
        max_value=MOST_VOUCHERS,
        help_text=_("How many can ever be made. Left open, there is no limit."),
    )
    expiration_days = WholeNumberField(
        label=_("Days that a voucher is good"),
        required=False,
        min_value=1,
        max_value=MOST_DAYS,
        help_text=_("Counted from when it is made. Left open, a voucher has no end."),
    )
    limit_per_contact = WholeNumberField(
        label=_("For each customer"),
        required=False,
        min_value=1,
        max_value=MOST_VOUCHERS,
        help_text=_("How many one customer can have. Left open, there is no limit."),
    )
    redemptions_per_voucher = WholeNumberField(
        label=_("Uses of each voucher"),
        required=False,
        min_value=1,
        max_value=MOST_USES,
        help_text=_("Left open, a voucher can be used once."),
    )
    custom_attributes = AttributeRowsField(
        label=_("Attributes"),
        heads=(_("Name"), _("Value")),
        required=False,
        help_text=_("Optional: what a till has to know, such as the discount."),
    )

    def clean(self) -> dict[str, Any]:
        """Look whether promotions have such attributes, and keep them in the order of names."""
        data = super().clean()
        rows = data.get("custom_attributes")
        if rows and not self.errors:
            rows.sort(key=itemgetter("label"))
            self._check_names([row["label"] for row in rows])
        return data

    def _check_names(self, names: list[str]) -> None:
        """Refuse what Piggy would leave out without a word; there is no way to add it later."""
        try:
            known = {each.name for each in services.list_promotion_attributes(self.piggy)}
        except PiggyError as error:
            self.failure = error
            return
        if unknown := [name for name in names if name not in known - TAKEN_NAMES]:
            words = _("Promotions have no attribute called %(names)s.")
            params = {"names": ", ".join(f"“{name}”" for name in unknown)}
            self.add_error("custom_attributes", ValidationError(words, params=params))

    def find_same(self, data: Any) -> Promotion | None:
        """Find the promotion of this name."""
        rows = every_item(lambda page: services.list_promotions(self.piggy, page=page))
        return next((each for each in rows if each.name == data["name"]), None)


@register
class CreatePromotion(CreateForGood[Promotion]):
    """Make a promotion."""

    slug = "create-promotion"
    entity = "vouchers"
    label = _("Create a promotion")
    summary = _("What vouchers are made of: what they give, how many there can be and how long.")
    icon = "megaphone"
    form_class = CreatePromotionForm
    facts_template = "vouchers/_promotion.html"
    list_page = "vouchers:promotions"
    record_page = "vouchers:promotion"
    sample = {
        "name": "Second scoop",
        "description": "A second scoop of ice cream",
        "voucher_limit": "250",
        "expiration_days": "30",
        "limit_per_contact": "2",
    }
    result_type = Promotion
    consequences = _("Piggy offers no way to change or delete a promotion.")
    done_words = _("%(who)s created the promotion “%(name)s”")
    wanted_words = _("create the promotion “%(name)s”")

    def as_filled(self, record: Promotion) -> dict[str, Any]:
        """Give what stands of it in a form."""
        return {
            "name": record.name or "",
            "description": record.description or "",
            "voucher_limit": record.voucher_limit,
            "expiration_days": record.expiration_days,
            "limit_per_contact": record.limit_per_contact,
            "redemptions_per_voucher": record.redemptions_per_voucher,
            "custom_attributes": [
                {"label": name, "value": value} for name, value in record.own_attributes
            ],
        }

    def _said(self, name: str, value: Any) -> str:
        """Write each attribute with its value."""
        if name != "custom_attributes":
            return super()._said(name, value)
        return "\n".join(f"{row['label']}: {row['value']}" for row in value)

    def create(self, piggy: PiggyClient, data: dict[str, Any]) -> Promotion:
        """Make it; Piggy counts in seconds how long a voucher is good."""
        days = data.pop("expiration_days", None)
        rows = data.pop("custom_attributes", [])
        return services.create_promotion(
            piggy,
            **data,
            expiration_duration=days and days * DAY_SECONDS,
            custom_attributes={row["label"]: row["value"] for row in rows},
        )

    def after_done(self, data: Data, result: Promotion) -> None:  # noqa: ARG002
        """Have forms offer it."""
        forget()
