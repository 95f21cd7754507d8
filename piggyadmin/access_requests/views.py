"""What we hold on this person: one press, one file."""

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from piggyadmin.access_requests import exports
from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.permissions import HAND_OUT_DATA
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import NotFound, PiggyError
from piggyadmin.ui.codes import uuid_in_small
from piggyadmin.ui.http import signed_in


class LanguageForm(forms.Form):
    """In which language the file is."""

    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("The customer's, as Piggy has it")), *settings.LANGUAGES],
    )


class WhatWeHold(PermittedView):
    """Makes a file of everything that Piggy and this console hold on a customer."""

    permission = HAND_OUT_DATA

    def get(self, request: HttpRequest, contact_uuid: str) -> HttpResponse:  # noqa: ARG002
        """Say what is in the file, and offer to choose its language."""
        return self.show(LanguageForm(), contact_uuid)

    def post(self, request: HttpRequest, contact_uuid: str) -> HttpResponse:
        """Make it."""
        uuid, form = uuid_in_small(contact_uuid), LanguageForm(request.POST)
        if not form.is_valid():
            return self.show(form, uuid)
        piggy = piggy_client()
        try:
            language = form.cleaned_data["language"] or exports.language_for(piggy, uuid)
            packed = exports.make_file(piggy, signed_in(request), uuid, language)
        except NotFound:
            raise Http404 from None
        except PiggyError as error:
            return self.show(form, uuid, error)
        answer = HttpResponse(packed, content_type="application/zip")
        answer["Content-Disposition"] = f'attachment; filename="customer-{_safe(uuid)}.zip"'
        answer["Cache-Control"] = "no-store"
        return answer

    def show(
        self, form: forms.Form, contact_uuid: str, error: PiggyError | None = None
    ) -> HttpResponse:
        """Show the form, and what went wrong."""
        context = {"form": form, "contact_uuid": uuid_in_small(contact_uuid), "error": error}
        return render(self.request, "access_requests/held.html", context)


def _safe(uuid: str) -> str:
    """Leave of an opaque identifier what can stand in the name of a file."""
    return "".join(each for each in uuid if each.isascii() and (each.isalnum() or each == "-"))
