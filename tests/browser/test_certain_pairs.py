"""An admin clears hundreds of certain pairs, a colleague approves that, and one merge is repaired.

Every input of the admin is counted, and every line that is to be read, so that it is known how long
500 pairs keep somebody. The sandbox's books are compared before and after. `WHOLE_MATRIX=1` has 500
pairs cleared; usually there are fewer.
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Page, expect

from piggyadmin.duplicates.certain.checking import SAMPLE
from piggyadmin.duplicates.certain.views import SCREEN
from piggyadmin.sandbox.names import DUTCH_LAST_NAMES, DUTCH_MEN, DUTCH_WOMEN
from piggyadmin.sandbox.seed import AMSTERDAM_UUID
from tests.browser.conftest import AT_TESTS
from tests.browser.console import ConsoleServer
from tests.browser.test_four_eyes import SECOND
from tests.browser.test_inputs_counted import Hands
from tests.rotation import IS_WHOLE
from tests.sandbox.server import SandboxServer

PAIRS = 500 if IS_WHOLE else 36
# For checking all pairs, and for merging them: milliseconds.
PATIENCE = 3_000_000 if IS_WHOLE else 90_000
# A press or a click, and a line that is read; of the sample, both have ten lines or so.
SECONDS_AN_INPUT, SECONDS_A_LINE, LINES_IN_FULL = 1.5, 1.0, 10
MOST_SECONDS = 15 * 60
SIDE_BY_SIDE = 4


class Books(NamedTuple):
    """What everybody has together, and who has how many credits."""

    contacts: int
    credits: int
    by_email: dict[str, int]


@pytest.fixture(scope="module")
def sandbox_server() -> Iterator[SandboxServer]:
    """Serve a sandbox with the well-known contacts, and nobody else's duplicates."""
    with SandboxServer(contacts=8) as server:
        yield server


@pytest.fixture(scope="module")
def console(tmp_path_factory, sandbox_server) -> Iterator[ConsoleServer]:
    """Serve a console in which what cannot be undone needs two."""
    directory = tmp_path_factory.mktemp("certain-pairs")
    environment = {"FOUR_EYES": "true", "PIGGY_CALLS_PER_SECOND": "0", **AT_TESTS}
    with ConsoleServer(directory, sandbox_server, **environment) as server:
        server.manage("shell", "-c", SECOND)
        yield server


def person(number: int) -> dict[str, str]:
    """Make somebody up; the same number is the same person."""
    dice = Random(number)
    return {
        "firstname": dice.choice([*DUTCH_WOMEN, *DUTCH_MEN]),
        "lastname": dice.choice(DUTCH_LAST_NAMES),
        "phonenumber": f"06{number:04d}{dice.randrange(10_000):04d}",
        "birthdate": f"{date(1950, 1, 1) + timedelta(dice.randrange(20_000))}",
    }


def make_twice(sandbox: SandboxServer, number: int) -> None:
    """Have the sandbox know one person by two addresses, each with credits."""
    for side in ("home", "work"):
        email = f"person{number}.{side}@example.test"
        uuid = sandbox.api("POST", "contacts", json={"email": email})["uuid"]
        sandbox.api("PUT", f"contacts/{uuid}", json={"attributes": person(number)})
        gift = {"shop_uuid": AMSTERDAM_UUID, "contact_uuid": uuid, "credits": number + 1}
        sandbox.api("POST", "credit-receptions", json=gift)


def books(sandbox: SandboxServer) -> Books:
    """Tell what all contacts have, as the sandbox says."""
    found: list[dict[str, Any]] = []
    while page := sandbox.api("GET", f"contacts?page={len(found) // 100 + 1}&limit=100"):
        found += page
        if len(page) < 100:
            break
    by_email = {each["email"]: each["credit_balance"]["balance"] for each in found}
    return Books(len(found), sum(by_email.values()), by_email)


def look_for_pairs(hands: Hands) -> None:
    """Have the certain pairs looked for, from the queue on."""
    page = hands.page
    page.goto("/duplicates/")
    hands.click(page.get_by_text("More", exact=True))
    hands.click(page.get_by_role("link", name="Merge the certain ones"))
    hands.click(page.get_by_role("button", name="Look for them"))
    heading = page.get_by_role("heading", name=f"Look at these {SAMPLE} of {PAIRS} first")
    expect(heading).to_be_visible(timeout=PATIENCE)


