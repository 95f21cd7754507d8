"""Which pairs are asked for: the filter, in words and as a query, page by page.

A page is found by the pair at which the last one ended, never by counting rows, so that the last
page of all is as fast as the first.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from piggyadmin.duplicates.models import QUEUE_ORDERS, MirroredContact, Pair, PairStatus
from piggyadmin.prefix_lookups import LONGEST, Beginning, begins
from piggyadmin.ui.codes import as_seen
from piggyadmin.ui.converters import LAST_NUMBER
from piggyadmin.ui.filters import StatedFilter
from piggyadmin.ui.forms import CleanCharField

PAGE = 25
CHUNK = 1000
# So many contacts may begin with what was typed, and have so many pairs; among more, nobody finds
# whom they look for.
MOST_CONTACTS = 500
MOST_PAIRS = 5000

# What an order is called, and what it means for the list.
_ORDERS = {
    "rank": (_("certainty and stake"), _("The surest with the most at stake first.")),
    "certainty": (_("certainty"), _("The surest first.")),
    "credits": (_("credits"), _("The most credits first.")),
    "activity": (
        _("last purchase"),
        _("The latest purchase first, without those who never bought."),
    ),
}
_ORDER_CHOICES = [(name, label) for name, (label, _words) in _ORDERS.items()]


def _with_blank(blank: Any, others: Any) -> list[tuple[Any, Any]]:
    return [("", blank), *others]


class QueueFilter(StatedFilter):
    """What the queue can be narrowed down to, and how it is sorted."""

    further = frozenset({"certainty", "cluster", "has_credits"})

    status = forms.ChoiceField(
        label=_("What became of it"),
        required=False,
        choices=_with_blank(PairStatus.OPEN.label, PairStatus.choices[1:]),
    )
    show = forms.ChoiceField(
        label=_("How sure"),
        required=False,
        choices=_with_blank(_("proposed"), [("all", _("less sure ones too"))]),
    )
    certainty = forms.TypedChoiceField(
        label=_("Certainty"),
        required=False,
        coerce=int,
        choices=_with_blank(
            _("Any"),
            [
                (99, _("at least 99 %")),
                (95, _("at least 95 %")),
                (90, _("at least 90 %")),
                (75, _("at least 75 %")),
            ],
        ),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=_with_blank(
            _("Any"),
            [("anonymous", _("one is anonymous")), ("named", _("neither is anonymous"))],
        ),
    )
    cluster = forms.TypedChoiceField(
        label=_("Hangs together"),
        required=False,
        coerce=int,
        choices=_with_blank(
            _("Any"), [(3, _("3 customers or more")), (5, _("5 customers or more"))]
        ),
    )
    q = CleanCharField(
        label=_("Name or e-mail"),
        required=False,
        max_length=LONGEST,
        help_text=_("How the e-mail, the first or the last name begins, or first and last name."),
    )
    sort = forms.ChoiceField(
        label=_("Sort by"),
        required=False,
        choices=_with_blank(_ORDER_CHOICES[0][1], _ORDER_CHOICES[1:]),
    )
    has_credits = forms.BooleanField(label=_("With credits only"), required=False)

    def clean_q(self) -> str:
        """Look up who is called so, and their pairs."""
        text = as_seen(self.cleaned_data["q"])
        contacts = contacts_called(text) if text else []
        self.of_called = _pairs_of(contacts) if len(contacts) <= MOST_CONTACTS else []
        if len(contacts) > MOST_CONTACTS or len(self.of_called) > MOST_PAIRS:
            raise ValidationError(_("Too many customers begin like this. Type more of it."))
        return text

    @property
    def is_narrowed(self) -> bool:
        """Whether anything else is shown than by default, be it only the order."""
        return bool(self.values or self.errors)

    def chips(self) -> list[tuple[str, str]]:
        """Give what narrows the queue down; its order does not."""
        return [(name, words) for name, words in super().chips() if name != "sort"]

    @property
    def status_shown(self) -> str:
        """The status that all pairs of this list have."""
        return str(self.values.get("status") or PairStatus.OPEN)

    @property
    def order(self) -> str:
        """The field by which the list is sorted, the highest first."""
        return QUEUE_ORDERS[self.values.get("sort") or "rank"]

    def words(self) -> str:
        """State the filter and the order in words."""
        if self.errors:
            return super().words()
        _label, order = _ORDERS[self.values.get("sort") or "rank"]
        return f"{capfirst(' · '.join(self._parts()))}. {order}"

    def _parts(self) -> Iterator[str]:
        yield str(PairStatus(self.status_shown).label)
        if self.status_shown == PairStatus.OPEN:
            yield self.said_value("show", self.values.get("show", ""))
        for name in self.values:
            if name not in {"status", "show", "sort"}:
                yield self.said(name)

    def query(self) -> QuerySet[Pair]:
        """Select what is asked for, in its order."""
        values = self.values
        if self.errors:
            return Pair.objects.none()
        rows = self._of_status().order_by(f"-{self.order}", "id")
        for name in values.keys() & _WANTED.keys():
            rows = rows.filter(_WANTED[name](values[name]))
        if self.status_shown == PairStatus.OPEN and "show" not in values:
            rows = rows.filter(is_proposed=True)
        if self.order == "last_transaction_at":
            rows = rows.filter(last_transaction_at__isnull=False)
        return rows

    def _of_status(self) -> QuerySet[Pair]:
        if "q" not in self.values:
            return Pair.objects.filter(status=self.status_shown)
        # As an expression the status is in no index, along which SQLite would go through all pairs
        # rather than look up these few.
        few = Pair.objects.filter(pk__in=self.of_called)
        return few.alias(now=Coalesce("status", Value(""))).filter(now=self.status_shown)

    def after(self, pair: Pair | None) -> QuerySet[Pair]:
        """Select what comes after a pair; everything when there is none."""
        value = getattr(pair, self.order, None)
        if pair is None or value is None:
            return self.query()
        # The first condition is what an index can use; the second one leaves out the same value.
        further = Q(**{f"{self.order}__lt": value}) | Q(pk__gt=pair.pk)
        return self.query().filter(further, **{f"{self.order}__lte": value})

    def page(self, after: Pair | None) -> tuple[list[Pair], bool]:
        """Give one page, and whether there is more."""
        found = list(self.after(after).select_related("cluster")[: PAGE + 1])
        return found[:PAGE], len(found) > PAGE

    def chunks(self) -> Iterator[list[Pair]]:
        """Go through all pairs, a chunk at a time."""
        last: Pair | None = None
        while chunk := list(self.after(last)[:CHUNK]):
            yield chunk
            last = chunk[-1]


_WANTED: dict[str, Any] = {
    "certainty": lambda percent: Q(probability__gte=percent / 100),
    "kind": lambda kind: Q(has_anonymous=kind == "anonymous"),
    "cluster": lambda size: Q(cluster__size__gte=size),
    "has_credits": lambda _yes: Q(credits__gt=0),
}


def place(query: QueryDict) -> Pair | None:
    """Read from an address after which pair a page begins; nonsense is the beginning."""
    number = query.get("after", "")
    if not (number.isascii() and number.isdecimal()):
        return None
    return Pair.objects.filter(pk=min(int(number[:20]), LAST_NUMBER)).first()


def contacts_called(text: str) -> list[str]:
    """Find the mirrored contacts whose name or e-mail begins so, at most one more than allowed."""
    ways = [Q(uuid=text), *(begins(name, text) for name in ("mail", "name", "last"))]
    contacts = MirroredContact.objects.alias(
        mail=Beginning("email"),
        name=Beginning("firstname", "lastname"),
        last=Beginning("lastname"),
    )
    # One after the other, so that each can use its own index.
    found: dict[str, None] = {}
    for way in ways:
        uuids = contacts.filter(way).values_list("uuid", flat=True)
        found |= dict.fromkeys(uuids[: MOST_CONTACTS + 1])
    return list(found)


def _pairs_of(uuids: list[str]) -> list[int]:
    """Find the pairs of contacts by the index of either side, at most some more than allowed."""
    sides = (Pair.objects.filter(first__in=uuids), Pair.objects.filter(second__in=uuids))
    return [pk for side in sides for pk in side.values_list("pk", flat=True)[: MOST_PAIRS + 1]]
