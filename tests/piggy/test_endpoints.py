"""The list of the API's endpoints, and where a call goes."""

import pytest

from piggyadmin.piggy.endpoints import Origin, endpoint_of, endpoints


def test_every_endpoint_is_listed_once():
    names = [each.name for each in endpoints()]
    assert len(names) == len(set(names)) >= 164
    assert all(
        each.group and each.method in {"GET", "POST", "PUT", "DELETE"} for each in endpoints()
    )


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "contacts/find-one-by", "GET contacts/find-one-by"),
        ("GET", "contacts/123", "GET contacts/{contact_uuid}"),
        ("PUT", "vouchers/update/123", "PUT vouchers/update/{voucher_uuid}"),
        (
            "POST",
            "collectable-rewards/1/reverse",
            "POST collectable-rewards/{loyalty_transaction_uuid}/reverse",
        ),
    ],
)
def test_where_a_call_goes(method, path, name):
    found = endpoint_of(method, path)
    assert found is not None
    assert found.name == name


def test_where_no_call_goes():
    assert endpoint_of("DELETE", "contacts/123") is None
    assert endpoint_of("GET", "contacts/123/friends") is None


def test_parameters_and_docs():
    found = endpoint_of("PUT", "collectable-rewards/collect/1")
    assert found.parameters == ["loyalty_transaction_uuid"]
    assert found.is_documented
    assert not endpoint_of("POST", "visits/batch").is_documented
    assert endpoint_of("POST", "visits/batch").origin is Origin.RECORDED
