"""Wrong merges, made by a person at their page, and repairs of them."""

from typing import Any
from uuid import uuid4

from piggyadmin.duplicates.models import MergeRun
from piggyadmin.duplicates.repairing.carrying import made_in
from piggyadmin.duplicates.repairing.operations import REPAIR_MERGE, asked, make_plan
from piggyadmin.duplicates.repairing.views import see_how_far
from piggyadmin.ledger import entries, writes
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Progress
from piggyadmin.piggy.client import piggy_client
from piggyadmin.sandbox import seed
from tests.duplicates.merges import DUPLICATE, MIRA, merge, work
from tests.ledger.making import somebody

SHOP = seed.AMSTERDAM_UUID
CREDITS, CENTS = 40, 500


def fill(sandbox: Any) -> None:
    """Give the one that is going to be merged by mistake something to lose."""
    about = {"contact_uuid": DUPLICATE, "shop_uuid": SHOP}
    sandbox.api("POST", "credit-receptions", json={**about, "credits": CREDITS})
    sandbox.api("POST", "prepaid-transactions", json={**about, "amount_in_cents": CENTS})
    values = {"attributes": {"company": "Beans", "firstname": "Mo", "birthdate": "1990-02-03"}}
    sandbox.api("PUT", f"contacts/{DUPLICATE}", json=values)


def merged(admin: Any, sandbox: Any, **more: str) -> Entry:
    """Have two merged, and give the entry of that merge."""
    sandbox.faults(merge_seconds=0, source_wins=True)
    run = work(merge(admin, **more))
    assert run.status == MergeRun.Status.DONE, run.surprise
    return Entry.objects.get(submission_key=run.steps.exclude(source="").get().submission_key)


def begin(entry: Entry, person: Any = None) -> Entry:
    """Begin a repair."""
    piggy = piggy_client()
    plan = make_plan(piggy, entry, SHOP)
    request = writes.WriteRequest(
        action=REPAIR_MERGE,
        person=person or somebody(),
        data=asked(plan),
        submission_key=uuid4(),
        preview=plan,
        reason="Correction",
    )
    return writes.carry_out(piggy, request).entry


def looked(repair: Entry) -> Progress:
    """Look how far a repair is, as its page and workers do."""
    return see_how_far(entries.reread(repair))


def books(sandbox: Any, uuid: str) -> dict[str, Any]:
    """Tell what somebody has, as the sandbox says."""
    contact = sandbox.api("GET", f"contacts/{uuid}")
    cards = sandbox.api("GET", f"contacts/{uuid}/contact-identifiers")
    messages = sandbox.api("GET", f"contact-subscriptions/{uuid}")
    values = contact["current_values"]
    names = ("firstname", "lastname", "phonenumber", "birthdate", "company")
    return {
        "email": contact["email"],
        "credits": contact["credit_balance"]["balance"],
        "cents": contact["prepaid_balance"]["balance_in_cents"],
        "cards": sorted(card["value"] for card in cards if card["active"]),
        # What waits for a confirmation was asked for.
        "messages": {
            each["subscription_type"]["name"]: each["status"] != "UNSUBSCRIBED" for each in messages
        },
        **{name: values.get(name) for name in names},
    }


def made(repair: Entry) -> str:
    """Give the UUID of the contact that was made anew."""
    return made_in(entries.reread(repair))


__all__ = ["DUPLICATE", "MIRA"]
