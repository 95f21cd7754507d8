"""New units, in which amounts that bring credits are counted."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.records import CreateForGood, NewRecordForm
from piggyadmin.actions.registry import register
from piggyadmin.credits import services
from piggyadmin.credits.types import Unit
from piggyadmin.ledger.operations import Data
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.reference.cached import forget
from piggyadmin.ui.forms import CleanCharField


class CreateUnitForm(NewRecordForm):
    """A new unit, whose name is still free."""

    key = "name"
    folded = ("is_default",)

    name = CleanCharField(
        label=_("Name"),
        help_text=_("The key that other systems use, such as visits. It can never be changed."),
    )
    label = CleanCharField(label=_("Label"), help_text=_("What people read."))
    prefix = CleanCharField(  # type: ignore[assignment]  # Django keeps its own elsewhere
        label=_("Sign"),
        required=False,
        max_length=20,
        help_text=_("What stands before an amount, such as €. Left open: the name's first letter."),
    )
    is_default = forms.BooleanField(
        label=_("This is the usual unit from now on"),
        required=False,
        help_text=_("Tills that name no unit count in this one then."),
    )

    def find_same(self, data: Any) -> Unit | None:
        """Find the unit of this name."""
        units = services.list_units(self.piggy)
        return next((each for each in units if each.name == data["name"]), None)


@register
class CreateUnit(CreateForGood[Unit]):
    """Make a unit."""

    slug = "create-unit"
    entity = "credits"
    label = _("Create a unit")
    summary = _("Something that amounts are counted in, such as visits or euros.")
    icon = "ruler"
    form_class = CreateUnitForm
    facts_template = "credits/_unit.html"
    list_page = "credits:program"
    sample = {"name": "litres", "label": "Litres", "prefix": "L"}
    result_type = Unit
    consequences = _("Its name is final, and Piggy offers no way to delete a unit.")
    done_words = _("%(who)s created the unit “%(name)s”")
    wanted_words = _("create the unit “%(name)s”")

    def as_filled(self, record: Unit) -> dict[str, Any]:
        """Give what stands of it in a form."""
        return {
            "name": record.name or "",
            "label": record.label or "",
            "prefix": record.prefix or "",
            "is_default": bool(record.is_default),
        }

    def create(self, piggy: PiggyClient, data: dict[str, Any]) -> Unit:
        """Make it."""
        return services.create_unit(piggy, **data)

    def after_done(self, data: Data, result: Unit) -> None:  # noqa: ARG002
        """Have forms offer it."""
        forget()
