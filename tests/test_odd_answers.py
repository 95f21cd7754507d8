"""Answers of Piggy in which texts and numbers are none: half surrogate pairs, the character 0, NaN.

No page is a fault over them, and whatever is written stands in a ledger that can be verified.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import actions
from piggyadmin.json_text import UNREADABLE
from piggyadmin.ledger.models import Entry, Event
from piggyadmin.ledger.verification import verify
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed
from tests.conftest import person, signed_in
from tests.ledger.reading import typed_in
from tests.rotation import turn
from tests.test_hostile_addresses import patterns
from tests.test_urls import SAMPLE

pytestmark = pytest.mark.django_db
ODD = "\ud800\0"
# With these as they are, most things go on to their end.
NEEDED = {"uuid", "email", "code", "value", "status", "type", "data_type", "strategy"}


def odd(value: Any, kept: set[str], key: str = "") -> Any:
    """Put something unreadable into every text."""
    if isinstance(value, dict):
        return {name: odd(inner, kept, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [odd(inner, kept, key) for inner in value]
    is_text = isinstance(value, str) and key not in kept and not key.endswith(("_at", "_date"))
    return value + ODD if is_text else value


@pytest.fixture(params=[NEEDED, set()], ids=["texts", "everything"])
def odd_answers(request, sandbox, monkeypatch):
    """Let every answer be odd."""
    let_answers_be(monkeypatch, lambda told: odd(told, request.param))


def let_answers_be(monkeypatch, change: Callable[[Any], Any]) -> None:
    """Change what every answer says before it is read; a number without end is written as one."""
    send = PiggyClient._send

    def answer(*args: Any) -> Any:
        raw = send(*args)
        told = json.dumps(change(json.loads(raw.body))).replace("Infinity", "1e999")
        return replace(raw, body=told.encode())

    monkeypatch.setattr(PiggyClient, "_send", answer)


def carry_out(client, slug: str) -> Any:
    """Send an action's form, and say yes where it is shown first what would be done."""
    response = client.post(f"/actions/{slug}/", SAMPLES[slug], follow=True)
    if "agreement" in typed_in(response.content.decode()):
        agreed = confirmed(response, SAMPLES[slug])
        response = client.post(f"/actions/{slug}/", agreed, follow=True)
    return response


@pytest.fixture
def client(odd_answers):
    return signed_in(person(Role.ADMIN))


def test_every_action_comes_to_an_end(client, request):
    for action in actions():
        assert carry_out(client, action.slug).status_code in {200, 404}, action.slug
    assert list(verify()) == []
    if "texts" in request.node.name:
        writes = sum(not action.is_read for action in actions())
        assert Entry.objects.count() > writes / 2
        details = Event.objects.values_list("detail", flat=True)
        assert any(UNREADABLE in str(detail) for detail in details)


def without(lost: str, value: Any) -> Any:
    """Leave out what is called so."""
    if isinstance(value, dict):
        return {name: without(lost, inner) for name, inner in value.items() if name != lost}
    return [without(lost, inner) for inner in value] if isinstance(value, list) else value


def with_number(number: float, value: Any) -> Any:
    """Put this in place of every number."""
    if isinstance(value, dict):
        return {name: with_number(number, inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_number(number, inner) for inner in value]
    return number if type(value) in {int, float} else value


CHANGES = {
    "promotion": partial(without, "promotion"),
    "nan": partial(with_number, float("nan")),
    "inf": partial(with_number, float("inf")),
    "beyond any float": partial(with_number, 10**400),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_left_out_or_no_number_is_no_fault(change, sandbox, monkeypatch):
    """Piggy tells of a voucher without its promotion, and of amounts that are none."""
    client = signed_in(person(Role.ADMIN))
    let_answers_be(
        monkeypatch,
        lambda told: told | {name: change(told[name]) for name in told if name == "data"},
    )
    mira, promotion = f"/contacts/{seed.MIRA_UUID}/", f"/promotions/{SAMPLE['promotion_uuid']}/"
    for address in ("/credits/", f"{mira}timeline/", "/referrals/settings/", promotion):
        assert client.get(address).status_code == 200
    for slug in ("deactivate-voucher", "create-voucher", "validate-voucher"):
        assert carry_out(client, slug).status_code == 200


ODD_JSON = [r'[{"label": "\ud800", "value": "\u0000"}]', r'{"\ud800": "\ud800"}']


def test_json_that_is_posted_is_no_fault(sandbox):
    """Some fields hold JSON while a form is on its way."""
    client = signed_in(person(Role.ADMIN))
    for row, action in enumerate(actions()):
        for place, name in turn(row, enumerate(action.form_class.base_fields), 5):
            sample = {key: value for key, value in SAMPLES[action.slug].items() if name not in key}
            for text in turn(row + place, ODD_JSON, len(ODD_JSON)):
                response = client.post(action.url, {**sample, name: text})
                assert response.status_code < 500, (action.slug, name)


def test_every_page_opens(client):
    sample = {**SAMPLE, "contact_uuid": seed.MIRA_UUID}
    for address in patterns():
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda name: sample.get(name[1], "1"), address)
        if "logout" not in path and "sandbox" not in path:
            assert client.get(path.replace("^", "").split("(?P")[0]).status_code < 500, path
