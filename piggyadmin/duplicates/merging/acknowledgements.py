"""A yes to each warning that needs one, ticked beside it before contacts become one."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import MOST_CHOICES, InPreview
from piggyadmin.duplicates.merging.checks import Check, Level

AGREED_PREFIX = "agreed_"


class Agreed(InPreview):
    """What was said yes to: the codes of notices, each ticked by its own name, or all as JSON."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:  # noqa: ARG002
        """Read them."""
        kept = re.split(r'[\s,"\[\]]+', str(data.get(name) or ""))
        ticked = [key.removeprefix(AGREED_PREFIX) for key in data if key.startswith(AGREED_PREFIX)]
        return [code for code in [*kept, *ticked] if code][:MOST_CHOICES]


class AgreedField(forms.Field):
    """The codes of the notices that somebody said yes to."""

    widget = Agreed

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Your yes"), required=False, **kwargs)


def missing_yes(checks: Iterable[Check], agreed: Collection[str]) -> dict[str, str]:
    """Say that a yes is missing, where one is; nothing where all of them were given."""
    asked = {check.code for check in checks if check.level is Level.ASK}
    if asked <= set(agreed):
        return {}
    return {"agreed": gettext("Say yes to each warning first. Nothing was sent.")}
