"""The whole timeline of a customer: page by page, narrowed down, and as a file."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.contacts import services, timeline
from piggyadmin.contacts.reversals import reversals, reversed_of
from piggyadmin.contacts.timeline import Timeline, Told, Wanted
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import reads
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import NotFound, PiggyError
from piggyadmin.shops.forms import ShopField
from piggyadmin.ui.codes import uuid_in_small
from piggyadmin.ui.dates import FILTER, DayField
from piggyadmin.ui.filters import StatedFilter, beginning, end
from piggyadmin.ui.http import signed_in
from piggyadmin.ui.spreadsheet import csv_answer

PAGE = 50
COLUMNS: tuple[str | Promise, ...] = (
    _("When"),
    _("Kind"),
    _("What"),
    _("Reason"),
    _("Shop"),
    _("Amount"),
    _("Balance after"),
    _("By"),
    "UUID",
)


class TimelineFilter(StatedFilter):
    """What a timeline can be narrowed down to."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    shop_uuid = forms.ChoiceField(label=_("Shop"), required=False)
    since = DayField(kind=FILTER, label=_("From"), required=False)
    until = DayField(kind=FILTER, label=_("Up to and including"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shops = ShopField().choices()
        self._choose("kind").choices = [("", _("Everything")), *timeline.kinds().items()]
        self._choose("shop_uuid").choices = [("", _("Everywhere")), *shops]

    def _choose(self, name: str) -> Any:
        return self.fields[name]

    def wanted(self, most: int | None = None) -> Wanted:
        """Say it to the timeline; what makes no sense narrows nothing down."""
        values = self.values
        return Wanted(
            kind=values.get("kind", ""),
            shop_uuid=values.get("shop_uuid", ""),
            since=beginning(values["since"]) if "since" in values else None,
            until=end(values["until"]) if "until" in values else None,
            most=most,
        )


def read(piggy: PiggyClient, contact_uuid: str, wanted: Wanted) -> tuple[Contact, Timeline]:
    """Read a customer and what happened to it, side by side.

    Raises:
        PiggyError: the customer itself cannot be read.
    """
    found: tuple[Any, ...] = gather(
        partial(services.get_contact, piggy, contact_uuid=contact_uuid),
        *timeline.reads(piggy, contact_uuid, wanted),
        partial(_stored, contact_uuid, wanted),
    )
    contact, *told, (stored, taken_back) = found
    return contact, timeline.put_together(contact, [*told, *stored], wanted, taken_back)


def _stored(contact_uuid: str, wanted: Wanted) -> tuple[list[Told], dict[str, str]]:
    """Read what is stored here, and what was reversed here, which may be out of what is wanted."""
    return timeline.stored(contact_uuid, wanted), reversed_of(contact_uuid, reversals())


class TimelinePage(PiggyPage):
    """One page of all that happened."""

    template_name = "contacts/timeline.html"
    entity = "contacts"

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read as much as takes the page that is asked for."""
        uuid, form = uuid_in_small(self.kwargs["contact_uuid"]), TimelineFilter(self.request.GET)
        wanted = form.wanted(most=self.page * PAGE)
        contact, found = read(piggy, uuid, wanted)
        reads.log_look_up(signed_in(self.request), "timeline", uuid)
        query = self.request.GET.copy()
        query.pop("page", None)
        return {
            "contact": contact,
            "contact_uuid": uuid,
            "form": form,
            "timeline": found,
            "happenings": found.happenings[(self.page - 1) * PAGE :],
            "number": self.page,
            "kept": query.urlencode(),
        }


class TimelineCsv(PiggyPage):
    """All of it as a file."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Send it whole, or not at all: a part would be taken for everything."""
        uuid, form = uuid_in_small(kwargs["contact_uuid"]), TimelineFilter(request.GET)
        try:
            _contact, found = read(piggy_client(), uuid, form.wanted())
        except NotFound:
            raise Http404 from None
        except PiggyError as error:
            return self._refuse(error)
        for told in found.failed:
            if told.error:
                return self._refuse(told.error)
        reads.log_look_up(signed_in(request), "timeline", uuid)
        return csv_answer("timeline", [str(column) for column in COLUMNS], _lines(found))

    def _refuse(self, error: PiggyError) -> HttpResponse:
        context = {"title": gettext("Timeline"), "error": error}
        return render(self.request, "ui/list.html", context)


def _lines(found: Timeline) -> Iterator[list[Any]]:
    kinds = timeline.kinds()
    for each in found.happenings:
        entry = each.entry
        yield [
            timezone.localtime(each.at).isoformat(timespec="seconds") if each.moment else "",
            str(kinds.get(each.kind, each.kind)),
            each.words,
            entry.detail if entry else each.detail,
            each.shop,
            each.in_figures(each.change),
            each.in_figures(each.balance),
            entry.words if entry else "",
            each.uuid,
        ]
