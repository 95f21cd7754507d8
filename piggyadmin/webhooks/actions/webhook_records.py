"""Having addresses told of events, changing that, and ending it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.records import CreateRecord, DeleteRecord, RecordAction, UpdateRecord
from piggyadmin.actions.registry import register
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, PreviewModel, Result
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.webhooks import services
from piggyadmin.webhooks.forms import (
    CreateWebhookSubscriptionForm,
    UpdateWebhookSubscriptionForm,
    WebhookSubscriptionForm,
)
from piggyadmin.webhooks.types import WebhookSubscription

SAMPLE_UUID = "c0ffee00-0000-4000-8000-000000000f01"


class WebhookAction(RecordAction[Result, PreviewModel]):
    """What is done to a subscription."""

    entity = "webhooks"
    facts_template = "webhooks/_webhook.html"
    list_page = "webhooks:list"
    record_page = "webhooks:webhook"
    role = Role.ADMIN

    def find(self, piggy: PiggyClient, data: Data) -> WebhookSubscription:
        """Find it by its UUID."""
        uuid = data["webhook_subscription_uuid"]
        return services.get_webhook_subscription(piggy, webhook_subscription_uuid=uuid)

    def as_filled(self, record: WebhookSubscription) -> dict[str, Any]:
        """Give what stands of it in a form; its secret nobody is told."""
        return {
            "name": record.name or "",
            "event_type": record.event_type or "",
            "url": record.url or "",
            "status": record.status or "",
            "attributes": sorted(record.properties),
        }

    def name_of(self, record: WebhookSubscription) -> str:
        """Give its name."""
        return record.name or record.url or ""


@register
class CreateWebhookSubscription(
    WebhookAction[WebhookSubscription, None], CreateRecord[WebhookSubscription, None]
):
    """Have an address told of an event."""

    slug = "create-webhook-subscription"
    label = _("Create a webhook")
    summary = _("An address of yours is told of an event, such as a voucher that was used.")
    icon = "webhook"
    form_class = CreateWebhookSubscriptionForm
    sample = {
        "name": "Till in Utrecht",
        "event_type": "voucher_redeemed",
        "url": "https://till.example.test/hooks",
    }
    result_type = WebhookSubscription
    done_words = _("%(who)s created the webhook “%(name)s”")
    wanted_words = _("create the webhook “%(name)s”")

    def create(self, piggy: PiggyClient, data: dict[str, Any]) -> WebhookSubscription:
        """Make it; here alone the secret is uncovered."""
        secret = data.pop("secret", None)
        shown = secret.uncovered() if secret else None
        return services.create_webhook_subscription(piggy, **data, secret=shown)

    def form_data(self, entry: Entry) -> dict[str, str]:
        """Leave the secret out, which nobody kept."""
        return super().form_data(entry) | {"secret": ""}


@register
class UpdateWebhookSubscription(
    WebhookAction[WebhookSubscription, Any], UpdateRecord[WebhookSubscription]
):
    """Change a subscription."""

    slug = "update-webhook-subscription"
    label = _("Change a webhook")
    summary = _("Its name, its address, its attributes, and whether it is switched on.")
    icon = "pencil"
    keys = ("webhook_subscription_uuid",)
    look_up_form_class = WebhookSubscriptionForm
    form_class = UpdateWebhookSubscriptionForm
    sample = {"webhook_subscription_uuid": SAMPLE_UUID, "name": "Stock", "status": "INACTIVE"}
    result_type = WebhookSubscription
    done_words = _("%(who)s changed the webhook “%(name)s”")
    wanted_words = _("change the webhook “%(name)s”")

    def change(
        self, piggy: PiggyClient, data: Data, changed: dict[str, Any]
    ) -> WebhookSubscription:
        """Write what differs; an event about attributes needs them each time (docs)."""
        uuid = data["webhook_subscription_uuid"]
        if "attributes" not in changed and (held := self.find(piggy, data).properties):
            changed = {**changed, "attributes": held}
        return services.update_webhook_subscription(
            piggy, webhook_subscription_uuid=uuid, **changed
        )


@register
class DeleteWebhookSubscription(WebhookAction[Any, Any], DeleteRecord):
    """Tell an address nothing any more."""

    slug = "delete-webhook-subscription"
    label = _("Delete a webhook")
    summary = _("An address is told nothing any more.")
    keys = ("webhook_subscription_uuid",)
    form_class = WebhookSubscriptionForm
    sample = {"webhook_subscription_uuid": SAMPLE_UUID}
    consequences = _(
        "The address is told nothing any more. To stop for a while, switch the webhook off instead."
    )
    done_words = _("%(who)s deleted the webhook “%(name)s”")
    wanted_words = _("delete the webhook “%(name)s”")

    def delete(self, piggy: PiggyClient, data: Data) -> None:
        """Delete it."""
        uuid = data["webhook_subscription_uuid"]
        services.delete_webhook_subscription(piggy, webhook_subscription_uuid=uuid)