def look_through(hands: Hands) -> tuple[int, int]:
    """Take the tick away from one pair of the sample and of each other screen.

    Gives the lines that are read, and the pairs that are left out.
    """
    page, boxes = hands.page, hands.page.locator("main input[name=pair]")
    expect(boxes).to_have_count(SAMPLE)
    hands.click(boxes.first)
    hands.click(page.get_by_role("button", name="I have looked at them: go on"))
    screens, lines = -(-(PAIRS - SAMPLE) // SCREEN), SAMPLE * LINES_IN_FULL
    unticked = 1
    for number in range(1, screens + 1):
        title = f"Look them through: screen {number} of {screens}"
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        lines += boxes.count()
        if number % 2:
            hands.click(boxes.nth(3))
            unticked += 1
        hands.click(page.get_by_role("button", name=re.compile("^Keep this, and (go on|see)")))
    return lines, unticked


def ask(hands: Hands, number: int) -> None:
    """Say yes to all that are ticked, once, and why."""
    page = hands.page
    expect(page.get_by_role("heading", name=f"Merge {number} pairs?")).to_be_visible()
    hands.choose(page.locator("[name=reason]"), "Double account")
    hands.click(page.locator("[name=confirmation]"))
    hands.type(str(number))
    hands.click(page.get_by_role("button", name="Ask a colleague to approve it"))
    expect(page.locator("main")).to_contain_text("It waits for a second person")


def approve(page: Page, address: str) -> None:
    """Have the colleague look at it, and approve it."""
    page.goto(address)
    button = page.get_by_role("button", name="Approve, and do it")
    button.click()
    expect(button).to_have_count(0)


def repair_one(as_role: Any, page: Page) -> str:
    """Take one of the merges back; gives the address of whoever was made anew."""
    page.locator("main tbody tr").first.get_by_role("link", name="Merged").click()
    page.get_by_role("link", name=re.compile("take it back$")).click()
    told = page.get_by_text("For good: type").inner_text()
    word = told.partition("For good: type ")[2].removesuffix(".")
    gone = page.get_by_role("row", name="E-mail").locator("td").nth(1).inner_text()
    page.locator("[name=shop_uuid]").select_option(label="Amsterdam")
    page.locator("[name=reason]").select_option("Correction of a mistake")
    page.locator("[name=confirmation]").fill(word)
    page.get_by_role("button", name="Ask a colleague to approve it").click()
    expect(page.locator("main")).to_contain_text("It waits for a second person")
    approve(as_role("second"), page.url)
    page.reload()
    expect(page.locator("#progress")).to_contain_text(
        "Done: the customer is there again", timeout=PATIENCE
    )
    return gone.strip()


def test_hundreds_are_cleared_and_one_merge_is_repaired(as_role, console, piggy_sandbox):
    sandbox = piggy_sandbox
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        list(pool.map(lambda number: make_twice(sandbox, number), range(PAIRS)))
    sandbox.faults(merge_seconds=0)
    console.manage("duplicates_sweep")
    before = books(sandbox)

    page = as_role("admin")
    hands = Hands(page)
    look_for_pairs(hands)
    lines, unticked = look_through(hands)
    merged = PAIRS - unticked
    ask(hands, merged)
    seconds = hands.inputs * SECONDS_AN_INPUT + lines * SECONDS_A_LINE
    print(f"\n{PAIRS} pairs: {hands.inputs} inputs, {lines} lines, {seconds / 60:.1f} minutes")
    assert seconds < MOST_SECONDS
    assert sandbox.calls("POST", "contacts/merge") == []

    approve(as_role("second"), page.url)
    page.reload()
    done = f"{merged} of {merged} pairs were merged."
    expect(page.locator("#progress")).to_contain_text(done, timeout=PATIENCE)
    after = books(sandbox)
    assert after.credits == before.credits
    assert after.contacts == before.contacts - merged
    for number in range(PAIRS):
        both = [f"person{number}.{side}@example.test" for side in ("home", "work")]
        left = [after.by_email[email] for email in both if email in after.by_email]
        assert left in ([2 * number + 2], [number + 1, number + 1])

    gone = repair_one(as_role, page)
    repaired = books(sandbox)
    assert gone not in after.by_email
    assert repaired.by_email[gone] == before.by_email[gone]
    assert repaired.credits == before.credits
    assert repaired.contacts == after.contacts + 1
    changed = {
        email for email in after.by_email if after.by_email[email] != repaired.by_email[email]
    }
    assert len(changed) == 1
