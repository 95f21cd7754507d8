"""What a person chose last, such as their shop: chosen already the next time they are asked."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse

from piggyadmin.actions.forms import ActionForm
from piggyadmin.ui import cookies
from piggyadmin.ui.forms import ListOrPasteField


def suggest(form: ActionForm, request: HttpRequest) -> None:
    """Have fields offer what was chosen last; a field offers nothing that is not in its list."""
    for _name, field in _remembering(form):
        cookie = cookies.own_cookie(request, field.remembered_as)
        field.widget.suggested = cookies.kept(request, cookie)


def keep(form: ActionForm, request: HttpRequest, response: HttpResponse) -> None:
    """Remember what was chosen in a form that is now carried out."""
    for name, field in _remembering(form):
        if chosen := form.cleaned_data.get(name):
            cookies.keep(response, cookies.own_cookie(request, field.remembered_as), chosen)


def _remembering(form: ActionForm) -> Iterator[tuple[str, ListOrPasteField]]:
    for name, field in form.fields.items():
        if isinstance(field, ListOrPasteField) and field.remembered_as:
            yield name, field
