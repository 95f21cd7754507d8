"""Prepaid money, in the timeline of a customer."""

from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.contacts import timeline
from piggyadmin.contacts.timeline import LONG_AGO, PREPAID, Happening, NextStep, Source
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.types import every_item
from piggyadmin.prepaid import read_back, services
from piggyadmin.prepaid.types import PrepaidTransaction

KIND = "prepaid"


def transactions(piggy: PiggyClient, contact_uuid: str) -> Iterator[Happening]:
    """Read a page of them at a time; all of them are needed to know a balance."""
    rows = every_item(
        lambda page: services.list_prepaid_transactions(
            piggy, contact_uuid=contact_uuid, page=page, limit=read_back.PAGE
        )
    )
    own = timeline.own_rows(rows, contact_uuid)
    return timeline.running(_happening(row, contact_uuid) for row in own)


def _happening(row: PrepaidTransaction, contact_uuid: str) -> Happening:
    is_paid = (row.amount_in_cents or 0) < 0
    data = {"contact_uuid": contact_uuid, "prepaid_transaction_uuid": row.uuid or ""}
    return Happening(
        at=row.created_at or LONG_AGO,
        kind=KIND,
        words=gettext("Paid with prepaid") if is_paid else gettext("Prepaid topped up"),
        shop=(row.shop and row.shop.name) or "",
        shop_uuid=(row.shop and row.shop.uuid) or "",
        uuid=row.uuid or "",
        account=PREPAID,
        change=row.amount_in_cents,
        steps=(NextStep(_("Reverse"), "reverse-prepaid-transaction", data),) if row.uuid else (),
    )


timeline.register(Source(KIND, _("Prepaid"), {KIND: _("Prepaid")}, at_piggy=transactions))
