"""What pages show of notes, and of whom nobody is to serve; `{% load notes %}`."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms, template
from django.template import Context

from piggyadmin.contacts.forms import ContactField, ContactsField
from piggyadmin.ledger.subjects import directory
from piggyadmin.notes import services
from piggyadmin.piggy.types import UUID, PersonRecord
from piggyadmin.ui.codes import uuid_in_small

register = template.Library()


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
