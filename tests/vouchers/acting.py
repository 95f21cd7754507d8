"""Doing things with vouchers as people do, on their pages."""

from typing import Any

from django.test import Client

from piggyadmin.ledger.models import Entry
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES

MIRA, AMSTERDAM = seed.MIRA_EMAIL, seed.AMSTERDAM_UUID


def do(client: Client, slug: str, **typed: str) -> Any:
    """Fill in, look at what would happen, and press; gives the page that comes last."""
    sample = SAMPLES[slug] | typed
    page = client.post(f"/actions/{slug}/", sample, follow=True)
    if "agreement" not in (page.context or {}):
        return page
    agreed = {name: str(page.context[name]) for name in ("agreement", "submission_key")}
    return client.post(f"/actions/{slug}/", sample | agreed | {"step": "confirm"}, follow=True)


def errors(page: Any) -> dict[str, list[str]]:
    """Give what stands beside the fields."""
    return dict(page.context["form"].errors)


def voucher(sandbox: Any, code: str) -> dict[str, Any]:
    """Ask the sandbox for a voucher."""
    found: dict[str, Any] = sandbox.api("GET", "vouchers/find", params={"code": code})
    return found


def multi_use(sandbox: Any, times: int = 5) -> str:
    """Make a voucher of Mira's that can be used several times, and give its code."""
    body = {
        "promotion_uuid": seed.WELCOME_COFFEE_UUID,
        "contact_uuid": seed.MIRA_UUID,
        "total_redemptions_allowed": times,
    }
    return str(sandbox.api("POST", "vouchers", json=body)["code"])


def last_entry() -> Entry:
    """Give the newest entry of the ledger."""
    return Entry.objects.order_by("-pk")[0]
