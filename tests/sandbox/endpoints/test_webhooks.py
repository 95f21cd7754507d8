import pytest

pytestmark = pytest.mark.django_db(databases=["sandbox"])

MINE = {"name": "Mine", "event_type": "voucher_redeemed", "url": "https://example.test/hook"}


def test_a_subscription_is_kept_without_showing_its_secret(api):
    made = api("POST", "webhook-subscriptions", **MINE, secret="s3cret")
    assert api.raw("POST", "webhook-subscriptions", **MINE).status == 201
    assert (made["status"], made["version"], made["properties"]) == ("ACTIVE", "V1", [])
    assert "s3cret" not in str(api("GET", "webhook-subscriptions"))


def test_what_is_wrong_and_what_is_not_there(api):
    assert api.wrong("POST", "webhook-subscriptions") == {"name", "event_type", "url"}
    odd = {**MINE, "event_type": "moon_rose"}
    assert api.wrong("POST", "webhook-subscriptions", **odd) == {"event_type"}
    for method in ("GET", "PUT", "DELETE"):
        assert api.code(method, "webhook-subscriptions/no") == 80300


def test_event_and_secret_stay(api):
    path = f"webhook-subscriptions/{api('POST', 'webhook-subscriptions', **MINE)['uuid']}"
    changed = api("PUT", path, name="Yours", event_type="contact_created", attributes=["email"])
    assert (changed["name"], changed["event_type"]) == ("Yours", "voucher_redeemed")
    assert changed["properties"] == ["email"]
    assert api("GET", "webhook-subscriptions", event_type="contact_created") == []
    assert api("DELETE", path) == []
    assert api.code("GET", path) == 80300
