"""What holds for every action: who may open it, and what it shows when something is wrong."""

from typing import Any

import pytest

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Effect
from piggyadmin.actions.models import Entry
from piggyadmin.actions.registry import actions, get_action
from tests.actions.samples import SAMPLES
from tests.conftest import person, signed_in

pytestmark = pytest.mark.django_db

SLUGS = [action.slug for action in actions()]
THE_FOURTEEN = {
    "claim-anonymous-contact",
    "create-contact-attribute",
    "create-credit-reception",
    "create-vouchers-batch",
    "find-or-create-products",
    "find-voucher-by-code",
    "get-contact-auth-token",
    "get-contact-credit-balance",
    "list-forms",
    "list-perks",
    "merge-contacts",
    "send-contact-verification-email",
    "update-bookings",
    "update-contact-identifiers",
}
BELOW = {Role.STAFF: Role.SUPPORT, Role.ADMIN: Role.STAFF, Role.SUPPORT: Role.AUDITOR}
FAULTS: dict[str, dict[str, Any]] = {
    "no token": {"kind": "status", "status": 401},
    "forbidden": {"kind": "status", "status": 403},
    "gone": {"kind": "status", "status": 404},
    "busy": {"kind": "throttled", "retry_after": 0},
    "broken": {"kind": "status", "status": 500},
    "bad gateway": {"kind": "status", "status": 502},
    "maintenance": {"kind": "status", "status": 503},
    "gateway timeout": {"kind": "status", "status": 504},
    "garbage": {"kind": "garbage"},
    "dropped": {"kind": "drop_before"},
}
NONSENSE = {
    "empty": "",
    "spaces": "   ",
    "long": "x" * 10_000,
    "emoji": "🐷🎉",
    "script": "<script>alert(1)</script>",
    "null byte": "a\0b",
    "no e-mail": "mira@",
    "unknown code": "NO-SUCH-CODE",
    "zero": "0",
    "too many": "501",
    "negative": "-1",
    "fraction": "1.5",
    "word": "ten",
    "comma": "10,40",
    "three decimals": "10,405",
    "past": "2001-01-01T00:00",
    "somebody else's": "c0ffee00-0000-4000-8000-0000000000ff",
}


def test_the_fourteen_are_there():
    assert set(SLUGS) >= THE_FOURTEEN


@pytest.mark.parametrize("slug", SLUGS)
def test_works_for_its_role(slug, sandbox):
    client = signed_in(person(get_action(slug).role))
    response = client.get(f"/actions/{slug}/")
    assert response.status_code == 200
    assert str(get_action(slug).label) in response.content.decode()


@pytest.mark.parametrize("slug", SLUGS)
def test_needs_login(slug, client):
    response = client.get(f"/actions/{slug}/")
    assert response["Location"] == f"/accounts/login/?next=/actions/{slug}/"


@pytest.mark.parametrize("slug", SLUGS)
def test_needs_its_role(slug, sandbox, caplog):
    client = signed_in(person(BELOW[get_action(slug).role]))
    assert client.get(f"/actions/{slug}/").status_code == 403
    assert client.post(f"/actions/{slug}/", SAMPLES[slug]).status_code == 403
    assert "Refused" in caplog.text
    assert sandbox.calls() == []
    assert f"/actions/{slug}/" not in client.get("/actions/").content.decode()


@pytest.mark.parametrize("slug", SLUGS)
def test_needs_a_csrf_token(slug, sandbox):
    client = signed_in(person(get_action(slug).role))
    client.handler.enforce_csrf_checks = True
    assert client.post(f"/actions/{slug}/", SAMPLES[slug]).status_code == 403
    assert sandbox.calls() == []


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("slug", SLUGS)
def test_remote_error_is_told(slug, fault, sandbox):
    client = signed_in(person(get_action(slug).role))
    sandbox.faults(FAULTS[fault])
    response = client.post(f"/actions/{slug}/", SAMPLES[slug], follow=True)
    assert response.status_code == 200
    page = response.content.decode()
    assert 'role="alert"' in page or "errorlist" in page or "callout" in page
    assert "Traceback" not in page


def text_fields(slug):
    return [name for name in SAMPLES[slug] if name not in {"step", "submission_key"}]


@pytest.mark.parametrize("kind", NONSENSE)
@pytest.mark.parametrize("slug", [slug for slug in SLUGS if SAMPLES[slug]])
def test_bad_input_is_told_and_sends_nothing(slug, kind, sandbox):
    """Every field in turn gets nonsense: nothing is written at Piggy unless it makes sense."""
    action = get_action(slug)
    client = signed_in(person(action.role))
    for name in text_fields(slug):
        typed = SAMPLES[slug] | {name: NONSENSE[kind]}
        response = client.post(f"/actions/{slug}/", typed)
        assert response.status_code in {200, 302}, name
        if response.status_code == 302:
            continue  # It was no nonsense for this field.
        page = response.content.decode()
        assert "<script>alert" not in page
        if "errorlist" in page and kind not in {"null byte", "script", "spaces"}:
            assert NONSENSE[kind] in page, f"{name} lost what was typed"
    done = Entry.objects.filter(action=slug, events__kind="done").count()
    written = [call for call in sandbox.calls() if call["method"] != "GET"]
    if action.effect is Effect.READ or action.has_preview:
        assert written == []
    else:
        assert len(written) <= done + Entry.objects.filter(events__kind="rejected").count()


@pytest.mark.parametrize("slug", SLUGS)
def test_htmx_gets_just_the_fragment(slug, sandbox):
    client = signed_in(person(get_action(slug).role))
    page = client.get(f"/actions/{slug}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert 'id="action"' in page


def test_unknown_action_is_not_found(admin):
    assert admin.get("/actions/print-money/").status_code == 404
