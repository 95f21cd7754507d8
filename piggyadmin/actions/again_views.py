"""Sending once more what is known not to have been done, and going on with what stopped."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import find_action
from piggyadmin.actions.views import write_request
from piggyadmin.ledger import (
    approvals,
    conflicts,
    entries,
    following,
    outcomes,
    snapshots,
    writes,
)
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Refused
from piggyadmin.ledger.views import EntryView
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.ui.http import signed_in


class Again(EntryView):
    """Send once more what was found not to be done: the same data, one press."""

    must_be_able = True

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Send it, unless something about it has changed: then show the form, filled in."""
        action = find_action(self.entry.action)
        if action is None:
            raise Http404
        if self.entry.state != EntryState.SETTLED_NOT_DONE:
            raise PermissionDenied(gettext("Only what is known not to be done can be sent again."))
        if first := self._first():
            return redirect("ledger:entry", key=first.submission_key)
        try:
            outcome = self._send(action)
        except PiggyError as error:
            messages.error(request, str(error.message))
            return self.back()
        except (
            Refused,
            conflicts.DuplicateRequest,
            approvals.SecondPersonNeeded,
            SuspiciousOperation,
            _Changed,
        ):
            return self._ask_anew(action)
        return redirect("actions:outcome", slug=action.slug, key=outcome.entry.submission_key)

    def _first(self) -> Entry | None:
        """Find what an earlier press sent, by whomever."""
        return Entry.objects.filter(submission_key=entries.key_of_again(self.entry)).first()

    def _ask_anew(self, action: Action[Any, Any]) -> HttpResponse:
        """Show the form, filled in, unless somebody else sent it at the same moment."""
        key = entries.key_of_again(self.entry)
        if Entry.objects.filter(submission_key=key).exists():
            return redirect("ledger:entry", key=key)
        words = gettext("Something has changed since. Check it, and go on from here.")
        messages.warning(self.request, words)
        return redirect(f"{action.url}?again={self.entry.submission_key}")

    def _send(self, action: Action[Any, Any]) -> outcomes.Outcome:
        if action.result_type is None:
            raise _Changed  # a secret is shown where it is asked for, and nowhere else
        piggy = piggy_client()
        form = action.form_class(action.form_data(self.entry), piggy=piggy)
        if not form.is_valid():
            raise _Changed
        preview = None
        if action.has_preview:
            preview = action.preview(piggy, form.cleaned_data)
            agreed = type(preview).model_validate(snapshots.preview_of(self.entry)).decisive()
            if preview.decisive() != agreed:
                raise _Changed
        request = write_request(
            action,
            form,
            self.request.POST,
            person=signed_in(self.request),
            submission_key=entries.key_of_again(self.entry),
            preview=preview,
            reason=self.entry.reason,
            comment=self.entry.comment,
            part_of=entries.whole_of(self.entry),
            is_judged_by_itself=True,
        )
        return writes.carry_out(piggy, request)


class GoOn(EntryView):
    """Do what is left of something that stopped half done; what was done stays as it is."""

    must_be_able = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Have it go on, in the name of whoever presses the button."""
        action = find_action(self.entry.action)
        if action is None:
            raise Http404
        words = action.remaining(self.entry)
        if words:
            try:
                following.resume(self.entry, person=signed_in(request), comment=words)
            except Refused as refused:
                messages.warning(request, refused.words)
        if self.entry.person_id != signed_in(request).pk:
            return self.back()
        return redirect("actions:outcome", slug=action.slug, key=self.entry.submission_key)


class _Changed(Exception):  # noqa: N818
    """It has to go through its form: what was agreed to before does not do any more."""
