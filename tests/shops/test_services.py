"""Shops, against a sandbox behind a socket."""

import pytest

from piggyadmin.piggy.errors import NotFound
from piggyadmin.shops import services
from piggyadmin.shops.types import Shop
from tests.piggy.scripted import answers

AMSTERDAM = "c0ffee00-0000-4000-8000-000000000101"


def test_shops(piggy):
    names = [shop.name for shop in services.list_shops(piggy)]
    assert {"Amsterdam", "Web shop"} <= set(names)
    assert services.get_shop(piggy, shop_uuid=AMSTERDAM).type == "physical"
    with pytest.raises(NotFound):
        services.get_shop(piggy, shop_uuid="none")


def test_what_is_asked_of_shops(scripted, scripted_piggy):
    scripted.will(answers({"uuid": "a/b"}), answers([{"uuid": "s"}]))
    assert services.get_shop(scripted_piggy, shop_uuid="a/b").uuid == "a/b"
    assert [shop.uuid for shop in services.list_shops(scripted_piggy)] == ["s"]
    asked = [(request.method, request.path) for request in scripted.received]
    assert asked == [("GET", "shops/a%2Fb"), ("GET", "shops")]


@pytest.mark.parametrize(
    ("uuid", "name"), [("s1", "Amsterdam"), ("s2", "s2"), ("s9", "s9"), ("", "")]
)
def test_a_shop_without_a_name_is_called_by_its_uuid(monkeypatch, uuid, name):
    shops = [Shop(uuid="s2"), Shop(uuid="s0", name="Web shop"), Shop(uuid="s1", name="Amsterdam")]
    monkeypatch.setattr(services, "cached_shops", {"piggy": shops}.__getitem__)
    assert services.shop_called("piggy", uuid) == name
