"""The list of promotions, and the page, the file and the printed codes of one."""

from collections.abc import Iterator
from datetime import tzinfo
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.actions.record_views import RecordList, RecordPage
from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.naming import page_with_names, with_names
from piggyadmin.piggy.actor import use_actor
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import NotFound, PiggyError
from piggyadmin.piggy.types import Page
from piggyadmin.ui.codes import uuid_in_small
from piggyadmin.ui.filters import beginning
from piggyadmin.ui.http import wants_fragment
from piggyadmin.ui.qr import qr_picture
from piggyadmin.ui.spreadsheet import csv_answer, xlsx_answer
from piggyadmin.vouchers.promotions import (
    VOUCHERS_PAGE,
    DrawnVouchers,
    PromotionFigures,
    begins_on,
    count_used,
    draw,
    drawn_vouchers,
    every_voucher,
    of_batch,
)
from piggyadmin.vouchers.redemptions import reversed_since
from piggyadmin.vouchers.services import get_promotion, list_promotions, list_vouchers
from piggyadmin.vouchers.types import Promotion, Voucher
from piggyadmin.vouchers.wording import STATUSES

# How many vouchers stand on a page, and how many codes on a sheet: four pages of paper.
LISTED, PRINTED = 100, 100
# What is of use to whoever is given it: the rest is not printed.
PRINTABLE = ("ACTIVE", "INACTIVE")
# How many of a promotion's vouchers are looked through for a batch, or put into a workbook.
MOST_VOUCHERS = 10_000


class PromotionList(RecordList):
    """All promotions, of which vouchers are made."""

    template_name = "vouchers/promotions.html"
    entity = "vouchers"
    title = _("Promotions")
    intro = _("What vouchers are made of, and how many there can be.")
    list_name = "vouchers:promotions"

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read one page."""
        return {"page": list_promotions(piggy, page=self.page, limit=50)}


class OfOnePromotion(PiggyPage):
    """Something about one promotion's vouchers, which can be narrowed down to a status."""

    title = _("Promotions")
    entity = "vouchers"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Read whose vouchers they are; a UUID is the same one in any capitals."""
        kwargs["promotion_uuid"] = uuid_in_small(kwargs["promotion_uuid"])
        super().setup(request, *args, **kwargs)

    @property
    def status(self) -> str | None:
        """The status that is asked for; nonsense counts as none."""
        asked = self.request.GET.get("status", "")
        return asked if asked in STATUSES else None

    @property
    def batch(self) -> str | None:
        """The reference that the vouchers of the batch carry that is asked for, if one is."""
        return self.named("batch")


class PromotionPage(OfOnePromotion, RecordPage):
    """One promotion: what it is, how far it is used up, and its vouchers."""

    template_name = "vouchers/promotion.html"
    list_name = "vouchers:promotions"
    facts_template = "vouchers/_promotion.html"
    # What is begun with a promotion.
    making = ("create-voucher", "create-vouchers-batch")

    def find(self, piggy: PiggyClient, **keys: str) -> Promotion:
        """Find it by its UUID."""
        return get_promotion(piggy, **keys)

    def name_of(self, record: Promotion) -> str:
        """Give its name."""
        return record.name or ""

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read it, one page of its vouchers, and what stands above these."""
        uuid = self.kwargs["promotion_uuid"]
        narrowed = partial(list_vouchers, status=self.status, page=self.page, limit=LISTED)
        promotion, vouchers, above = gather(
            partial(self.find, piggy, promotion_uuid=uuid),
            partial(narrowed, piggy, promotion_uuid=uuid),
            partial(self._read_above, piggy),
        )
        return {
            **self.shown(promotion),
            **(self._above(promotion, *above) if above else {}),
            "promotion_uuid": uuid,
            "page": page_with_names(vouchers, "contact"),
            "status": self.status,
            "statuses": STATUSES,
            "printable": PRINTABLE,
        }

    def _read_above(self, piggy: PiggyClient) -> tuple[int | None, DrawnVouchers] | None:
        """Have its vouchers counted and drawn, above the part of the page that a filter changes."""
        if wants_fragment(self.request):
            return None
        uuid = self.kwargs["promotion_uuid"]
        return gather(partial(count_used, piggy, uuid), partial(drawn_vouchers, piggy, uuid))

    def _above(
        self, promotion: Promotion, used: int | None, drawn: DrawnVouchers
    ) -> dict[str, Any]:
        reversals = reversed_since(self.kwargs["promotion_uuid"], beginning(begins_on()))
        limit, made = promotion.voucher_limit, drawn.listed
        return {"figures": PromotionFigures(limit, made, used), "chart": draw(drawn, reversals)}

    def _record_actions(self) -> list[tuple[Any, str]]:
        query = urlencode(self.kwargs)
        offered = [get_action(slug) for slug in self.making]
        allowed = [each for each in offered if each.is_allowed_for(self.request.user)]
        return [(action, f"{action.url}?{query}") for action in allowed]


