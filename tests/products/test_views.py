"""Lists of products and categories: all of them, or the one of an identifier."""

import pytest

from tests.ledger.reading import main_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "identifier", "name", "other"),
    [
        ("/products/", "SKU-OAT-LATTE", "Oat latte", "Espresso"),
        ("/product-categories/", "DRINKS", "Drinks", "Bakery"),
    ],
)
def test_one_is_found_by_its_identifier(address, identifier, name, other, support, sandbox):
    assert other in main_of(support.get(address).content.decode())
    found = support.post(address, {"external_identifier": f" {identifier} "}, follow=True)
    page = main_of(found.content.decode())
    assert name in page
    assert other not in page


@pytest.mark.parametrize("address", ["/products/", "/product-categories/"])
def test_one_that_there_is_not(address, support, sandbox):
    typed = {"external_identifier": "NO-SUCH"}
    page = support.post(address, typed, follow=True).content.decode()
    assert "empty-title" in page


@pytest.mark.parametrize("address", ["/products/", "/product-categories/"])
def test_an_identifier_that_cannot_be_one_is_told(address, support, sandbox):
    typed = {"external_identifier": "x" * 300}
    page = support.post(address, typed, follow=True).content.decode()
    assert "data-error-summary" in page


def test_categories_lead_to_their_pages(support, sandbox):
    page = main_of(support.get("/products/").content.decode())
    assert "/product-categories/c0ffee00-0000-4000-8000-000000000511/" in page
