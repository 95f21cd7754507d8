"""Light or dark, and how high rows are: what can be chosen, and what was."""

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
# How high rows are is kept with the person, whatever browser they use.
DENSITIES = ("compact", "comfortable")
DENSITY_LABELS = (
    ("compact", _("Compact"), "rows-4"),
    ("comfortable", _("Comfortable"), "rows-3"),
)


def theme(request: HttpRequest) -> str:
    """Read the chosen theme from its cookie; anything unknown counts as `auto`."""
    chosen = request.COOKIES.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def density(request: HttpRequest) -> str:
    """Read how high rows are to be for this person; anything unknown counts as `compact`."""
    chosen = getattr(getattr(request, "user", None), "density", "")
    return chosen if chosen in DENSITIES else DENSITIES[0]
