"""What programs ask for, and what they are told: the same as on the pages, in JSON."""

import json
import time
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.test import Client

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import actions
from piggyadmin.api.bodies import CONTROLS
from piggyadmin.api.models import AccessScope
from piggyadmin.ledger import recovery
from piggyadmin.ledger import writes as ledger_writes
from piggyadmin.ledger.models import Approval, Entry, EntryState, PersonLookUp
from piggyadmin.sandbox import seed
from tests.api.asking import BODIES, CREDITS, FIND, MERGE, call, confirmed, dry, program
from tests.conftest import person, proved, signed_in
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
NOBODY = "c0ffee00-0000-4000-8000-0000000000ff"


def kind(response) -> str:
    problem = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert problem["status"] == response.status_code
    assert problem["trace_id"] == response["X-Request-ID"]
    return str(problem["type"]).removeprefix("/api/docs/#")


def writes(sandbox) -> int:
    sent = [each for each in sandbox.calls() if each["method"] != "GET"]
    return sum(not each["path"].endswith(("/validate", "/simulate")) for each in sent)


# --- All actions -----------------------------------------------------------------------------


def test_every_read_answers_and_every_write_says_what_it_would_do(sandbox):
    admin = program(Role.ADMIN)
    for action in actions():
        answer = dry(admin, action.slug)
        assert answer.status_code == 200, (action.slug, answer.content)
        told = answer.json()
        assert " object at 0x" not in str(told), action.slug
        if action.is_read:
            assert told["result"] is not None
        else:
            assert bool(told["preview"]) is bool(told["agreement"]) is action.has_preview
    assert writes(sandbox) == 0
    assert not Entry.objects.exists()


def test_every_write_is_done_once_for_each_key(sandbox):
    admin = program(Role.ADMIN)
    for action in actions():
        # Of a contact that ends, nothing else is done: merging has a test of its own.
        if action.is_read or action.ends_contacts:
            continue
        sandbox.reset()
        key, body = uuid4(), confirmed(admin, action.slug)
        first = call(admin, action.slug, body, key=key)
        assert first.status_code == 200, (action.slug, first.content)
        sent = writes(sandbox)
        again = call(admin, action.slug, body, key=key)
        assert writes(sandbox) == sent, action.slug
        assert again.status_code == 200
        told, retold = first.json(), again.json()
        assert told["state"] == retold["state"] == "done"
        # A secret is told once.
        assert (retold["result"] is None) is (action.result_type is None), action.slug
        assert told["result"] is not None, action.slug
        entry = Entry.objects.get(submission_key=key)
        assert (entry.person_name, entry.action) == ("Admin", action.slug)
        looked = admin.get(first["Location"]).json()
        assert looked["state"] == "done"
        assert looked["page"] == f"/actions/{action.slug}/{key}/"


def test_no_action_is_there_for_whom_it_is_not(sandbox):
    auditor = User.objects.create_user("program")
    auditor.groups.add(Group.objects.get(name=Role.SUPPORT))
    support, reads = program(auditor), program(Role.ADMIN, AccessScope.READS)
    for action in actions():
        answer = call(support, action.slug, {})
        is_theirs = action.role is Role.SUPPORT
        assert (answer.status_code != 403) is is_theirs, action.slug
        assert (call(reads, action.slug, {}).status_code != 403) is action.is_read, action.slug
    assert writes(sandbox) == 0


def test_what_is_said_of_a_request_is_no_field(piggy):
    for action in actions():
        form = action.form_class(piggy=piggy)
        assert CONTROLS.isdisjoint(form.fields), action.slug
        further = set(form.fields) - set(action.form_class.base_fields)
        assert bool(further) is form.has_further_fields, action.slug


# --- Looking up ------------------------------------------------------------------------------


def test_what_can_be_done(sandbox):
    told = program(Role.SUPPORT, AccessScope.READS).get("/api/").json()
    slugs = {each["slug"] for each in told["actions"]}
    allowed = {each.slug for each in actions() if each.is_read and each.role is Role.SUPPORT}
    assert slugs == allowed
    assert (told["person"], told["token"], told["scope"]) == ("Support", "Till", "reads")


def test_a_look_up_of_a_person_is_kept(sandbox):
    support = program(Role.SUPPORT)
    answer = call(support, "get-contact-credit-balance")
    assert answer.json()["result"]["balance"] == 120
    assert answer["Cache-Control"].count("no-store")
    assert answer.cookies == {}
    assert PersonLookUp.objects.get().contact_uuid == seed.MIRA_UUID


def test_what_is_not_there(sandbox):
    answer = call(program(Role.SUPPORT), FIND, {"code": "welcome-active"})
    assert (answer.status_code, kind(answer)) == (404, "not-found")
    (error,) = answer.json()["errors"]
    assert error["code"] == "not_found"


