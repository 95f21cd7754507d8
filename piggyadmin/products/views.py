"""Pages of products and their categories."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.record_views import RecordList, RecordPage
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import NotFound
from piggyadmin.piggy.types import Page
from piggyadmin.products import services
from piggyadmin.products.types import Product, ProductCategory
from piggyadmin.ui.filters import FilteredList, StatedFilter
from piggyadmin.ui.forms import CodeField


class ProductFilter(StatedFilter):
    """Which product or category to show: Piggy finds them by their identifier alone."""

    external_identifier = CodeField(label=_("External identifier"), required=False)


class ProductList(RecordList, FilteredList):
    """All products of the account."""

    template_name = "products/list.html"
    filter_class = ProductFilter
    list_name = "products:list"
    entity = "products"
    title = _("Products")
    intro = _("What your till and web shop sell, as Piggy knows it.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read one page, or the one product that is looked for."""
        form = ProductFilter(self.query)
        wanted = form.values.get("external_identifier")
        page = self._found(piggy, wanted) if wanted else self._all(piggy)
        return {"page": page, "form": form, "list_name": self.list_name}

    def _all(self, piggy: PiggyClient) -> Page[Product]:
        return services.list_products(piggy, page=self.page)

    def _found(self, piggy: PiggyClient, external_identifier: str) -> Page[Product]:
        try:
            found = services.find_product(piggy, external_identifier=external_identifier)
        except NotFound:
            return Page(items=[], page=1)
        return Page(items=[found], page=1)


class ProductPage(RecordPage):
    """One product."""

    entity = "products"
    title = _("Products")
    list_name = "products:list"
    facts_template = "products/_product.html"

    def find(self, piggy: PiggyClient, **keys: str) -> Product:
        """Find it by its UUID."""
        return services.get_product(piggy, product_uuid=keys["product_uuid"])

    def name_of(self, record: Product) -> str:
        """Give its name."""
        return record.name or record.external_identifier or ""


class ProductCategoryList(RecordList, FilteredList):
    """All categories of products."""

    template_name = "products/categories.html"
    filter_class = ProductFilter
    list_name = "products:categories"
    entity = "products"
    title = _("Product categories")
    intro = _("Groups of products, such as drinks, by which rules and figures can tell them apart.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read one page, or the one category that is looked for."""
        form = ProductFilter(self.query)
        wanted = form.values.get("external_identifier")
        page = self._found(piggy, wanted) if wanted else self._all(piggy)
        return {"page": page, "form": form, "list_name": self.list_name}

    def _all(self, piggy: PiggyClient) -> Page[ProductCategory]:
        return services.list_product_categories(piggy, page=self.page)

    def _found(self, piggy: PiggyClient, external_identifier: str) -> Page[ProductCategory]:
        try:
            found = services.find_product_category(piggy, external_identifier=external_identifier)
        except NotFound:
            return Page(items=[], page=1)
        return Page(items=[found], page=1)


class ProductCategoryPage(RecordPage):
    """One category."""

    entity = "products"
    title = _("Product categories")
    list_name = "products:categories"
    facts_template = "products/_category.html"

    def find(self, piggy: PiggyClient, **keys: str) -> ProductCategory:
        """Find it by its UUID."""
        uuid = keys["product_category_uuid"]
        return services.get_product_category(piggy, product_category_uuid=uuid)

    def name_of(self, record: ProductCategory) -> str:
        """Give its name."""
        return record.name or record.external_identifier or ""
