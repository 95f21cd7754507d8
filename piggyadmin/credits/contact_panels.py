"""All loyalty transactions, in the timeline of a customer."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.contacts import timeline
from piggyadmin.contacts.timeline import CREDITS, LONG_AGO, Happening, NextStep, Source
from piggyadmin.credits.read_back import TRANSACTIONS_PAGE
from piggyadmin.credits.services import list_loyalty_transactions
from piggyadmin.credits.types import LoyaltyTransaction
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.types import every_item
from piggyadmin.ui.piggy_words import in_shop_words

REWARDS = "rewards"


def transactions(piggy: PiggyClient, contact_uuid: str) -> Iterator[Happening]:
    """Read a page of them at a time; all of them are needed to know a balance."""
    rows = every_item(
        lambda page: list_loyalty_transactions(
            piggy, contact_uuid=contact_uuid, page=page, limit=TRANSACTIONS_PAGE
        )
    )
    own = timeline.own_rows(rows, contact_uuid)
    return timeline.running(_happening(row, contact_uuid) for row in own)


def _happening(row: LoyaltyTransaction, contact_uuid: str) -> Happening:
    is_reward = bool(row.title) or (row.type or "").endswith("reward_reception")
    told: dict[str, Any] = {
        "kind": REWARDS if is_reward else CREDITS,
        "words": _reward(row) if is_reward else _credits(row),
        "steps": _steps(row, contact_uuid, is_reward=is_reward),
    }
    return Happening(
        at=row.created_at or LONG_AGO,
        detail=_channel(row),
        shop=(row.shop and row.shop.name) or "",
        shop_uuid=(row.shop and row.shop.uuid) or "",
        uuid=row.uuid or "",
        account=CREDITS,
        change=row.credits,
        reference=row.console_reference or "",
        **told,
    )


def _reward(row: LoyaltyTransaction) -> str:
    return gettext("Reward: %(title)s") % {"title": row.title or gettext("without a name")}


def _credits(row: LoyaltyTransaction) -> str:
    words = gettext("Credits taken") if (row.credits or 0) < 0 else gettext("Credits given")
    return f"{words} ({row.amount})" if row.amount else words


def _channel(row: LoyaltyTransaction) -> str:
    """Say over what it came."""
    if not row.channel:
        return ""
    return gettext("via %(channel)s") % {"channel": in_shop_words(row.channel)}


def _steps(row: LoyaltyTransaction, contact_uuid: str, *, is_reward: bool) -> tuple[NextStep, ...]:
    if not row.uuid:
        return ()
    kind = "reward" if is_reward else "credit"
    data = {"contact_uuid": contact_uuid, f"{kind}_reception_uuid": row.uuid}
    return (NextStep(_("Reverse"), f"reverse-{kind}-reception", data),)


timeline.register(
    Source(
        CREDITS,
        _("Credits and rewards"),
        {CREDITS: _("Credits"), REWARDS: _("Rewards")},
        at_piggy=transactions,
    )
)
