"""Shops, as Piggy answers them."""

from piggyadmin.piggy.types import Answer, Text


class Shop(Answer):
    """A shop; inside other answers some keys are missing."""

    essential = ("uuid",)

    uuid: Text = None
    name: Text = None
    type: Text = None
    reference: Text = None
