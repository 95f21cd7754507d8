"""Perks and tiers, against a sandbox behind a socket."""

import pytest

from piggyadmin.perks import services
from piggyadmin.piggy.errors import NotFound
from tests.piggy.scripted import Script, answers

NOBODY = "c0ffee00-0000-4000-8000-00000000ffff"


def test_list_perks(piggy):
    perks = {perk.name: perk for perk in services.list_perks(piggy)}
    discount = perks["discount"]
    assert [option.label for option in discount.options if option.default] == ["None"]
    assert [option.value for option in perks["free_delivery"].options] == ["true", "false"]


def test_a_perk_from_creation_to_deletion(piggy):
    options = [
        {"label": "No", "value": "no", "default": True},
        {"label": "Yes", "value": "yes", "default": False},
    ]
    made = services.create_perk(
        piggy, label="Lounge", name="lounge", data_type="single_select", options=options
    )
    services.update_perk(piggy, perk_uuid=made.uuid, label="Quiet lounge")
    assert services.get_perk(piggy, perk_uuid=made.uuid).label == "Quiet lounge"
    services.delete_perk(piggy, perk_uuid=made.uuid)
    with pytest.raises(NotFound):
        services.get_perk(piggy, perk_uuid=made.uuid)


def test_delete_perk_whatever_the_answer(scripted, scripted_piggy):
    scripted.will(Script(status=204, body=b""))
    services.delete_perk(scripted_piggy, perk_uuid="p")
    (call,) = scripted.received
    assert (call.method, call.path) == ("DELETE", "perks/p")


def test_list_perks_without_meta(scripted, scripted_piggy):
    scripted.will(Script(body=b'{"data": [{"uuid": "p", "options": {"a": "A"}}]}'))
    (perk,) = services.list_perks(scripted_piggy)
    assert [(option.value, option.label) for option in perk.options] == [("a", "A")]


def test_list_tiers(piggy, scripted, scripted_piggy):
    assert [tier.name for tier in services.list_tiers(piggy)] == ["Bronze", "Silver", "Gold"]
    scripted.will(answers([{"name": "Gold", "position": "1", "media": []}]))
    assert services.list_tiers(scripted_piggy)[0].position == 1


def test_what_is_asked_of_perks(scripted, scripted_piggy):
    scripted.will(*[answers({"uuid": "p"})] * 3, answers([]), answers([]), Script(status=204))
    options = ({"label": "No", "value": "no", "default": True},)
    given = {"label": "Lounge", "name": "lounge", "data_type": "boolean"}
    services.create_perk(scripted_piggy, **given, options=options)
    services.get_perk(scripted_piggy, perk_uuid="a/b")
    services.update_perk(scripted_piggy, perk_uuid="a/b", label="Quiet")
    services.list_perks(scripted_piggy)
    services.list_tiers(scripted_piggy)
    services.delete_perk(scripted_piggy, perk_uuid="a/b")
    asked = [(request.method, request.path) for request in scripted.received]
    assert asked == [
        ("POST", "perks"),
        ("GET", "perks/a%2Fb"),
        ("PUT", "perks/a%2Fb"),
        ("GET", "perks"),
        ("GET", "tiers"),
        ("DELETE", "perks/a%2Fb"),
    ]
    assert scripted.received[0].json == given | {"options": list(options)}
    assert scripted.received[2].json == {"label": "Quiet"}
