"""Products, as Piggy answers them."""

from typing import Annotated

from piggyadmin.piggy.types import Answer, Many, Text


class ProductCategory(Answer):
    """A category of products; inside orders its uuid may be missing (SDK)."""

    uuid: Text = None
    external_identifier: Text = None
    name: Text = None


class Product(Answer):
    """Something that is sold."""

    essential = ("uuid",)

    uuid: Text = None
    external_identifier: Text = None
    name: Text = None
    description: Text = None
    categories: Annotated[list[ProductCategory], Many] = []
