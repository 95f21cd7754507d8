"""Going to the service by which people sign in, and coming back from it."""

import logging
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.generic import View

from piggyadmin.accounts import oidc, proofs
from piggyadmin.accounts.models import User
from piggyadmin.accounts.throttling import LockedOut, count_request, know_again
from piggyadmin.ui.http import is_own_address, signed_in

# So often may somebody come from there within five minutes, from one address.
MOST_RETURNS = 30
_NEXT = "oidc_next"
# Who is on their way there to have the service sign them in from now on.
_LINKING = "oidc_linking"
logger = logging.getLogger(__name__)


class OutsideView(View):
    """A view that there is where such a service is set."""

    http_method_names = ["get"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Be there, or not."""
        if not settings.OIDC_ISSUER:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def refuse(self, words: str) -> HttpResponse:
        """Say why somebody gets no further, on the page where they began."""
        messages.error(self.request, words)
        return redirect("account_login")


class Begin(OutsideView):
    """Leads to the service; whoever is signed in already proves there anew that it is them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Lead there."""
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        request.session.pop(_LINKING, None)
        request.session[_NEXT] = wanted if is_own_address(request, wanted) else ""
        try:
            return oidc.lead_there(request, anew=request.user.is_authenticated)
        except oidc.FAILURES as error:
            logger.warning("The service to sign in by cannot be asked: %s", type(error).__name__)
            return self.refuse(gettext("The service cannot be reached now. Try again in a moment."))


class Callback(OutsideView):
    """Where the service leads back to."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Sign somebody in, with their second factor where they have one here."""
        try:
            count_request(request, "oidc", MOST_RETURNS)
            claims = oidc.claims_of(request)
            if request.session.pop(_LINKING, "") == str(request.user.pk):
                return self.link(claims)
            person = oidc.person_of(claims)
        except LockedOut:
            return self.refuse(gettext("Too many tries. Wait some minutes."))
        except oidc.NotLetIn as refused:
            return self.refuse(str(refused))
        except oidc.FAILURES as error:
            logger.warning("Nobody was signed in by the service: %s", type(error).__name__)
            return self.refuse(gettext("That did not work. Nobody was signed in. Try once more."))
        return self.let_in(person)

    def let_in(self, person: User) -> HttpResponse:
        """Sign them in, or note that it is still them."""
        request = self.request
        wanted = request.session.pop(_NEXT, "") or "/"
        if request.user.is_authenticated and request.user != person:
            return self.refuse(gettext("You are somebody else there. Sign out first."))
        record_authentication(request, person, method="oidc")
        if request.user.is_authenticated:
            request.session.cycle_key()
            return redirect(wanted)
        response: HttpResponse = perform_login(request, Login(user=person, redirect_url=wanted))
        know_again(request, response)
        return response

    def link(self, claims: dict[str, Any]) -> HttpResponse:
        """Have whoever is signed in come by the service from now on."""
        try:
            oidc.link_own(signed_in(self.request), claims)
        except oidc.NotLetIn as refused:
            messages.error(self.request, str(refused))
        else:
            words = gettext("You sign in with %(service)s from now on.")
            messages.success(self.request, words % {"service": settings.OIDC_NAME})
        return redirect("preferences:own")


class LinkOwn(OutsideView):
    """Has somebody who is here already show at the service who they are there.

    Names and addresses tell nothing: whoever gives themselves that of another becomes nobody.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Lead there, whoever has shown lately that it is them."""
        if not proofs.is_fresh(request, proofs.SIGN_IN_SECONDS):
            return proofs.ask_first(request, reverse("preferences:own"))
        request.session[_LINKING] = str(signed_in(request).pk)
        try:
            return oidc.lead_there(request, anew=True)
        except oidc.FAILURES as error:
            logger.warning("The service to sign in by cannot be asked: %s", type(error).__name__)
            return self.refuse(gettext("The service cannot be reached now. Try again in a moment."))
