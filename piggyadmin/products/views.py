"""The list of products."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.products.services import list_products


class ProductList(PiggyPage):
    """All products of the account."""

    template_name = "products/list.html"
    entity = "products"
    title = _("Products")
    intro = _("What your till and web shop sell, as Piggy knows it.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read one page."""
        return {"page": list_products(piggy, page=self.page)}
