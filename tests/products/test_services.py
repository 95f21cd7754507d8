"""Products, against a sandbox behind a socket."""

import pytest

from piggyadmin.piggy.errors import NotFound
from piggyadmin.products import services
from tests.piggy.scripted import Script, answers, refuses

LATTE = "SKU-OAT-LATTE"


def test_list_products(piggy):
    page = services.list_products(piggy, page=1, limit=10)
    assert (len(page.items), page.has_more) == (10, True)


def test_find_product(piggy):
    latte = services.find_product(piggy, external_identifier=LATTE)
    assert [category.name for category in latte.categories] == ["Drinks"]
    assert services.get_product(piggy, product_uuid=latte.uuid) == latte


def test_find_product_that_is_not_there(piggy):
    with pytest.raises(NotFound):
        services.find_product(piggy, external_identifier="SKU-NONE")


@pytest.mark.parametrize(
    "script", [refuses(60013), refuses(status=404), answers(None), answers([])]
)
def test_find_product_that_is_not_there_in_every_shape(scripted, scripted_piggy, script):
    """No source tells how the API says so."""
    scripted.will(script)
    with pytest.raises(NotFound):
        services.find_product(scripted_piggy, external_identifier="SKU-NONE")


def test_find_or_create_product(piggy):
    made = services.find_or_create_product(piggy, external_identifier="SKU-NEW", name="Muffin")
    found = services.find_or_create_product(piggy, external_identifier="SKU-NEW", name="Other")
    assert (found.uuid, found.name) == (made.uuid, "Muffin")


def test_find_or_create_product_is_repeated(scripted, scripted_piggy):
    scripted.will(Script(resets=True), answers({"uuid": "p"}))
    services.find_or_create_product(scripted_piggy, external_identifier="S")
    assert [request.json for request in scripted.received] == [{"external_identifier": "S"}] * 2


def test_a_product_from_creation_to_deletion(piggy):
    made = services.create_product(
        piggy,
        external_identifier="SKU-9",
        name="Scone",
        categories=[{"external_identifier": "DRINKS"}],
    )
    changed = services.update_product(piggy, product_uuid=made.uuid, description="With jam")
    assert (changed.name, changed.description) == ("Scone", "With jam")
    services.delete_product(piggy, product_uuid=made.uuid)
    with pytest.raises(NotFound):
        services.get_product(piggy, product_uuid=made.uuid)


def test_several_products_at_once(piggy):
    products = [{"external_identifier": f"B-{number}", "name": "Bun"} for number in range(2)]
    made = services.create_products_batch(piggy, products=products)
    assert [each.external_identifier for each in made] == ["B-0", "B-1"]


@pytest.mark.parametrize("make", ["products", "categories"])
def test_a_batch_that_was_only_begun(scripted, scripted_piggy, make):
    scripted.will(answers({"status": "processing"}))
    if make == "products":
        assert services.create_products_batch(scripted_piggy, products=[]) == []
    else:
        assert services.create_product_categories_batch(scripted_piggy, categories=[]) == []
    assert scripted.received[0].json == {make: []}


# --- Categories ------------------------------------------------------------------------------


def test_a_category_from_creation_to_deletion(piggy):
    made = services.create_product_category(piggy, external_identifier="TEA", name="Tea")
    one = {"product_category_uuid": made.uuid}
    changed = services.update_product_category(piggy, **one, name="Teas")
    assert services.get_product_category(piggy, **one) == changed
    assert services.find_product_category(piggy, external_identifier="TEA") == changed
    again = services.find_or_create_product_category(piggy, external_identifier="TEA", name="X")
    assert again == changed
    page = services.list_product_categories(piggy, limit=5)
    assert (len(page.items), page.has_more) == (5, True)
    services.delete_product_category(piggy, **one)
    with pytest.raises(NotFound):
        services.find_product_category(piggy, external_identifier="TEA")


def test_several_categories_at_once(piggy):
    made = services.create_product_categories_batch(
        piggy, categories=[{"external_identifier": "TEA", "name": "Tea"}]
    )
    assert [each.name for each in made] == ["Tea"]
