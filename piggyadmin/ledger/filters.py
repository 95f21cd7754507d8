"""Which part of the ledger is asked for: the filter, in words and as a query, page by page.

Pages are found by where the last one ended, never by counting rows, so that the last page of a
million is as fast as the first.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.models import User
from piggyadmin.ledger.models import (
    EntryState,
    EntryStatus,
    PersonLookUp,
    Reason,
    Subject,
)
from piggyadmin.ledger.operations import operations
from piggyadmin.ledger.reads import place_of
from piggyadmin.ledger.sql import Statement, together
from piggyadmin.ledger.subjects import directory
from piggyadmin.ui.dates import FILTER, DayField
from piggyadmin.ui.filters import StatedFilter, beginning, end
from piggyadmin.ui.forms import CodeField
from piggyadmin.ui.states import status_choices

PAGE = 50


class SubjectField(CodeField):
    """Whom an entry or a look-up is about; cleans to a UUID."""

    is_searched = True

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Customer"))
        kwargs.setdefault("help_text", _("E-mail, identifier (card number), UUID or whole name."))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """Look up who has an e-mail or an identifier; who is gone is known here."""
        query = str(super().clean(value))
        return query and (_concerned(query) or directory().resolve(query))


def _concerned(uuid: str) -> str:
    """Give a UUID as it stands in the ledger; nothing where it does not."""
    for model in (Subject, PersonLookUp):
        rows: QuerySet[Any] = model.objects.filter(contact_uuid__in={uuid, uuid.lower()})
        if row := rows.first():
            return str(row.contact_uuid)
    return ""


class LedgerFilter(StatedFilter):
    """What the ledger can be narrowed down to."""

    further = frozenset({"entity", "reason"})

    person = forms.TypedChoiceField(label=_("Person"), required=False, coerce=int)
    action = forms.ChoiceField(label=_("Action"), required=False)
    entity = forms.ChoiceField(label=_("Entity"), required=False)
    state = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Any")), *status_choices(EntryState)]
    )
    reason = forms.ChoiceField(label=_("Reason"), required=False)
    contact_uuid = SubjectField(required=False)
    since = DayField(kind=FILTER, label=_("From"), required=False)
    until = DayField(kind=FILTER, label=_("Up to and including"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = _used(_OFFERED, person_id=EntryStatus, action=EntryStatus, reason=EntryStatus)
        people, any_one = _people(used["person_id"]), ("", _("Any"))
        self._choose("person").choices = [("", _("Anybody")), *people.items()]
        self._choose("action").choices = [any_one, *_actions(used["action"]).items()]
        self._choose("entity").choices = [any_one, *_entities().items()]
        reasons = [*used["offered"], *used["reason"]]
        self._choose("reason").choices = [any_one, *_reasons(reasons).items()]

    @property
    def departed(self) -> Sequence[object]:
        """What became of the contact that it is narrowed down to, where that is no more."""
        uuid = self.values.get("contact_uuid")
        return directory().departures(uuid) if uuid else ()

    def _choose(self, name: str) -> Any:
        return self.fields[name]

    def query(self) -> QuerySet[EntryStatus]:
        """Select what is asked for, newest first."""
        return newest(self._narrow(EntryStatus.objects.all()))

    def rows(self) -> QuerySet[EntryStatus]:
        """Select the same as lists show it: steps stand under what they are steps of."""
        return leading(self._narrow)

    def _narrow(self, rows: QuerySet[EntryStatus]) -> QuerySet[EntryStatus]:
        values = self.values
        if self.errors:
            return rows.none()
        for name in ("action", "entity", "state", "reason"):
            if name in values:
                rows = rows.filter(**{name: values[name]})
        if "person" in values:
            rows = rows.filter(person_id=values["person"])
        if "contact_uuid" in values:
            concerned = Subject.objects.filter(contact_uuid=values["contact_uuid"])
            rows = rows.filter(entry_id__in=concerned.values("entry_id"))
        if "since" in values:
            rows = rows.filter(asked_at__gte=beginning(values["since"]))
        if "until" in values:
            rows = rows.filter(asked_at__lt=end(values["until"]))
        return rows


def newest(rows: QuerySet[EntryStatus]) -> QuerySet[EntryStatus]:
    """Put the newest first."""
    return rows.order_by("-asked_at", "-entry_id")


def leading(
    narrow: Callable[[QuerySet[EntryStatus]], QuerySet[EntryStatus]],
) -> QuerySet[EntryStatus]:
    """Select what a filter leaves, but not the steps of what it leaves too, the newest first.

    A step whose whole is left out stands for itself: nothing that is asked for is ever hidden.
    """
    wholes = narrow(EntryStatus.objects.filter(entry__submission_key=OuterRef("part_of")))
    # As a value and not as EXISTS, of which PostgreSQL would make a hash of the whole table.
    rows = newest(narrow(EntryStatus.objects.all())).alias(whole=Subquery(wholes.values("pk")[:1]))
    return rows.filter(Q(part_of=None) | Q(whole=None))


class LookUpFilter(StatedFilter):
    """What the look-ups of people can be narrowed down to."""

    person = forms.TypedChoiceField(label=_("Person"), required=False, coerce=int)
    action = forms.ChoiceField(label=_("Action or page"), required=False)
    contact_uuid = SubjectField(required=False)
    since = DayField(kind=FILTER, label=_("From"), required=False)
    until = DayField(kind=FILTER, label=_("Up to and including"), required=False)
    # The look-up where the page before this one ended.
    after = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = _used(person_id=EntryStatus, action=PersonLookUp)
        places = [(where, place_of(where)) for where in used["action"]]
        people = _people(used["person_id"])
        self.fields["person"].choices = [("", _("Anybody")), *people.items()]  # type: ignore[attr-defined]
        self.fields["action"].choices = [("", _("Any")), *places]  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        """What narrows it down: where a page ended does not."""
        return {name: value for name, value in super().values.items() if name != "after"}

    def query(self) -> QuerySet[PersonLookUp]:
        """Select what is asked for, the newest first."""
        values = self.values
        if self.errors:
            return PersonLookUp.objects.none()
        names = {"person": "person_id", "action": "action", "contact_uuid": "contact_uuid"}
        wanted = {names[name]: value for name, value in values.items() if name in names}
        if "since" in values:
            wanted["at__gte"] = beginning(values["since"])
        if "until" in values:
            wanted["at__lt"] = end(values["until"])
        if place := self.cleaned_data.get("after"):
            wanted["pk__lt"] = place
        return PersonLookUp.objects.filter(**wanted)


# --- What can be chosen: all there is, and what is gone by now but still in the ledger -------


def _people(used: Iterable[str]) -> dict[Any, str]:
    people = {user.pk: user.name for user in User.objects.order_by("first_name", "username")}
    statuses = newest(EntryStatus.objects.all())
    for pk in map(int, used):
        if pk not in people:
            names = statuses.filter(person_id=pk).values_list("entry__person_name", flat=True)
            people[pk] = names[0]
    return people


def _entities() -> dict[str, Any]:
    return {each.entity: each.entity_label for each in operations()}


def _actions(used: Iterable[str]) -> dict[Any, Any]:
    known = {each.slug: each.label for each in operations()}
    return known | {slug: slug for slug in used if slug not in known}


def _reasons(labels: Iterable[str]) -> dict[Any, str]:
    return {label: gettext(label) for label in labels if label}


# From one value to the next one along its index, however many rows have it.
_USED = """
    SELECT '{column}', CAST(value AS text), 0 FROM (
        WITH RECURSIVE used(value) AS (
            SELECT MIN({column}) FROM {table}
            UNION ALL
            SELECT (SELECT MIN({column}) FROM {table} WHERE {column} > used.value)
            FROM used WHERE used.value IS NOT NULL
        )
        SELECT value FROM used WHERE value IS NOT NULL
    ) AS used_{column}
