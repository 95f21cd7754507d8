"""Asked by one admin and approved by another, each in a browser of their own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import AT_TESTS
from tests.browser.console import ConsoleServer
from tests.browser.test_actions import (
    DUPLICATE,
    MIRA,
    balance,
    confirm,
    field,
    press,
    see_preview,
)

# Another admin, who signs in as the demo people do.
SECOND = """
from django.contrib.auth.models import Group
from piggyadmin.accounts.models import User
second = User.objects.create_user("second", password="piggy-demo", first_name="Joost")
second.groups.add(Group.objects.get(name="Admin"))
"""


@pytest.fixture(scope="module")
def console(tmp_path_factory, sandbox_server) -> Iterator[ConsoleServer]:
    """Serve a console in which what cannot be undone needs two."""
    directory = tmp_path_factory.mktemp("four-eyes")
    with ConsoleServer(directory, sandbox_server, FOUR_EYES="true", **AT_TESTS) as server:
        server.manage("shell", "-c", SECOND)
        yield server


def test_merge_is_approved_by_another_admin(as_role, piggy_sandbox):
    piggy_sandbox.faults(merge_seconds=0)
    asking = as_role("admin")
    asking.goto("/actions/merge-contacts/")
    field(asking, "source_contact_uuid").fill(DUPLICATE)
    field(asking, "destination_contact_uuid").fill(MIRA)
    field(asking, "reason").select_option("Double account")
    see_preview(asking)
    confirm(asking)
    press(asking, "Ask a colleague")
    expect(asking.locator("main")).to_contain_text("Somebody else has to approve")
    expect(asking.get_by_role("button", name="Approve, and do it")).to_have_count(0)

    deciding = as_role("second")
    deciding.goto("/")
    deciding.locator("section[aria-labelledby=approvals] a").click()
    expect(deciding.locator("main")).to_contain_text("150 credits")
    deciding.get_by_label("Note").fill("I know them both.")
    press(deciding, "Approve, and do it")
    expect(deciding.locator("main")).to_contain_text("Approved by Joost")
    expect(deciding.locator("main")).to_contain_text("I know them both.")
    assert balance(piggy_sandbox) == 150

    asking.reload()
    asking.get_by_role("link", name="What became of it").click()
    expect(asking.locator("main")).to_contain_text("Approved by Joost")
