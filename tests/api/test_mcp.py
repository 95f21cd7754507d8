"""Assistants look things up at once; what changes something waits for a person."""

import json
import time

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.api.models import AccessScope
from piggyadmin.ledger.models import Approval, Entry
from tests.api.asking import BODIES, CREDITS, FIND, MERGE, program
from tests.conftest import proved, signed_in

pytestmark = pytest.mark.django_db


def send(client, message, **headers):
    body = message if isinstance(message, str) else json.dumps(message)
    return client.post("/api/mcp/", body, content_type="application/json", headers=headers)


def ask(client, method, params=None):
    answer = send(
        client, {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
    ).json()
    return answer.get("result") or answer["error"]


def use(client, name, arguments):
    return ask(client, "tools/call", {"name": name, "arguments": arguments})


def test_begins_and_lists_what_may_be_done(sandbox):
    reads = program(Role.SUPPORT, AccessScope.READS)
    begun = ask(reads, "initialize", {"protocolVersion": "2025-06-18"})
    assert begun["protocolVersion"] == "2025-06-18"
    assert ask(reads, "initialize", {"protocolVersion": "old"})["protocolVersion"] == "2025-11-25"
    tools = ask(reads, "tools/list")["tools"]
    assert all(tool["annotations"]["readOnlyHint"] for tool in tools)
    assert {"get-outcome", FIND} <= {tool["name"] for tool in tools}
    notified = send(reads, {"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert (notified.status_code, notified.content) == (202, b"")
    assert ask(reads, "no/such")["code"] == -32601
    assert use(reads, "no-such-tool", {})["code"] == -32602
    assert use(reads, FIND, [1])["code"] == -32602


@pytest.mark.parametrize("message", ["{", "[]", "1", '{"jsonrpc": "2.0", "method": 1}'])
def test_nonsense(sandbox, message):
    assert send(program(Role.SUPPORT), message).status_code == 400


def test_other_sites_and_versions(sandbox):
    support, ping = program(Role.SUPPORT), {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    assert send(support, ping).json()["result"] == {}
    assert send(support, ping, Origin="https://evil.example").status_code == 403
    assert send(support, ping, **{"MCP-Protocol-Version": "1999-01-01"}).status_code == 400
    assert support.get("/api/mcp/").status_code == 405


def test_looks_up_at_once(sandbox):
    support = program(Role.SUPPORT)
    found = use(support, FIND, BODIES[FIND])
    assert found["structuredContent"]["result"]["status"] == "ACTIVE"
    assert not found["isError"]
    assert use(support, FIND, {"code": "NONE"})["isError"]
    assert use(support, CREDITS, BODIES[CREDITS])["isError"]
    assert use(support, "get-outcome", {"key": "x"})["isError"]
    assert use(support, "lock-voucher", {"nonsense": 1})["isError"]


def test_a_write_waits_for_ones_own_word(sandbox):
    staff = program(Role.STAFF)
    asked = use(staff, CREDITS, BODIES[CREDITS])["structuredContent"]
    assert asked["state"] == "waiting"
    assert not Entry.objects.exists()
    own = signed_in(User.objects.get(username="staff"))
    page = own.get(asked["page"]).content.decode()
    assert "A program asked for this in the name of Staff: Till." in page
    assert own.post(asked["page"], {"decision": "approve"}).status_code == 302
    told = use(staff, "get-outcome", {"key": asked["key"]})["structuredContent"]
    assert told["state"] == "done"


def test_what_cannot_be_undone_is_confirmed_by_the_person(sandbox, settings):
    settings.FRESH_PROOF_MINUTES = 30  # which a program never has
    admin = program(Role.ADMIN)
    asked = use(admin, MERGE, BODIES[MERGE])["structuredContent"]
    own = signed_in(User.objects.get(username="admin"))
    own.post(asked["page"], {"decision": "approve", "confirmation": "somebody"})
    assert not Entry.objects.exists()
    settings.FOUR_EYES = True
    confirmed = {"decision": "approve", "confirmation": "m.jansen"}
    assert own.post(asked["page"], confirmed).status_code == 403
    settings.FOUR_EYES = False
    proved(own, at=0)
    assert own.post(asked["page"], confirmed)["Location"].startswith("/accounts/reauthenticate/")
    assert not Entry.objects.exists()
    proved(own, at=time.time())
    assert own.post(asked["page"], confirmed).status_code == 302
    assert Entry.objects.get().action == MERGE


def test_four_eyes_want_another_one(sandbox, settings):
    settings.FOUR_EYES = True
    use(program(Role.ADMIN), MERGE, BODIES[MERGE])
    assert not Approval.objects.get().is_own_word_enough


def test_secrets_are_no_tools(sandbox):
    names = {tool["name"] for tool in ask(program(Role.ADMIN), "tools/list")["tools"]}
    assert names.isdisjoint({"get-contact-auth-token", "use-session-token"})
