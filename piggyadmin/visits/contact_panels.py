"""Visits, in the timeline of a customer."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.contacts import timeline
from piggyadmin.contacts.timeline import LONG_AGO, Happening, Source
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.types import every_item
from piggyadmin.ui.templatetags.ui import in_words
from piggyadmin.visits.services import list_visits
from piggyadmin.visits.types import Visit

KIND = "visits"
PAGE = 100


def visits(piggy: PiggyClient, contact_uuid: str) -> Iterator[Happening]:
    """Read a page of them at a time."""
    rows = every_item(
        lambda page: list_visits(piggy, contact_uuid=contact_uuid, page=page, limit=PAGE)
    )
    return map(_happening, timeline.own_rows(rows, contact_uuid))


def _happening(row: Visit) -> Happening:
    """Say when it began and ended; Piggy does not tell at which shop it was."""
    begun = row.starts_at or row.created_at
    until = gettext("until %(end)s") % {"end": in_words(row.ends_at)} if row.ends_at else ""
    detail = " · ".join(filter(None, (until, row.source, row.external_id)))
    return Happening(
        at=begun or LONG_AGO,
        kind=KIND,
        words=gettext("Visit"),
        detail=detail,
        uuid=row.uuid or "",
        url=reverse("visits:visit", args=[row.uuid]) if row.uuid else "",
    )


timeline.register(Source(KIND, _("Visits"), {KIND: _("Visits")}, at_piggy=visits))
