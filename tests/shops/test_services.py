"""Shops, against a sandbox behind a socket."""

import pytest

from piggyadmin.piggy.errors import NotFound
from piggyadmin.shops import services

AMSTERDAM = "c0ffee00-0000-4000-8000-000000000101"


def test_shops(piggy):
    names = [shop.name for shop in services.list_shops(piggy)]
    assert {"Amsterdam", "Web shop"} <= set(names)
    assert services.get_shop(piggy, shop_uuid=AMSTERDAM).type == "physical"
    with pytest.raises(NotFound):
        services.get_shop(piggy, shop_uuid="none")
