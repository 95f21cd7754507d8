"""The kinds of messages, with how customers come to get them."""

import pytest

from piggyadmin.contacts import services
from piggyadmin.contacts.types import SubscriptionType
from tests.ledger.reading import main_of

pytestmark = pytest.mark.django_db
URL = "/contacts/subscription-types/"


def test_each_says_how_it_is_subscribed_to(support, sandbox):
    page = main_of(support.get(URL).content.decode())
    for words in ("Newsletter", "they get it when they say so", "they get it until they say no"):
        assert words in page
    assert "confirm it in a mail" in page


def test_what_piggy_does_not_name_or_know(support, sandbox, monkeypatch):
    odd = [SubscriptionType(id="3", strategy="TELEPATHY", active=False)]
    monkeypatch.setattr(services, "list_subscription_types", lambda _piggy: odd)
    page = main_of(support.get(URL).content.decode())
    assert "TELEPATHY" in page
    assert "cannot be changed from here" in page
    monkeypatch.setattr(services, "list_subscription_types", lambda _piggy: [])
    assert "This account has no kinds of messages" in support.get(URL).content.decode()
