import json

import pytest
from django.db import OperationalError
from django.utils import timezone

from piggyadmin.sandbox import access
from piggyadmin.sandbox.api import MAX_BODY, PREFIX, ApiRequest, handle
from piggyadmin.sandbox.models import AccessToken, Call, Contact
from piggyadmin.sandbox.replies import Reply
from piggyadmin.sandbox.routes import find, route

pytestmark = pytest.mark.django_db(databases=["sandbox"])


def call(method, path, **options):
    answer = handle(ApiRequest(method, path, **options))
    return answer, json.loads(answer.body)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic sandbox", "Bearer é"])
def test_without_the_token_401_outside_the_envelope(header):
    answer, body = call("GET", f"{PREFIX}shops", headers={"Authorization": header})
    assert answer.status == 401
    assert body["error"] == "invalid_token"
    assert answer.headers["WWW-Authenticate"]


def test_tokens_for_client_credentials(api):
    form = b"grant_type=client_credentials&client_id=1&client_secret=sandbox"
    answer, body = call("POST", "/oauth/token", body=form)
    assert answer.status == 200
    assert set(body) == {"token_type", "expires_in", "access_token"}
    api.token = body["access_token"]
    assert api("GET", "shops") == []
    AccessToken.objects.update(expires_at=timezone.now())
    assert api.raw("GET", "shops").status == 401


@pytest.mark.parametrize(
    ("form", "status"),
    [
        (b"grant_type=password", 400),
        (b"grant_type=client_credentials&client_id=1&client_secret=x", 401),
        (b"", 400),
    ],
)
def test_tokens_refused(form, status):
    assert call("POST", "/oauth/token/", body=form)[0].status == status
    assert call("GET", "/oauth/token")[0].status == 405


@pytest.mark.parametrize(
    "path",
    [
        f"{PREFIX}nothing",
        f"{PREFIX}shops/a/b/c/d/e",
        "/api//shops",
        f"{PREFIX}/shops",
        f"{PREFIX}shops/a\x00",
        "/api/v3/oauth/shops",
    ],
)
def test_unknown_paths(path):
    answer, body = call("GET", path)
    assert answer.status == 404
    assert "message" in body


def test_wrong_methods(api):
    answer = api.raw("DELETE", "shops")
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET"
    assert api.raw("POST", "contacts/find-one-by").status == 405


def test_a_slash_at_the_end_is_tolerated(api):
    assert api("GET", "shops/") == []


def test_ping_of_the_sdk():
    headers = {"Authorization": "Bearer sandbox"}
    assert call("GET", "/api/v2/oauth/clients", headers=headers)[0].status == 200


@pytest.mark.parametrize("body", [b"{", b"[1]", b"null", b"\xff", b"[" * 100_000])
def test_bodies_that_make_no_sense_are_no_parameters(api, body):
    headers = {"Authorization": "Bearer sandbox", "Content-Type": "application/json"}
    answer, found = call("POST", f"{PREFIX}contacts", headers=headers, body=body)
    assert answer.status == 400
    assert found["errors"] == {"email": ["The email field is required."]}


def test_bodies_have_a_limit():
    assert call("POST", f"{PREFIX}contacts", body=b"x" * (MAX_BODY + 1))[0].status == 413


def test_the_query_counts_more_than_the_body(api, account):
    request = ApiRequest(
        "GET",
        f"{PREFIX}contacts/find-one-by",
        query="email=mira@example.test",
        headers={"authorization": "bearer sandbox"},
        body=b"email=m@example.test",
    )
    assert json.loads(handle(request).body)["data"]["uuid"] == account.mira.uuid


def test_a_refusal_undoes_everything(api, account):
    before = Contact.objects.count()
    assert api.code("POST", "contacts/anonymous", contact_identifier_value="CARD-1") == 60014
    assert Contact.objects.count() == before


@pytest.fixture
def broken_route():
    """Give a path whose endpoint raises what it is told to."""
    errors: list[Exception] = []

    @route("GET", "broken/for/the/test")
    def broken(given) -> Reply:
        raise errors[0]

    return errors


def test_trouble_of_its_own(api, broken_route, caplog):
    broken_route.append(ZeroDivisionError())
    assert api.raw("GET", "broken/for/the/test").status == 500
    broken_route[0] = OperationalError("locked")
    answer = api.raw("GET", "broken/for/the/test")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert "failed to answer broken/for/the/test" in caplog.text


def test_fixed_paths_come_before_placeholders():
    found = find("GET", "contacts/find-one-by")
    assert found.route
    assert found.route.endpoint.__name__ == "find_contact"
    assert found.values == {}


def test_calls_are_noted_and_trimmed(api, account, monkeypatch):
    request = ApiRequest(
        "GET", f"{PREFIX}shops", "a=1", {"authorization": "Bearer x", "x-request-id": "trace-1"}
    )
    handle(request)
    (noted,) = Call.objects.all()
    assert (noted.method, noted.status, noted.trace_id) == ("GET", 401, "trace-1")
    Call.objects.bulk_create(Call(method="GET", path="/") for _ in range(1200))
    for _ in range(100):
        api("GET", "shops")
    assert Call.objects.count() <= 1100


def test_secrets_are_compared_in_constant_time():
    assert access._same("a", "a")
    assert not access._same("é", "a")