"""

# The reasons that people can give, in their order.
_OFFERED = f"""
    SELECT 'offered', label, ROW_NUMBER() OVER (ORDER BY position, label)
    FROM {Reason._meta.db_table}
"""  # noqa: S608


def _used(*further: str, **models: type[Model]) -> dict[str, list[str]]:
    """Give the different values of columns that have an index, as texts, in one question.

    `further` is what else is asked in it: names, values, and their places among those of a name.
    """
    columns = [
        _USED.format(column=column, table=model._meta.db_table) for column, model in models.items()
    ]
    (rows,) = together(Statement(" UNION ALL ".join([*further, *columns])))
    used: dict[str, list[str]] = defaultdict(list)
    for name, value, _place in sorted(rows, key=itemgetter(2)):
        used[name].append(value)
    return used


@dataclass(frozen=True)
class Cursor:
    """Where a page ended: the next one begins right after it."""

    asked_at: datetime
    entry_id: int

    def __str__(self) -> str:
        return f"{self.asked_at.isoformat()}~{self.entry_id}"

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """Read it from an address; nonsense is the beginning."""
        moment, _tilde, number = text.partition("~")
        try:
            asked_at = parse_datetime(moment)
            if asked_at is None or asked_at.tzinfo is None or not number.isdecimal():
                return None
            FILTER.refuse(asked_at)
        except (ValueError, ValidationError):
            return None
        return cls(asked_at, int(number[:18]))


def behind(rows: QuerySet[EntryStatus], place: Cursor | None) -> QuerySet[EntryStatus]:
    """Select what comes after a place."""
    if place is None:
        return rows
    # The first condition is what an index can use; the second one leaves out the same moment.
    return rows.filter(asked_at__lte=place.asked_at).exclude(
        asked_at=place.asked_at, entry_id__gte=place.entry_id
    )


def page(
    rows: QuerySet[EntryStatus], place: Cursor | None
) -> tuple[list[EntryStatus], Cursor | None]:
    """Give one page, and where the next one begins, if there is one."""
    found = list(behind(rows, place).select_related("entry")[: PAGE + 1])
    shown = found[:PAGE]
    has_more = len(found) > PAGE
    return shown, Cursor(shown[-1].asked_at, shown[-1].entry_id) if has_more else None
