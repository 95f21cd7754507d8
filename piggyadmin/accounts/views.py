"""Sign-in, with the demo people shown where the sandbox is used; wherever a password is asked."""

import math
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from allauth.account import views
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse

from piggyadmin.accounts import duties
from piggyadmin.accounts.adapter import TOO_MANY
from piggyadmin.accounts.demo import demo_people
from piggyadmin.accounts.form_owners import owner_of
from piggyadmin.accounts.middleware import open_again
from piggyadmin.accounts.pins import people_here
from piggyadmin.accounts.throttling import know_again
from piggyadmin.ui.http import signed_in
from piggyadmin.ui.views import error_answer


class LimitedTries:
    """A form with a password that says, by its status too, that it was tried too often."""

    request: HttpRequest

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Go on, and know this browser again."""
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        know_again(self.request, response)
        return response

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        """Show the form again, with what is wrong."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        for error in _errors(form):
            if error.code == TOO_MANY and error.params:
                response.status_code = HTTPStatus.TOO_MANY_REQUESTS
                response["Retry-After"] = str(math.ceil(error.params["seconds"]))
        return response


def _errors(form: BaseForm) -> Iterator[ValidationError]:
    for errors in form.errors.as_data().values():
        yield from errors


class LoginView(LimitedTries, views.LoginView):  # type: ignore[misc]
    """allauth's sign-in page; on the sandbox it tells who can sign in."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demo people, and whether anybody can go on here with a PIN."""
        kwargs |= {"demo_people": demo_people(), "people_here": people_here(self.request)}
        kwargs["outside"] = settings.OIDC_NAME if settings.OIDC_ISSUER else ""
        return super().get_context_data(**kwargs)  # type: ignore[no-any-return]


class PasswordChangeView(LimitedTries, views.PasswordChangeView):  # type: ignore[misc]
    """allauth's own; nobody has to do it once more."""

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Change it."""
        response = super().form_valid(form)
        person = signed_in(self.request)
        if person.must_change_password:
            person.must_change_password = False
            person.save(update_fields=["must_change_password"])
            duties.lift(self.request, duties.Duty.PASSWORD)
        return response


login = LoginView.as_view()
password_change = PasswordChangeView.as_view()


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Answer a form whose token is missing or old; nothing of it has been carried out."""
    if request.user.is_authenticated and owner_of(request):
        return open_again(request)
    return error_answer(request, "403_csrf.html", HTTPStatus.FORBIDDEN)
