"""Where a second factor is asked for: while signing in, and wherever it has to be proved anew."""

import json
from typing import Any, cast

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.forms import BaseForm
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from piggyadmin.accounts.models import User
from piggyadmin.accounts.oidc import has_identity, may_use_password
from piggyadmin.accounts.views import LimitedTries
from piggyadmin.factors import authenticators
from piggyadmin.factors.authenticators import PASSKEY
from piggyadmin.factors.forms import (
    CodeProofForm,
    PasskeyProofForm,
    PasswordProofForm,
)
from piggyadmin.ui.http import is_own_address, signed_in


@method_decorator(sensitive_post_parameters(), "dispatch")
class ProofView(LimitedTries, FormView[Any]):
    """Asks for one of several proofs; each has a form of its own, known by its one field."""

    @property
    def person(self) -> User:
        """Whoever has to prove that it is them."""
        raise NotImplementedError

    def offered(self) -> dict[str, type[BaseForm]]:
        """Give the forms that this person can fill in, by their fields."""
        kinds = set(authenticators.of_person(self.person).values_list("type", flat=True))
        offered: dict[str, type[BaseForm]] = {}
        if PASSKEY in kinds:
            offered["credential"] = PasskeyProofForm
        if kinds - {PASSKEY}:
            offered["code"] = CodeProofForm
        return offered

    def get_form(self, form_class: Any = None) -> Any:  # noqa: ARG002
        """Fill in the form that was sent."""
        forms, sent = self.offered(), self.request.POST
        name = next((name for name in forms if name in sent), None)
        if name is None:
            return None
        return forms[name](sent, user=self.person)  # type: ignore[call-arg]

    def get(self, *_args: Any, **_names: Any) -> HttpResponse:
        """Ask."""
        return self.render_to_response(self.get_context_data())

    def post(self, *_args: Any, **_names: Any) -> HttpResponse:
        """Go on, if it is right."""
        form = self.get_form()
        if form is None:
            return self.get()
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show all forms; the one that was sent with what is wrong."""
        sent = kwargs.setdefault("form", None)
        offered = self.offered()
        for name, kind in offered.items():
            kwargs[f"{name}_form"] = (
                sent if isinstance(sent, kind) else kind(user=self.person)  # type: ignore[call-arg]
            )
        if "credential" in offered:
            kwargs["options"] = json.dumps(authenticators.passkey_to_show(self.person))
        return super().get_context_data(**kwargs)


@method_decorator(
    login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login"), "dispatch"
)
class SecondStepView(ProofView):
    """The second step of signing in; what the first one led to goes on after it."""

    template_name = "account/second_step.html"

    @property
    def stage(self) -> AuthenticateStage:
        """Where signing in has come to."""
        return self.request._login_stage  # type: ignore[attr-defined]

    @property
    def person(self) -> User:
        """Whose password was right."""
        return cast("User", self.stage.login.user)

    def get(self, *_args: Any, **_names: Any) -> HttpResponse:
        """Ask; whose factors were taken away meanwhile begins anew."""
        return super().get() if self.offered() else self.stage.abort()

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign them in."""
        post_authentication(self.request, form.authenticator)
        self.done = self.stage.exit()
        return super().form_valid(form)

    def get_success_url(self) -> str:
        """Give where they wanted to go."""
        return str(self.done["Location"])


class ReauthenticateView(ProofView):
    """Asks anew who it is, by password or second factor, and leads on."""

    template_name = "account/reauthenticate.html"

    @property
    def person(self) -> User:
        """Who is signed in."""
        return signed_in(self.request)

    def offered(self) -> dict[str, type[BaseForm]]:
        """Give the forms that this person can fill in, by their fields."""
        factors = super().offered()
        if not (self.person.has_usable_password() and may_use_password(self.person)):
            return factors
        return {"password": PasswordProofForm, **factors}

    @property
    def wanted(self) -> str:
        """Where they wanted to go."""
        sent = self.request.POST or self.request.GET
        url = str(sent.get(REDIRECT_FIELD_NAME, ""))
        return url if is_own_address(self.request, url) else ""

    def form_valid(self, form: Any) -> HttpResponse:
        """Note it, and lead on; a session that has proved more gets another key."""
        if isinstance(form, PasswordProofForm):
            record_authentication(
                self.request, self.person, method="password", reauthenticated=True
            )
        else:
            post_authentication(self.request, form.authenticator, reauthenticated=True)
        self.request.session.cycle_key()
        return super().form_valid(form)

    def get_success_url(self) -> str:
        """Give where they wanted to go."""
        return self.wanted or "/"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add where they wanted to go, and the service by which they sign in, if they do."""
        outside = settings.OIDC_NAME if has_identity(self.person) else ""
        return super().get_context_data(wanted=self.wanted, outside=outside, **kwargs)
