"""The fields in which webhook subscriptions are chosen and described."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import ActionForm, Choices, listed
from piggyadmin.actions.records import ChangedRecordForm, NewRecordForm, RecordKeyField
from piggyadmin.actions.secret_fields import SecretField
from piggyadmin.environment import is_loopback
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.codes import as_seen
from piggyadmin.ui.forms import CleanCharField, CleanTextField, CodeField, ListOrPasteField
from piggyadmin.webhooks import services
from piggyadmin.webhooks.events import CONTACT_UPDATED, EVENTS, STATUSES
from piggyadmin.webhooks.types import WebhookSubscription

MAX_URL = 500  # characters


class HookAddressField(CodeField):
    """An address that Piggy can call from outside: only an encrypted one keeps what it is told."""

    def validate(self, value: str) -> None:
        """Insist on https, a host, and no password in it."""
        super().validate(value)
        if not value:
            return
        try:
            parts = urlsplit(value)
            is_safe = parts.scheme == "https" or _is_beside_sandbox(value)
            is_one = is_safe and bool(parts.hostname) and "@" not in parts.netloc
        except ValueError:
            is_one = False
        if not is_one:
            words = _("Enter a whole address that begins with https://, without a password in it.")
            raise ValidationError(words, code="address")


def _is_beside_sandbox(url: str) -> bool:
    """Tell whether an address is on this machine, where nothing but a sandbox calls it."""
    return not settings.PIGGY_IS_REAL and url.startswith("http://") and is_loopback(url)


class NamesField(CleanTextField):
    """Names of attributes, one a line; cleans to the list of them, in the order of the alphabet."""

    def clean(self, value: Any) -> list[str]:
        """Read one a line, each once."""
        lines = {as_seen(line) for line in super().clean(value).splitlines()}
        return sorted(lines - {""})

    def prepare_value(self, value: Any) -> Any:
        """Write what was read one a line again."""
        return "\n".join(value) if isinstance(value, list) else value


def _subscriptions(piggy: PiggyClient) -> Choices:
    found = services.list_webhook_subscriptions(piggy)
    return [(each.uuid or "", each.name or each.url or "") for each in found]


def _attributes() -> NamesField:
    return NamesField(
        label=_("Attributes"),
        required=False,
        max_length=2000,
        help_text=_(
            "Names of attributes, one a line. Needed for “A customer was changed”: only changes of "
            "these are told."
        ),
    )


class WebhookSubscriptionForm(ActionForm):
    """Which subscription."""

    webhook_subscription_uuid = ListOrPasteField(
        label=_("Webhook"), choices=partial(listed, _subscriptions)
    )


class CreateWebhookSubscriptionForm(NewRecordForm):
    """A new subscription; one address is told of one event once."""

    key = "url"
    taken = _("This address is told of this event already. Change that webhook.")

    name = CleanCharField(label=_("Name"), help_text=_("What it is for: people read it here."))
    event_type = forms.ChoiceField(
        label=_("Event"),
        choices=[("", _("Choose…")), *EVENTS.items()],
        help_text=_("It can never be changed."),
    )
    url = HookAddressField(label=_("Address"), max_length=MAX_URL)
    attributes = _attributes()
    secret = SecretField(
        label=_("Secret"),
        required=False,
        help_text=_(
            "What calls are signed with. Keep it where they are checked: it is never shown again, "
            "and can never be changed. Left open: the account's own secret."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Insist on attributes where the event is about them, and on none elsewhere."""
        data = super().clean()
        if {"attributes", "event_type"} & set(self.errors):
            return data
        if data["event_type"] == CONTACT_UPDATED and not data["attributes"]:
            self.add_error("attributes", _("This event needs at least one attribute."))
        elif data["attributes"] and data["event_type"] != CONTACT_UPDATED:
            self.add_error("attributes", _("Only “A customer was changed” is about attributes."))
        return data

    def find_same(self, data: Any) -> WebhookSubscription | None:
        """Find the subscription of this address to this event, with what only one tells."""
        found = services.list_webhook_subscriptions(self.piggy, event_type=data["event_type"])
        wanted = (data["event_type"], data["url"])
        same = next((each for each in found if (each.event_type, each.url) == wanted), None)
        if same is None or not same.uuid:
            return same
        return services.get_webhook_subscription(self.piggy, webhook_subscription_uuid=same.uuid)


class UpdateWebhookSubscriptionForm(ChangedRecordForm):
    """A subscription, and what shall be different about it."""

    keys = ("webhook_subscription_uuid",)

    webhook_subscription_uuid = RecordKeyField(label=_("Webhook"))
    name = CleanCharField(label=_("Name"))
    url = HookAddressField(label=_("Address"), max_length=MAX_URL)
    status = forms.ChoiceField(
        label=_("State"), choices=[("", _("As it is")), *STATUSES.items()], required=False
    )
    attributes = _attributes()


class AccountSecretForm(forms.Form):
    """The secret of the account, with which Piggy signs what has none of its own."""

    template_name = "ui/form.html"

    account_secret = CleanCharField(
        label=_("The account's secret"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "As it stands in Piggy's own pages. Left open, the one that is kept is forgotten."
        ),
    )
