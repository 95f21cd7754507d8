"""The lists of vouchers and promotions, and the address of one voucher."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.contacts.page_views import OfOneContact
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.ui.codes import uuid_in_small
from piggyadmin.ui.filters import FilteredView, StatedFilter
from piggyadmin.ui.forms import MAX_ID_LENGTH, CodeField
from piggyadmin.vouchers.services import cached_promotions, list_promotions, list_vouchers
from piggyadmin.vouchers.wording import STATUSES


class VoucherFilter(StatedFilter):
    """Which vouchers to show; the page draws it."""

    promotion_uuid = CodeField(required=False, max_length=MAX_ID_LENGTH)
    contact_uuid = CodeField(required=False, max_length=MAX_ID_LENGTH)
    status = forms.ChoiceField(required=False, choices=STATUSES.items)


class VoucherList(PiggyPage, OfOneContact, FilteredView):
    """Vouchers, by promotion, contact and status."""

    filter_class = VoucherFilter
    list_name = "vouchers:list"
    template_name = "vouchers/list.html"
    entity = "vouchers"
    title = _("Vouchers")
    intro = _("All vouchers, by promotion and status.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read one page, and the promotions to filter by."""
        chosen = self._chosen()
        vouchers, promotions = gather(
            partial(list_vouchers, piggy, page=self.page, limit=30, **chosen),
            partial(cached_promotions, piggy),
        )
        return {
            "page": vouchers,
            "promotions": promotions,
            "statuses": STATUSES,
            "chosen": chosen,
        }

    def _chosen(self) -> dict[str, str | None]:
        """Read the filters; what cannot be one is left out."""
        form = VoucherFilter(self.query)
        chosen = {name: form.values.get(name) for name in form.fields}
        return {name: value and uuid_in_small(value) for name, value in chosen.items()}


class VoucherByCode(PermittedView):
    """Leads from the address of a voucher to the answer of its look-up."""

    permission = "actions.run_find_voucher_by_code"

    def get(self, _request: HttpRequest, code: str) -> HttpResponse:
        """Look the voucher up."""
        action = reverse("actions:action", args=["find-voucher-by-code"])
        return redirect(f"{action}?{urlencode({'code': code})}")


class PromotionList(PiggyPage):
    """All promotions, of which vouchers are made."""

    template_name = "vouchers/promotions.html"
    entity = "vouchers"
    title = _("Promotions")
    intro = _("What vouchers are made of, and how many there can be.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read one page."""
        return {"page": list_promotions(piggy, page=self.page, limit=50)}
