"""The address that Piggy calls: who is heard there, what is kept, and what forged calls cost."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from piggyadmin.webhooks.models import DeliveryState, SigningSecret, WebhookDelivery
from piggyadmin.webhooks.receiving import MOST_REFUSED
from piggyadmin.webhooks.signing import console_secret, sign
from tests.ledger.making import somebody
from tests.webhooks.calls import SECRET, URL, body_of, know_secret, post

pytestmark = pytest.mark.django_db
State = DeliveryState
MIRA = "c0ffee00-0000-4000-8000-000000000001"
BODY = body_of("contact_updated", {"contact": {"uuid": MIRA}})


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()
    know_secret()


def test_what_is_signed_is_kept_and_answered_without_a_page():
    answer = post(BODY)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.cookies == {}
    kept = WebhookDelivery.objects.get()
    assert (kept.event_type, kept.contact_uuid, kept.state) == (
        "contact_updated",
        MIRA,
        State.WAITING,
    )


def test_either_secret_will_do():
    own = console_secret(somebody())
    assert post(BODY, sign(BODY, own)).status_code == 204
    assert post(BODY, sign(BODY, "nobody's")).status_code == 403


def test_secrets_are_kept_sealed():
    own = console_secret(somebody())
    assert console_secret(somebody()) == own
    assert own not in "".join(SigningSecret.objects.values_list("sealed", flat=True))


@pytest.mark.parametrize(
    "signature", ["", "0" * 64, "x", "\N{LATIN SMALL LETTER E WITH ACUTE}" * 64, "0" * 10_000]
)
def test_what_is_not_signed_is_not_kept(signature):
    assert post(BODY, signature.encode("ascii", "replace").decode()).status_code == 403
    assert [each.state for each in WebhookDelivery.objects.all()] == [State.REFUSED]


def test_the_signature_is_of_the_very_bytes():
    assert post(BODY + b" ", sign(BODY, SECRET)).status_code == 403
    assert post(BODY, sign(BODY, SECRET).upper()).status_code == 403


def test_without_any_secret_nobody_is_believed():
    SigningSecret.objects.all().delete()
    assert post(BODY, sign(BODY, "")).status_code == 403


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "options", "patch"])
def test_only_post_is_taken(method):
    assert getattr(Client(), method)(URL).status_code == 405


def test_many_forged_calls_cost_nothing_more():
    for _ in range(MOST_REFUSED):
        assert post(BODY, "0" * 64).status_code == 403
    with CaptureQueriesContext(connection) as queries:
        answer = post(BODY, "0" * 64)
    assert (answer.status_code, answer["Retry-After"]) == (429, "300")
    assert len(queries) == 1  # the secrets are read
    assert WebhookDelivery.objects.get().times == MOST_REFUSED


def test_who_is_believed_is_heard_however_much_was_forged_there():
    for _ in range(MOST_REFUSED + 1):
        post(BODY, "0" * 64)
    assert post(BODY).status_code == 204


def test_what_is_too_long_is_not_read(settings):
    settings.ANONYMOUS_UPLOAD_MAX_SIZE = 100
    body = body_of("contact_updated", {"filling": "x" * 200})
    assert post(body).status_code == 413
    assert not WebhookDelivery.objects.exists()


def test_what_is_nested_too_deeply_to_be_kept_is_told():
    """It may be read, and then be too deep for whatever writes it down."""
    for depth in range(700, 1000, 5):
        WebhookDelivery.objects.all().delete()
        body = b'{"type": "contact_updated", "data": %s%s}' % (b"[" * depth, b"]" * depth)
        assert post(body).status_code == 204
        assert WebhookDelivery.objects.get().state in {State.WAITING, State.UNREADABLE}


def test_the_same_once_more_is_one_row():
    for _ in range(3):
        assert post(BODY).status_code == 204
    assert WebhookDelivery.objects.get().times == 3


def test_one_event_in_other_bytes_is_one_row():
    for words in ("a", "b"):
        post(body_of("voucher_redeemed", {"words": words}, event_id="1"))
    assert WebhookDelivery.objects.get().times == 2


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"nonsense", b"[]", b"{}", b'{"type": 0}', b"[" * 50_000, b'{"type": null}'],
)
def test_what_cannot_be_read_is_told(body):
    assert post(body).status_code == 204
    kept = WebhookDelivery.objects.get()
    assert kept.payload in (None, {"type": 0})
    assert kept.event_type in ("", "0")


@pytest.mark.parametrize(
    "data",
    [None, [], "x", {"contact": []}, {"contact": {"uuid": 1}}, {"contact": {"uuid": "../.."}}],
)
def test_a_contact_that_is_none_is_nobody(data):
    post(body_of("contact_updated", data))
    assert WebhookDelivery.objects.get().contact_uuid == ""


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("contact_updated", {"uuid": MIRA}),
        ("contact_updated", {"contact": {"uuid": MIRA, "email": "mira@example.test"}}),
        ("voucher_redeemed", {"voucher": {"uuid": "x", "contact": {"uuid": MIRA}}}),
        ("voucher_redeemed", {"uuid": "x", "contact": {"uuid": MIRA}}),
        ("voucher_created", {"voucher": {"uuid": "x"}, "contact": {"uuid": MIRA}}),
        ("credit_reception_created", {"contact_uuid": MIRA}),
        ("booking_created", {"booking": {"uuid": "x", "contact_uuid": MIRA}}),
    ],
)
def test_the_contact_is_found_however_it_is_nested(kind, data):
    post(body_of(kind, data))
    assert WebhookDelivery.objects.get().contact_uuid == MIRA


def test_nothing_of_what_is_told_is_logged(caplog):
    post(body_of("contact_updated", {"contact": {"uuid": MIRA, "email": "mira@example.test"}}))
    post(body_of("contact_updated", {"contact": {"email": "mira@example.test"}}), "0" * 64)
    assert "mira" not in caplog.text


def test_what_comes_in_clear_is_refused_and_led_nowhere(settings):
    settings.SECURE_SSL_REDIRECT = True
    assert post(BODY).status_code == 403
    assert not WebhookDelivery.objects.exists()
