"""What pages show of notes, and of whom nobody is to serve; `{% load notes %}`."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django import forms, template
from django.template import Context

from piggyadmin.accounts.permissions import WRITE_NOTES
from piggyadmin.contacts.forms import ContactField, ContactsField
from piggyadmin.ledger.subjects import directory
from piggyadmin.notes import services
from piggyadmin.notes.forms import NoteForm
from piggyadmin.notes.models import Note
from piggyadmin.piggy.types import UUID, PersonRecord
from piggyadmin.ui.codes import uuid_in_small

if TYPE_CHECKING:
    from piggyadmin.accounts.models import User

register = template.Library()


@register.inclusion_tag("notes/_notes.html", takes_context=True)
def notes_on(context: Context, contact_uuid: str) -> dict[str, Any]:
    """Draw the notes on a customer, with the form for a new one."""
    person: User = context["user"]
    may_write = person.has_perm(WRITE_NOTES)
    form = NoteForm(auto_id="id_note_%s") if may_write else None
    if form:
        form.fields["text"].widget.attrs["data-hotkey"] = "n"
    return {
        "notes": [(note, services.may_change(person, note)) for note in _notes(contact_uuid)],
        "form": form,
        "contact_uuid": contact_uuid,
        "request": context["request"],
        # Whose the forms are stands in them.
        "user": person,
        "csrf_token": context.get("csrf_token"),
        "may_write": may_write,
    }


def _notes(contact_uuid: str) -> list[Note]:
    return list(services.notes_of(contact_uuid))


@register.inclusion_tag("notes/_flags.html", takes_context=True)
def do_not_serve(context: Context, contact_uuids: str | Iterable[str] | None) -> dict[str, Any]:
    """Warn where nobody is to serve a customer, or one of several."""
    return _warned(context, _uuids(contact_uuids))


@register.inclusion_tag("notes/_flags.html", takes_context=True)
def do_not_serve_in(context: Context, form: forms.Form | None) -> dict[str, Any]:
    """Warn where nobody is to serve a customer whom a form has been filled in with."""
    return _warned(context, _named_in(form) if form else ())


def _warned(context: Context, contact_uuids: Iterable[str]) -> dict[str, Any]:
    flags = services.flags_of(set(contact_uuids))
    names = directory().names({flag.contact_uuid for flag in flags}) if flags else {}
    named = [(flag, names.get(flag.contact_uuid, "")) for flag in flags]
    return {"flags": named, "user": context.get("user")}


def _named_in(form: forms.Form) -> Iterator[str]:
    """Give the UUIDs of the customers that stand in a form, cleaned or not."""
    for name, field in form.fields.items():
        if isinstance(field, ContactField | ContactsField):
            found = getattr(form, "cleaned_data", {}).get(name) or form[name].value()
            yield from _uuids(found)


def _uuids(found: Any) -> Iterator[str]:
    if isinstance(found, PersonRecord):
        yield found.person_uuid
    elif isinstance(found, str):
        yield from (uuid_in_small(word) for word in found.split() if UUID.fullmatch(word))
    elif isinstance(found, list | tuple):
        for each in found:
            yield from _uuids(each)
