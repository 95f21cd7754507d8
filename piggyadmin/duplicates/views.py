"""The mirror's page, and looking from one contact: what needs both the mirror and the search."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.duplicates.mirror import store
from piggyadmin.duplicates.review import finder
from piggyadmin.duplicates.review.views import ReviewPage
from piggyadmin.duplicates.tasks import next_sweep_at, start_sweep
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.ui.http import signed_in, wants_fragment


class EmptyForm(forms.Form):
    """Whether it is meant."""

    is_meant = forms.BooleanField(
        label=_("Yes, remove all mirrored customers and all pairs that nobody has decided on"),
        error_messages={"required": _("Tick this to say that it is meant. Nothing was removed.")},
    )


class _Page(ReviewPage):
    """What all views of this page show."""

    def show(self, form: EmptyForm) -> HttpResponse:
        """Show the page, or to htmx the part of it that changes."""
        fresh = store.freshness()
        context = {
            "fresh": fresh,
            "next_at": next_sweep_at(fresh.newest_run),
            "form": form,
        }
        template = "_state" if wants_fragment(self.request) else "mirror"
        return render(self.request, f"duplicates/{template}.html", context)


class MirrorPage(_Page):
    """What is mirrored; keeps itself up to date while it is being read."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        """Show it."""
        return self.show(EmptyForm())


class SweepView(_Page):
    """Has all contacts read again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Start it, unless it is under way."""
        start_sweep(by=signed_in(request))
        messages.success(
            request, gettext("All customers are being read. That goes on when you leave this page.")
        )
        return redirect("duplicates:mirror")


class StopView(_Page):
    """Stops reading."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Cancel the sweep that is under way."""
        if store.stop_sweep():
            words = gettext("The reading stops. What was read stays in the mirror.")
        else:
            words = gettext("Nothing was being read.")
        messages.success(request, words)
        return redirect("duplicates:mirror")


class EmptyView(_Page):
    """Empties the mirror."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do it where it is meant."""
        form = EmptyForm(request.POST)
        if not form.is_valid():
            return self.show(form)
        number = store.empty()
        words = ngettext(
            "%(number)s customer was removed from the mirror. Decisions are kept.",
            "%(number)s customers were removed from the mirror. Decisions are kept.",
            number,
        )
        messages.success(request, words % {"number": number_format(number, force_grouping=True)})
        return redirect("duplicates:mirror")


class CheckContact(ReviewPage):
    """Looks now for duplicates of one contact."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, contact_uuid: str) -> HttpResponse:
        """Read the contact anew, compare it with all others, and say what came of it."""
        try:
            known = store.refresh(piggy_client(), contact_uuid)
        except PiggyError as error:
            messages.error(request, str(error.message))
            return redirect("contacts:contact", contact_uuid)
        number = len(finder.check(contact_uuid)) if known else 0
        words = ngettext(
            "Checked: one possible duplicate.", "Checked: %(number)s possible duplicates.", number
        )
        messages.info(request, words % {"number": number} if number else gettext("Checked: none."))
        return redirect("contacts:contact", contact_uuid)
