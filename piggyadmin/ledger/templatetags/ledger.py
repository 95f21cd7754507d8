"""What other pages show of the ledger; `{% load ledger %}`."""

from django import template
from django.core.exceptions import ObjectDoesNotExist

from piggyadmin.ledger.models import Entry
from piggyadmin.request_log.models import LoggedCall

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


def _by_trace_id(call: LoggedCall) -> list[Entry]:
    return list(Entry.objects.filter(trace_id=call.trace_id)[:MOST_ENTRIES])
