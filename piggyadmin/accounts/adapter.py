"""How allauth behaves here: nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.http import HttpRequest

from piggyadmin.ui.http import is_own_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People are made by an administrator, never by a sign-up form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Refuse every sign-up."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Lead nowhere else after signing in; what is no address at all is not safe either."""
        return is_own_address(context.request, url)
