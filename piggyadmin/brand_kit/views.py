"""The page of the account's looks."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.brand_kit.services import get_brand_kit
from piggyadmin.piggy.client import PiggyClient

COLORS = {
    "primary_color": _("First colour"),
    "secondary_color": _("Second colour"),
    "tertiary_color": _("Third colour"),
    "quaternary_color": _("Fourth colour"),
    "font_color": _("Colour of letters"),
}
LOGOS = {
    "small_logo_url": _("Small logo"),
    "large_logo_url": _("Large logo"),
    "cover_image_url": _("Cover picture"),
}
# What is put into a picture's attribute is a colour and nothing else.
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


class BrandKitPage(PiggyPage):
    """Logos, colours and font, as they were set up at Piggy."""

    template_name = "brand_kit/brand_kit.html"
    title = _("Brand kit")
    intro = _("How the account looks to customers. It is set up at Piggy.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read it."""
        kit = get_brand_kit(piggy)
        colors = [(label, getattr(kit, name)) for name, label in COLORS.items()]
        return {
            "kit": kit,
            "colors": [(label, text, bool(_HEX.fullmatch(text or ""))) for label, text in colors],
            "logos": [(label, getattr(kit, name)) for name, label in LOGOS.items()],
        }
