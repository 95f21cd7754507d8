"""The account's looks, as Piggy answers them."""

from typing import Annotated

from pydantic import AliasChoices, Field

from piggyadmin.piggy.types import Answer, Text


class BrandKit(Answer):
    """Logos, colors and font; the fourth color is spelled in two ways (docs, SDK)."""

    small_logo_url: Text = None
    large_logo_url: Text = None
    cover_image_url: Text = None
    primary_color: Text = None
    secondary_color: Text = None
    tertiary_color: Text = None
    quaternary_color: Annotated[
        Text, Field(validation_alias=AliasChoices("quarternary_color", "quaternary_color"))
    ] = None
    font_color: Text = None
    font_family: Text = None
    corner_theme: Text = None
    description: Text = None
