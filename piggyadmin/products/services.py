"""Calls about products (SDK, later docs; may not be enabled on every account)."""

from collections.abc import Mapping, Sequence
from typing import Any

from piggyadmin.piggy.client import Envelope, PiggyClient, path_value
from piggyadmin.piggy.errors import NotFound
from piggyadmin.piggy.types import Page, without_none
from piggyadmin.products.types import Product, ProductCategory
from piggyadmin.reference.cached import cached

Categories = Sequence[dict[str, str]]
# So many are offered in a list to choose from.
OFFERED = 100


def _path(product_uuid: str) -> str:
    return f"products/{path_value(product_uuid)}"


def _found(answer: Envelope) -> Envelope:
    """See that something was found, for how the API says otherwise is not documented.

    Raises:
        NotFound: there is nothing in `data`.
    """
    if not answer.data:
        raise NotFound(status=answer.status, trace_id=answer.trace_id)
    return answer


# --- Products --------------------------------------------------------------------------------


def list_products(piggy: PiggyClient, *, page: int = 1, limit: int = 30) -> Page[Product]:
    """List products, a page at a time."""
    answer = piggy.get("products", params={"page": page, "limit": limit})
    return answer.page(Product, page=page, limit=limit)


def list_first_products(piggy: PiggyClient) -> list[Product]:
    """List as many products as a form can offer to choose from."""
    return list_products(piggy, limit=OFFERED).items


cached_products = cached(list_first_products)


def get_product(piggy: PiggyClient, *, product_uuid: str) -> Product:
    """Get one product."""
    return piggy.get(_path(product_uuid)).one(Product)


def find_product(piggy: PiggyClient, *, external_identifier: str) -> Product:
    """Find a product by the number that the shop's own system has for it.

    Raises:
        NotFound: there is none.
    """
    answer = piggy.get("products/find", params={"external_identifier": external_identifier})
    return _found(answer).one(Product)


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


def create_products_batch(
    piggy: PiggyClient, *, products: Sequence[Mapping[str, Any]]
) -> list[Product]:
    """Create several products at once; keys of each as in `create_product`.

    Gives them where Piggy answers with them (later docs); where it only says that it has begun
    (SDK), nothing.
    """
    answer = piggy.post("products/batch", json={"products": list(products)}, any_body=True)
    return answer.several(Product) if isinstance(answer.data, list) else []


# --- Categories ------------------------------------------------------------------------------


def _category_path(product_category_uuid: str) -> str:
    return f"product-categories/{path_value(product_category_uuid)}"


def list_product_categories(
    piggy: PiggyClient, *, page: int = 1, limit: int = 30
) -> Page[ProductCategory]:
    """List categories, a page at a time."""
    answer = piggy.get("product-categories", params={"page": page, "limit": limit})
    return answer.page(ProductCategory, page=page, limit=limit)


def list_first_product_categories(piggy: PiggyClient) -> list[ProductCategory]:
    """List as many categories as a form can offer to choose from."""
    return list_product_categories(piggy, limit=OFFERED).items


cached_product_categories = cached(list_first_product_categories)


def get_product_category(piggy: PiggyClient, *, product_category_uuid: str) -> ProductCategory:
    """Get one category."""
    return piggy.get(_category_path(product_category_uuid)).one(ProductCategory)


def find_product_category(piggy: PiggyClient, *, external_identifier: str) -> ProductCategory:
    """Find a category by the key that the shop's own system has for it.

    Raises:
        NotFound: there is none.
    """
    params = {"external_identifier": external_identifier}
    return _found(piggy.get("product-categories/find", params=params)).one(ProductCategory)


def create_product_category(
    piggy: PiggyClient, *, external_identifier: str, name: str | None = None
) -> ProductCategory:
    """Create a category."""
    body = without_none(external_identifier=external_identifier, name=name)
    return piggy.post("product-categories", json=body).one(ProductCategory)


def find_or_create_product_category(
    piggy: PiggyClient, *, external_identifier: str, name: str | None = None
) -> ProductCategory:
    """Find a category, or create it; keyed by its identifier, so safe to repeat (inferred)."""
    body = without_none(external_identifier=external_identifier, name=name)
    answer = piggy.post("product-categories/find-or-create", json=body, repeatable=True)
    return answer.one(ProductCategory)


def update_product_category(
    piggy: PiggyClient,
    *,
    product_category_uuid: str,
    external_identifier: str | None = None,
    name: str | None = None,
) -> ProductCategory:
    """Change what is given of a category."""
    body = without_none(external_identifier=external_identifier, name=name)
    return piggy.put(_category_path(product_category_uuid), json=body).one(ProductCategory)


def delete_product_category(piggy: PiggyClient, *, product_category_uuid: str) -> None:
    """Delete a category."""
    piggy.delete(_category_path(product_category_uuid), any_body=True)


def create_product_categories_batch(
    piggy: PiggyClient, *, categories: Sequence[Mapping[str, Any]]
) -> list[ProductCategory]:
    """Create several categories at once; gives them where Piggy answers with them."""
    body = {"categories": list(categories)}
    answer = piggy.post("product-categories/batch", json=body, any_body=True)
    return answer.several(ProductCategory) if isinstance(answer.data, list) else []
