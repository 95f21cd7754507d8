"""The vouchers of a contact: on its page, and their number in what is shown of what it has."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.contacts import timeline
from piggyadmin.contacts.panels import Panel, register
from piggyadmin.contacts.snapshot import counters
from piggyadmin.contacts.timeline import LONG_AGO, Happening, Source
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.types import every_item
from piggyadmin.vouchers.services import list_vouchers
from piggyadmin.vouchers.types import Voucher

MOST_SHOWN = 10
USABLE = {"ACTIVE", "INACTIVE", "LOCKED"}
# The most that Piggy gives in one page.
VOUCHERS_PAGE = 500
VOUCHERS = "vouchers"


def read_vouchers(piggy: PiggyClient, contact_uuid: str) -> dict[str, Any]:
    """Read those that can be used, now or later; what became of the others the timeline tells."""
    page = list_vouchers(piggy, contact_uuid=contact_uuid, limit=VOUCHERS_PAGE)
    usable = [row for row in page.items if row.status in USABLE][:MOST_SHOWN]
    return {"vouchers": page.model_copy(update={"items": usable})}


def count_vouchers(piggy: PiggyClient, contact_uuid: str) -> int | None:
    """Count all of them; None where Piggy does not tell."""
    return list_vouchers(piggy, contact_uuid=contact_uuid, limit=1).total


def vouchers(piggy: PiggyClient, contact_uuid: str) -> Iterator[Happening]:
    """Read all of them: each tells from when on it was good, and when it was used."""
    rows = every_item(
        lambda page: list_vouchers(piggy, contact_uuid=contact_uuid, page=page, limit=VOUCHERS_PAGE)
    )
    own = timeline.own_rows(rows, contact_uuid)
    found = [each for row in own for each in _happenings(row)]
    return iter(sorted(found, key=lambda each: each.at, reverse=True))


def _happenings(row: Voucher) -> Iterator[Happening]:
    """Tell of a voucher; a code is money, and stands in no address, so that no link leads to it."""
    name = row.name or (row.promotion and row.promotion.name) or ""
    called = {"code": row.code or "", "name": name}
    given = gettext("Voucher %(code)s: %(name)s") % called
    yield Happening(row.activation_date or LONG_AGO, VOUCHERS, given, uuid=row.uuid or "")
    if row.redeemed_at:
        used = gettext("Voucher %(code)s used: %(name)s") % called
        yield Happening(row.redeemed_at, VOUCHERS, used)


timeline.register(Source(VOUCHERS, _("Vouchers"), {VOUCHERS: _("Vouchers")}, at_piggy=vouchers))
register(Panel(_("Vouchers"), "vouchers/_contact_panel.html", 30, read_vouchers))
counters["vouchers"] = count_vouchers
