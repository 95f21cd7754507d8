"""Every endpoint of the API, asked of the sandbox over its socket: what it refuses, and how."""

import pytest

from tests.sandbox.contract import (
    GOOD,
    KNOWN,
    NOBODY,
    NOT_FOUND,
    PAGED,
    Contract,
    contracts,
)

CONTRACTS = contracts()


@pytest.fixture(scope="module")
def server(sandbox_server):
    sandbox_server.reset()
    return sandbox_server


@pytest.fixture(scope="module")
def known(server):
    """What stands in paths; what the seed does not know by name is looked up or made."""
    attribute = {"name": "n", "label": "N", "type": "text"}
    session = server.api("POST", "portal-sessions", json={"shop_uuid": KNOWN["shop_uuid"]})
    return {
        **KNOWN,
        "portal_session_uuid": session["uuid"],
        "product_category_uuid": server.api("GET", "product-categories")[0]["uuid"],
        "promotion_attribute_id": server.api("POST", "promotion-attributes", json=attribute)["id"],
        "reward_uuid": GOOD["reward_uuid"],
    }


@pytest.fixture(scope="module")
def good(server):
    """Values that will do, where the seed makes them."""
    kinds = server.api("GET", "subscription-types")
    return {"subscription_type_uuid": kinds[0]["uuid"]}


def send(server, contract: Contract, path: str, values):
    method = contract.endpoint.method
    in_query = method in {"GET", "DELETE"}
    return server.request(method, path, **{"params" if in_query else "json": values})


def refusal(answer):
    """Read an error's envelope, whose shape is the same for all of them."""
    body = answer.json()
    assert answer.status_code == body["status_code"] == 400, body
    assert isinstance(body["message"], str)
    assert set(body) - {"errors"} == {"message", "code", "status_code"}
    return body


def ids(chosen):
    return {"argvalues": chosen, "ids": [str(each) for each in chosen]}


def with_(good, contract):
    return {name: good.get(name, value) for name, value in contract.required.items()}


NAMED = [each for each in CONTRACTS if each.endpoint.parameters]
NEEDY = [each for each in CONTRACTS if each.required]
READ = [each for each in CONTRACTS if each.endpoint.method == "GET"]
LISTS = [each for each in READ if each.endpoint.path in PAGED]
POINTING = [
    (each, name)
    for each in NEEDY
    for name in each.required
    # A loyalty token's hash goes before all else.
    if name in NOT_FOUND and each.endpoint.path != "loyalty-tokens/claim"
]


def test_the_tables_are_whole():
    assert len(CONTRACTS) >= 164
    assert all(each.code for each in NAMED)
    assert not [each for each in CONTRACTS if each.code and not each.endpoint.parameters]
    assert len(LISTS) == len(PAGED)


@pytest.mark.parametrize("contract", **ids(CONTRACTS))
def test_nobody_gets_in_without_a_token(server, contract):
    path = contract.path(dict.fromkeys(contract.endpoint.parameters, NOBODY))
    url = f"{server.url}/api/v3/oauth/clients/{path}"
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        answer = server.session.request(contract.endpoint.method, url, headers=headers)
        assert answer.status_code == 401
        assert "data" not in answer.json()


@pytest.mark.parametrize("contract", **ids(NAMED))
def test_what_a_path_names_and_is_not_there(server, good, contract):
    path = contract.path(dict.fromkeys(contract.endpoint.parameters, NOBODY))
    body = refusal(send(server, contract, path, with_(good, contract)))
    assert body["code"] == contract.code


@pytest.mark.parametrize("contract", **ids(NEEDY))
def test_what_is_missing_is_named(server, known, contract):
    body = refusal(send(server, contract, contract.path(known), {}))
    assert body["code"] == 1003
    named = {field.split(".")[0] for field in body["errors"]}
    assert named >= set(contract.required)
    assert all(isinstance(words, str | list) for words in body["errors"].values())


@pytest.mark.parametrize(
    ("contract", "name"), POINTING, ids=[f"{each} {name}" for each, name in POINTING]
)
def test_what_a_parameter_names_and_is_not_there(server, known, good, contract, name):
    values = {**with_(good, contract), name: NOBODY}
    body = refusal(send(server, contract, contract.path(known), values))
    assert body["code"] == NOT_FOUND[name]


@pytest.mark.parametrize("contract", **ids(READ))
def test_what_is_there_is_read(server, known, good, contract):
    answer = send(server, contract, contract.path(known), with_(good, contract))
    assert answer.status_code == 200, answer.text
    assert "data" in answer.json()
    assert "X-RateLimit-Remaining" in answer.headers


@pytest.mark.parametrize("contract", **ids(LISTS))
def test_lists_tell_their_pages(server, good, contract):
    values = {**with_(good, contract), "limit": 1, "page": 1}
    body = send(server, contract, contract.endpoint.path, values).json()
    assert len(body["data"]) == 1
    assert set(body["meta"]) - {"path", "links"} == PAGED[contract.endpoint.path]
    assert body["meta"]["last_page"] == body["meta"]["total"] >= 1


@pytest.mark.parametrize("contract", **ids([each for each in READ if each not in LISTS]))
def test_no_other_answer_tells_of_pages(server, known, good, contract):
    answer = send(server, contract, contract.path(known), with_(good, contract))
    assert answer.json().get("meta", []) in ([], {})
