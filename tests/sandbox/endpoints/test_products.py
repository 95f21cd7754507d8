import pytest

pytestmark = pytest.mark.django_db(databases=["sandbox"])

LATTE = {"external_identifier": "SKU-77", "name": "Oat latte", "description": "250 ml"}


@pytest.fixture
def drinks(api, account):
    return api("POST", "product-categories", external_identifier="DRINKS", name="Drinks")


def test_create_and_read(api, drinks):
    categories = [{"external_identifier": "DRINKS"}, {"uuid": drinks["uuid"]}]
    made = api("POST", "products", **LATTE, categories=categories)
    assert made["categories"] == [drinks]
    assert api("GET", f"products/{made['uuid']}") == made
    assert api("GET", "products/find", external_identifier="SKU-77") == made
    listed = api.envelope("GET", "products", limit=1)
    assert listed["data"] == [made]
    assert listed["meta"]["viewing_to"] == 1
    assert api.wrong("POST", "products", **LATTE) == {"external_identifier"}
    assert api.code("GET", "products/no") == 60013
    assert api.code("GET", "products/find", external_identifier="no") == 60013
    assert api.wrong("GET", "products/find") == {"external_identifier"}


def test_find_or_create_makes_once_and_changes_nothing(api, drinks):
    body = "external_identifier=SKU-77&name=Oat+latte&categories[0][external_identifier]=DRINKS"
    made = api.form("POST", "products/find-or-create", body)
    assert made["categories"] == [drinks]
    found = api("POST", "products/find-or-create", external_identifier="SKU-77", name="Other")
    assert found == made
    path = "products/find-or-create"
    assert api.wrong("POST", path, external_identifier="NEW") == {"name"}
    assert api.wrong("POST", path, name="x") == {"external_identifier"}
    unknown = [{"uuid": "no"}, "x"]
    values = {"external_identifier": "NEW", "name": "x", "categories": unknown}
    assert api.wrong("POST", path, **values) == {"categories.0", "categories.1"}


def test_update(api, drinks):
    made = api("POST", "products", **LATTE)
    path = f"products/{made['uuid']}"
    changed = api("PUT", path, name="Latte", categories=[{"uuid": drinks["uuid"]}])
    assert (changed["name"], changed["description"]) == ("Latte", "250 ml")
    assert changed["categories"] == [drinks]
    changed = api("PUT", path, description=None, categories=[], external_identifier="SKU-78")
    assert (changed["description"], changed["categories"]) == (None, [])
    assert api.wrong("PUT", path, name="") == {"name"}
    api("POST", "products", **LATTE)
    assert api.wrong("PUT", path, external_identifier="SKU-77") == {"external_identifier"}


def test_delete(api, account):
    path = f"products/{api('POST', 'products', **LATTE)['uuid']}"
    assert api("DELETE", path) is None
    assert api.code("DELETE", path) == 60013


def test_batch(api, account):
    products = [LATTE, {**LATTE, "external_identifier": "SKU-78"}, LATTE]
    made = api("POST", "products/batch", products=products)
    assert [each["external_identifier"] for each in made] == ["SKU-77", "SKU-78", "SKU-77"]
    assert api.wrong("POST", "products/batch") == {"products"}
    assert api.wrong("POST", "products/batch", products=["x"]) == {"products.0"}
    assert api.wrong("POST", "products/batch", products=[LATTE] * 101) == {"products"}


def test_categories(api, drinks):
    path = f"product-categories/{drinks['uuid']}"
    assert api("GET", path) == drinks
    assert api("GET", "product-categories/find", external_identifier="DRINKS") == drinks
    assert api.envelope("GET", "product-categories")["meta"]["total"] == 1
    find_or_create = "product-categories/find-or-create"
    assert api("POST", find_or_create, external_identifier="DRINKS") == drinks
    assert api("POST", find_or_create, external_identifier="FOOD", name="Food")["name"] == "Food"
    assert api("PUT", path, name="All drinks", external_identifier="D")["name"] == "All drinks"
    batch = [{"external_identifier": "D"}, {"external_identifier": "E"}]
    assert len(api("POST", "product-categories/batch", categories=batch)) == 2
    assert api.wrong("POST", "product-categories", external_identifier="D") == {
        "external_identifier"
    }
    assert api("DELETE", path) is None
    assert api.code("GET", path) == 60013


def test_a_product_is_removed_by_either_key(api):
    for key in ("A", "B"):
        api("POST", "products", external_identifier=key, name=key)
    api("DELETE", "products/A")
    api("DELETE", f"products/{api('GET', 'products/find', external_identifier='B')['uuid']}")
    assert api("GET", "products") == []
    assert api.code("DELETE", "products/A") == 60013
