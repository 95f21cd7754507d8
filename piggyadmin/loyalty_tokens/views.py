"""Where codes for receipts are made: Piggy keeps no list of them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from piggyadmin.accounts.mixins import PermittedView


class LoyaltyTokens(PermittedView):
    """Leads to where one is made."""

    permission = "actions.run_create_loyalty_token"

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Open the action's page."""
        return redirect("actions:action", "create-loyalty-token")
