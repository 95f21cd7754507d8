"""Asking people to sign in, or whose form it is, without losing what they typed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django_htmx.http import HttpResponseClientRedirect

from piggyadmin.accounts import drafts, duties, proofs
from piggyadmin.accounts.form_owners import is_of_another
from piggyadmin.accounts.sessions import keep_alive

# Whoever signs out may do so with anybody's form.
_ANYBODYS = {"account_logout"}


class SignInMiddleware(LoginRequiredMiddleware):
    """Leads to the sign-in page; what was typed into a form is there again afterwards.

    With JavaScript the page stays where it is, and needs none of this. A form that somebody else
    opened in this browser is not taken: its page asks again, with what was typed.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: Any,
        view_kwargs: Any,
    ) -> HttpResponseBase | None:
        """Let in who has signed in, with their own forms."""
        refused = super().process_view(request, view_func, view_args, view_kwargs)
        if refused or not getattr(view_func, "login_required", True):
            return refused
        keep_alive(request)
        match = request.resolver_match
        if match and match.view_name not in _ANYBODYS and is_of_another(request):
            return open_again(request)
        if proofs.is_pin_too_little(request):
            messages.info(request, gettext("A PIN is not enough for this. Show that it is you."))
            is_sent = request.method == "POST"
            page = drafts.page_of(request) if is_sent else request.get_full_path()
            return lead_away(request, proofs.place(page))
        duty = duties.due(request)
        return lead_away(request, reverse(duty)) if duty else None

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseRedirect:
        """Have the browser keep what was typed, for a while, and ask to sign in."""
        if request.method != "POST" or "HX-Request" in request.headers:
            return super().handle_no_permission(request, view_func)
        page = drafts.page_of(request)
        response = redirect_to_login(
            page, self.get_login_url(view_func), self.get_redirect_field_name(view_func)
        )
        words = gettext("Your session has ended and nothing was sent. What you typed is kept.")
        if not drafts.keep(request, response, page):
            words = gettext(
                "Your session has ended and nothing was sent. Sign in and fill it in again."
            )
        messages.warning(request, words)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Have whoever wants what takes a fresh proof give it first."""
        if not isinstance(exception, proofs.ProofNeeded):
            return None
        messages.info(request, str(exception.words))
        return lead_away(request, proofs.place(drafts.page_of(request)))

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Have the browser forget what stands in a form again."""
        drafts.forget(request, response)
        return response


def lead_away(request: HttpRequest, url: str) -> HttpResponse:
    """Lead to another page; what was typed is kept for its own."""
    is_htmx = "HX-Request" in request.headers
    response = HttpResponseClientRedirect(url) if is_htmx else HttpResponseRedirect(url)
    if request.method == "POST":
        drafts.keep(request, response, drafts.page_of(request))
    return response


def open_again(request: HttpRequest) -> HttpResponse:
    """Do nothing with a form of another person, or of another session: its page asks anew."""
    response = lead_away(request, drafts.page_of(request))
    if not is_of_another(request):
        words = gettext(
            "You have signed in again since this form was opened. Nothing was sent and nothing was "
            "changed. What you typed is kept: press again if you mean it."
        )
        messages.warning(request, words)
    elif not drafts.is_for_form(request):
        tell_who_is_here(request)
    return response


def tell_who_is_here(request: HttpRequest) -> None:
    """Say that what stands here was opened by one person, and that another one is here now."""
    words = gettext(
        "You are signed in as %(name)s now, and somebody else had opened this form. Nothing was "
        "sent and nothing was changed. Check what stands here, and press again if you mean it."
    )
    messages.warning(request, words % {"name": request.user.name})  # type: ignore[union-attr]


def take_typed(request: HttpRequest) -> QueryDict | None:
    """Give, once, what was typed into this page before; None for nothing."""
    taken = drafts.take(request)
    if taken is None:
        return None
    fields, is_of_somebody_else = taken
    if is_of_somebody_else:
        tell_who_is_here(request)
    return fields


def fill_in(request: HttpRequest, form: forms.BaseForm) -> None:
    """Have a form that is about to be shown begin with what was typed into this page before."""
    if (typed := take_typed(request)) is None:
        return
    begun = {
        name: field.widget.value_from_datadict(typed, MultiValueDict(), name)
        for name, field in form.fields.items()
        if not field.disabled
    }
    form.initial = {**form.initial, **begun}
