"""The field in which a promotion is chosen."""

from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import Choices, offered
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.forms import ListOrPasteField
from piggyadmin.vouchers.services import cached_promotions


def _promotions(piggy: PiggyClient) -> Choices:
    return [(each.uuid or "", each.name or "") for each in cached_promotions(piggy)]


class PromotionField(ListOrPasteField):
    """A promotion from the list, or its UUID."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Promotion"))
        super().__init__(choices=partial(offered, _promotions), **kwargs)
