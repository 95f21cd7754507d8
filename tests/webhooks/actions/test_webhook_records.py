"""What is special about changing webhook subscriptions."""

from typing import Any

from piggyadmin.actions.registry import get_action
from piggyadmin.webhooks import services
from tests.actions.samples import SAMPLES

SAMPLE = SAMPLES["create-webhook-subscription"]


def test_what_tells_of_attributes_keeps_them_when_it_is_switched_off(piggy, monkeypatch):
    """Piggy wants them each time (docs), and the form asks for what differs alone."""
    asked: dict[str, Any] = {"event_type": "contact_updated", "attributes": ["email"]}
    asked |= {name: SAMPLE[name] for name in ("name", "url")}
    uuid = services.create_webhook_subscription(piggy, **asked).uuid
    sent, update = [], services.update_webhook_subscription

    def noted(*args, **options):
        sent.append(options)
        return update(*args, **options)

    monkeypatch.setattr(services, "update_webhook_subscription", noted)
    action: Any = get_action("update-webhook-subscription")
    data = {"webhook_subscription_uuid": uuid}
    assert action.change(piggy, data, {"status": "INACTIVE"}).status == "INACTIVE"
    action.change(piggy, data, {"attributes": ["lastname"]})
    assert [each["attributes"] for each in sent] == [["email"], ["lastname"]]
