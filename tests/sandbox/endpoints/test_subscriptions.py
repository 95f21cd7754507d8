import pytest

from piggyadmin.sandbox.models import Mail, SubscriptionType

pytestmark = pytest.mark.django_db(databases=["sandbox"])


def test_types(api, account):
    SubscriptionType.objects.create(name="News")
    SubscriptionType.objects.create(name="Old", uuid="")
    assert [row["uuid"] is None for row in api("GET", "subscription-types")] == [False, True]


def test_subscribe_and_unsubscribe(api, account):
    news = {"subscription_type_uuid": SubscriptionType.objects.create(name="News").uuid}
    path = f"contact-subscriptions/{account.mira.uuid}"
    assert api("GET", path)[0]["is_subscribed"] is False
    assert api("PUT", f"{path}/subscribe", **news)["status"] == "SUBSCRIBED"
    assert api("GET", path)[0]["is_subscribed"] is True
    assert api("PUT", f"{path}/unsubscribe", **news)["status"] == "UNSUBSCRIBED"
    assert api.code("PUT", f"{path}/subscribe", subscription_type_uuid="no") == 55030
    assert api.code("PUT", "contact-subscriptions/no/subscribe", **news) == 55031
    assert api.code("GET", "contact-subscriptions/no") == 55031


def test_double_opt_in_asks_first(api, account):
    kind = SubscriptionType.objects.create(name="News", strategy="DOUBLE_OPT_IN")
    path = f"contact-subscriptions/{account.mira.uuid}/subscribe"
    answer = api("PUT", path, subscription_type_uuid=kind.uuid)
    assert answer["status"] == "PENDING_CONFIRMATION"
    assert Mail.objects.get().to == "mira@example.test"
