"""Making promotions, of which vouchers are made."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.records import CreateForGood, NewRecordForm
from piggyadmin.actions.registry import register
from piggyadmin.ledger.operations import Data
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.types import every_item
from piggyadmin.reference.cached import forget
from piggyadmin.ui.forms import CleanCharField, CleanTextField, WholeNumberField
from piggyadmin.vouchers import services
from piggyadmin.vouchers.types import Promotion

SECONDS_A_DAY = 24 * 60 * 60
MOST_VOUCHERS = 10_000_000
MOST_DAYS = 3_650
MOST_USES = 1_000
# The types that the SDK knows.
SINGLE_USE, MULTI_USE = "SINGLE_USE", "MULTI_USE"


class CreatePromotionForm(NewRecordForm):
    """A new promotion, whose name is still free."""

    key = "name"
    taken = _(
        "There is a promotion of this name already, and none can be changed. Use another name."
    )
    folded = ("limit_per_contact", "days_valid", "redemptions_per_voucher")

    name = CleanCharField(label=_("Name"), help_text=_("Stands on the vouchers made of it."))
    description = CleanTextField(
        label=_("Description"), max_length=1000, help_text=_("What a voucher gives, and when.")
    )
    voucher_limit = WholeNumberField(
        label=_("Vouchers at most"),
        required=False,
        min_value=1,
        max_value=MOST_VOUCHERS,
        help_text=_("Left open: no limit."),
    )
    limit_per_contact = WholeNumberField(
        label=_("For each customer"),
        required=False,
        min_value=1,
        max_value=MOST_VOUCHERS,
        help_text=_("Left open: no limit."),
    )
    days_valid = WholeNumberField(
        label=_("Days that a voucher is good for"),
        required=False,
        min_value=1,
        max_value=MOST_DAYS,
        help_text=_("Left open: until it is used."),
    )
    redemptions_per_voucher = WholeNumberField(
        label=_("Uses of a voucher"),
        required=False,
        min_value=1,
        max_value=MOST_USES,
        help_text=_("Left open: once."),
    )

    def find_same(self, data: Data) -> Promotion | None:
        """Find the promotion of this name, among those that Piggy has now."""
        found = every_item(lambda page: services.list_promotions(self.piggy, page=page))
        return next((each for each in found if each.name == data["name"]), None)


@register
class CreatePromotion(CreateForGood[Promotion]):
    """Make a promotion."""

    slug = "create-promotion"
    entity = "vouchers"
    label = _("Create a promotion")
    summary = _("What vouchers are made of: what they give, how many, and for how long.")
    icon = "tags"
    form_class = CreatePromotionForm
    facts_template = "vouchers/_promotion.html"
    list_page = "vouchers:promotions"
    sample = {
        "name": "Ice cream week",
        "description": "A scoop with your coffee",
        "limit_per_contact": "1",
        "days_valid": "30",
    }
    result_type = Promotion
    consequences = _("Piggy offers no way to change or to delete a promotion.")
    done_words = _("%(who)s created the promotion “%(name)s”")
    wanted_words = _("create the promotion “%(name)s”")

    def as_filled(self, record: Promotion) -> dict[str, Any]:
        """Give what stands of it in a form."""
        seconds = record.expiration_duration
        return {
            "name": record.name or "",
            "description": record.description or "",
            "voucher_limit": record.voucher_limit,
            "limit_per_contact": record.limit_per_contact,
            "days_valid": seconds and seconds / SECONDS_A_DAY,
            "redemptions_per_voucher": record.redemptions_per_voucher,
        }

    def create(self, piggy: PiggyClient, data: dict[str, Any]) -> Promotion:
        """Make it; how long a voucher is good for goes along in seconds."""
        asked = dict(data)
        if days := asked.pop("days_valid", None):
            asked["expiration_duration"] = days * SECONDS_A_DAY
        if uses := asked.get("redemptions_per_voucher"):
            asked["type"] = MULTI_USE if uses > 1 else SINGLE_USE
        return services.create_promotion(piggy, **asked)

    def after_done(self, data: Data, result: Promotion) -> None:  # noqa: ARG002
        """Have forms offer it at once."""
        forget()
