"""Products and their categories, both under the shop's own `external_identifier`.

No error codes are documented for these; an unknown one is answered with 60013 (inferred).
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from piggyadmin.sandbox import errors, serializers
from piggyadmin.sandbox.lookups import one
from piggyadmin.sandbox.models import Product, ProductCategory
from piggyadmin.sandbox.responses import Reply, Slice, meta_a
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.validation import MAX_LONG_TEXT, Given

MAX_BATCH = 100


def _product(**by: str) -> Product:
    rows = Product.objects.filter(**by).prefetch_related("categories")
    return one(rows, errors.RECORD_NOT_FOUND)


def _category(**by: str) -> ProductCategory:
    return one(ProductCategory.objects.filter(**by), errors.RECORD_NOT_FOUND)


# --- Products --------------------------------------------------------------------------------


@route("GET", "products")
def list_products(given: Given) -> Reply:
    """List products, a page at a time."""
    part = Slice.read(given, default=30)
    given.check()
    page = part.of(Product.objects.all(), Product.objects.prefetch_related("categories"))
    return Reply([serializers.product(row) for row in page.rows], meta_a(page))


@route("GET", "products/find")
def find_product(given: Given) -> Reply:
    """Give the product with an external identifier."""
    identifier = given.text("external_identifier")
    given.check()
    return Reply(serializers.product(_product(external_identifier=identifier)))


@route("GET", "products/{product_uuid}")
def get_product(given: Given, product_uuid: str) -> Reply:  # noqa: ARG001
    """Give one product."""
    return Reply(serializers.product(_product(uuid=product_uuid)))


@route("POST", "products")
def create_product(given: Given) -> Reply:
    """Add a product."""
    return Reply(serializers.product(_create(given)))


@route("POST", "products/find-or-create")
def find_or_create_product(given: Given) -> Reply:
    """Give the product as it is, or add it; an existing one is not changed (inferred)."""
    identifier = given.text("external_identifier")
    given.check()
    found = Product.objects.filter(external_identifier=identifier).first()
    return Reply(serializers.product(found or _create(given)))


@route("POST", "products/batch")
def create_products(given: Given) -> Reply:
    """Add several products at once, leaving those that exist as they are."""
    products = [find_or_create_product(Given(each)).data for each in _batch(given, "products")]
    return Reply(products)


@route("PUT", "products/{product_uuid}")
def update_product(given: Given, product_uuid: str) -> Reply:
    """Change what is given of a product."""
    row = _product(uuid=product_uuid)
    if "external_identifier" in given:
        row.external_identifier = given.text("external_identifier")
    if "name" in given:
        row.name = given.text("name")
    if "description" in given:
        row.description = given.optional_text("description", MAX_LONG_TEXT) or ""
    _refuse_taken(given, Product.objects.exclude(pk=row.pk), row.external_identifier)
    categories = _categories(given)
    given.check()
    row.save()
    if "categories" in given:
        row.categories.set(categories)
    return Reply(serializers.product(_product(uuid=row.uuid)))


@route("DELETE", "products/{product_uuid}")
def delete_product(given: Given, product_uuid: str) -> Reply:  # noqa: ARG001
    """Remove a product, by its UUID or its external identifier."""
    either = Q(uuid=product_uuid) | Q(external_identifier=product_uuid)
    one(Product.objects.filter(either), errors.RECORD_NOT_FOUND).delete()
    return Reply(None)


def _create(given: Given) -> Product:
    identifier, name = given.text("external_identifier"), given.text("name")
    description = given.optional_text("description", MAX_LONG_TEXT) or ""
    _refuse_taken(given, Product.objects.all(), identifier)
    categories = _categories(given)
    given.check()
    try:
        with transaction.atomic(using="sandbox"):
            row = Product.objects.create(
                external_identifier=identifier, name=name, description=description
            )
    except IntegrityError:  # another call was faster
        return _product(external_identifier=identifier)
    row.categories.set(categories)
    return row


def _refuse_taken(given: Given, rows: QuerySet[Any], identifier: str) -> None:
    if rows.filter(external_identifier=identifier).exists():
        given.reject("external_identifier", "The external identifier has already been taken.")


def _categories(given: Given) -> list[ProductCategory]:
    """Find the categories named by UUID or external identifier; unknown ones are refused."""
    found = []
    for index, each in enumerate(given.items("categories")):
        values = each if isinstance(each, dict) else {}
        by = {key: str(values[key]) for key in ("uuid", "external_identifier") if values.get(key)}
        row = ProductCategory.objects.filter(**by).first() if by else None
        if row is None:
            given.reject(f"categories.{index}", "The selected category is invalid.")
        else:
            found.append(row)
    return found


def _batch(given: Given, name: str) -> list[dict[str, Any]]:
    items = given.items(name)
    if not items:
        given.reject(name, f"The {name} field is required.")
    if len(items) > MAX_BATCH:
        given.reject(name, f"The {name} may not have more than {MAX_BATCH} items.")
    for index, each in enumerate(items):
        if not isinstance(each, dict):
            given.reject(f"{name}.{index}", "Each item must be an array.")
    given.check()
    return items


# --- Categories ------------------------------------------------------------------------------


@route("GET", "product-categories")
def list_categories(given: Given) -> Reply:
    """List categories, a page at a time."""
    part = Slice.read(given, default=30)
    given.check()
    page = part.of(ProductCategory.objects.all(), ProductCategory.objects.all())
    return Reply([serializers.category(row) for row in page.rows], meta_a(page))


@route("GET", "product-categories/find")
def find_category(given: Given) -> Reply:
    """Give the category with an external identifier."""
    identifier = given.text("external_identifier")
    given.check()
    return Reply(serializers.category(_category(external_identifier=identifier)))


@route("GET", "product-categories/{product_category_uuid}")
def get_category(given: Given, product_category_uuid: str) -> Reply:  # noqa: ARG001
    """Give one category."""
    return Reply(serializers.category(_category(uuid=product_category_uuid)))


@route("POST", "product-categories")
def create_category(given: Given) -> Reply:
    """Add a category."""
    identifier = given.text("external_identifier")
    name = given.optional_text("name") or ""
    _refuse_taken(given, ProductCategory.objects.all(), identifier)
    given.check()
    row = ProductCategory.objects.create(external_identifier=identifier, name=name)
    return Reply(serializers.category(row))


@route("POST", "product-categories/find-or-create")
def find_or_create_category(given: Given) -> Reply:
    """Give the category as it is, or add it."""
    identifier = given.text("external_identifier")
    given.check()
    found = ProductCategory.objects.filter(external_identifier=identifier).first()
    return Reply(serializers.category(found)) if found else create_category(given)


@route("POST", "product-categories/batch")
def create_categories(given: Given) -> Reply:
    """Add several categories at once, leaving those that exist as they are."""
    items = _batch(given, "categories")
    return Reply([find_or_create_category(Given(each)).data for each in items])


@route("PUT", "product-categories/{product_category_uuid}")
def update_category(given: Given, product_category_uuid: str) -> Reply:
    """Change what is given of a category."""
    row = _category(uuid=product_category_uuid)
    if "external_identifier" in given:
        row.external_identifier = given.text("external_identifier")
    if "name" in given:
        row.name = given.optional_text("name") or ""
    _refuse_taken(given, ProductCategory.objects.exclude(pk=row.pk), row.external_identifier)
    given.check()
    row.save()
    return Reply(serializers.category(row))


@route("DELETE", "product-categories/{product_category_uuid}")
def delete_category(given: Given, product_category_uuid: str) -> Reply:  # noqa: ARG001
    """Remove a category."""
    _category(uuid=product_category_uuid).delete()
    return Reply(None)
