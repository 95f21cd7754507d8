"""One's own tokens for programs: the list, a new one, and withdrawing one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from piggyadmin.accounts.middleware import fill_in
from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.permissions import USE_API
from piggyadmin.api import services
from piggyadmin.api.forms import NewTokenForm
from piggyadmin.api.models import AccessToken
from piggyadmin.ledger.operations import Refused
from piggyadmin.ui.http import signed_in

# What has ended is shown for a while below what has not.
MOST_SHOWN = 50


class TokenList(PermittedView):
    """One's own tokens, and the form of a new one, which is shown once."""

    permission = USE_API
    changes_ways_in = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        form = NewTokenForm()
        fill_in(request, form)
        return self.show(form)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make one."""
        form = NewTokenForm(request.POST)
        if not form.is_valid():
            return self.show(form)
        try:
            token, secret = services.make_token(signed_in(request), **form.cleaned_data)
        except Refused as refused:
            form.add_error("name", refused.words)
            return self.show(form)
        return self.show(NewTokenForm(), made=token, secret=secret)

    def show(self, form: NewTokenForm, **more: Any) -> HttpResponse:
        """Show the page."""
        tokens = AccessToken.objects.filter(person=signed_in(self.request)).select_related("person")
        context = {"form": form, "tokens": tokens[:MOST_SHOWN], **more}
        return render(self.request, "api/tokens.html", context)


class TokenWithdrawal(PermittedView):
    """Ends one of one's own tokens at once."""

    permission = USE_API
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it."""
        own = AccessToken.objects.select_related("person").filter(person=signed_in(request))
        token = get_object_or_404(own, pk=pk)
        services.withdraw(token)
        words = gettext("The token “%(name)s” opens nothing any more.")
        messages.success(request, words % {"name": token.name})
        return redirect("preferences:tokens")
