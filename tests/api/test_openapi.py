"""The description, and that nothing which fits it, or does not, is a fault of ours."""

import json

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import actions
from tests.api.asking import dry, program
from tests.conftest import person, signed_in

pytestmark = pytest.mark.django_db
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def test_describes_every_action(sandbox):
    told = program(Role.SUPPORT).get("/api/openapi.json").json()
    assert told["openapi"] == "3.1.0"
    for action in actions():
        call = told["paths"][f"/api/actions/{action.slug}/"]["post"]
        schema = call["requestBody"]["content"]["application/json"]["schema"]
        assert set(action.form_class.base_fields) <= set(schema["properties"]), action.slug
        assert ("504" in call["responses"]) is not action.is_read


def test_no_body_is_a_fault_of_ours(sandbox):
    admin = program(Role.ADMIN)
    fields = {each.slug: sorted(each.form_class.base_fields) for each in actions()}
    bodies = st.sampled_from(sorted(fields)).flatmap(
        lambda slug: st.tuples(
            st.just(slug),
            st.dictionaries(st.sampled_from([*fields[slug], "acknowledged"]), VALUES),
        )
    )

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(bodies)
    def ask(asked):
        with transaction.atomic():
            assert dry(admin, *asked).status_code < 500

    ask()


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
