"""Saved views: kept above a list, opened by a button, renamed and removed on a page of their own.

The page of all names lists as the menu does.
"""

from http import HTTPStatus
from typing import NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.generic import View

from piggyadmin.accounts.models import User
from piggyadmin.desk.navigation import place_label
from piggyadmin.outgoing_mail import can_mail
from piggyadmin.saved_views import services
from piggyadmin.saved_views.forms import ViewForm
from piggyadmin.saved_views.models import SavedView, ViewMail
from piggyadmin.ui import stored
from piggyadmin.ui.http import signed_in

# Longer than any address that a list leads to.
LONGEST_QUERY = 4000


class ListedView(NamedTuple):
    """A view as the list of them shows it."""

    view: SavedView
    place: str | Promise
    words: str
    can_change: bool
    has_file: bool
    mail: ViewMail | None


class ViewList(View):
    """The views that somebody can use, of all lists, with what each narrows its list down to."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        person = signed_in(request)
        kept = services.views_for(person).select_related("person").order_by("list_name", "name")
        mails = {mail.view_id: mail for mail in ViewMail.objects.filter(person=person)}
        rows = [
            _listed(view, person, mails.get(view.pk))
            for view in kept
            if services.may_open_list(person, view.list_name)
        ]
        context = {"rows": rows, "can_mail": can_mail()}
        return render(request, "saved_views/list.html", context)


def _listed(view: SavedView, person: User, mail: ViewMail | None) -> ListedView:
    return ListedView(
        view,
        place_label(reverse(view.list_name)),
        _in_words(view),
        can_change=services.can_change(view, person),
        has_file=services.may_open_file(person, view.list_name),
        mail=mail,
    )


def _in_words(view: SavedView) -> str:
    """Say what a view narrows its list down to."""
    if view.query is None:
        return gettext("It cannot be opened any more: save it anew.")
    form = services.view_class_of(view.list_name).filter_class(view.query)
    return " · ".join(words for _name, words in form.chips())


class OpenView(View):
    """Leads to a list as a view has it; its filter does not stand in this address."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lead there."""
        view = get_object_or_404(services.views_for(signed_in(request)), pk=pk)
        if not services.may_open_list(signed_in(request), view.list_name):
            raise Http404
        if view.query is None:
            messages.warning(request, gettext("This view cannot be opened any more: save it anew."))
        query = services.narrowing(view.list_name, view.query or QueryDict())
        return redirect(services.address_of(request, view.list_name, query))


class OpenFile(View):
    """Leads to a list as a file, as a view has it: where links in mails lead."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lead there."""
        person = signed_in(request)
        view = get_object_or_404(services.views_for(person), pk=pk)
        if not services.may_open_file(person, view.list_name):
            raise Http404
        if view.query is None:
            return redirect(view)  # which says that it cannot be opened any more
        query = services.narrowing(view.list_name, view.query)
        return redirect(services.file_address_of(request, view.list_name, query))


class SaveView(View):
    """Keeps the filter that is on under a name."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        """Lead to the views: what is saved is posted from its list."""
        return redirect("saved_views:list")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep it, and lead back to the list."""
        person, list_name = signed_in(request), request.POST.get("list_name", "")
        if not services.may_open_list(person, list_name):
            raise Http404
        try:
            named = stored.parameters(request, QueryDict(_text(request)))
        except stored.NotKept:
            return stored.lead_from_lost(request, reverse(list_name))
        query = services.narrowing(list_name, named)
        if not query:
            messages.info(request, gettext("Nothing is narrowed down here: choose a filter first."))
            return redirect(reverse(list_name))
        view = SavedView(person=person, list_name=list_name)
        view.query = query
        form = ViewForm(request.POST, view=view, person=person)
        if not form.is_valid():
            context = {"form": form, "list_name": list_name, "query": _text(request)}
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            return render(request, "saved_views/save.html", context, status=status)
        form.save()
        words = gettext("Saved. “%(name)s” stands above the list from now on.")
        messages.success(request, words % {"name": view.name})
        return redirect(services.address_of(request, list_name, query))


def _text(request: HttpRequest) -> str:
    return request.POST.get("query", "")[:LONGEST_QUERY]


class ViewEdit(View):
    """Renames a view, shares it, or removes it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show its form."""
        view = _own_view(request, pk)
        return self.show(view, ViewForm(view=view, person=signed_in(request)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Store it, or remove it."""
        view = _own_view(request, pk)
        if "remove" in request.POST:
            view.delete()
            messages.success(request, gettext("Removed."))
            return redirect("saved_views:list")
        form = ViewForm(request.POST, view=view, person=signed_in(request))
        if not form.is_valid():
            return self.show(view, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        form.save()
        messages.success(request, gettext("Saved."))
        return redirect("saved_views:list")

    def show(self, view: SavedView, form: ViewForm, status: int = HTTPStatus.OK) -> HttpResponse:
        """Show the form."""
        context = {"view": view, "form": form, "words": _in_words(view)}
        return render(self.request, "saved_views/edit.html", context, status=status)


def _own_view(request: HttpRequest, pk: int) -> SavedView:
    """Find a view that the person may change.

    Raises:
        Http404: there is none.
    """
    person = signed_in(request)
    view = get_object_or_404(services.views_for(person).select_related("person"), pk=pk)
    if not services.can_change(view, person):
        raise Http404
    return view
