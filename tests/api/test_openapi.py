"""The description, and that nothing which fits it, or does not, is a fault of ours."""

import json
from collections import Counter

import pytest

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import actions
from piggyadmin.ledger.models import Entry
from tests.api.asking import CREDITS, call, program, token
from tests.conftest import person, signed_in

pytestmark = pytest.mark.django_db


def test_describes_every_action(sandbox):
    told = program(Role.SUPPORT).get("/api/openapi.json").json()
    assert told["openapi"] == "3.1.0"
    for action in actions():
        call = told["paths"][f"/api/actions/{action.slug}/"]["post"]
        schema = call["requestBody"]["content"]["application/json"]["schema"]
        assert set(action.form_class.base_fields) <= set(schema["properties"]), action.slug
        assert ("504" in call["responses"]) is not action.is_read


def test_whatever_is_sent_is_answered_as_described(sandbox):
    from tests.api import fuzzing  # noqa: PLC0415  (see there)

    statuses = Counter[int]()
    with fuzzing.described(token(person(Role.ADMIN))) as schema:
        for place, operation in enumerate(schema.get_all_operations()):
            statuses += fuzzing.answers(place, operation.ok())
    assert all(statuses[each] for each in (200, 400, 404, 422))


@pytest.mark.parametrize("query", ["dry_run=yes", "dry_run=", "dryrun=true", "dry_run=1&dry_run=1"])
def test_a_slip_of_the_pen_is_no_write(query, sandbox):
    answer = call(program(Role.STAFF), CREDITS, query=f"?{query}")
    assert answer.status_code == 400
    assert not Entry.objects.exists()


def test_what_is_not_there_is_a_problem_for_whoever_shows_a_token(sandbox):
    answer = program(Role.SUPPORT).get("/api/actions/no slug/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.usefixtures("no_garbage_collection")
@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff", b'{"a": NaN}', b"[" * 9000])
def test_what_is_no_object(body, sandbox):
    answer = program(Role.SUPPORT).post(
        "/api/actions/list-perks/", body, content_type="application/json"
    )
    assert answer.status_code == 400
    assert json.loads(answer.content)["type"].endswith("#malformed")


def test_what_is_no_json_or_too_long(sandbox):
    support = program(Role.SUPPORT)
    assert support.post("/api/actions/list-perks/", {"a": 1}).status_code == 415
    long = support.post("/api/", b"x" * 70_000, content_type="application/json")
    assert (long.status_code, long["Content-Type"]) == (413, "application/problem+json")


def test_pages_for_people(sandbox):
    support = signed_in(person(Role.SUPPORT))
    assert "find-voucher-by-code" in support.get("/api/docs/").content.decode()
    for action in actions():
        page = support.get(f"/api/docs/{action.slug}/")
        assert page.status_code == 200, action.slug
    assert support.get("/api/docs/no-such-action/").status_code == 404
    assert "/api/docs/" in support.get("/help/").content.decode()
