import json

import pytest
from django.test import Client, override_settings

from piggyadmin.accounts.roles import Role
from piggyadmin.sandbox import faults, jobs
from piggyadmin.sandbox.faults import KINDS
from piggyadmin.sandbox.models import Booking, Contact, Mail, Promotion, Voucher
from piggyadmin.sandbox.views import _kind_words
from tests.conftest import person, signed_in

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])

PAGES = ["", "mailbox/", "faults/", "calls/"]


@pytest.fixture
def known(account):
    account.mira.email = "mira.jansen@example.test"
    account.mira.save()
    Promotion.objects.create(name="Welcome coffee", voucher_limit=5)
    Voucher.objects.create(code="WELCOME-ACTIVE", promotion=account.promotion)
    Booking.objects.create(contact=account.mira, shop=account.shop, status="created")
    return account


@pytest.mark.parametrize("page", PAGES)
def test_pages_need_sign_in(page, known):
    response = Client().get(f"/sandbox/{page}")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("page", PAGES)
def test_pages_in_the_console(page, known, admin):
    Mail.objects.create(to="mira@example.test", subject="Hello", body="b", code="123456")
    faults.store(
        faults.read_settings(
            {
                "latency_ms": 1,
                "maintenance": True,
                "faults": [{"kind": "drop_before", "path": "x", "times": 2}],
            }
        )
    )
    response = admin.get(f"/sandbox/{page}")
    assert response.status_code == 200
    assert "base.html" in {template.name for template in response.templates}


CONTROLS = [
    ("post", "/sandbox/faults/"),
    ("get", "/sandbox/faults/"),
    ("put", "/sandbox/faults"),
    ("delete", "/sandbox/faults"),
    ("post", "/sandbox/start-again/"),
    ("post", "/sandbox/reset"),
]


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.STAFF, Role.AUDITOR])
@pytest.mark.parametrize(("method", "path"), CONTROLS)
def test_only_admins_control_it(known, role, method, path):
    faults.store(faults.read_settings({"latency_ms": 7}))
    client = signed_in(person(role))
    answer = client.generic(method.upper(), path, "{}", content_type="application/json")
    assert answer.status_code == 403
    assert faults.current().latency_ms == 7
    page = client.get("/sandbox/").content.decode()
    assert "start-again" not in page
    assert "/sandbox/faults/" not in page


@override_settings(SANDBOX_STANDS_ALONE=True)
def test_alone_whoever_is_at_this_machine_controls_it(support):
    assert support.delete("/sandbox/faults").status_code == 200


def test_start_page_shows_records_as_they_are(known, support):
    page = support.get("/sandbox/").content.decode()
    for word in ("mira.jansen@example.test", "WELCOME-ACTIVE", "Welcome coffee", "CARD-ANON"):
        assert word in page
    jobs.schedule("delete", 0, contact=known.mira.uuid, type="DEFAULT")
    assert "mira.jansen" not in support.get("/sandbox/").content.decode()


def test_mailbox_shows_codes(known, support):
    Mail.objects.create(to="mira@example.test", subject="Hello", body="b", code="123456")
    assert "123456" in support.get("/sandbox/mailbox/").content.decode()
    assert support.get("/sandbox/mailbox.json").json()["mails"][0]["code"] == "123456"


@pytest.mark.usefixtures("no_garbage_collection")
@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000])
@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/sandbox/faults"), ("POST", "/sandbox/reset")]
)
def test_a_body_that_cannot_be_read_changes_nothing(known, admin, method, path, body):
    answer = admin.generic(method, path, body, content_type="application/json")
    assert (answer.status_code, answer.json()["message"]) == (400, "The body is not JSON.")
    assert Booking.objects.exists()


def test_faults_form(admin):
    form = {"latency_ms": 200, "kind": "throttled", "times": 3, "retry_after": 9}
    assert admin.post("/sandbox/faults/", form).status_code == 302
    now = faults.current()
    assert (now.latency_ms, now.maintenance) == (200, False)
    assert (now.faults[0].kind, now.faults[0].times, now.faults[0].retry_after) == (
        *("throttled", 3, 9),
    )
    assert admin.post("/sandbox/faults/", {"latency_ms": 0, "maintenance": "on"})
    assert (faults.current().maintenance, faults.current().faults) == (True, [])
    assert admin.post("/sandbox/faults/", {"stop": "1"}).status_code == 302
    assert faults.current().maintenance is False


@pytest.mark.parametrize(
    "form",
    [
        {"latency_ms": "slow"},
        {"latency_ms": 0, "kind": "explode"},
        {"latency_ms": 0, "kind": "status", "path": "("},
    ],
)
def test_faults_form_refuses(admin, form):
    assert admin.post("/sandbox/faults/", form).status_code == 200
    assert faults.current().faults == []


def test_every_kind_has_words():
    assert all(_kind_words(kind) for kind in KINDS)


def test_changing_needs_the_csrf_token(admin):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = admin.cookies
    assert strict.post("/sandbox/faults/", {"latency_ms": 5}).status_code == 403
    assert strict.put("/sandbox/faults", "{}", content_type="application/json").status_code == 403
    assert strict.post("/sandbox/start-again/").status_code == 403
    assert faults.current().latency_ms == 0


def test_start_again(known, admin):
    Contact.objects.create(email="new@example.test")
    reply = admin.post(
        "/sandbox/reset", json.dumps({"contacts": 5}), content_type="application/json"
    )
    assert reply.json()["contacts"] > 0
    assert not Contact.objects.filter(email="new@example.test").exists()
    Contact.objects.create(email="new@example.test")
    assert admin.post("/sandbox/start-again/").status_code == 302
    assert not Contact.objects.filter(email="new@example.test").exists()


@pytest.mark.parametrize("body", ["{", '{"contacts": -1}', '{"seed": "x"}', '{"seed": true}'])
def test_reset_refuses(admin, body):
    reply = admin.post("/sandbox/reset", body, content_type="application/json")
    assert reply.status_code == 400
    assert admin.post("/sandbox/reset", {"contacts": 1}).status_code == 400


def test_faults_control(admin):
    def put(values):
        return admin.put("/sandbox/faults", json.dumps(values), content_type="application/json")

    assert put({"latency_ms": 7}).json()["latency_ms"] == 7
    assert admin.get("/sandbox/faults").json()["latency_ms"] == 7
    assert put({"latency_ms": "x"}).status_code == 400
    assert admin.delete("/sandbox/faults").json()["latency_ms"] == 0


def test_what_programs_can_read(known, support, api):
    api("GET", "shops")
    (call,) = support.get("/sandbox/calls.json").json()["calls"]
    assert call["path"].endswith("/shops")
    assert support.get("/sandbox/known.json").json()["vouchers"][0]["status"] == "ACTIVE"
    assert support.get("/sandbox/bookings.json").json()["bookings"][0]["status"] == "created"


@override_settings(SANDBOX_STANDS_ALONE=True)
@pytest.mark.parametrize(("address", "status"), [("127.0.0.1", 200), ("10.0.0.1", 403), ("", 403)])
def test_alone_it_answers_this_machine_only(support, address, status):
    response = support.get("/sandbox/calls.json", REMOTE_ADDR=address)
    assert response.status_code == status
