"""What forms offer as lists."""

import pytest

from piggyadmin.contacts.services import cached_contact_attributes
from piggyadmin.credits.services import cached_units
from piggyadmin.reference.cached import forget
from piggyadmin.shops.services import cached_shops
from piggyadmin.vouchers.services import cached_promotions
from tests.piggy.scripted import answers

LISTS = [
    cached_shops,
    cached_units,
    cached_promotions,
    cached_contact_attributes,
]


@pytest.mark.parametrize("read", LISTS, ids=lambda read: read.__name__)
def test_lists_are_read_once_and_again_when_asked_to(piggy, sandbox, read):
    first = read(piggy)
    count = len(sandbox.calls("GET"))
    assert first
    assert read(piggy) == first
    assert len(sandbox.calls("GET")) == count
    forget()
    assert read(piggy) == first
    assert len(sandbox.calls("GET")) > count


def test_an_account_never_sees_what_another_one_has(piggy, scripted, scripted_piggy):
    assert cached_shops(piggy)
    scripted.will(answers([{"uuid": "elsewhere"}]))
    assert [shop.uuid for shop in cached_shops(scripted_piggy)] == ["elsewhere"]
    forget(scripted_piggy)
    cached_shops(scripted_piggy)
    assert len(scripted.received) == 2


def test_nothing_is_remembered_where_the_settings_say_so(piggy, sandbox, settings):
    settings.PIGGY_REFERENCE_SECONDS = 0
    cached_shops(piggy)
    cached_shops(piggy)
    assert len(sandbox.calls("GET", "shops")) == 2
