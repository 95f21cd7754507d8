"""The field in which a shop is chosen."""

from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import Choices, listed
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.shops.services import cached_shops
from piggyadmin.ui.forms import ListOrPasteField


def _shops(piggy: PiggyClient) -> Choices:
    return [(shop.uuid or "", shop.name or "") for shop in cached_shops(piggy)]


class ShopField(ListOrPasteField):
    """A shop from the list, or its UUID."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Shop"))
        choices = partial(listed, _shops)
        super().__init__(choices=choices, remembered_as="shop", **kwargs)
