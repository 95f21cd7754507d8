"""Perks and tiers, as Piggy answers them."""

from piggyadmin.piggy.types import Answer, Options, Text, Whole


class Perk(Answer):
    """Something that members enjoy; `data_type` is `single_select` or `boolean` (docs)."""

    essential = ("uuid",)

    uuid: Text = None
    label: Text = None
    name: Text = None
    data_type: Text = None
    options: Options = []


class Tier(Answer):
    """A level of membership."""

    essential = ("name",)

    uuid: Text = None
    name: Text = None
    description: Text = None
    position: Whole = None
