from datetime import timedelta

import pytest
from django.utils import timezone

from piggyadmin.sandbox.models import AuthToken, Mail

pytestmark = pytest.mark.django_db(databases=["sandbox"])


def test_send_and_verify_once(api, account):
    answer = api("POST", "contact-verification/send", email="Mira@example.test")
    assert answer == {"type": "Success", "message": "Mail sent to mira@example.test"}
    mail = Mail.objects.get()
    assert mail.code in mail.body
    values = {"code": mail.code, "email": "mira@example.test"}
    assert api("POST", "contact-verification/verify", **values) == {"uuid": account.mira.uuid}
    assert api.code("POST", "contact-verification/verify", **values) == 13010


def test_codes_grow_old(api, account):
    api("POST", "contact-verification/send", email="mira@example.test")
    Mail.objects.update(created_at=timezone.now() - timedelta(hours=2))
    values = {"code": Mail.objects.get().code, "email": "mira@example.test"}
    assert api.code("POST", "contact-verification/verify", **values) == 13010


def test_refused(api, account):
    path = "contact-verification/send"
    assert api.code("POST", path, email="nobody@example.test") == 55031
    assert api.wrong("POST", path, email="mira") == {"email"}
    assert api.wrong("POST", "contact-verification/verify") == {"code", "email"}
    wrong = {"code": "000000", "email": "mira@example.test"}
    assert api.code("POST", "contact-verification/verify", **wrong) == 13010


def test_auth_token_is_new_each_time(api, account):
    path = f"contact-verification/auth-token/{account.mira.uuid}"
    tokens = {api("GET", path)["auth_token"] for _ in range(2)}
    assert len(tokens) == 2
    assert set(AuthToken.objects.values_list("token", flat=True)) == tokens
    assert api.code("GET", "contact-verification/auth-token/no") == 55031
