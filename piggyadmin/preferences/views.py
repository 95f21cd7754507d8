"""Settings: one's own, and for those who may the console's."""

from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View

from piggyadmin.accounts import proofs
from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.oidc import has_identity
from piggyadmin.accounts.permissions import (
    ADD_REASONS,
    CHANGE_REASONS,
    CHANGE_TOKEN_DATE,
    REPLACE_TOKEN,
    VIEW_REASONS,
    VIEW_SETTINGS,
)
from piggyadmin.accounts.pins import has_pin
from piggyadmin.accounts.proofs import insist_on_fresh
from piggyadmin.accounts.sessions import end_sessions, open_sessions
from piggyadmin.ledger.models import Reason
from piggyadmin.piggy.client import account_of, piggy_client
from piggyadmin.piggy.models import TokenDate
from piggyadmin.piggy.tokens import is_from_environment, kept_token
from piggyadmin.preferences.configuration import configuration
from piggyadmin.preferences.forms import PiggyTokenForm, ReasonForm, TokenDateForm
from piggyadmin.preferences.services import TokenRefused, replace_token
from piggyadmin.ui.http import signed_in
from piggyadmin.ui.links import may_open


class SettingsPlace(NamedTuple):
    """A page of settings, as one's own lead to it."""

    url: str
    label: str | Promise
    words: str | Promise


PLACES = (
    SettingsPlace(
        "/settings/tokens/",
        _("Access for programs"),
        _("Tokens with which programs do in your name what you may do"),
    ),
    SettingsPlace("/people/", _("People"), _("Who works here, and their roles")),
    SettingsPlace("/settings/roles/", _("Roles"), _("What each role may do")),
    SettingsPlace(
        "/settings/reasons/",
        _("Reasons"),
        _("What people choose from when they give credits and the like"),
    ),
    SettingsPlace(
        "/settings/token/", _("The token's last day"), _("So that it is replaced in time")
    ),
    SettingsPlace(
        "/settings/piggy-token/",
        _("Piggy's token"),
        _("Put in another one, without a restart"),
    ),
    SettingsPlace(
        "/settings/health/",
        _("How the console is"),
        _("Database, worker, Piggy, token, clock and disk, and what to mend"),
    ),
    SettingsPlace(
        "/settings/console/",
        _("How the console is set"),
        _("Account, safety, what is kept, and where that is changed"),
    ),
)


class OwnSettings(View):
    """What somebody chooses for themselves, and where they are signed in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        person = signed_in(request)
        offers_service = bool(settings.OIDC_ISSUER) and not person.is_superuser
        context = {
            "sessions": open_sessions(person),
            "has_pin": has_pin(person),
            "service": settings.OIDC_NAME if offers_service else "",
            "is_elsewhere": offers_service and has_identity(person),
            "this_session": request.session.session_key,
            "places": [each for each in PLACES if may_open(request.user, each.url)],
        }
        return render(request, "preferences/own.html", context)


class SignOutElsewhere(View):
    """Ends all sessions of whoever asks but the one that asks."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do it, for whoever has shown lately that it is them."""
        if not proofs.is_fresh(request, proofs.SIGN_IN_SECONDS):
            return proofs.ask_first(request, reverse("preferences:own"))
        number = end_sessions(signed_in(request), but=request.session.session_key)
        words = ngettext(
            "Signed out of %(count)s other browser.",
            "Signed out of %(count)s other browsers.",
            number,
        )
        messages.success(request, words % {"count": number})
        return redirect("preferences:own")


class ConsoleSettings(PermittedView):
    """How the console is set, and where that is changed."""

    permission = VIEW_SETTINGS

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        return render(request, "preferences/console.html", {"groups": configuration()})


class ReasonList(PermittedView):
    """The reasons that people choose from."""

    permission = VIEW_REASONS

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them as they are offered, and those that are not offered any more."""
        return render(request, "preferences/reasons.html", {"reasons": Reason.objects.all()})


class ReasonFormView(View):
    """The form of a reason, of one that is there or of a new one."""

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:  # noqa: ARG002
        """Show it."""
        return self.show(ReasonForm(instance=_reason(pk)))

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Store it."""
        form = ReasonForm(request.POST, instance=_reason(pk))
        if not form.is_valid():
            return self.show(form)
        form.save()
        messages.success(request, gettext("Saved."))
        return redirect("preferences:reasons")

    def show(self, form: ReasonForm) -> HttpResponse:
        """Show the form."""
        return render(self.request, "preferences/reason.html", {"form": form})


def _reason(pk: int | None) -> Reason | None:
    return get_object_or_404(Reason, pk=pk) if pk else None


class ReasonEdit(ReasonFormView, PermittedView):
    """Changes a reason; what stands in the ledger keeps its words."""

    permission = CHANGE_REASONS


class NewReason(ReasonFormView, PermittedView):
    """Adds a reason."""

    permission = ADD_REASONS


class TokenDatePage(PermittedView):
    """Until when the token that is in use may be used."""

    permission = CHANGE_TOKEN_DATE

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        """Show what is known."""
        dates = TokenDate.objects.filter(account=piggy_client().account)
        last_day = dates.values_list("expires_on", flat=True).first()
        return self.show(TokenDateForm(initial={"expires_on": last_day}))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Store it; an empty day is none."""
        form = TokenDateForm(request.POST)
        if not form.is_valid():
            return self.show(form)
        keep_token_date(form.last_day)
        messages.success(request, gettext("Saved."))
        return redirect("preferences:own")

    def show(self, form: TokenDateForm) -> HttpResponse:
        """Show the form."""
        return render(self.request, "preferences/token.html", {"form": form})


@method_decorator(sensitive_post_parameters(), "dispatch")
class PiggyTokenPage(PermittedView):
    """Replaces the token for Piggy, which is tried before it is kept, and never shown again."""

    permission = REPLACE_TOKEN

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        """Ask for it, once whoever asks has shown that it is them."""
        if not settings.PIGGY_IN_PROCESS_SANDBOX:
            insist_on_fresh()
        return self.show(PiggyTokenForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Try it, and keep it where Piggy takes it."""
        if settings.PIGGY_IN_PROCESS_SANDBOX:
            return self.show(PiggyTokenForm())
        insist_on_fresh()
        form = PiggyTokenForm(request.POST)
        if not form.is_valid():
            return self.show(form)
        try:
            words = replace_token(form.cleaned_data["secret"], by=signed_in(request))
        except TokenRefused as refused:
            form.add_error("secret", refused.words)
            return self.show(form)
        account = account_of(settings.PIGGY_API_URL, form.cleaned_data["secret"])
        keep_token_date(form.cleaned_data["expires_on"], account)
        messages.success(request, words)
        return redirect("preferences:own")

    def show(self, form: PiggyTokenForm) -> HttpResponse:
        """Show the form, and where the token in use is from."""
        context = {
            "form": form,
            "is_sandbox": settings.PIGGY_IN_PROCESS_SANDBOX,
            "is_from_environment": is_from_environment(),
            "kept": kept_token(),
        }
        return render(self.request, "preferences/piggy_token.html", context)


def keep_token_date(last_day: date | None, account: str = "") -> None:
    """Keep until when a token, the one in use, may be used; nothing where nobody knows."""
    account = account or piggy_client().account
    if last_day:
        TokenDate.objects.update_or_create({"expires_on": last_day}, account=account)
    else:
        TokenDate.objects.filter(account=account).delete()
