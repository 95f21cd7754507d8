"""Calls about products (SDK, later docs; may not be enabled on every account)."""

from collections.abc import Sequence

from piggyadmin.piggy.client import PiggyClient, path_value
from piggyadmin.piggy.errors import NotFound
from piggyadmin.piggy.types import Page, without_none
from piggyadmin.products.types import Product

Categories = Sequence[dict[str, str]]


def _path(product_uuid: str) -> str:
    return f"products/{path_value(product_uuid)}"


def list_products(piggy: PiggyClient, *, page: int = 1, limit: int = 30) -> Page[Product]:
    """List products, a page at a time."""
    answer = piggy.get("products", params={"page": page, "limit": limit})
    return answer.page(Product, page=page, limit=limit)


def get_product(piggy: PiggyClient, *, product_uuid: str) -> Product:
    """Get one product."""
    return piggy.get(_path(product_uuid)).one(Product)


def find_product(piggy: PiggyClient, *, external_identifier: str) -> Product:
    """Find a product by the number that the shop's own system has for it.

    How the API says that there is none is not documented: an error, or nothing in `data`.

    Raises:
        NotFound: there is none.
    """
    answer = piggy.get("products/find", params={"external_identifier": external_identifier})
    if not answer.data:
        raise NotFound(status=answer.status, trace_id=answer.trace_id)
    return answer.one(Product)


def create_product(
    piggy: PiggyClient,
    *,
    external_identifier: str,
    name: str,
    description: str | None = None,
    categories: Categories | None = None,
) -> Product:
    """Create a product."""
    body = without_none(
        external_identifier=external_identifier,
        name=name,
        description=description,
        categories=categories,
    )
    return piggy.post("products", json=body).one(Product)


def find_or_create_product(
    piggy: PiggyClient,
    *,
    external_identifier: str,
    name: str | None = None,
    description: str | None = None,
    categories: Categories | None = None,
) -> Product:
    """Find a product, or create it; keyed by its identifier, so safe to repeat (inferred).

    The answer does not tell which of the two it was.
    """
    body = without_none(
        external_identifier=external_identifier,
        name=name,
        description=description,
        categories=categories,
    )
    answer = piggy.post("products/find-or-create", json=body, repeatable=True)
    return answer.one(Product)


def update_product(
    piggy: PiggyClient,
    *,
    product_uuid: str,
    external_identifier: str | None = None,
    name: str | None = None,
    description: str | None = None,
    categories: Categories | None = None,
) -> Product:
    """Change what is given of a product."""
    body = without_none(
        external_identifier=external_identifier,
        name=name,
        description=description,
        categories=categories,
    )
    return piggy.put(_path(product_uuid), json=body).one(Product)


def delete_product(piggy: PiggyClient, *, product_uuid: str) -> None:
    """Delete a product."""
    piggy.delete(_path(product_uuid), any_body=True)