def test_somebody_who_is_not_there(sandbox):
    answer = dry(program(Role.STAFF), "update-contact", {"contact_uuid": NOBODY})
    assert kind(answer) == "not-found"
    assert answer.json()["errors"][0]["field"] == "contact_uuid"
    answer = dry(program(person(Role.ADMIN)), "update-visit", {"visit_uuid": NOBODY, "source": "A"})
    assert kind(answer) == "not-found"


# --- Writing ---------------------------------------------------------------------------------


def test_an_unusual_value_needs_a_yes(sandbox):
    staff = program(Role.STAFF)
    body = {**BODIES[CREDITS], "credits": 900_000}
    refused = dry(staff, CREDITS, body)
    (error,) = refused.json()["errors"]
    assert (error["field"], error["code"]) == ("credits", "unusual")
    assert dry(staff, CREDITS, {**body, "acknowledged": ["credits"]}).status_code == 200
    assert kind(dry(staff, CREDITS, {**body, "acknowledged": "credits"})) == "invalid"


def test_the_same_again_needs_to_be_meant(sandbox):
    staff = program(Role.STAFF)
    first = call(staff, CREDITS)
    second = call(staff, CREDITS)
    assert (second.status_code, kind(second)) == (409, "alike")
    assert second.json()["repeat_of"] == first.json()["key"]
    body = {**BODIES[CREDITS], "repeat_of": second.json()["repeat_of"]}
    assert call(staff, CREDITS, body).status_code == 200
    assert Entry.objects.count() == 2


def test_a_key_is_for_one_request(sandbox):
    staff, key = program(Role.STAFF), uuid4()
    more = {**BODIES[CREDITS], "credits": 26}
    assert call(staff, CREDITS, {**more, "contact_uuid": "nobody"}, key=key).status_code == 404
    first = call(staff, CREDITS, key=key)
    sent = writes(sandbox)
    turned = dict(reversed(BODIES[CREDITS].items()))
    assert call(staff, CREDITS, turned, key=key).json()["key"] == first.json()["key"]
    other = call(staff, CREDITS, more, key=key)
    assert (other.status_code, kind(other)) == (422, "key-reused")
    assert writes(sandbox) == sent
    assert Entry.objects.count() == 1


def test_a_key_is_for_one_request_where_two_come_at_once(sandbox, monkeypatch):
    staff, key = program(Role.STAFF), uuid4()
    call(staff, CREDITS, key=key)
    monkeypatch.setattr(ledger_writes, "first_press", lambda *_args, **_more: None)
    answer = call(staff, CREDITS, {**BODIES[CREDITS], "credits": 26}, key=key)
    assert kind(answer) == "key-reused"
    assert Entry.objects.count() == 1


