"""What is usual at this console: the numbers that people entered before, as the ledger has them."""

from collections.abc import Iterable, Sequence
from decimal import Decimal, DecimalException
from statistics import median
from typing import Any

from django.utils.translation import gettext

from piggyadmin.actions.forms import ActionForm
from piggyadmin.ledger.models import HAPPENED, Entry
from piggyadmin.ui.templatetags.ui import number

# So many entries back is what is usual now, and so few tell nothing yet.
LOOKED_AT = 100
FEWEST = 3
TIMES = 10


def ask_if_unusual(
    form: ActionForm, actions: Sequence[str], at_first: int, name: str, *, limit: int = 0
) -> None:
    """Have a person say yes to a number far above what is usual in a field.

    Args:
        form: whose field it is.
        actions: the slugs of the actions that have this field.
        at_first: what is unusual while the ledger tells too little.
        name: the field's name.
        limit: what is unusual whatever the ledger tells; 0 where it shall tell.
    """
    given = form.cleaned_data.get(name)
    if given is None:
        return
    most = limit or _unusual_above(actions, name) or at_first
    if abs(given) > most:
        words = gettext(
            "%(number)s is unusual: more than %(most)s is hardly ever entered here. "
            "Was a card or a code scanned into this field?"
        )
        form.ask_about(name, words % {"number": _in_figures(given), "most": _in_figures(most)})


def _in_figures(value: Decimal | int) -> str:
    return number(value if value % 1 else int(value))


def _unusual_above(actions: Sequence[str], name: str) -> Decimal | None:
    """Give ten times the number in the middle of those that were entered last, if there are."""
    entries = Entry.objects.filter(action__in=actions, status__state__in=HAPPENED)
    asked = entries.order_by("-id").values_list("data", flat=True)[:LOOKED_AT]
    numbers = list(_sizes(data.get(name) for data in asked))
    return TIMES * median(numbers) if len(numbers) >= FEWEST else None


def _sizes(values: Iterable[Any]) -> Iterable[Decimal]:
    """Give the sizes of the numbers among values; taking as much is as usual as giving it."""
    for value in values:
        try:
            yield abs(Decimal(str(value)))
        except DecimalException:
            continue
