"""Making, changing and deleting categories of products."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.records import CreateRecord, DeleteRecord, RecordAction, UpdateRecord
from piggyadmin.actions.registry import register
from piggyadmin.ledger.operations import Data, PreviewModel, Result
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.products import services
from piggyadmin.products.forms import (
    CreateProductCategoryForm,
    ProductCategoryForm,
    UpdateProductCategoryForm,
)
from piggyadmin.products.types import ProductCategory
from piggyadmin.reference.cached import forget

SAMPLE_UUID = "c0ffee00-0000-4000-8000-000000000511"


class ProductCategoryAction(RecordAction[Result, PreviewModel]):
    """What is done to a category."""

    entity = "products"
    facts_template = "products/_category.html"
    list_page = "products:categories"
    record_page = "products:category"

    def find(self, piggy: PiggyClient, data: Data) -> ProductCategory:
        """Find it by its UUID."""
        uuid = data["product_category_uuid"]
        return services.get_product_category(piggy, product_category_uuid=uuid)

    def as_filled(self, record: ProductCategory) -> dict[str, Any]:
        """Give what stands of it in a form."""
        return {
            "external_identifier": record.external_identifier or "",
            "name": record.name or "",
        }

    def name_of(self, record: ProductCategory) -> str:
        """Give its name."""
        return record.name or record.external_identifier or ""

    def after_done(self, data: Data, result: Result) -> None:  # noqa: ARG002
        """Have lists show it as it is now."""
        forget()


@register
class CreateProductCategory(
    ProductCategoryAction[ProductCategory, None], CreateRecord[ProductCategory, None]
):
    """Make a category."""

    slug = "create-product-category"
    label = _("Create a category")
    summary = _("A group of products, such as drinks.")
    icon = "folder-plus"
    form_class = CreateProductCategoryForm
    sample = {"external_identifier": "TEAS", "name": "Teas"}
    result_type = ProductCategory
    done_words = _("%(who)s created the product category “%(name)s”")
    wanted_words = _("create the product category “%(name)s”")

    def create(self, piggy: PiggyClient, data: dict[str, Any]) -> ProductCategory:
        """Make it."""
        return services.create_product_category(piggy, **data)


@register
class UpdateProductCategory(
    ProductCategoryAction[ProductCategory, Any], UpdateRecord[ProductCategory]
):
    """Change a category."""

    slug = "update-product-category"
    label = _("Change a category")
    summary = _("Its name or its external identifier.")
    icon = "folder-pen"
    keys = ("product_category_uuid",)
    look_up_form_class = ProductCategoryForm
    form_class = UpdateProductCategoryForm
    sample = {"product_category_uuid": SAMPLE_UUID, "name": "Hot drinks"}
    result_type = ProductCategory
    done_words = _("%(who)s changed the product category “%(name)s”")
    wanted_words = _("change the product category “%(name)s”")

    def change(self, piggy: PiggyClient, data: Data, changed: dict[str, Any]) -> ProductCategory:
        """Write what differs."""
        uuid = data["product_category_uuid"]
        return services.update_product_category(piggy, product_category_uuid=uuid, **changed)


@register
class DeleteProductCategory(ProductCategoryAction[Any, Any], DeleteRecord):
    """Delete a category."""

    slug = "delete-product-category"
    label = _("Delete a category")
    summary = _("A group of products ceases to be. Its products stay.")
    keys = ("product_category_uuid",)
    form_class = ProductCategoryForm
    sample = {"product_category_uuid": SAMPLE_UUID}
    consequences = _("The products in it stay, and are in it no more.")
    done_words = _("%(who)s deleted the product category “%(name)s”")
    wanted_words = _("delete the product category “%(name)s”")

    def delete(self, piggy: PiggyClient, data: Data) -> None:
        """Delete it."""
        uuid = data["product_category_uuid"]
        services.delete_product_category(piggy, product_category_uuid=uuid)
