import pytest

pytestmark = pytest.mark.django_db(databases=["sandbox"])

OPTIONS = [
    {"label": "None", "value": "none", "default": True},
    {"label": "5%", "value": "five", "default": False},
]
DISCOUNT = {
    "label": "Discount",
    "name": "discount",
    "data_type": "single_select",
    "options": OPTIONS,
}


def test_create_list_get(api, account):
    made = api("POST", "perks", **DISCOUNT)
    assert made["options"] == OPTIONS
    answer = api.envelope("GET", "perks")
    assert "meta" not in answer
    assert answer["data"] == [made]
    assert api("GET", f"perks/{made['uuid']}") == made
    assert api.code("GET", "perks/no") == 110000


def test_update_and_delete(api, account):
    path = f"perks/{api('POST', 'perks', **DISCOUNT)['uuid']}"
    assert api("PUT", path, label="Less")["label"] == "Less"
    assert api.wrong("PUT", path) == {"label"}
    assert api("DELETE", path) is None
    assert api.code("DELETE", path) == 110000


def test_boolean_as_the_sdk_sends_it(api, account):
    body = (
        "label=Wifi&name=wifi&dataType=boolean"
        "&options[0][label]=Yes&options[0][value]=true&options[0][default]=0"
        "&options[1][label]=No&options[1][value]=false&options[1][default]=1"
    )
    made = api.form("POST", "perks", body)
    assert [each["value"] for each in made["options"]] == [True, False]
    assert [each["default"] for each in made["options"]] == [False, True]


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"options": []}, {"options"}),
        ({"options": [{**OPTIONS[0], "default": False}]}, {"options"}),
        ({"options": ["x", OPTIONS[0]]}, {"options.0"}),
        ({"data_type": "boolean"}, {"options.0.value", "options.1.value"}),
        ({"data_type": "text"}, {"data_type"}),
        ({"label": " "}, {"label"}),
    ],
)
def test_refused(api, account, values, fields):
    assert api.wrong("POST", "perks", **{**DISCOUNT, **values}) == fields


def test_names_are_unique(api, account):
    api("POST", "perks", **DISCOUNT)
    assert api.wrong("POST", "perks", **DISCOUNT) == {"name"}
