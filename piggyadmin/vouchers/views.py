"""The lists of vouchers and promotions, and the address of one voucher."""

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.actions.registry import get_action
from piggyadmin.actions.views import ActionView
from piggyadmin.contacts.page_views import OfOneContact
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.piggy.concurrency import gather
from piggyadmin.ui.codes import uuid_in_small
from piggyadmin.ui.filters import FilteredView, StatedFilter
from piggyadmin.ui.forms import MAX_ID_LENGTH, CodeField, focus_first
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
    intro = _("Scan, type or paste a code. Below are all vouchers, by promotion and status.")
    # What begins without a voucher; the rest is offered beside the voucher that it is about.
    making: ClassVar[set[str]] = {"create-voucher", "create-vouchers-batch"}

    def actions(self) -> list[Any]:
        """List the actions that make vouchers."""
        return [action for action in super().actions() if action.slug in self.making]

    def beside(self) -> dict[str, Any]:
        """Give the form that asks for a code, always ready for a scanner."""
        action = get_action("find-voucher-by-code")
        form = focus_first(action.form_class(piggy=piggy_client()))
        is_allowed = action.is_allowed_for(self.request.user)
        return {"look_up": action, "look_up_form": form} if is_allowed else {}

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


class VoucherPage(ActionView):
    """One voucher: the look-up by its code, at an address of its own, with what can be done."""

    slug: ClassVar[str] = "find-voucher-by-code"

    @classmethod
    def allows(
        cls, person: AbstractBaseUser | AnonymousUser, slug: str = "", **_names: Any
    ) -> bool:
        """Tell who may look vouchers up."""
        return super().allows(person, slug=slug or cls.slug)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the action that looks vouchers up."""
        super().setup(request, *args, **kwargs, slug=self.slug)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """Look the voucher up."""
        named = QueryDict(mutable=True)
        named["code"] = kwargs["code"]
        return self._begin(named)


class PromotionList(PiggyPage):
    """All promotions, of which vouchers are made."""

    template_name = "vouchers/promotions.html"
    entity = "vouchers"
    title = _("Promotions")
    intro = _("What vouchers are made of, and how many there can be.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read one page."""
        return {"page": list_promotions(piggy, page=self.page, limit=50)}
