"""The list of vouchers, the address of one, and many codes at once."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.actions.base import Action
from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.actions.registry import get_action
from piggyadmin.actions.views import ActionView
from piggyadmin.contacts.page_views import OfOneContact
from piggyadmin.ledger.reads import count_read
from piggyadmin.piggy.actor import use_actor
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.piggy.concurrency import gather
from piggyadmin.ui.codes import uuid_in_small
from piggyadmin.ui.filters import FilteredView, StatedFilter
from piggyadmin.ui.forms import MAX_ID_LENGTH, CodeField, focus_first
from piggyadmin.ui.spreadsheet import csv_answer
from piggyadmin.ui.states import status_word
from piggyadmin.vouchers.forms import ManyCodesForm, PromotionField
from piggyadmin.vouchers.many import (
    ORDERS,
    CheckedCode,
    check,
    narrowed,
    signed,
    totals,
    unsigned,
)
from piggyadmin.vouchers.scanning_views import camera_allowed
from piggyadmin.vouchers.selection import numbered
from piggyadmin.vouchers.services import cached_promotions, list_vouchers
from piggyadmin.vouchers.steps import FOR_MANY
from piggyadmin.vouchers.wording import STATUSES


class VoucherFilter(StatedFilter):
    """Which vouchers to show; the page draws it."""

    promotion_uuid = CodeField(label=_("Promotion"), required=False, max_length=MAX_ID_LENGTH)
    contact_uuid = CodeField(label=_("Customer"), required=False, max_length=MAX_ID_LENGTH)
    status = forms.ChoiceField(label=_("Status"), required=False, choices=STATUSES.items)

    def said_value(self, name: str, value: Any) -> str:
        """Name a promotion as people know it."""
        names = dict(PromotionField().choices()) if name == "promotion_uuid" else {}
        return names.get(value) or super().said_value(name, value)


@method_decorator(camera_allowed, name="dispatch")
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


class ManyCodes(PermittedView):
    """Many codes at once: one table, in the order in which they were pasted.

    The page is sent while Piggy answers. What was answered goes along with it, signed, so that it
    is sorted, narrowed down and made a file of without Piggy being asked again.
    """

    permission = "actions.run_find_voucher_by_code"
    template_name = "vouchers/many.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show where to paste them."""
        return render(request, self.template_name, {"form": focus_first(ManyCodesForm())})

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Ask for what was pasted, or show in another way what was answered."""
        if "answers" in request.POST:
            return self._again(request.POST)
        form = ManyCodesForm(request.POST)
        if not form.is_valid():
            return render(request, self.template_name, {"form": form})
        codes = form.cleaned_data["codes"]
        return StreamingHttpResponse(_in_language_of_now(self._streamed(codes)))

    def _again(self, posted: QueryDict) -> HttpResponseBase:
        rows = unsigned(posted.get("answers", ""), self.request.user.pk)
        if rows is None:
            words = _("These answers are not kept any more. Paste the codes once more.")
            messages.warning(self.request, words)
            return redirect("vouchers:many")
        chosen = {name: posted.get(name, "") for name in ("status", "order")}
        shown = narrowed(rows, **chosen)
        if posted.get("as") == "csv":
            return csv_answer("vouchers", *_as_file(shown))
        context = {"answers": posted.get("answers"), **chosen}
        return HttpResponse(self._page(rows, shown, **context))

    def _page(self, rows: list[CheckedCode], shown: list[CheckedCode], **more: Any) -> str:
        context = {
            "form": ManyCodesForm(),
            "rows": shown,
            "totals": totals(rows),
            "number": len(rows),
            "contacts": [row.contact_uuid for row in rows],
            "shown_codes": "\n".join(row.code for row in shown),
            "orders": ORDERS,
            "steps": steps_for_many(shown if "status" in more else rows, self.request.user),
            **more,
        }
        return render_to_string(self.template_name, context, self.request)

    def _streamed(self, codes: list[str]) -> Iterator[str]:
        """Send the page as far as the rows go, then the rows, then what is known at the end."""
        person = self.request.user
        find = get_action("find-voucher-by-code")
        may_act = any(get_action(slug).is_allowed_for(person) for slug in FOR_MANY)
        rows: list[CheckedCode] = []
        page = self._page([], [CheckedCode(0, "", "", "")])
        yield page.partition("<tbody>")[0] + "<tbody>"
        with use_actor(person.pk, person.name, "vouchers:many"):
            for part in check(piggy_client(), codes):
                rows += part
                context = {"rows": part, "steps": may_act}
                table = render_to_string("vouchers/_checked.html", context)
                yield table.partition("<tbody>")[2].rpartition("</tbody>")[0]
        count_read(find)
        answers = signed(rows, person.pk)
        page = self._page(rows, rows[:1], answers=answers, shown_codes="\n".join(codes))
        yield "</tbody>" + page.rpartition("</tbody>")[2]


class StepForMany(NamedTuple):
    """A step that can be done with some of the vouchers of a table."""

    action: Action[Any, Any]
    label: str


def steps_for_many(rows: list[CheckedCode], person: Any) -> list[StepForMany]:
    """Give the steps that a person may take with any of these, and with how many."""
    able = Counter(slug for row in rows for slug in row.can.split())
    allowed = [action for action in map(get_action, FOR_MANY) if action.is_allowed_for(person)]
    counted = ((action, able[action.slug]) for action in allowed)
    return [StepForMany(each, numbered(each.slug, count)) for each, count in counted if count]


def _in_language_of_now(parts: Iterator[str]) -> Iterator[str]:
    """Go on in the language and time zone of the request, whose thread has others by then."""
    language, zone = translation.get_language(), timezone.get_current_timezone()

    def translated() -> Iterator[str]:
        with translation.override(language), timezone.override(zone):
            yield from parts

    return translated()


def _as_file(rows: list[CheckedCode]) -> tuple[list[str], list[list[Any]]]:
    """Give the columns and the lines of a file of codes."""
    columns = [
        *(gettext("Voucher code"), gettext("Status"), gettext("What it means"), gettext("Gives")),
        *(gettext("Customer"), gettext("Uses"), gettext("Good until")),
    ]
    lines = [
        [row.code, status_word(row.status), row.words, row.gives, row.contact, row.uses, row.until]
        for row in rows
    ]
    return columns, lines
