"""One step for many vouchers: what would be touched, and what came of it."""

import time
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.permissions import READ_LEDGER, check_permission
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import get_action
from piggyadmin.actions.views import explain
from piggyadmin.ledger.operations import Refused
from piggyadmin.piggy.client import piggy_client
from piggyadmin.tasks import runs
from piggyadmin.tasks.models import Run
from piggyadmin.ui.forms import CodeField, focus_first
from piggyadmin.ui.http import signed_in, wants_fragment
from piggyadmin.ui.templatetags.ui import in_words
from piggyadmin.vouchers.forms import MOST_CODES
from piggyadmin.vouchers.many import narrowed, totals, unsigned
from piggyadmin.vouchers.selection import (
    CARRIER,
    Judgement,
    Selection,
    contacts_of,
    judge,
    numbered,
    outcomes_of,
    selection_of,
    shared_data,
    shared_form,
)
from piggyadmin.vouchers.steps import FOR_MANY

# For so long whoever pressed waits for it; workers do the rest.
AT_ONCE_SECONDS = 3.0


class ChooseStep(PermittedView):
    """A step for chosen vouchers: what it needs to know, whom it will touch, and the yes to it."""

    permission = "actions.run_find_voucher_by_code"
    template_name = "vouchers/step_for_many.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        """Lead to where codes are pasted: nothing of it stands in an address."""
        return redirect("vouchers:many")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take the next step."""
        if "selection" in request.POST:
            return self._begin(request.POST["selection"])
        action = _action_for_many(request.POST.get("step", ""))
        check_permission(signed_in(request), action.permission)
        codes = self._codes(action)
        is_asked = "check" in request.POST
        form = shared_form(action, piggy_client(), request.POST if is_asked else None)
        if not form.fields:
            form = shared_form(action, piggy_client(), QueryDict())
        if not form.is_bound or not form.is_valid() or form.missing_why:
            shown = explain(form, Refused(form.missing_why)) if form.is_bound else form
            return self._show(action, codes, form=focus_first(shown))
        return self._show_judged(action, codes, form)

    def _codes(self, action: Action[Any, Any]) -> list[str]:
        """Give what was chosen; where nothing was, all in the table that it can be done with."""
        posted = self.request.POST
        if chosen := posted.getlist("codes"):
            return _cleaned(chosen)
        rows = unsigned(posted.get("answers", ""), self.request.user.pk) or []
        shown = narrowed(rows, posted.get("status", ""), "place")
        return [row.code for row in shown if action.slug in row.can.split()]

    def _show_judged(
        self, action: Action[Any, Any], codes: list[str], form: ActionForm
    ) -> HttpResponse:
        """Say of each voucher whether it will be touched."""
        data = shared_data(form)
        judgements = judge(piggy_client(), action, codes, data)
        will = [each.code for each in judgements if not each.words]
        selection = selection_of(action, signed_in(self.request), will, data)
        return self._show(
            action,
            codes,
            facts=_facts(form),
            judgements=sorted(judgements, key=_touched_last),
            contacts=[each.contact_uuid for each in judgements],
            will=len(will),
            will_not=len(judgements) - len(will),
            button=numbered(action.slug, len(will)),
            selection=selection.signed() if will else "",
        )

    def _show(self, action: Action[Any, Any], codes: list[str], **more: Any) -> HttpResponse:
        context = {"action": action, "codes": codes, "codes_text": "\n".join(codes), **more}
        return render(self.request, self.template_name, context)

    def _begin(self, text: str) -> HttpResponse:
        """Have it done, once; whoever presses again is led to what came of it."""
        person = signed_in(self.request)
        selection = Selection.unsigned(text, person)
        if selection is None:
            words = gettext("What was chosen is not kept any more. Nothing was done: choose again.")
            messages.warning(self.request, words)
            return redirect("vouchers:many")
        check_permission(person, selection.action.permission)
        key, payload = str(selection.key), selection.model_dump(mode="json")
        if not Run.objects.filter(name=CARRIER, key=key).exists():
            run = runs.start(CARRIER, key=key, payload=payload, by=person)
            give_up_at = time.monotonic() + AT_ONCE_SECONDS
            runs.carry_at_once(run.pk, should_stop=lambda: time.monotonic() > give_up_at)
            runs.call_a_worker(run.pk)
        return redirect("vouchers:selection", key=selection.key)


def _action_for_many(slug: str) -> Action[Any, Any]:
    if slug not in FOR_MANY:
        raise Http404
    return get_action(slug)


def _cleaned(chosen: list[str]) -> list[str]:
    """Give codes as a field for one takes them, each once; what can be none is left out."""
    field, codes = CodeField(), []
    for text in dict.fromkeys(chosen):
        try:
            codes.append(field.clean(text))
        except ValidationError:
            continue
    return codes[:MOST_CODES]


def _facts(form: ActionForm) -> list[tuple[str, Any]]:
    """Give what was filled in, as it is shown before a yes to it."""
    filled = ((form[name], form.cleaned_data.get(name)) for name in form.fields)
    return [(str(bound.label), _shown(bound.field, value)) for bound, value in filled if value]


def _shown(field: Any, value: Any) -> Any:
    """Name what was chosen in a list, and write a moment in words."""
    if isinstance(value, datetime):
        return in_words(value)
    choices = field.choices() if callable(getattr(field, "choices", None)) else ()
    return dict(choices).get(value, value)


def _touched_last(each: Judgement) -> bool:
    return not each.words


class SelectionPage(PermittedView):
    """What came of a step for many vouchers, voucher by voucher; asks again by itself."""

    permission = "actions.run_find_voucher_by_code"
    other_permissions = (READ_LEDGER,)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it to whoever asked for it, and to readers of the ledger."""
        runs_of_key = Run.objects.filter(name=CARRIER, key=str(kwargs["key"]))
        run = runs_of_key.order_by("-pk").first()
        if run is None:
            raise Http404
        person = signed_in(request)
        if run.asked_by_id != person.pk:
            check_permission(person, READ_LEDGER)
        template = "_selection" if wants_fragment(request) else "selection"
        return render(request, f"vouchers/{template}.html", _context_of(run))


def _context_of(run: Run) -> dict[str, Any]:
    selection = Selection.model_validate(run.payload)
    outcomes = outcomes_of(selection, is_over=run.is_finished)
    return {
        "run": run,
        "action": selection.action,
        "title": numbered(selection.slug, len(selection.codes)),
        "outcomes": outcomes,
        "contacts": contacts_of(outcomes),
        "totals": totals(outcomes, by="state"),
        "codes_text": "\n".join(selection.codes),
    }
