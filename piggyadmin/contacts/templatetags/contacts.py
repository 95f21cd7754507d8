"""What the page of a contact shows of what happened to it; `{% load contacts %}`."""

from collections.abc import Sequence

from django import template

from piggyadmin.contacts.timeline import Timeline, Told, Wanted, put_together
from piggyadmin.contacts.types import Contact

register = template.Library()


@register.simple_tag
def timeline_of(contact: Contact, told: Sequence[Told], wanted: Wanted) -> Timeline:
    """Put together what Piggy told of a contact, and what is stored here."""
    return put_together(contact, told, wanted)
