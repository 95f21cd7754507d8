"""What the page of a contact shows of what happened to it; `{% load contacts %}`."""

from collections.abc import Sequence
from itertools import chain

from django import template
from django.template import Context
from django.utils.translation import gettext_lazy as _

from piggyadmin.contacts import flags
from piggyadmin.contacts.flags import Flag
from piggyadmin.contacts.naming import with_name, with_names
from piggyadmin.contacts.reversals import reversals, reversed_of
from piggyadmin.contacts.timeline import ON_PAGE, NextStep, Timeline, Told, put_together
from piggyadmin.contacts.types import Contact, Subscription
from piggyadmin.piggy.types import Answer

register = template.Library()


@register.simple_tag
def timeline_of(contact: Contact, *told: Sequence[Told]) -> Timeline:
    """Put together what Piggy told of a contact, and what is stored here."""
    known = [*chain.from_iterable(told)]
    return put_together(contact, known, ON_PAGE, _reversed_before(contact, known))


def _reversed_before(contact: Contact, told: list[Told]) -> dict[str, str]:
    """Give what was reversed here, where more is stored than what was told."""
    most = ON_PAGE.most or 0
    is_more = any(one.source.here and len(one.happenings) > most for one in told)
    return reversed_of(contact.uuid or "", reversals()) if is_more else {}


@register.simple_tag(takes_context=True)
def flags_of(context: Context, contact: Contact) -> list[Flag]:
    """List what has to be known of a contact at a glance."""
    return flags.flags_of(contact, context["user"])


@register.simple_tag
def known_contacts(rows: Sequence[Answer], field: str) -> Sequence[Answer]:
    """Give rows whose customers stand in this field, with the names by which they are known."""
    return with_names(rows, [field])


@register.simple_tag
def known_contact(contact: Contact) -> Contact:
    """Give a contact with the name by which it is known here, as Piggy tells none in a thing."""
    return with_name(contact)


@register.simple_tag
def change_of(subscription: Subscription, contact: Contact) -> NextStep:
    """Give what turns a subscription round, with its form filled in."""
    kind = subscription.subscription_type
    data = {
        "contact_uuid": contact.uuid or "",
        "subscription_type_uuid": (kind and kind.uuid) or "",
        "is_subscribed": "false" if subscription.is_wanted else "true",
    }
    label = _("Unsubscribe") if subscription.is_wanted else _("Subscribe")
    return NextStep(label, "update-contact-subscription", data)
