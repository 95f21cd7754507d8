"""Pages of webhook subscriptions, for those who may make them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.record_views import RecordList, RecordPage
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.filters import FilteredList, StatedFilter
from piggyadmin.webhooks.events import EVENTS, STATUSES
from piggyadmin.webhooks.services import get_webhook_subscription, list_webhook_subscriptions
from piggyadmin.webhooks.types import WebhookSubscription

PERMISSION = "actions.run_create_webhook_subscription"


class WebhookFilter(StatedFilter):
    """Which subscriptions to show."""

    own_words = frozenset({"event_type", "status"})

    event_type = forms.ChoiceField(
        label=_("Event"), required=False, choices=[("", _("Any event")), *EVENTS.items()]
    )
    status = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Any state")), *STATUSES.items()]
    )


class WebhookList(RecordList, FilteredList):
    """Which addresses Piggy tells of what."""

    permission = PERMISSION
    template_name = "webhooks/list.html"
    filter_class = WebhookFilter
    list_name = "webhooks:list"
    entity = "webhooks"
    title = _("Webhooks")
    intro = _("Addresses that Piggy tells of events as they happen.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read those of an event and a state."""
        form = WebhookFilter(self.query)
        found = list_webhook_subscriptions(piggy, **form.values)
        rows = [(each, EVENTS.get(each.event_type or "", each.event_type)) for each in found]
        return {"rows": rows, "form": form, "list_name": self.list_name}


class WebhookPage(RecordPage):
    """One subscription."""

    permission = PERMISSION
    entity = "webhooks"
    title = _("Webhooks")
    list_name = "webhooks:list"
    facts_template = "webhooks/_webhook.html"

    def find(self, piggy: PiggyClient, **keys: str) -> WebhookSubscription:
        """Find it by its UUID."""
        uuid = keys["webhook_subscription_uuid"]
        return get_webhook_subscription(piggy, webhook_subscription_uuid=uuid)

    def name_of(self, record: WebhookSubscription) -> str:
        """Give its name."""
        return record.name or record.url or ""
