"""What happened to people, as the ledger's chain tells it."""

from collections.abc import Collection, Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.ledger.filters import PAGE
from piggyadmin.ledger.models import Event
from piggyadmin.ledger.operations import Words
from piggyadmin.ledger.people_events import PersonEventKind
from piggyadmin.ledger.subjects import directory
from piggyadmin.ledger.views import LedgerView
from piggyadmin.ui.filters import FilteredList, StatedFilter, without_place

# Longer numbers of a place in the chain are nonsense.
MOST_DIGITS = 18


class PeopleFilter(StatedFilter):
    """What the events of people can be narrowed down to."""

    person = forms.TypedChoiceField(label=_("Whom it happened to"), required=False, coerce=int)
    by = forms.TypedChoiceField(label=_("Who did it"), required=False, coerce=int)
    kind = forms.ChoiceField(
        label=_("What happened"), required=False, choices=[("", _("Any")), *PersonEventKind.choices]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(person.pk, person.name) for person in User.objects.order_by("username")]
        for name in ("person", "by"):
            self._choose(name).choices = [("", _("Anybody")), *people]

    def _choose(self, name: str) -> Any:
        return self.fields[name]

    def query(self) -> QuerySet[Event]:
        """Select what is asked for, newest first."""
        values = self.values
        if self.errors:
            return Event.objects.none()
        events = Event.objects.filter(entry=None).order_by("-sequence")
        if kind := values.pop("kind", None):
            events = events.filter(kind=kind)
        return events.filter(**{f"detail__{name}": value for name, value in values.items()})


