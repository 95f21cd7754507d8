"""Only who has the token, or is on this very machine, is told how the console does."""

import pytest
from django.db import DatabaseError
from prometheus_client.parser import text_string_to_metric_families

from piggyadmin.metrics import views
from piggyadmin.piggy.client import piggy_client
from piggyadmin.sandbox import seed

pytestmark = pytest.mark.django_db
TOKEN = "0123456789abcdefghij-metrics"


def test_on_this_machine_it_is_told(client, sandbox, counted):
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    names = {family.name for family in text_string_to_metric_families(response.content.decode())}
    assert {"piggyadmin_piggy_call_seconds", "piggyadmin_queue_depth"} <= names
    assert client.post("/metrics").status_code == 405


def test_what_was_called_a_moment_ago_is_in_it_and_names_nobody(client, support, sandbox, counted):
    support.get(f"/contacts/{seed.MIRA_UUID}/")
    support.get("/vouchers/WELCOME-ACTIVE/", follow=True)
    text = client.get("/metrics").content.decode()
    assert 'path="contacts/{contact_uuid}"' in text
    assert 'path="vouchers/find"' in text
    told_of = (seed.MIRA_UUID, seed.MIRA_EMAIL, "WELCOME-ACTIVE", piggy_client().account, "support")
    assert [each for each in told_of if each in text] == []


@pytest.mark.parametrize(
    "sent",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": ""},
        # A proxy on this machine asks for somebody who is not.
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"headers": {"Forwarded": "for=127.0.0.1"}},
        {"headers": {"X-Real-IP": "127.0.0.1"}},
        {"headers": {"Authorization": f"Bearer {TOKEN}"}, "REMOTE_ADDR": "192.0.2.7"},
    ],
)
def test_to_others_it_is_not(client, counted, sent):
    response = client.get("/metrics", **sent)
    assert (response.status_code, response.content) == (403, b"Refused.\n")


def test_with_a_token_it_is_told_everywhere_and_to_nobody_else(client, sandbox, counted, settings):
    settings.METRICS_TOKEN = TOKEN
    for header in ("", TOKEN, "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer é"):
        response = client.get("/metrics", headers={"Authorization": header})
        assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    answer = client.get(
        "/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, REMOTE_ADDR="192.0.2.7"
    )
    assert answer.status_code == 200


def test_without_a_database_it_says_so(client, counted, monkeypatch):
    def away(_families):
        raise DatabaseError("host, user and password")

    monkeypatch.setattr(views, "generate_latest", away)
    response = client.get("/metrics")
    assert response.status_code == 503
    assert b"password" not in response.content


def test_it_can_be_switched_off(client, settings):
    settings.METRICS = False
    assert client.get("/metrics").status_code == 404


def test_a_proxy_that_speaks_tls_is_not_needed(client, sandbox, counted, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/metrics").status_code == 200
