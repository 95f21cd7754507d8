"""What other pages show of the ledger; `{% load ledger %}`."""

from collections.abc import Iterable

from django import template
from django.core.exceptions import ObjectDoesNotExist
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from piggyadmin.ledger.models import Entry
from piggyadmin.request_log.models import LoggedCall
from piggyadmin.ui.templatetags.ui import linked

register = template.Library()
# So many entries are listed beside one call; one page's calls are of few.
MOST_ENTRIES = 50


@register.simple_tag
def entries_of_call(call: LoggedCall) -> list[Entry]:
    """Find what the ledger says about a call: by its number, else by the trace id."""
    try:
        return [Entry.objects.get(pk=call.entry_id)] if call.entry_id else _by_trace_id(call)
    except ObjectDoesNotExist:
        return _by_trace_id(call)


@register.simple_tag(takes_context=True)
def customer_links(context: Context, customers: Iterable[tuple[str, str]]) -> SafeString:
    """Name those whom something is about, by UUID and name, each leading to its page."""
    drawn = (
        linked(context, name or uuid, reverse("contacts:contact", args=[uuid]))
        for uuid, name in customers
    )
    return format_html_join(", ", "{}", ((each,) for each in drawn))


def _by_trace_id(call: LoggedCall) -> list[Entry]:
    return list(Entry.objects.filter(trace_id=call.trace_id)[:MOST_ENTRIES])
