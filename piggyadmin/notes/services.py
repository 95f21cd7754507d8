"""Writing notes, handing them over, and saying whom nobody is to serve.

Who did it, and to whom, stands in the ledger's chain; what was written does not, as the chain can
never forget.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import MANAGE_NOTES, WRITE_NOTES, insist_on_permission
from piggyadmin.ledger import people_events
from piggyadmin.ledger.people_events import PersonEventKind
from piggyadmin.notes.models import DoNotServe, Note
from piggyadmin.piggy.once import found_once

_PEOPLE = ("written_by", "for_person", "for_role", "done_by")


class Addressee(NamedTuple):
    """Whom a note is handed over to: a colleague, or all who have a role."""

    person: User | None = None
    role: Group | None = None


@found_once
def notes_of(contact_uuid: str) -> list[Note]:
    """Give all notes on a customer, those that are pinned first, then the newest."""
    return list(Note.objects.filter(contact_uuid=contact_uuid).select_related(*_PEOPLE))


def handed_over_to(person: User) -> QuerySet[Note]:
    """Give what waits for somebody, the oldest first.

    What is for nobody any more, as the role is gone or the colleague has left, waits for whoever
    looks after notes.
    """
    theirs = Q(for_person=person) | Q(for_role__in=person.groups.values("pk"))
    if person.has_perm(MANAGE_NOTES):
        theirs |= Q(for_person=None, for_role=None) | Q(for_person__is_active=False)
    waiting = Note.objects.filter(theirs, is_handed_over=True, done_at=None)
    return waiting.select_related(*_PEOPLE).order_by("id")


def may_change(person: User, note: Note) -> bool:
    """Tell whether somebody may change or remove a note: its author, or who looks after them."""
    is_own = note.written_by_id == person.pk and person.has_perm(WRITE_NOTES)
    return is_own or person.has_perm(MANAGE_NOTES)


def _insist_on_change(person: User, note: Note) -> None:
    is_own = note.written_by_id == person.pk
    insist_on_permission(person, WRITE_NOTES if is_own else MANAGE_NOTES)


def write(person: User, contact_uuid: str, text: str, **more: Any) -> Note:
    """Write a note on a customer; `more` is what `Note` has beside.

    Raises:
        PermissionDenied: the person may not write notes.
    """
    insist_on_permission(person, WRITE_NOTES)
    with transaction.atomic():
        note = Note.objects.create(
            contact_uuid=contact_uuid, text=text, written_by=person, **_given(more)
        )
        _tell(PersonEventKind.NOTE_WRITTEN, note)
    return note


def change(person: User, note: Note, **values: Any) -> None:
    """Change a note's text, or whom it is for; what is handed over anew is open again.

    Raises:
        PermissionDenied: it is somebody else's.
    """
    _insist_on_change(person, note)
    values = _given(values)
    if {"for_person", "for_role"} & values.keys() and _is_for_others(note, values):
        values |= {"done_at": None, "done_by": None}
    _store(note, PersonEventKind.NOTE_CHANGED, changed_at=timezone.now(), **values)


def pin(person: User, note: Note, *, is_pinned: bool) -> None:
    """Have a note stand first, or no longer.

    Raises:
        PermissionDenied: the person may not write notes.
    """
    insist_on_permission(person, WRITE_NOTES)
    if note.is_pinned != is_pinned:
        _store(note, PersonEventKind.NOTE_PINNED, is_pinned=is_pinned)


def finish(person: User, note: Note) -> bool:
    """Say that what was handed over is done; False where somebody has said so already.

    Raises:
        PermissionDenied: the person may not write notes.
    """
    insist_on_permission(person, WRITE_NOTES)
    still_open = Note.objects.filter(pk=note.pk, is_handed_over=True, done_at=None)
    with transaction.atomic():
        is_first = bool(still_open.update(done_at=timezone.now(), done_by=person))
        if is_first:
            _tell(PersonEventKind.NOTE_DONE, note)
    return is_first


def remove(person: User, note: Note) -> None:
    """Remove a note for good.

    Raises:
        PermissionDenied: it is somebody else's.
    """
    _insist_on_change(person, note)
    with transaction.atomic():
        _tell(PersonEventKind.NOTE_REMOVED, note)
        note.delete()


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Take an addressee apart into what a note has of it."""
    given = dict(values)
    if "addressee" in given:
        to: Addressee = given.pop("addressee")
        given |= {"for_person": to.person, "for_role": to.role}
        given["is_handed_over"] = any(to)
    return given


def _is_for_others(note: Note, values: Mapping[str, Any]) -> bool:
    return (note.for_person, note.for_role) != (values["for_person"], values["for_role"])


def _store(note: Note, kind: PersonEventKind, **values: Any) -> None:
    for name, value in values.items():
        setattr(note, name, value)
    with transaction.atomic():
        note.save(update_fields=list(values))
        _tell(kind, note)


def _tell(kind: PersonEventKind, note: Note) -> None:
    people_events.record(kind, note.for_person, contact_uuid=note.contact_uuid, note=note.pk)


# --- Whom nobody is to serve -----------------------------------------------------------------


def flags_of(contact_uuids: Collection[str]) -> list[DoNotServe]:
    """Give the marks that are set on some customers, one of each."""
    return _read_flags(*sorted(contact_uuids)) if contact_uuids else []


@found_once
def _read_flags(*contact_uuids: str) -> list[DoNotServe]:
    marks = DoNotServe.objects.filter(contact_uuid__in=contact_uuids, lifted_at=None)
    # Nearly nobody has one: who set it is only read where there is one.
    marks = marks.prefetch_related("set_by")
    return list({mark.contact_uuid: mark for mark in marks}.values())


def set_do_not_serve(person: User, contact_uuid: str, reason: str) -> bool:
    """Mark a customer as not to be served; False where it is marked already.

    Raises:
        PermissionDenied: the person may not.
    """
    insist_on_permission(person, MANAGE_NOTES)
    with transaction.atomic():
        if flags_of([contact_uuid]):
            return False
        DoNotServe.objects.create(contact_uuid=contact_uuid, reason=reason, set_by=person)
        people_events.record(PersonEventKind.FLAG_SET, None, contact_uuid=contact_uuid)
    return True


def lift_do_not_serve(person: User, contact_uuid: str) -> bool:
    """Let a customer be served again; False where it is not marked.

    Raises:
        PermissionDenied: the person may not.
    """
    insist_on_permission(person, MANAGE_NOTES)
    marks = DoNotServe.objects.filter(contact_uuid=contact_uuid, lifted_at=None)
    with transaction.atomic():
        was_set = bool(marks.update(lifted_at=timezone.now(), lifted_by=person))
        if was_set:
            people_events.record(PersonEventKind.FLAG_LIFTED, None, contact_uuid=contact_uuid)
    return was_set
