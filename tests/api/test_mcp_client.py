"""The protocol's own client, over a real socket: it agrees on a version, looks up and asks."""

import asyncio
from typing import Any

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.ledger.models import Approval, Entry
from tests.api.asking import BODIES, CREDITS, FIND, token
from tests.conftest import person, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


async def work(url: str, secret: str) -> tuple[str, set[str], Any, Any, Any]:
    """Do what an assistant does: look around, look something up, ask for a write, look after it."""
    from httpx2 import AsyncClient  # noqa: PLC0415  (takes a second, for this test alone)
    from mcp import Client  # noqa: PLC0415
    from mcp.client.streamable_http import streamable_http_client  # noqa: PLC0415

    http = AsyncClient(headers={"Authorization": f"Bearer {secret}"})
    async with http, Client(streamable_http_client(url, http_client=http)) as client:
        tools = await client.list_tools()
        found = await client.call_tool(FIND, BODIES[FIND])
        asked = await client.call_tool(CREDITS, BODIES[CREDITS])
        assert asked.structured_content
        told = await client.call_tool("get-outcome", {"key": asked.structured_content["key"]})
        names = {tool.name for tool in tools.tools}
        return client.protocol_version, names, found, asked.structured_content, told


def test_the_official_client(sandbox, live_server):
    staff = person(Role.STAFF)
    url = f"{live_server.url}/api/mcp/"
    version, names, found, asked, told = asyncio.run(work(url, token(staff)))
    assert version == "2025-11-25"
    assert {FIND, CREDITS, "get-outcome"} <= names
    assert found.structured_content["result"]["status"] == "ACTIVE"
    assert told.structured_content["state"] == "waiting"
    assert not Entry.objects.exists()
    browser = signed_in(User.objects.get(pk=staff.pk))
    assert browser.post(asked["page"], {"decision": "approve"}).status_code == 302
    assert Entry.objects.get().submission_key == Approval.objects.get().submission_key
