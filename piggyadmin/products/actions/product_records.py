"""Making, changing and deleting products."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.records import CreateRecord, DeleteRecord, RecordAction, UpdateRecord
from piggyadmin.actions.registry import register
from piggyadmin.ledger.operations import Data, PreviewModel, Result
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.products import services
from piggyadmin.products.forms import CreateProductForm, ProductForm, UpdateProductForm
from piggyadmin.products.types import Product
from piggyadmin.reference.cached import forget


class ProductAction(RecordAction[Result, PreviewModel]):
    """What is done to a product."""

    entity = "products"
    facts_template = "products/_product.html"
    list_page = "products:list"
    record_page = "products:product"

    def find(self, piggy: PiggyClient, data: Data) -> Product:
        """Find it by its UUID."""
        return services.get_product(piggy, product_uuid=data["product_uuid"])

    def as_filled(self, record: Product) -> dict[str, Any]:
        """Give what stands of it in a form."""
        keys = {each.external_identifier for each in record.categories}
        return {
            "external_identifier": record.external_identifier or "",
            "name": record.name or "",
            "description": record.description or "",
            "categories": [{"external_identifier": key} for key in sorted(filter(None, keys))],
        }

    def name_of(self, record: Product) -> str:
        """Give its name."""
        return record.name or record.external_identifier or ""

    def after_done(self, data: Data, result: Result) -> None:  # noqa: ARG002
        """Have lists show it as it is now."""
        forget()


@register
class CreateProduct(ProductAction[Product, None], CreateRecord[Product, None]):
    """Make a product."""

    slug = "create-product"
    label = _("Create a product")
    summary = _("Something that your till or web shop sells, for rules and figures at Piggy.")
    icon = "package-plus"
    form_class = CreateProductForm
    sample = {"external_identifier": "SKU-MADE", "name": "Matcha latte", "description": "250 ml"}
    result_type = Product
    done_words = _("%(who)s created the product “%(name)s”")
    wanted_words = _("create the product “%(name)s”")

    def create(self, piggy: PiggyClient, data: dict[str, Any]) -> Product:
        """Make it."""
        return services.create_product(piggy, **data)


@register
class UpdateProduct(ProductAction[Product, Any], UpdateRecord[Product]):
    """Change a product."""

    slug = "update-product"
    label = _("Change a product")
    summary = _("Its name, description, categories or external identifier.")
    icon = "package-open"
    keys = ("product_uuid",)
    look_up_form_class = ProductForm
    form_class = UpdateProductForm
    sample = {
        "product_uuid": "c0ffee00-0000-4000-8000-000000000501",
        "name": "Oat latte, large",
        "description": "350 ml",
    }
    result_type = Product
    done_words = _("%(who)s changed the product “%(name)s”")
    wanted_words = _("change the product “%(name)s”")

    def change(self, piggy: PiggyClient, data: Data, changed: dict[str, Any]) -> Product:
        """Write what differs."""
        return services.update_product(piggy, product_uuid=data["product_uuid"], **changed)


@register
class DeleteProduct(ProductAction[Any, Any], DeleteRecord):
    """Delete a product."""

    slug = "delete-product"
    label = _("Delete a product")
    summary = _("A product is taken out of Piggy, for good.")
    keys = ("product_uuid",)
    form_class = ProductForm
    sample = {"product_uuid": "c0ffee00-0000-4000-8000-000000000501"}
    consequences = _("Piggy knows it no more. Your till or web shop can send it anew.")
    done_words = _("%(who)s deleted the product “%(name)s”")
    wanted_words = _("delete the product “%(name)s”")

    def delete(self, piggy: PiggyClient, data: Data) -> None:
        """Delete it."""
        services.delete_product(piggy, product_uuid=data["product_uuid"])
