import pytest

from piggyadmin.sandbox.endpoints.attributes import DATA_TYPES

pytestmark = pytest.mark.django_db(databases=["sandbox"])

RED = [{"label": "Red", "value": "red"}]


def test_list_has_piggys_own_first(api, account):
    api("POST", "contact-attributes", name="shoe_size", data_type="number")
    listed = api("GET", "contact-attributes")
    assert listed[0]["name"] == "firstname"
    assert listed[0]["is_piggy_defined"]
    assert listed[-1]["name"] == "shoe_size"
    email = next(row for row in listed if row["name"] == "email")
    assert email["is_hard_read_only"]


def test_there_are_21_types(api, account):
    assert len(set(DATA_TYPES)) == 21
    for data_type in DATA_TYPES:
        made = api(
            "POST", "contact-attributes", name=f"a_{data_type}", data_type=data_type, options=RED
        )
        assert made["type"] == data_type


def test_create(api, account):
    made = api("POST", "contact-attributes", name="size", data_type="text", description="cm")
    assert made == {
        "name": "size",
        "label": "size",
        "type": "text",
        "description": "cm",
        "options": [],
        "is_soft_read_only": False,
        "is_hard_read_only": False,
        "is_piggy_defined": False,
    }
    assert api.code("POST", "contact-attributes", name="size", data_type="text") == 60009
    assert api.code("POST", "contact-attributes", name="email", data_type="text") == 60009
    assert api.wrong("POST", "contact-attributes") == {"name", "data_type"}


@pytest.mark.parametrize(
    "options",
    [
        [{"label": "Red", "value": "red"}],
        [{"name": "Red", "value": "red"}],
        {"red": "Red"},
    ],
)
def test_options_in_every_form(api, account, options):
    values = {"name": "colour", "data_type": "select", "options": options}
    assert api("POST", "contact-attributes", **values)["options"] == RED


def test_options_as_a_php_form(api, account):
    body = "name=colour&data_type=multi_select&options[0][label]=Red&options[0][value]=red"
    assert api.form("POST", "contact-attributes", body)["options"] == RED
    plain = api("POST", "contact-attributes", name="n", data_type="select", options=["a", 2])
    assert plain["options"] == [{"label": "a", "value": "a"}, {"label": "2", "value": "2"}]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ([], "options"),
        ("red", "options"),
        ([{"label": ""}], "options.0"),
        ([[]], "options.0"),
        ([{"value": "a", "label": ["x"]}], "options.0"),
        (["a", "a"], "options"),
    ],
)
def test_options_refused(api, account, options, field):
    values = {"name": "colour", "data_type": "select", "options": options}
    assert api.wrong("POST", "contact-attributes", **values) == {field}


def test_custom_attributes(api, account):
    values = {"entity": "voucher", "name": "plu", "label": "PLU", "type": "text"}
    made = api("POST", "custom-attributes", **values, group_name="till")
    assert (made["entity"], made["group_name"], made["field_type"]) == ("voucher", "till", "text")
    answer = api.envelope("GET", "custom-attributes", entity="voucher")
    assert "meta" not in answer
    assert [row["name"] for row in answer["data"]] == ["plu"]
    assert api.wrong("GET", "custom-attributes", entity="nothing") == {"entity"}
    assert api.wrong("POST", "custom-attributes") == {"entity", "name", "label", "type"}
    assert api("GET", "custom-attributes", entity="contact")[0]["created_at"]


def test_update_custom_attribute(api, account):
    values = {"entity": "voucher", "name": "colour", "label": "C", "type": "select"}
    api("POST", "custom-attributes", **values, options=["a"])
    changed = api(
        "PUT",
        "custom-attributes/colour",
        entity="voucher",
        label="Colour",
        options=RED,
        description="d",
        group_name="g",
    )
    assert (changed["label"], changed["description"]) == ("Colour", "d")
    assert changed["options"][0]["value"] == "red"
    assert api.code("PUT", "custom-attributes/no", entity="voucher") == 60013
    assert api.wrong("PUT", "custom-attributes/email", entity="contact") == {"name"}


def test_loyalty_transaction_attributes(api, account):
    values = {"name": "table", "data_type": "select", "options": RED}
    made = api("POST", "loyalty-transaction-attributes", **values)
    assert made["options"] == [{"label": "Red", "value": "red"}]
    assert api("GET", "loyalty-transaction-attributes")[0]["name"] == "table"
    assert api.code("POST", "loyalty-transaction-attributes", **values) == 60009


def test_promotion_attributes(api, account):
    values = {"name": "season", "label": "Season", "type": "text"}
    assert api("POST", "promotion-attributes", **values)["id"]
    assert api("GET", "promotion-attributes")[0]["label"] == "Season"


def test_groups_of_attributes(api):
    group = {"entity": "voucher", "name": "till", "label": "At the till"}
    assert api.raw("POST", "custom-attribute-groups", **group).status == 201
    assert api.wrong("POST", "custom-attribute-groups", **group) == {"name"}
    (listed,) = api("GET", "custom-attribute-groups", entity="voucher")
    assert set(listed) == {"entity", "name", "label", "created_at"}
    assert api("GET", "custom-attribute-groups", entity="contact") == []
    assert api.wrong("GET", "custom-attribute-groups", entity="moon") == {"entity"}


def test_one_promotion_attribute(api):
    made = api("POST", "promotion-attributes", name="season", label="Season", type="text")
    path = f"promotion-attributes/{made['id']}"
    changed = api("PUT", path, name="other", label="Time of year", description="When")
    assert (changed["name"], changed["label"]) == ("season", "Time of year")
    assert api("GET", path) == changed
    for number in ("no", "0", "999999"):
        assert api.code("GET", f"promotion-attributes/{number}") == 60013


def test_every_custom_attribute_has_its_own_number(api):
    api("POST", "custom-attributes", entity="contact", name="a", label="A", type="text")
    numbers = [each["id"] for each in api("GET", "custom-attributes", entity="contact")]
    assert None not in numbers
    assert len(set(numbers)) == len(numbers)