class PeopleEvents(LedgerView, FilteredList):
    """Who signed in, failed to, and was given or lost what, newest first."""

    filter_class = PeopleFilter
    list_name = "ledger:people"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of what the filter leaves."""
        form = PeopleFilter(self.query)
        rows, after = form.query(), request.GET.get("after", "")
        if after.isascii() and after.isdecimal() and len(after) <= MOST_DIGITS:
            rows = rows.filter(sequence__lt=int(after))
        events = list(rows[: PAGE + 1])
        shown = events[:PAGE]
        context = {
            "form": form,
            "words": form.words(),
            "rows": told(shown),
            "following": shown[-1].sequence if len(events) > PAGE else None,
            "kept": without_place(request.GET),
        }
        return render(request, "ledger/people.html", context)


# What is said of each kind; `by` and `person` are people, and somebody does a few things alone.
_SENTENCES = {
    PersonEventKind.SIGNED_IN: _("%(person)s signed in"),
    PersonEventKind.SWITCHED: _("%(person)s went on with a PIN"),
    PersonEventKind.PIN_SET: _("%(by)s chose a PIN for %(person)s"),
    PersonEventKind.PIN_REMOVED: _("%(by)s removed the PIN of %(person)s"),
    PersonEventKind.PIN_FAILED: _("Somebody got the PIN of %(person)s wrong"),
    PersonEventKind.IDENTITY_LINKED: _("%(by)s had %(person)s sign in elsewhere from now on"),
    PersonEventKind.IDENTITY_REMOVED: _("%(by)s had %(person)s sign in elsewhere no more"),
    PersonEventKind.SIGN_IN_FAILED: _("Somebody could not sign in as %(person)s"),
    PersonEventKind.LOCKED_OUT: _("%(person)s was locked out for a while"),
    PersonEventKind.SIGNED_OUT: _("%(person)s signed out"),
    PersonEventKind.CREATED: _("%(by)s made the account of %(person)s"),
    PersonEventKind.PASSWORD: _("%(by)s set the password of %(person)s"),
    PersonEventKind.PASSWORD_WANTED: _("%(by)s wants %(person)s to choose another password"),
    PersonEventKind.FACTOR_ADDED: _("%(person)s added a second factor: %(factor)s"),
    PersonEventKind.FACTOR_REMOVED: _("%(by)s removed a second factor of %(person)s: %(factor)s"),
    PersonEventKind.FACTOR_USED: _("%(person)s used a second factor: %(factor)s"),
    PersonEventKind.FACTOR_FAILED: _(
        "Somebody with the password of %(person)s failed at the second factor"
    ),
    PersonEventKind.ROLE: _("%(by)s changed what %(person)s may do"),
    PersonEventKind.EMAIL: _("%(by)s changed the e-mail address of %(person)s"),
    PersonEventKind.NAME: _("%(by)s changed the name of %(person)s"),
    PersonEventKind.DISABLED: _("%(by)s disabled %(person)s"),
    PersonEventKind.ENABLED: _("%(by)s enabled %(person)s again"),
    PersonEventKind.GROUP: _("%(by)s changed the role %(group)s"),
    PersonEventKind.NOTE_WRITTEN: _("%(by)s wrote a note on %(customer)s"),
    PersonEventKind.NOTE_CHANGED: _("%(by)s changed a note on %(customer)s"),
    PersonEventKind.NOTE_PINNED: _("%(by)s pinned or unpinned a note on %(customer)s"),
    PersonEventKind.NOTE_DONE: _("%(by)s did what was handed over on %(customer)s"),
    PersonEventKind.NOTE_REMOVED: _("%(by)s removed a note on %(customer)s"),
    PersonEventKind.FLAG_SET: _("%(by)s had %(customer)s not served any more"),
    PersonEventKind.FLAG_LIFTED: _("%(by)s let %(customer)s be served again"),
    PersonEventKind.DATA_HANDED_OUT: _("%(by)s made a file of all that is held on %(customer)s"),
    PersonEventKind.TOKEN_MADE: _("%(by)s made the token “%(token)s” for a program"),
    PersonEventKind.TOKEN_WITHDRAWN: _("%(by)s withdrew the token “%(token)s” of %(person)s"),
}
_FACTORS = {
    Authenticator.Type.TOTP: _("an authenticator app"),
    Authenticator.Type.WEBAUTHN: _("a passkey"),
    Authenticator.Type.RECOVERY_CODES: _("recovery codes"),
}
_GIVEN = _("%(by)s gave %(person)s the role %(names)s")
_TAKEN = _("%(by)s took the role %(names)s from %(person)s")


def sentence_of(event: Event, roles: Collection[str], customer: str = "") -> str:
    """Say what happened, to whom and by whom; `roles` tells roles from single permissions.

    What is known of a customer is its UUID, which stands there where nobody knows a name.
    """
    detail = event.detail
    params = {
        "person": detail.get("person_name") or gettext("somebody"),
        "by": detail.get("by_name") or detail.get("where") or gettext("Somebody"),
        "group": detail.get("group") or "",
        "factor": _FACTORS.get(detail.get("factor"), ""),
        "token": detail.get("token") or "",
        "customer": customer or detail.get("contact_uuid") or "",
        "names": ", ".join([*detail.get("added", ()), *detail.get("removed", ())]),
    }
    return str(_pattern_of(event, roles)) % params


def _pattern_of(event: Event, roles: Collection[str]) -> Words:
    names = _roles_perhaps(event)
    if names and names <= {*roles}:
        return _GIVEN if event.detail.get("added") else _TAKEN
    return _SENTENCES.get(event.kind, event.kind)  # type: ignore[call-overload, no-any-return]


def _roles_perhaps(event: Event) -> set[str]:
    """Name what somebody was given or lost: roles, or single permissions."""
    if event.kind != PersonEventKind.ROLE or event.detail.get("group"):
        return set()
    return {*event.detail.get("added", ()), *event.detail.get("removed", ())}


def _roles_among(names: set[str]) -> set[str]:
    """Tell which names are roles; of those that are always there that is known without asking."""
    others = names - {*Role}
    own = Group.objects.values_list("name", flat=True) if others else ()
    return names & {*Role, *own}


def more_of(event: Event, sentence: str) -> str:
    """Say what of it in particular, as far as the sentence does not."""
    detail = event.detail
    more = [("+", detail.get("added", ())), ("\N{MINUS SIGN}", detail.get("removed", ()))]
    parts = [f"{sign} {name}" for sign, names in more for name in names if name not in sentence]
    if "second_factor" in detail:
        is_needed = detail["second_factor"]
        words = _("a second factor is needed") if is_needed else _("no second factor is needed")
        parts.append(str(words))
    known = [each for each in (detail.get("group"), detail.get("was")) if each]
    return ", ".join([*(each for each in known if each not in sentence), *parts])


def told(events: Iterable[Event]) -> list[tuple[Event, str, str]]:
    """Say of each what happened, and what of it in particular."""
    events = list(events)
    roles = _roles_among({name for event in events for name in _roles_perhaps(event)})
    uuids = {event.detail["contact_uuid"] for event in events if "contact_uuid" in event.detail}
    names = directory().names(uuids) if uuids else {}
    sentences = [
        (event, sentence_of(event, roles, names.get(event.detail.get("contact_uuid", ""), "")))
        for event in events
    ]
    return [(event, sentence, more_of(event, sentence)) for event, sentence in sentences]
