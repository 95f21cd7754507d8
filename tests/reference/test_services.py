"""What forms offer as lists."""

import pytest

from piggyadmin.reference import services
from tests.piggy.scripted import answers

LISTS = [
    services.shops,
    services.units,
    services.promotions,
    services.perks,
    services.tiers,
    services.contact_attributes,
]


@pytest.mark.parametrize("read", LISTS, ids=lambda read: read.__name__)
def test_lists_are_read_once_and_again_when_asked_to(piggy, sandbox, read):
    first = read(piggy)
    count = len(sandbox.calls("GET"))
    assert first
    assert read(piggy) == first
    assert len(sandbox.calls("GET")) == count
    services.forget()
    assert read(piggy) == first
    assert len(sandbox.calls("GET")) > count


def test_the_loyalty_program_is_remembered_too(piggy, sandbox):
    assert services.loyalty_program(piggy) == services.loyalty_program(piggy)
    assert len(sandbox.calls("GET", "loyalty-program")) == 1


def test_an_account_never_sees_what_another_one_has(piggy, scripted, scripted_piggy):
    assert services.shops(piggy)
    scripted.will(answers([{"uuid": "elsewhere"}]))
    assert [shop.uuid for shop in services.shops(scripted_piggy)] == ["elsewhere"]
    services.forget(scripted_piggy)
    services.shops(scripted_piggy)
    assert len(scripted.received) == 2


def test_nothing_is_remembered_where_the_settings_say_so(piggy, sandbox, settings):
    settings.PIGGY_REFERENCE_SECONDS = 0
    services.shops(piggy)
    services.shops(piggy)
    assert len(sandbox.calls("GET", "shops")) == 2
