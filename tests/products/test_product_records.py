"""What is special about products among the records."""

from typing import Any

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.products.forms import CategoriesField, CreateProductCategoryForm, CreateProductForm
from piggyadmin.products.types import Product, ProductCategory
from piggyadmin.sandbox import seed

pytestmark = pytest.mark.django_db


def test_categories_are_compared_in_any_order(piggy):
    action: Any = get_action("update-product")
    both = "LUNCH\n DRINKS \nLUNCH\n"
    data = {"product_uuid": seed.PRODUCT_UUID, "categories": CategoriesField().clean(both)}
    product = action.perform(piggy, data)
    assert {each.name for each in product.categories} == {"Drinks", "Lunch"}
    assert action.as_filled(product)["categories"] == data["categories"]
    assert action._changed(product, data) == {}


def test_a_category_that_there_is_not_is_told_beside_the_field(staff, sandbox):
    typed = {"external_identifier": "SKU-2", "name": "Tea", "categories": "NO-SUCH"}
    response = staff.post("/actions/create-product/", typed)
    page = response.content.decode()
    assert "data-error-summary" in page
    assert "NO-SUCH" in page


@pytest.mark.parametrize(
    ("form", "service", "answer"),
    [
        (CreateProductForm, "find_product", Product(uuid="p", external_identifier="OTHER")),
        (
            CreateProductCategoryForm,
            "find_product_category",
            ProductCategory(uuid="c", external_identifier="OTHER"),
        ),
    ],
)
def test_another_one_than_was_asked_for_is_not_the_same(form, service, answer, piggy, monkeypatch):
    """Where Piggy does not filter, it may give any."""
    monkeypatch.setattr(f"piggyadmin.products.services.{service}", lambda *_, **__: answer)
    assert form(piggy=piggy).find_same({"external_identifier": "MINE"}) is None


def test_what_is_not_known_of_a_record_is_empty_in_its_form():
    product: Any = get_action("update-product")
    category: Any = get_action("update-product-category")
    nothing = {"external_identifier": "", "name": ""}
    assert product.as_filled(Product()) == nothing | {"description": "", "categories": []}
    assert category.as_filled(ProductCategory()) == nothing


@pytest.mark.parametrize(
    ("slug", "kind"), [("update-product", Product), ("update-product-category", ProductCategory)]
)
def test_a_record_is_called_by_its_name_or_else_by_its_key(slug, kind):
    action: Any = get_action(slug)
    assert action.name_of(kind(name="Tea", external_identifier="TEA")) == "Tea"
    assert action.name_of(kind(external_identifier="TEA")) == "TEA"
    assert action.name_of(kind()) == ""