class PromotionCsv(OfOnePromotion):
    """A promotion's codes as a file, all or those of one status or batch."""

    route = "vouchers:promotion-csv"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Send it; what cannot be read at all is no file, but a page that says why."""
        vouchers = every_voucher(piggy_client(), self.kwargs["promotion_uuid"], self.status)
        rows = _as_rows(_named(self._as_asker(of_batch(vouchers, self.batch))))
        try:
            return self.answer(rows)
        except NotFound:
            raise Http404 from None
        except PiggyError as error:
            return render(request, "ui/list.html", {"title": self.title, "error": error})

    def answer(self, rows: Iterator[list[Any]]) -> HttpResponseBase:
        """Stream it as CSV, however much it is."""
        return csv_answer("codes", _columns(), rows)

    def _as_asker(self, vouchers: Iterator[Voucher]) -> Iterator[Voucher]:
        """Read on for whoever asked: the file is sent when the request is over."""
        person = self.request.user
        while True:
            with use_actor(person.pk, person.name, self.route):
                voucher = next(vouchers, None)
            if voucher is None:
                return
            yield voucher


class PromotionXlsx(PromotionCsv):
    """A promotion's codes as a workbook, which has to be read whole before it can be sent."""

    route = "vouchers:promotion-xlsx"

    def answer(self, rows: Iterator[list[Any]]) -> HttpResponseBase:
        """Send it, where nobody has to wait too long for it."""
        found = list(islice(rows, MOST_VOUCHERS + 1))
        if len(found) <= MOST_VOUCHERS:
            return xlsx_answer("codes", _columns(), found)
        words = gettext("These are too many codes for a workbook. Take them as CSV.")
        messages.warning(self.request, words)
        return redirect("vouchers:promotion", promotion_uuid=self.kwargs["promotion_uuid"])


def _named(vouchers: Iterator[Voucher]) -> Iterator[Voucher]:
    """Give vouchers with the names of their customers, looked up for many of them at once."""
    while some := list(islice(vouchers, VOUCHERS_PAGE)):
        yield from with_names(some)


def _columns() -> list[str]:
    return [
        *(gettext("Voucher code"), gettext("Status"), gettext("Customer"), gettext("Good from")),
        *(gettext("Good until"), gettext("Used"), gettext("Times used"), gettext("Uses left")),
    ]


def _as_rows(vouchers: Iterator[Voucher]) -> Iterator[list[Any]]:
    """Write vouchers as lines of a file, in the language and time zone in which it is begun."""
    words = {status: str(label) for status, label in STATUSES.items()}
    return map(partial(_as_row, words, timezone.get_current_timezone()), vouchers)


def _as_row(words: dict[str, str], zone: tzinfo, voucher: Voucher) -> list[Any]:
    moments = (voucher.activation_date, voucher.expiration_date, voucher.redeemed_at)
    customer = voucher.contact
    cells = (
        voucher.code,
        words.get(voucher.status or "", voucher.status),
        customer and customer.called,
        *(each and each.astimezone(zone).isoformat(timespec="minutes") for each in moments),
        voucher.times_redeemed,
        voucher.redemptions_remaining,
    )
    return ["" if cell is None else cell for cell in cells]


class PromotionSheet(OfOnePromotion):
    """A promotion's codes to be printed and cut out, or those of one batch."""

    template_name = "vouchers/sheet.html"

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read the promotion and the codes of one page, and draw them."""
        uuid = self.kwargs["promotion_uuid"]
        promotion, page = gather(
            partial(get_promotion, piggy, promotion_uuid=uuid), partial(self._read_codes, piggy)
        )
        codes = [each for each in page.items if each.code]
        return {
            "promotion": promotion,
            "promotion_uuid": uuid,
            "page": page,
            "codes": [PrintedCode(each, qr_picture(each.code or "")) for each in codes],
        }

    def _read_codes(self, piggy: PiggyClient) -> Page[Voucher]:
        """Read one page; of a batch, which Piggy cannot be asked for, what is found of it."""
        uuid, status = self.kwargs["promotion_uuid"], self.status
        if not self.batch:
            status = status if status in PRINTABLE else PRINTABLE[0]
            return list_vouchers(
                piggy, promotion_uuid=uuid, status=status, page=self.page, limit=PRINTED
            )
        looked_at = islice(every_voucher(piggy, uuid), MOST_VOUCHERS)
        found = [each for each in of_batch(looked_at, self.batch) if each.status in PRINTABLE]
        rest = found[(self.page - 1) * PRINTED :]
        return Page(items=rest[:PRINTED], page=self.page, has_more=len(rest) > PRINTED)


class PrintedCode(NamedTuple):
    """A voucher, and the picture of its code."""

    voucher: Voucher
    picture: str
