"""One's own second factors: what there are, adding, naming and removing one, recovery codes."""

import json
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.generic import FormView, View

from piggyadmin.accounts import duties, proofs
from piggyadmin.factors import authenticators, requirements
from piggyadmin.factors.authenticators import APP, CODES, FACTORS, PASSKEY
from piggyadmin.factors.forms import AppForm, NewPasskeyForm, PasskeyNameForm
from piggyadmin.sealing import seal, unseal
from piggyadmin.ui.http import signed_in
from piggyadmin.ui.qr import qr_picture

_SECRET = "factors.secret"  # noqa: S105  (where the session keeps one, sealed)
_PURPOSE = "second-factor-to-add"


class ListedFactor(NamedTuple):
    """A factor as its owner's page shows it."""

    pk: int
    name: str
    is_passkey: bool
    added_at: Any
    used_at: Any


def name_of(factor: Authenticator) -> str:
    """Say what a factor is called."""
    if factor.type == PASSKEY:
        return str(factor.data.get("name", ""))
    return gettext("Authenticator app") if factor.type == APP else gettext("Recovery codes")


def listed(factor: Authenticator) -> ListedFactor:
    """Show a factor."""
    is_passkey = factor.type == PASSKEY
    return ListedFactor(
        factor.pk, name_of(factor), is_passkey, factor.created_at, factor.last_used_at
    )


class OwnFactors(View):
    """All that somebody has."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it; who has what has to be done first is let on."""
        person = signed_in(request)
        everything = list(authenticators.of_person(person))
        factors = [listed(each) for each in everything if each.type in FACTORS]
        if factors:
            duties.lift(request, duties.Duty.FACTOR)
        codes = next((each for each in everything if each.type == CODES), None)
        context = {
            "factors": factors,
            "has_app": any(not each.is_passkey for each in factors),
            "has_codes": codes is not None,
            "unused": len(authenticators.unused_codes(codes)) if codes else 0,
            "is_required": requirements.is_required_of(person),
            "due": None if factors else requirements.due_at(person),
        }
        return render(request, "factors/list.html", context)


class ProvedView(View):
    """A page on which somebody decides how they sign in: they prove first that it is them."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask, if that was too long ago."""
        if not proofs.is_fresh(request, proofs.SIGN_IN_SECONDS):
            return proofs.ask_first(request, request.get_full_path())
        return super().dispatch(request, *args, **kwargs)


class FactorAdding(ProvedView, FormView[Any]):
    """Adds a factor, and leads to the recovery codes if there were none yet."""

    def add(self, form: Any) -> None:
        """Add it."""
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        """Add it, and lead on."""
        person = signed_in(self.request)
        is_first = not authenticators.has_factor(person)
        try:
            self.add(form)
        except IntegrityError:
            return redirect("factors:list")
        duties.lift(self.request, duties.Duty.FACTOR)
        messages.success(self.request, gettext("Added. It is asked for when you sign in."))
        return redirect("factors:codes" if is_first else "factors:list")


class AppAdding(FactorAdding):
    """Adds an app that shows codes, by a QR code that is kept, sealed, until it is done."""

    template_name = "factors/app.html"
    form_class = AppForm

    def secret(self) -> str:
        """Give the secret that the page shows, whatever is wrong with the code."""
        kept = unseal(self.request.session.get(_SECRET, ""), purpose=_PURPOSE)
        secret = kept or authenticators.new_secret()
        if not kept:
            self.request.session[_SECRET] = seal(secret, purpose=_PURPOSE)
        return secret

    def get_form_kwargs(self) -> dict[str, Any]:
        """Say which app it has to be."""
        return super().get_form_kwargs() | {"secret": self.secret()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the app reads."""
        context = super().get_context_data(**kwargs)
        secret = context["form"].secret
        address = authenticators.address_of_app(signed_in(self.request), secret)
        return context | {"picture": qr_picture(address), "secret": secret}

    def add(self, form: AppForm) -> None:
        """Add it."""
        del self.request.session[_SECRET]
        authenticators.add_app(signed_in(self.request), form.secret, form.step)


class PasskeyAdding(FactorAdding):
    """Adds a passkey, which the browser makes."""

    template_name = "factors/passkey.html"
    form_class = NewPasskeyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the browser has to know."""
        context = super().get_context_data(**kwargs)
        options = authenticators.passkey_to_make(signed_in(self.request))
        return context | {"options": json.dumps(options)}

    def add(self, form: NewPasskeyForm) -> None:
        """Add it."""
        values = form.cleaned_data
        authenticators.add_passkey(signed_in(self.request), values["name"], values["credential"])


def _own(request: HttpRequest, pk: int, *kinds: str) -> Authenticator:
    """Find a factor of whoever asks."""
    return get_object_or_404(authenticators.of_person(signed_in(request)), pk=pk, type__in=kinds)


class PasskeyRenaming(ProvedView, FormView[Any]):
    """Calls a passkey otherwise."""

    template_name = "factors/rename.html"
    form_class = PasskeyNameForm

    def get_initial(self) -> dict[str, Any]:
        """Begin with what it is called."""
        return {"name": name_of(_own(self.request, self.kwargs["pk"], PASSKEY))}

    def form_valid(self, form: PasskeyNameForm) -> HttpResponse:
        """Store it."""
        passkey = _own(self.request, self.kwargs["pk"], PASSKEY)
        authenticators.rename(passkey, form.cleaned_data["name"])
        messages.success(self.request, gettext("Saved."))
        return redirect("factors:list")


class FactorRemoval(ProvedView):
    """Removes a factor, once it is said what that means."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask."""
        factor = _own(request, pk, *FACTORS)
        others = authenticators.of_person(signed_in(request)).filter(type__in=FACTORS)
        is_last = others.count() == 1
        is_needed = is_last and requirements.is_required_of(signed_in(request))
        context = {"name": name_of(factor), "is_last": is_last, "is_needed": is_needed}
        return render(request, "factors/remove.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Remove it; the last one that somebody needs stays."""
        factor, person = _own(request, pk, *FACTORS), signed_in(request)
        others = authenticators.of_person(person).filter(type__in=FACTORS).exclude(pk=pk)
        if not others.exists() and requirements.is_required_of(person):
            return self.get(request, pk)
        authenticators.remove(factor)
        messages.success(request, gettext("Removed."))
        return redirect("factors:list")


class OwnRecoveryCodes(ProvedView):
    """The recovery codes: shown once, and made anew."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show those that nobody has seen yet, or how many are left."""
        codes = get_object_or_404(authenticators.of_person(signed_in(request)), type=CODES)
        context = {
            "codes": authenticators.take_codes_to_show(codes),
            "unused": len(authenticators.unused_codes(codes)),
        }
        return render(request, "factors/codes.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make new ones for whoever has a factor."""
        if authenticators.has_factor(signed_in(request)):
            authenticators.make_recovery_codes(signed_in(request), anew=True)
        return redirect("factors:codes")
