"""Answers of Piggy in which texts are none: half surrogate pairs, and the character 0.

No page is a fault over them, and whatever is written stands in a ledger that can be verified.
"""

import json
import re
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
    send = PiggyClient._send

    def answer(*args: Any) -> Any:
        raw = send(*args)
        return replace(raw, body=json.dumps(odd(json.loads(raw.body), request.param)).encode())

    monkeypatch.setattr(PiggyClient, "_send", answer)


@pytest.fixture
def client(odd_answers):
    return signed_in(person(Role.ADMIN))


def test_every_action_comes_to_an_end(client, request):
    for action in actions():
        sample = SAMPLES[action.slug]
        response = client.post(action.url, sample, follow=True)
        if "agreement" in typed_in(response.content.decode()):
            response = client.post(action.url, confirmed(response, sample), follow=True)
        assert response.status_code in {200, 404}, action.slug
    assert list(verify()) == []
    if "texts" in request.node.name:
        writes = sum(not action.is_read for action in actions())
        assert Entry.objects.count() > writes / 2
        details = Event.objects.values_list("detail", flat=True)
        assert any(UNREADABLE in str(detail) for detail in details)


def without(lost: set[str], value: Any) -> Any:
    """Leave out what is called so."""
    if isinstance(value, dict):
        return {name: without(lost, inner) for name, inner in value.items() if name not in lost}
    return [without(lost, inner) for inner in value] if isinstance(value, list) else value


def nothing(value: Any) -> Any:
    """Put what is no number, and is no JSON either, where one is."""
    if isinstance(value, dict):
        return {name: nothing(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [nothing(inner) for inner in value]
    return float("nan") if type(value) in {int, float} else value


def endless(value: Any) -> Any:
    """Put a number without end, which JSON can write down, where one is."""
    return json.loads(json.dumps(nothing(value)).replace("NaN", "1e999"))


@pytest.mark.parametrize(
    "change", [partial(without, {"promotion"}), nothing, endless], ids=["promotion", "nan", "inf"]
)
def test_what_is_left_out_or_no_number_is_no_fault(change, sandbox, monkeypatch):
    """Piggy tells of a voucher without its promotion, and of amounts that are none."""
    send = PiggyClient._send

    def answer(*args: Any) -> Any:
        raw = send(*args)
        told = json.loads(raw.body)
        told |= {"data": change(told["data"])} if "data" in told else {}
        return replace(raw, body=json.dumps(told).replace("Infinity", "1e999").encode())

    client = signed_in(person(Role.ADMIN))
    monkeypatch.setattr(PiggyClient, "_send", answer)
    for address in ("/credits/", f"/contacts/{seed.MIRA_UUID}/timeline/", "/referrals/settings/"):
        assert client.get(address).status_code == 200
    for slug in ("deactivate-voucher", "create-voucher", "validate-voucher"):
        response = client.post(f"/actions/{slug}/", SAMPLES[slug], follow=True)
        if "agreement" in typed_in(response.content.decode()):
            again = confirmed(response, SAMPLES[slug])
            response = client.post(f"/actions/{slug}/", again, follow=True)
        assert response.status_code == 200


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
