"""The list of products."""

from typing import Any

from piggyadmin.actions.pages import PiggyPage
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.products.services import list_products


class ProductList(PiggyPage):
    """All products of the account."""

    template_name = "products/list.html"
    entity = "products"

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read one page."""
        return {"products": list_products(piggy, page=self.page)}
