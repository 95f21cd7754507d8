"""What Piggy tells this console: the subscriptions for it, the secrets, and what arrived."""

import logging
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.actions.views import submission_key
from piggyadmin.ledger.subjects import directory
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.ui.http import SignedInRequest, signed_in
from piggyadmin.ui.pagination import numbered_page
from piggyadmin.webhooks import listening
from piggyadmin.webhooks.events import EVENTS
from piggyadmin.webhooks.forms import AccountSecretForm
from piggyadmin.webhooks.models import SigningSecret, WebhookDelivery
from piggyadmin.webhooks.signing import forget_secret, keep_secret, secret_of
from piggyadmin.webhooks.views import PERMISSION

logger = logging.getLogger(__name__)


def receiver_address(request: HttpRequest) -> str:
    """Give the address that Piggy is to call, as this console is called now."""
    return request.build_absolute_uri(reverse("webhooks:receive"))


class ReceivedPage(PermittedView):
    """Whether Piggy tells this console of what it wants to know, and what it told."""

    permission = PERMISSION

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        """Show it."""
        return self.show()

    def show(self, **context: Any) -> HttpResponse:
        """Render it."""
        address = receiver_address(self.request)
        try:
            context["wanted"] = listening.wanted_events(piggy_client(), address)
        except PiggyError as error:
            context["error"] = error
        deliveries = numbered_page(WebhookDelivery.objects.all(), self.request.GET.get("page"))
        context |= {
            "address": address,
            "to_mend": [each for each in context.get("wanted", ()) if not each.is_in_order],
            "page": deliveries,
            "rows": _with_names(deliveries.items),
            "secrets": {each.owner: each for each in SigningSecret.objects.all()},
            "account_form": context.get("account_form") or AccountSecretForm(),
            "submission_key": uuid4(),
        }
        return render(self.request, "webhooks/received.html", context)


def _with_names(rows: Iterable[WebhookDelivery]) -> list[tuple[WebhookDelivery, str]]:
    """Give each with what its customer is called; empty where nobody here knows that."""
    found = list(rows)
    names = directory().names({each.contact_uuid for each in found if each.contact_uuid})
    return [(each, names.get(each.contact_uuid, "")) for each in found]


class MendWebhooks(PermittedView):
    """Makes and mends all subscriptions that this console needs, with one press."""

    permission = PERMISSION
    http_method_names = ["post"]

    def post(self, request: SignedInRequest) -> HttpResponse:
        """Do it, and say what came of each."""
        address, key = receiver_address(request), submission_key(request.POST)
        try:
            results = list(listening.mend(piggy_client(), signed_in(request), address, key))
        except PiggyError as error:
            messages.error(request, str(error.message))
        else:
            _tell(request, results)
        return redirect("webhooks:received")


def _tell(request: HttpRequest, results: list[listening.MendResult]) -> None:
    done = sum(not each.why for each in results)
    words = ngettext(
        "%(count)s webhook is made or mended.", "%(count)s webhooks are made or mended.", done
    )
    if done:
        messages.success(request, words % {"count": done})
    for each in results:
        if each.why:
            messages.error(request, f"{EVENTS[each.event_type]}: {each.why}")


class ShowSecret(PermittedView):
    """Shows, to whoever asks for it, the secret with which the webhooks made here are signed."""

    permission = PERMISSION
    changes_ways_in = True
    http_method_names = ["post"]

    def post(self, request: SignedInRequest) -> HttpResponse:
        """Show it this once."""
        logger.info("Person %s was shown the signing secret", signed_in(request).pk)
        page = ReceivedPage()
        page.setup(request)
        return page.show(shown_secret=secret_of(SigningSecret.Owner.CONSOLE))


class KeepAccountSecret(PermittedView):
    """Keeps the account's own secret, which is typed in once, or forgets it."""

    permission = PERMISSION
    changes_ways_in = True
    http_method_names = ["post"]

    def post(self, request: SignedInRequest) -> HttpResponse:
        """Keep what was typed; nothing typed forgets what was."""
        form, owner = AccountSecretForm(request.POST), SigningSecret.Owner.ACCOUNT
        if not form.is_valid():
            page = ReceivedPage()
            page.setup(request)
            return page.show(account_form=form)
        if secret := form.cleaned_data["account_secret"]:
            keep_secret(owner, secret, signed_in(request))
            messages.success(request, gettext("The account's secret is kept, sealed."))
        else:
            forget_secret(owner)
            messages.success(request, gettext("No secret of the account is kept any more."))
        return redirect("webhooks:received")
