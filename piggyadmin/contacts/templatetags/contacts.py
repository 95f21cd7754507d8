"""What the page of a contact shows of what happened to it; `{% load contacts %}`."""

from collections.abc import Sequence

from django import template
from django.template import Context
from django.utils.translation import gettext_lazy as _

from piggyadmin.contacts import flags
from piggyadmin.contacts.flags import Flag
from piggyadmin.contacts.timeline import NextStep, Timeline, Told, Wanted, put_together
from piggyadmin.contacts.types import Contact, Subscription

register = template.Library()


@register.simple_tag
def timeline_of(contact: Contact, told: Sequence[Told], wanted: Wanted) -> Timeline:
    """Put together what Piggy told of a contact, and what is stored here."""
    return put_together(contact, told, wanted)


@register.simple_tag(takes_context=True)
def flags_of(context: Context, contact: Contact) -> list[Flag]:
    """List what has to be known of a contact at a glance."""
    return flags.flags_of(contact, context["user"])


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
