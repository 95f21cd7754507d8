"""What is said of credits whose number follows from an amount."""

from typing import Any

from django.utils.translation import gettext

from piggyadmin.credits.types import Unit


def credits_for(amount: Any, unit: Unit) -> str:
    """Say for which amount credits are, as the ledger keeps it."""
    if amount in (None, ""):
        return gettext("credits")
    return gettext("credits (%(amount)s)") % {"amount": unit.amount(amount)}
