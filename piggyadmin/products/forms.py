"""The fields in which products and their categories are chosen and described."""

from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import ActionForm, Choices, listed
from piggyadmin.actions.records import ChangedRecordForm, NewRecordForm, RecordKeyField
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import NotFound
from piggyadmin.products import services
from piggyadmin.products.types import Product, ProductCategory
from piggyadmin.ui.codes import as_seen
from piggyadmin.ui.forms import CleanCharField, CleanTextField, CodeField, ListOrPasteField

IDENTIFIER_HELP = _("The number or code that your till or web shop knows it by.")


class CategoriesField(CleanTextField):
    """Categories by their external identifiers, one a line; cleans to what Piggy takes."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Categories"))
        kwargs.setdefault("help_text", _("External identifiers of categories, one a line."))
        super().__init__(required=False, max_length=2000, **kwargs)

    def clean(self, value: Any) -> list[dict[str, str]]:
        """Read one identifier a line, each once; in which order they stand is of no matter."""
        lines = {as_seen(line) for line in super().clean(value).splitlines()}
        return [{"external_identifier": line} for line in sorted(lines - {""})]

    def prepare_value(self, value: Any) -> Any:
        """Write what was read one a line again."""
        if not isinstance(value, list):
            return value
        return "\n".join(each["external_identifier"] for each in value)


# --- Products --------------------------------------------------------------------------------


def _products(piggy: PiggyClient) -> Choices:
    found = services.cached_products(piggy)
    return [(each.uuid or "", each.name or each.external_identifier or "") for each in found]


class ProductForm(ActionForm):
    """Which product."""

    product_uuid = ListOrPasteField(label=_("Product"), choices=partial(listed, _products))


class ProductFields(ActionForm):
    """What is told of a product."""

    folded = ("description", "categories")

    external_identifier = CodeField(label=_("External identifier"), help_text=IDENTIFIER_HELP)
    name = CleanCharField(label=_("Name"))
    description = CleanTextField(label=_("Description"), required=False, max_length=2000)
    categories = CategoriesField()


class CreateProductForm(ProductFields, NewRecordForm):
    """A new product, whose external identifier is still free."""

    key = "external_identifier"

    def find_same(self, data: Any) -> Product | None:
        """Find the product of this identifier."""
        identifier = data["external_identifier"]
        try:
            found = services.find_product(self.piggy, external_identifier=identifier)
        except NotFound:
            return None
        return found if found.external_identifier == identifier else None


class UpdateProductForm(ProductFields, ChangedRecordForm):
    """A product, and what shall be different about it."""

    keys = ("product_uuid",)
    product_uuid = RecordKeyField(label=_("Product"))


# --- Categories ------------------------------------------------------------------------------


def _categories(piggy: PiggyClient) -> Choices:
    found = services.cached_product_categories(piggy)
    return [(each.uuid or "", each.name or each.external_identifier or "") for each in found]


class ProductCategoryForm(ActionForm):
    """Which category."""

    product_category_uuid = ListOrPasteField(
        label=_("Category"), choices=partial(listed, _categories)
    )


class ProductCategoryFields(ActionForm):
    """What is told of a category."""

    external_identifier = CodeField(label=_("External identifier"), help_text=IDENTIFIER_HELP)
    name = CleanCharField(label=_("Name"))


class CreateProductCategoryForm(ProductCategoryFields, NewRecordForm):
    """A new category, whose external identifier is still free."""

    key = "external_identifier"

    def find_same(self, data: Any) -> ProductCategory | None:
        """Find the category of this identifier."""
        identifier = data["external_identifier"]
        try:
            found = services.find_product_category(self.piggy, external_identifier=identifier)
        except NotFound:
            return None
        return found if found.external_identifier == identifier else None


class UpdateProductCategoryForm(ProductCategoryFields, ChangedRecordForm):
    """A category, and what shall be different about it."""

    keys = ("product_category_uuid",)
    product_category_uuid = RecordKeyField(label=_("Category"))
