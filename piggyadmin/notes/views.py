"""Writing notes on a customer, handing over, and saying whom nobody is to serve."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.permissions import MANAGE_NOTES, WRITE_NOTES
from piggyadmin.ledger.subjects import directory
from piggyadmin.notes import services
from piggyadmin.notes.forms import FIELD_IDS, DoNotServeForm, NoteForm, key_of
from piggyadmin.notes.models import Note
from piggyadmin.ui.codes import uuid_in_small
from piggyadmin.ui.http import signed_in, wants_fragment
from piggyadmin.ui.views import way_back

# Where notes stand on the page of a customer.
PLACE = "#notes"


def page_of(contact_uuid: str) -> str:
    """Give the address of the notes on a customer."""
    return reverse("contacts:contact", args=[contact_uuid]) + PLACE


def name_of(contact_uuid: str) -> str:
    """Name a customer as far as that is known without asking Piggy."""
    return directory().names({contact_uuid}).get(contact_uuid) or gettext("Customer")


class AboutCustomer(PermittedView):
    """A form about one customer on a page of its own, where nothing that was typed is lost."""

    permission = WRITE_NOTES
    title: ClassVar[str | Promise]
    button: ClassVar[str | Promise] = _("Save")

    def show(self, form: forms.Form, contact_uuid: str, **more: Any) -> HttpResponse:
        """Show the form."""
        context = {
            "form": form,
            "title": self.title,
            "button": self.button,
            "customer": name_of(contact_uuid),
            "contact_uuid": contact_uuid,
        }
        return render(self.request, "notes/form.html", context | more)


class NewNote(AboutCustomer):
    """Writes a note on a customer, and hands it over where that is asked for."""

    title = _("Write a note")

    def get(self, request: HttpRequest, contact_uuid: str) -> HttpResponse:
        """Show the form; to the one on a customer's page, give whom a note can be for."""
        if wants_fragment(request):
            form = NoteForm(auto_id=FIELD_IDS)
            return HttpResponse(form["for_whom"].as_field_group())
        return self.show(NoteForm(), uuid_in_small(contact_uuid))

    def post(self, request: HttpRequest, contact_uuid: str) -> HttpResponse:
        """Store it."""
        uuid, form = uuid_in_small(contact_uuid), NoteForm(request.POST)
        if not form.is_valid():
            return self.show(form, uuid)
        pinned = form.cleaned_data["is_pinned"]
        note = services.write(signed_in(request), uuid, **form.values(), is_pinned=pinned)
        words = gettext("Saved. Piggy does not hear of it.")
        if note.is_handed_over:
            words = gettext("Handed over to %(whom)s. It stands on their desk until it is done.")
        messages.success(request, words % {"whom": note.for_whom})
        return redirect(page_of(uuid))


class OneNote(PermittedView):
    """A view of one note."""

    permission = WRITE_NOTES

    @property
    def note(self) -> Note:
        """The note, as it is now."""
        return get_object_or_404(
            Note.objects.select_related("for_person", "for_role", "written_by"),
            pk=self.kwargs["pk"],
        )


class EditNote(AboutCustomer, OneNote):
    """Changes a note, by its author or by who looks after notes."""

    title = _("Change a note")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002
        """Show it."""
        note = self._changeable()
        values = {"text": note.text, "for_whom": key_of(note), "is_pinned": note.is_pinned}
        return self.show(NoteForm(initial=values), note.contact_uuid, note=note)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002
        """Store it."""
        note, form = self._changeable(), NoteForm(request.POST)
        if not form.is_valid():
            return self.show(form, note.contact_uuid, note=note)
        pinned = form.cleaned_data["is_pinned"]
        services.change(signed_in(request), note, **form.values(), is_pinned=pinned)
        messages.success(request, gettext("Saved. Piggy does not hear of it."))
        return redirect(page_of(note.contact_uuid))

    def _changeable(self) -> Note:
        """Give the note, if it may be changed.

        Raises:
            PermissionDenied: it is somebody else's.
        """
        note = self.note
        if not services.may_change(signed_in(self.request), note):
            raise PermissionDenied(gettext("Only who wrote it can change it, or an admin."))
        return note


class RemoveNote(EditNote):
    """Removes a note for good, once somebody has said so."""

    title = _("Remove this note for good?")
    button = _("Remove the note")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002
        """Ask."""
        note = self._changeable()
        return self.show(forms.Form(), note.contact_uuid, note=note, is_final=True)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002
        """Do it."""
        note = self._changeable()
        services.remove(signed_in(request), note)
        messages.success(request, gettext("The note is removed."))
        return redirect(page_of(note.contact_uuid))


class PinNote(OneNote):
    """Has a note stand first, or no longer."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002
        """Do it."""
        note = self.note
        services.pin(signed_in(request), note, is_pinned=request.POST.get("pinned") == "yes")
        return redirect(page_of(note.contact_uuid))


class FinishNote(OneNote):
    """Says that what was handed over is done."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002
        """Do it, once, and go back to where it was said."""
        if services.finish(signed_in(request), self.note):
            messages.success(request, gettext("Done."))
        else:
            messages.info(request, gettext("Somebody has done it already. Nothing was changed."))
        return redirect(way_back(request))


# --- Whom nobody is to serve -----------------------------------------------------------------


class SetFlag(AboutCustomer):
    """Says that nobody is to serve a customer, and why."""

    permission = MANAGE_NOTES
    title = _("Do not serve this customer any more")
    button = _("Do not serve")

    def get(self, request: HttpRequest, contact_uuid: str) -> HttpResponse:  # noqa: ARG002
        """Ask why."""
        return self.show(DoNotServeForm(), uuid_in_small(contact_uuid), is_final=True)

    def post(self, request: HttpRequest, contact_uuid: str) -> HttpResponse:
        """Do it."""
        uuid, form = uuid_in_small(contact_uuid), DoNotServeForm(request.POST)
        if not form.is_valid():
            return self.show(form, uuid, is_final=True)
        if services.set_do_not_serve(signed_in(request), uuid, form.cleaned_data["reason"]):
            messages.success(request, gettext("Everybody is told not to serve this customer."))
        else:
            messages.info(request, gettext("That was said already. Nothing was changed."))
        return redirect(page_of(uuid))


class LiftFlag(AboutCustomer):
    """Lets a customer be served again."""

    permission = MANAGE_NOTES
    title = _("Serve this customer again")
    button = _("Serve again")

    def get(self, request: HttpRequest, contact_uuid: str) -> HttpResponse:  # noqa: ARG002
        """Ask."""
        uuid = uuid_in_small(contact_uuid)
        return self.show(forms.Form(), uuid, flags=services.flags_of([uuid]))

    def post(self, request: HttpRequest, contact_uuid: str) -> HttpResponse:
        """Do it."""
        uuid = uuid_in_small(contact_uuid)
        if services.lift_do_not_serve(signed_in(request), uuid):
            messages.success(request, gettext("This customer is served again."))
        else:
            messages.info(request, gettext("Nothing stood in the way. Nothing was changed."))
        return redirect(page_of(uuid))
