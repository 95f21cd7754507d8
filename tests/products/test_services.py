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


PRODUCT = {
    "external_identifier": "SKU-9",
    "name": "Scone",
    "description": "With jam",
    "categories": [{"external_identifier": "CAKES"}],
}
CATEGORY = {"external_identifier": "CAKES", "name": "Cakes"}


@pytest.mark.parametrize(
    ("service", "key", "endpoint", "body"),
    [
        (services.create_product, {}, ("POST", "products"), PRODUCT),
        (services.find_or_create_product, {}, ("POST", "products/find-or-create"), PRODUCT),
        (services.update_product, {"product_uuid": "p"}, ("PUT", "products/p"), PRODUCT),
        (services.create_product_category, {}, ("POST", "product-categories"), CATEGORY),
        (
            services.find_or_create_product_category,
            {},
            ("POST", "product-categories/find-or-create"),
            CATEGORY,
        ),
        (
            services.update_product_category,
            {"product_category_uuid": "c"},
            ("PUT", "product-categories/c"),
            CATEGORY,
        ),
    ],
)
def test_everything_that_is_given_is_sent(scripted, scripted_piggy, service, key, endpoint, body):
    scripted.will(answers({"uuid": "u"}))
    assert service(scripted_piggy, **key, **body).uuid == "u"
    (request,) = scripted.received
    assert (request.method, request.path, request.json) == (*endpoint, body)


@pytest.mark.parametrize(
    ("service", "path"),
    [
        (services.list_products, "products"),
        (services.list_product_categories, "product-categories"),
    ],
)
def test_what_is_asked_of_lists(scripted, scripted_piggy, service, path):
    scripted.will(answers([{"uuid": "u"}]), answers([]))
    second = service(scripted_piggy, page=2, limit=7)
    assert (second.page, [each.uuid for each in second.items]) == (2, ["u"])
    assert service(scripted_piggy).page == 1
    assert [request.path for request in scripted.received] == [path, path]
    queries = [request.query for request in scripted.received]
    assert queries == [{"page": "2", "limit": "7"}, {"page": "1", "limit": "30"}]


@pytest.mark.parametrize(
    "service", [services.list_first_products, services.list_first_product_categories]
)
def test_a_form_offers_the_first_hundred(scripted, scripted_piggy, service):
    scripted.will(answers([{"uuid": "u"}]))
    assert [each.uuid for each in service(scripted_piggy)] == ["u"]
    assert scripted.received[0].query == {"page": "1", "limit": "100"}


@pytest.mark.parametrize(
    ("service", "path"),
    [
        (services.find_product, "products/find"),
        (services.find_product_category, "product-categories/find"),
    ],
)
def test_what_is_asked_of_a_search(scripted, scripted_piggy, service, path):
    scripted.will(answers({"uuid": "u"}), refuses(status=404), answers(None))
    assert service(scripted_piggy, external_identifier="E").uuid == "u"
    (request,) = scripted.received
    assert (request.path, request.query) == (path, {"external_identifier": "E"})
    for status in (404, 200):
        with pytest.raises(NotFound) as caught:
            service(scripted_piggy, external_identifier="E")
        assert caught.value.status == status
        assert caught.value.trace_id


def test_categories_are_found_or_made_again_after_a_lost_answer(scripted, scripted_piggy):
    scripted.will(Script(resets=True), answers({"uuid": "c"}))
    services.find_or_create_product_category(scripted_piggy, external_identifier="C")
    assert len(scripted.received) == 2


def test_several_products_at_once(piggy):
    products = [{"external_identifier": f"B-{number}", "name": "Bun"} for number in range(2)]
    made = services.create_products_batch(piggy, products=products)
    assert [each.external_identifier for each in made] == ["B-0", "B-1"]


@pytest.mark.parametrize("answer", [answers({"status": "processing"}), Script(body=b"")])
@pytest.mark.parametrize(
    ("service", "named"),
    [
        (services.create_products_batch, "products"),
        (services.create_product_categories_batch, "categories"),
    ],
)
def test_a_batch_that_was_only_begun(scripted, scripted_piggy, service, named, answer):
    scripted.will(answer)
    assert service(scripted_piggy, **{named: []}) == []
    assert scripted.received[0].json == {named: []}


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


@pytest.mark.parametrize("service", [services.list_products, services.list_product_categories])
def test_a_full_page_may_be_followed_by_more(scripted, scripted_piggy, service):
    """Where Piggy does not tell which page is the last one."""
    scripted.will(*[answers([{"uuid": "a", "name": "a"}, {"uuid": "b", "name": "b"}])] * 2)
    assert service(scripted_piggy, limit=2).has_more
    assert not service(scripted_piggy, limit=3).has_more


@pytest.mark.parametrize(
    ("service", "key", "path"),
    [
        (services.delete_product, "product_uuid", "products/u"),
        (services.delete_product_category, "product_category_uuid", "product-categories/u"),
    ],
)
def test_what_is_deleted_is_gone_whatever_the_answer(scripted, scripted_piggy, service, key, path):
    scripted.will(Script(status=204, body=b""))
    service(scripted_piggy, **{key: "u"})
    (request,) = scripted.received
    assert (request.method, request.path) == ("DELETE", path)
