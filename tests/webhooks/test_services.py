"""Webhook subscriptions, against a sandbox behind a socket."""

import pytest

from piggyadmin.piggy.errors import ErrorCode, Maintenance, NotFound, Rejected
from piggyadmin.webhooks import services

NOBODY = "c0ffee00-0000-4000-8000-00000000ffff"


def test_a_subscription_from_creation_to_deletion(piggy):
    made = services.create_webhook_subscription(
        piggy,
        name="Changes",
        event_type="contact_updated",
        url="https://example.test/hook",
        secret="s",
        attributes=["firstname"],
    )
    one = {"webhook_subscription_uuid": made.uuid}
    assert (made.status, made.properties) == ("ACTIVE", ["firstname"])
    changed = services.update_webhook_subscription(piggy, **one, status="INACTIVE")
    assert services.get_webhook_subscription(piggy, **one) == changed
    assert [
        each.uuid
        for each in services.list_webhook_subscriptions(
            piggy, event_type="contact_updated", status="INACTIVE"
        )
    ] == [made.uuid]
    services.delete_webhook_subscription(piggy, **one)
    with pytest.raises(Rejected) as caught:
        services.get_webhook_subscription(piggy, **one)
    assert caught.value.code == ErrorCode.SUBSCRIPTION_OR_REWARD_GONE


def test_an_event_that_there_is_not(piggy):
    with pytest.raises(Rejected) as caught:
        services.create_webhook_subscription(
            piggy, name="N", event_type="moon_rises", url="https://example.test/"
        )
    assert set(caught.value.field_errors) == {"event_type"}


def test_what_is_not_there_is_told_apart_from_other_refusals(piggy, sandbox):
    nothing = {"webhook_subscription_uuid": NOBODY}
    with pytest.raises(NotFound):
        services.get_webhook_subscription(piggy, **nothing)
    sandbox.faults({"kind": "status", "status": 403})
    with pytest.raises(Rejected) as caught:
        services.get_webhook_subscription(piggy, **nothing)
    assert not isinstance(caught.value, NotFound)
    sandbox.faults({"kind": "status", "status": 503})
    with pytest.raises(Maintenance):
        services.get_webhook_subscription(piggy, **nothing)
