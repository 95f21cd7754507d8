"""Taking over bookings that are known from elsewhere: pasted or as a file, checked row by row."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.bookings.import_csv import ImportedList, NoListError, decoded, keep, read_list
from piggyadmin.bookings.seen import COLUMNS
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.shops.services import cached_shops
from piggyadmin.ui.forms import CleanTextField

MOST_CHARACTERS = 1_000_000


class ImportBookingsForm(forms.Form):
    """A list, pasted or as a file."""

    template_name = "ui/form.html"

    text = CleanTextField(
        label=_("Pasted list"),
        required=False,
        max_length=MOST_CHARACTERS,
        help_text=_("The names of the columns, and one booking a line below, as in a spreadsheet."),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "mono"}),
    )
    file = forms.FileField(label=_("Or a CSV file"), required=False)

    def __init__(self, *args: Any, shops: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shops = shops
        self.found: ImportedList | None = None

    def clean(self) -> dict[str, Any]:
        """Read the list; what of a file is read counts as pasted from then on."""
        data = super().clean() or {}
        upload, name = data.get("file"), "file" if data.get("file") else "text"
        if self.errors:
            return data
        try:
            text = decoded(upload.read()) if upload else data.get("text", "")
            self.found = read_list(text, self.shops)
        except NoListError as error:
            self.add_error(name, str(error))
            return data
        data["text"] = text
        return data


class ImportBookings(PermittedView):
    """The page on which a list is checked, and then kept."""

    permission = "actions.run_update_bookings"

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Ask for the list."""
        return self._show(ImportBookingsForm(shops={}))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Check it; once that was seen, keep what is right."""
        form = ImportBookingsForm(request.POST, request.FILES, shops=_shops())
        if not form.is_valid() or form.found is None:
            return self._show(form)
        if request.POST.get("step") != "keep" or not form.found.good:
            text = form.cleaned_data["text"]
            again = ImportBookingsForm(initial={"text": text}, shops=form.shops)
            return self._show(again, found=form.found)
        count = keep(form.found.good)
        words = ngettext(
            "%(count)s booking is kept. Nothing was sent to Piggy.",
            "%(count)s bookings are kept. Nothing was sent to Piggy.",
            count,
        )
        messages.success(request, words % {"count": count})
        return redirect("bookings:all")

    def _show(self, form: ImportBookingsForm, found: ImportedList | None = None) -> HttpResponse:
        context = {"form": form, "found": found, "columns": COLUMNS[:-2]}
        return render(self.request, "bookings/import.html", context)


def _shops() -> dict[str, str]:
    """Give the shops by name in small letters; none where Piggy cannot be asked."""
    try:
        shops = cached_shops(piggy_client())
    except PiggyError:
        return {}
    return {(shop.name or "").casefold(): shop.uuid or "" for shop in shops}
