"""Whether contacts get messages."""

import pytest

from piggyadmin.sandbox import seed
from tests.actions.test_views import text

pytestmark = pytest.mark.django_db
SUBSCRIPTION = "/actions/update-contact-subscription/"


def kind(sandbox, name):
    kinds = sandbox.api("GET", "subscription-types")
    return next(each["uuid"] for each in kinds if each["name"] == name)


def mailed(sandbox, uuid, name):
    told = sandbox.api("GET", f"contact-subscriptions/{uuid}")
    return next(each["status"] for each in told if each["subscription_type"]["name"] == name)


@pytest.mark.parametrize(
    ("name", "choice", "status", "words"),
    [
        ("Newsletter", "false", "UNSUBSCRIBED", "Does not get it"),
        ("Service", "true", "SUBSCRIBED", "Gets it"),
    ],
)
def test_subscription_is_changed(staff, sandbox, name, choice, status, words):
    sent = {
        "contact_uuid": "mira.jansen@example.test",
        "subscription_type_uuid": kind(sandbox, name),
        "is_subscribed": choice,
    }
    assert words in text(staff.post(SUBSCRIPTION, sent, follow=True))
    assert mailed(sandbox, seed.MIRA_UUID, name) == status


def test_subscribing_is_not_sent_again_as_it_would_mail_the_contact(staff, sandbox):
    sent = {
        "contact_uuid": seed.DUPLICATE_UUID,
        "subscription_type_uuid": kind(sandbox, "Offers"),
        "is_subscribed": "true",
    }
    for _ in range(2):
        assert "asked the contact to confirm" in text(staff.post(SUBSCRIPTION, sent, follow=True))
    assert len(sandbox.calls("PUT")) == 1
