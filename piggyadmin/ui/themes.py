"""Light or dark: what can be chosen, and what was."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

THEMES = ("auto", "light", "dark")
THEME_COOKIE = f"{settings.COOKIE_PREFIX}theme"
THEME_LABELS = (
    ("auto", _("Auto"), "monitor"),
    ("light", _("Light"), "sun"),
    ("dark", _("Dark"), "moon"),
)


def theme(request: HttpRequest) -> str:
    """Read the chosen theme from its cookie; anything unknown counts as `auto`."""
    chosen = request.COOKIES.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"
