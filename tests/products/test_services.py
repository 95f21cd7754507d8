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
