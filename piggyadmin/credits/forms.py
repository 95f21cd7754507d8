"""The field in which a loyalty unit is chosen."""

from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import Choices, listed
from piggyadmin.credits.services import cached_units
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.forms import ListOrPasteField


def _units(piggy: PiggyClient) -> Choices:
    return [(unit.name or "", unit.label or unit.name or "") for unit in cached_units(piggy)]


class UnitField(ListOrPasteField):
    """A loyalty unit from the list, by its name."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Unit"))
        choices = partial(listed, _units)
        super().__init__(choices=choices, remembered_as="unit", **kwargs)
