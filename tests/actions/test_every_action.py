"""What holds for every action: who may open it, and what it shows when something is wrong."""

import re
from typing import Any

import pytest

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import actions, get_action
from piggyadmin.ledger.models import Entry
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed
from tests.conftest import person, signed_in
from tests.ledger.reading import main_of, says_what_is_wrong, typed_in
from tests.rotation import turns

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
LOST = "It is not known whether Piggy did this"
AWAY = "cannot be reached"
# What Piggy does to every call, and what people are told: the first where the fault is met by a
# look-up, the others by a write.
FAULTS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "no token": ({"kind": "status", "status": 401}, ("does not accept the token",)),
    "forbidden": ({"kind": "status", "status": 403}, ("does not let this console do that",)),
    "gone": (
        {"kind": "status", "status": 404},
        (
            "No customer with this",
            "does not have what was asked for",
            "No contact has this address",
            "No voucher has this code",
            "No gift card",
            "No order with this",
            "No shift with this",
        ),
    ),
    "busy": ({"kind": "throttled", "retry_after": 0}, ("too many questions",)),
    "broken": ({"kind": "status", "status": 500}, (AWAY, LOST)),
    "bad gateway": ({"kind": "status", "status": 502}, (AWAY, LOST)),
    "maintenance": ({"kind": "status", "status": 503}, ("being maintained",)),
    "gateway timeout": ({"kind": "status", "status": 504}, (AWAY, LOST)),
    "garbage": ({"kind": "garbage"}, ("an answer that makes no sense", LOST)),
    "dropped": ({"kind": "drop_before"}, (AWAY, LOST)),
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


@pytest.mark.parametrize(("slug", "fault"), turns(SLUGS, FAULTS, 8))
def test_remote_error_is_told_and_nothing_typed_is_lost(slug, fault, sandbox):
    client = signed_in(person(get_action(slug).role))
    what_happens, words = FAULTS[fault]
    sandbox.faults(what_happens)
    response = client.post(f"/actions/{slug}/", SAMPLES[slug], follow=True)
    if "agreement" in typed_in(response.content.decode()):
        # What it would do needs no look at Piggy.
        sent = confirmed(response, SAMPLES[slug])
        response = client.post(f"/actions/{slug}/", sent, follow=True)
    assert response.status_code == 200
    page = response.content.decode()
    assert says_what_is_wrong(page)
    assert any(said in main_of(page) for said in words)
    is_certain = LOST not in page and "data-error-summary" not in page
    if is_certain and not get_action(slug).is_read:
        assert "Nothing was changed at Piggy" in main_of(page)
    assert "Traceback" not in page
    if not response.redirect_chain:
        assert lost(page, SAMPLES[slug]) == {}


def lost(page: str, typed: dict[str, str]) -> dict[str, str]:
    """Give what was typed into a field and does not stand there any more."""
    there = typed_in(page)
    return {name: text for name, text in typed.items() if there.get(name, text) != text}


def writes(sandbox) -> int:
    """Count what was sent that may change something: two kinds of POST only ask."""
    sent = [call for call in sandbox.calls() if call["method"] != "GET"]
    return sum(not call["path"].endswith(("/validate", "/simulate")) for call in sent)


@pytest.mark.parametrize(
    ("slug", "kind"), turns([slug for slug in SLUGS if SAMPLES[slug]], NONSENSE, 12)
)
def test_bad_input_is_told_loses_nothing_and_sends_nothing(slug, kind, sandbox):
    """Every field in turn gets nonsense; where it makes sense after all, it is shown or done."""
    action = get_action(slug)
    client = signed_in(person(action.role))
    for name in SAMPLES[slug]:
        typed = SAMPLES[slug] | {name: NONSENSE[kind]}
        before = writes(sandbox)
        response = client.post(f"/actions/{slug}/", typed)
        if response.status_code == 302:
            continue  # It was no nonsense for this field.
        assert response.status_code == 200, name
        page = response.content.decode()
        if 'class="secret"' in page:
            continue  # Neither was it here: what was done is shown at once, and never again.
        assert says_what_is_wrong(page) or makes_sense(page), name
        assert "<script>alert" not in page
        assert lost(page, typed) == {}, name
        refused = Entry.objects.filter(trace_id=response["X-Request-ID"], events__kind="rejected")
        assert writes(sandbox) - before <= refused.count(), name


def makes_sense(page: str) -> bool:
    """Tell whether what would be done, or what was found, is shown."""
    shows_result = not re.search(r'<section id="result"[^>]*>\s*</section>', page)
    return 'name="agreement"' in page or shows_result


@pytest.mark.parametrize("slug", SLUGS)
def test_htmx_gets_just_the_fragment(slug, sandbox):
    client = signed_in(person(get_action(slug).role))
    page = client.get(f"/actions/{slug}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert 'id="action"' in page


def test_unknown_action_is_not_found(admin):
    assert admin.get("/actions/print-money/").status_code == 404