def test_a_key_is_for_one_request_that_waits_for_a_person(sandbox, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 1
    staff, key = program(Role.STAFF), uuid4()
    asked, more = call(staff, CREDITS, key=key), {**BODIES[CREDITS], "credits": 26}
    assert asked.status_code == 202
    assert kind(call(staff, CREDITS, more, key=key)) == "key-reused"
    second = signed_in(User.objects.create_superuser("second"))
    second.post(asked.json()["page"], {"decision": "approve"})
    assert call(staff, CREDITS, key=key).json()["state"] == "done"
    assert kind(call(staff, CREDITS, more, key=key)) == "key-reused"


def test_a_reason_is_asked_for(sandbox):
    staff = program(Role.STAFF)
    body = {name: value for name, value in BODIES[CREDITS].items() if name != "reason"}
    assert dry(staff, CREDITS, body).json()["missing"]["reason"]
    answer = call(staff, CREDITS, body)
    assert (kind(answer), answer.json()["errors"][0]["field"]) == ("invalid", "reason")
    assert writes(sandbox) == 0


def test_what_cannot_be_undone_is_done_as_it_was_shown(sandbox):
    admin = program(Role.ADMIN)
    unseen = call(admin, MERGE)
    assert kind(unseen) == "not-confirmed"
    shown = unseen.json()
    assert shown["confirmation"] == "m.jansen"
    assert shown["preview"]["source"]["contact"]["credits"] == 30
    agreed = {**BODIES[MERGE], "agreement": shown["agreement"]}
    assert kind(call(admin, MERGE, {**agreed, "confirmation": "somebody"})) == "not-confirmed"
    other = call(admin, MERGE, {**agreed, "agreement": "other", "confirmation": "m.jansen"})
    assert (other.status_code, kind(other)) == (409, "changed")
    assert writes(sandbox) == 0
    assert call(admin, MERGE, {**agreed, "confirmation": "m.jansen"}).status_code == 200


def test_what_takes_a_fresh_proof_is_no_programs(sandbox, settings):
    settings.FRESH_PROOF_MINUTES = 30
    admin = program(Role.ADMIN)
    body = confirmed(admin, MERGE)
    refused = call(admin, MERGE, body)
    assert (refused.status_code, kind(refused)) == (403, "proof-needed")
    assert "have a person do it in the browser" in refused.json()["detail"]
    assert not refused.cookies
    assert not Session.objects.exists()
    settings.FOUR_EYES = True
    asked = call(admin, MERGE, body)
    assert asked.status_code == 202
    second = signed_in(User.objects.create_superuser("second"))
    approve = {"decision": "approve", "confirmation": "m.jansen"}
    proved(second, at=0)
    again = second.post(asked.json()["page"], approve)
    assert again["Location"].startswith("/accounts/reauthenticate/")
    assert writes(sandbox) == 0
    proved(second, at=time.time())
    assert second.post(asked.json()["page"], approve).status_code == 302
    assert writes(sandbox) == 1


def test_an_agreement_binds_what_can_be_undone_too(sandbox):
    staff = program(Role.STAFF)
    answer = call(staff, CREDITS, {**BODIES[CREDITS], "agreement": "other"})
    assert kind(answer) == "changed"
    assert writes(sandbox) == 0


def test_four_eyes_make_it_a_request(sandbox, settings):
    settings.FOUR_EYES = True
    admin, key = program(Role.ADMIN), uuid4()
    body = confirmed(admin, MERGE)
    assert dry(admin, MERGE).json()["needs_second_person"]
    asked = call(admin, MERGE, body, key=key)
    assert asked.status_code == 202
    assert asked.json()["page"] == f"/ledger/approvals/{key}/"
    assert call(admin, MERGE, body, key=key).json() == asked.json()
    assert admin.get(asked["Location"]).json()["state"] == "waiting"
    second = signed_in(User.objects.create_superuser("second"))
    own = signed_in(User.objects.get(username="admin"))
    assert own.post(asked.json()["page"], {"decision": "approve"}).status_code == 403
    second.post(asked.json()["page"], {"decision": "decline", "note": "Two people."})
    assert writes(sandbox) == 0
    told = admin.get(asked["Location"]).json()
    assert told["state"] == "rejected"
    again = call(admin, MERGE, body, key=key)
    assert (again.status_code, kind(again)) == (409, "not-done")
    assert kind(call(admin, MERGE, {**body, "comment": "New."}, key=key)) == "key-reused"
    assert "Two people." in again.json()["detail"]


def test_a_request_that_has_come_to_nothing(sandbox, settings):
    settings.FOUR_EYES = True
    admin = program(Role.ADMIN)
    asked = call(admin, MERGE, confirmed(admin, MERGE))
    Approval.objects.update(status="withdrawn", note="Lapsed.")
    assert admin.get(asked["Location"]).json()["detail"] == "Lapsed."


def test_what_piggy_refuses(sandbox):
    staff = program(Role.STAFF)
    sandbox.faults({"kind": "status", "status": 422, "method": "POST"})
    refused = call(staff, "create-visit")
    assert (refused.status_code, kind(refused)) == (422, "refused")
    assert refused.json()["state"] == "rejected"
    assert "Nothing was changed" in refused.json()["detail"]


def test_busy_says_when_to_come_back(sandbox):
    sandbox.faults({"kind": "throttled", "retry_after": 7})
    answer = call(program(Role.SUPPORT), FIND)
    assert (answer.status_code, kind(answer)) == (503, "unavailable")
    assert answer["Retry-After"] == "7"


def test_other_answers_of_piggy(sandbox):
    support = program(Role.SUPPORT)
    sandbox.faults({"kind": "garbage"})
    assert kind(call(support, FIND)) == "unreadable"


def test_a_key_is_one_persons_and_one_actions(sandbox):
    staff, key = program(Role.STAFF), uuid4()
    first = call(staff, CREDITS, key=key)
    assert kind(call(staff, "create-visit", key=key)) == "malformed"
    other = program(Role.ADMIN)
    assert kind(call(other, CREDITS, key=key)) == "malformed"
    assert other.get(first["Location"]).status_code == 404
    assert staff.get(f"/api/actions/create-visit/{key}/").status_code == 404


def test_an_entry_of_an_action_that_has_gone(sandbox):
    staff = program(Role.STAFF)
    first = call(staff, "create-visit")
    Entry.objects.filter(submission_key=first.json()["key"])
    assert staff.get(first["Location"]).status_code == 200
    assert staff.get(f"/api/actions/no-such-action/{uuid4()}/").status_code == 404


@pytest.mark.parametrize("number", ["1e99999999999999999999", "1e-99999999999999999999", "NaN"])
def test_a_number_beyond_all_measure_is_no_json(sandbox, number):
    answer = program(Role.STAFF).post(
        f"/api/actions/{CREDITS}/",
        f'{{"credits": {number}}}',
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert (answer.status_code, kind(answer)) == (400, "malformed")


@pytest.mark.parametrize("depth", [870, 890, 910, 930])
def test_what_is_nested_too_deeply_is_no_json(sandbox, depth):
    """It may be read, and then be too deep for whatever writes it down."""
    admin, nested = program(Role.ADMIN), "[" * depth + "]" * depth
    for query in ("", "?dry_run=true"):
        headers = {"Idempotency-Key": str(uuid4())}
        body, sent = f'{{"credits": {nested}}}', {"content_type": "application/json"}
        answer = admin.post(f"/api/actions/{CREDITS}/{query}", body, headers=headers, **sent)
        assert kind(answer) == "malformed"


@pytest.mark.parametrize("key", ["", "one", "'; --"])
def test_a_write_needs_a_key(sandbox, key):
    answer = program(Role.STAFF).post(
        f"/api/actions/{CREDITS}/",
        json.dumps(BODIES[CREDITS]),
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )
    assert kind(answer) == "malformed"
    assert not Entry.objects.exists()


def test_what_is_not_named_stays_as_it_is(sandbox):
    staff = program(Role.STAFF)
    uuid = BODIES["update-bookings"]["booking_uuid"]
    answer = call(staff, "update-bookings")
    assert answer.status_code == 200
    entry = Entry.objects.get(submission_key=answer.json()["key"])
    assert entry.data["booking_uuid"] == uuid
    shift = {"shift_uuid": BODIES["update-shift"]["shift_uuid"], "break_in_minutes": 15}
    call(staff, "update-shift")
    assert call(staff, "update-shift", shift).status_code == 200
    last = Entry.objects.filter(action="update-shift").latest("pk")
    assert last.data["status"] == BODIES["update-shift"]["status"]
    assert last.data["break_in_minutes"] == 15


def test_unknown_outcome(sandbox):
    staff, key = program(Role.STAFF), uuid4()
    sandbox.faults({"kind": "drop_after", "method": "POST"})
    lost = call(staff, "create-visit", key=key)
    assert (lost.status_code, kind(lost)) == (504, "unknown-outcome")
    assert lost["Location"] == lost.json()["outcome"]
    sandbox.faults()
    sent = writes(sandbox)
    assert call(staff, "create-visit", key=key).status_code == 504
    assert writes(sandbox) == sent
    assert staff.get(lost["Location"]).json()["state"] == "unknown"


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (EntryState.SENT, 409),
        (EntryState.UNKNOWN, 504),
        (EntryState.SETTLED_NOT_DONE, 409),
        (EntryState.SETTLED_DONE, 200),
    ],
)
def test_a_key_whose_first_request_has_no_answer(sandbox, monkeypatch, state, status):
    monkeypatch.setattr(recovery, "WAIT_FOR_FIRST_SECONDS", 0)
    staff = program(Role.STAFF)
    entry = make_entry(state, slug="create-visit", person=User.objects.get(username="staff"))
    answer = call(staff, "create-visit", key=entry.submission_key)
    assert answer.status_code == status


