"""A shared till: choosing a PIN, locking the browser, and going on as somebody who was here."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, View

from piggyadmin.accounts import locked_pages, pins
from piggyadmin.accounts.views import LimitedTries
from piggyadmin.factors.pin_forms import NewPinForm, SwitchForm
from piggyadmin.factors.views import ProvedView
from piggyadmin.ui.http import is_own_address, signed_in


@method_decorator(sensitive_post_parameters(), "dispatch")
class OwnPin(ProvedView, FormView[NewPinForm]):
    """Chooses one's own PIN, or another one."""

    template_name = "factors/pin.html"
    form_class = NewPinForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether there is one."""
        return super().get_context_data(has_pin=pins.has_pin(signed_in(self.request)), **kwargs)

    def form_valid(self, form: NewPinForm) -> HttpResponse:
        """Keep it."""
        pins.set_pin(self.request, signed_in(self.request), form.cleaned_data["pin"])
        words = gettext("Your PIN is set. In each browser it takes a full sign-in once a day.")
        messages.success(self.request, words)
        return redirect("preferences:own")


class PinRemoval(View):
    """Takes one's own PIN away."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do it."""
        pins.remove_pin(request, signed_in(request))
        messages.success(request, gettext("You have no PIN any more."))
        return redirect("preferences:own")


def _wanted(request: HttpRequest) -> str:
    """Give where somebody wants to go on; nothing where that is not here."""
    url = str((request.POST or request.GET).get(REDIRECT_FIELD_NAME, ""))
    return url if is_own_address(request, url) else ""


@method_decorator(sensitive_post_parameters(), "dispatch")
class TillLock(View):
    """Ends the session, so that whoever goes on shows their PIN."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do it; whoever it was may come back with their PIN."""
        wanted = _wanted(request)
        is_kept = locked_pages.keep(request, urlsplit(wanted).path)
        request.session.flush()
        if not is_kept:
            words = gettext("What you typed there was too long to be kept while this is locked.")
            messages.warning(request, words)
        query = f"?{urlencode({REDIRECT_FIELD_NAME: wanted})}" if wanted else ""
        return redirect(f"{reverse('account_switch')}{query}")


@method_decorator(sensitive_post_parameters(), "dispatch")
class Switch(LimitedTries, FormView[SwitchForm]):
    """Asks who goes on, of those who signed in here today, and for their PIN."""

    template_name = "account/switch.html"
    form_class = SwitchForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead to the full sign-in, where nobody may go on with a PIN."""
        self.people = pins.people_here(request)
        return super().dispatch(request, *args, **kwargs) if self.people else self.sign_in()

    def sign_in(self) -> HttpResponse:
        """Lead there."""
        return redirect(self.address_of_sign_in())

    def address_of_sign_in(self) -> str:
        """Give the address of the full sign-in, which leads on to the same page."""
        wanted = _wanted(self.request)
        query = f"?{urlencode({REDIRECT_FIELD_NAME: wanted})}" if wanted else ""
        return f"{reverse('account_login')}{query}"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Say who may be chosen; a single one is chosen already."""
        kwargs = super().get_form_kwargs() | {"people": self.people}
        if len(self.people) == 1:
            kwargs["initial"] = {"person": self.people[0].pk}
        return kwargs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add where they wanted to go."""
        more = {"wanted": _wanted(self.request), "sign_in": self.address_of_sign_in()}
        return super().get_context_data(**more, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Have them go on."""
        pins.switch_to(self.request, form.chosen)
        return super().form_valid(form)

    def get_success_url(self) -> str:
        """Give where they wanted to go."""
        return _wanted(self.request) or "/"
