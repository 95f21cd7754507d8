import json
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from piggyadmin.sandbox import access
from piggyadmin.sandbox.api import MAX_BODY, PREFIX, ApiRequest, handle
from piggyadmin.sandbox.models import AccessToken, Contact, ReceivedRequest
from piggyadmin.sandbox.responses import Reply
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


@pytest.mark.parametrize("path", ["/api/v2/oauth/clients", PREFIX, PREFIX.rstrip("/")])
def test_the_health_check(path):
    headers = {"Authorization": "Bearer sandbox"}
    assert call("GET", path, headers=headers)[0].status == 200
    assert call("GET", path)[0].status == 401


TORN = [
    b"{",
    b'{"contact_identifier_value": "CARD-9"',
    b"[1]",
    b'"text"',
    b"null",
    b"7",
    b"\xff",
    b'{"contact_identifier_value": "caf\xe9"}',
    '{"contact_identifier_value": "CARD-9"}'.encode("utf-16"),
    b'\xef\xbb\xbf{"contact_identifier_value": "CARD-9"}',
    b'{"contact_identifier_value": NaN}',
    b'{"contact_identifier_value": "\\ud800"}',
    b'{"contact_identifier_value": "CARD-9",}',
    b"[" * 100_000,
]
# One for each way in which parameters are read; none of them needs any.
WITHOUT_PARAMETERS = [
    ("POST", "contacts/anonymous"),
    ("GET", "shops"),
    ("POST", "vouchers/x/lock"),
    ("DELETE", "perks/x"),
]


@pytest.mark.usefixtures("no_garbage_collection")
@pytest.mark.parametrize("body", TORN)
@pytest.mark.parametrize(("method", "path"), WITHOUT_PARAMETERS)
def test_a_body_that_cannot_be_read_is_refused_everywhere(api, method, path, body):
    headers = {"Authorization": "Bearer sandbox", "Content-Type": "application/json"}
    answer, found = call(method, PREFIX + path, headers=headers, body=body)
    assert (answer.status, found["code"]) == (400, 1003)
    assert not Contact.objects.exists()


@pytest.mark.parametrize("body", [b"a=%ff", b"a=\xff", b"&".join([b"a=1"] * 5001)])
def test_a_form_that_cannot_be_read_is_refused(api, body):
    headers = {"Authorization": "Bearer sandbox"}
    answer, found = call("POST", f"{PREFIX}contacts/anonymous", headers=headers, body=body)
    assert (answer.status, found["code"]) == (400, 1003)
    assert call("GET", f"{PREFIX}shops", query="a=%ff", headers=headers)[1]["code"] == 1003
    assert call("POST", "/oauth/token", body=body)[0].status == 400


@pytest.mark.parametrize("body", [b"", b" ", b"{}", b"[]"])
def test_an_empty_body_is_no_parameters(api, body):
    headers = {"Authorization": "Bearer sandbox", "Content-Type": "application/json"}
    assert call("POST", f"{PREFIX}contacts/anonymous", headers=headers, body=body)[0].status == 200
    _, found = call("POST", f"{PREFIX}contacts", headers=headers, body=body)
    assert found["errors"] == {"email": ["The email field is required."]}


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "nonsense"])
def test_json_is_utf_8_whatever_the_header_says_and_the_last_key_counts(api, charset):
    body = '{"email": "one@example.test", "email": "zoë@example.test"}'.encode()
    headers = {
        "Authorization": "Bearer sandbox",
        "Content-Type": f"application/json; charset={charset}",
    }
    call("POST", f"{PREFIX}contacts", headers=headers, body=body.replace(b"zo\xc3\xab", b"zoe"))
    assert Contact.objects.get().email == "zoe@example.test"


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
    (noted,) = ReceivedRequest.objects.all()
    assert (noted.method, noted.status, noted.trace_id) == ("GET", 401, "trace-1")
    ReceivedRequest.objects.bulk_create(
        ReceivedRequest(method="GET", path="/") for _ in range(1200)
    )
    for _ in range(100):
        api("GET", "shops")
    assert ReceivedRequest.objects.count() <= 1100


def test_secrets_are_compared_in_constant_time():
    assert access._same("a", "a")
    assert not access._same("é", "a")


def test_answers_tell_how_many_calls_are_left(api, account):
    left = [
        int(api.raw("GET", path).headers["X-RateLimit-Remaining"])
        for path in ("shops", "contacts/nobody", "shops")
    ]
    assert left == [4999, 4998, 4997]
    ReceivedRequest.objects.update(received_at=timezone.now() - timedelta(minutes=2))
    answer = api.raw("GET", "shops")
    assert answer.headers["X-RateLimit-Remaining"] == "4999"
    assert answer.headers["X-RateLimit-Limit"] == "5000"
    assert "X-RateLimit-Limit" not in call("GET", f"{PREFIX}shops")[0].headers


def test_what_is_made_is_answered_with_201_where_that_is_recorded(api, account):
    batch = {"promotion_uuid": account.promotion.uuid, "quantity": 1}
    assert api.raw("POST", "vouchers/batch", **batch).status == 201
    attribute = {"entity": "voucher", "name": "a", "label": "A", "type": "text"}
    assert api.raw("POST", "custom-attributes", **attribute).status == 201
    assert api.raw("POST", "contacts", email="new@example.test").status == 200