def test_an_action_that_there_is_not(sandbox):
    support = program(Role.SUPPORT)
    assert kind(call(support, "no-such-action", {})) == "not-found"
    assert support.get("/api/nowhere/", headers={"Accept": "application/json"}).status_code == 404


def test_only_as_it_is_asked(sandbox):
    support = program(Role.SUPPORT)
    answer = support.get(f"/api/actions/{FIND}/")
    assert (kind(answer), answer["Allow"]) == ("method", "POST, OPTIONS")
    assert support.options(f"/api/actions/{FIND}/").status_code == 200


def test_pages_of_a_browser_do_not_open_the_door(sandbox):
    browser = signed_in(person(Role.ADMIN))
    assert browser.get("/api/").status_code == 401
    assert Client().get("/api/openapi.json").status_code == 401


def test_what_comes_in_clear_is_refused_and_led_nowhere(settings):
    staff = program(Role.STAFF)
    settings.SECURE_SSL_REDIRECT = True
    answer = staff.get("/api/")
    assert answer.status_code == 403
    assert kind(answer) == "insecure"
    assert "withdraw it" in answer.json()["detail"]
    assert staff.get("/api/", secure=True).status_code == 200
    assert staff.get("/api/docs/")["Location"] == "https://testserver/api/docs/"
