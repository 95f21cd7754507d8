"""Calls about perks and tiers."""

from collections.abc import Sequence
from typing import Any

from piggyadmin.perks.types import Perk, Tier
from piggyadmin.piggy.client import PiggyClient, path_value


def _path(perk_uuid: str) -> str:
    return f"perks/{path_value(perk_uuid)}"


def list_perks(piggy: PiggyClient) -> list[Perk]:
    """List all perks (docs: no pagination, `meta` may be absent)."""
    return piggy.get("perks").several(Perk)


def get_perk(piggy: PiggyClient, *, perk_uuid: str) -> Perk:
    """Get one perk.

    Raises:
        NotFound: there is none (110000).
    """
    return piggy.get(_path(perk_uuid)).one(Perk)


def create_perk(
    piggy: PiggyClient,
    *,
    label: str,
    name: str,
    data_type: str,
    options: Sequence[dict[str, Any]],
) -> Perk:
    """Create a perk; one option must be the default, which existing tiers get (docs)."""
    body = {"label": label, "name": name, "data_type": data_type, "options": list(options)}
    return piggy.post("perks", json=body).one(Perk)


def update_perk(piggy: PiggyClient, *, perk_uuid: str, label: str) -> Perk:
    """Change a perk's label, which is all that can be changed (docs)."""
    return piggy.put(_path(perk_uuid), json={"label": label}).one(Perk)


def delete_perk(piggy: PiggyClient, *, perk_uuid: str) -> None:
    """Delete a perk.

    Raises:
        NotFound: there is none (110000).
    """
    piggy.delete(_path(perk_uuid), any_body=True)


def list_tiers(piggy: PiggyClient) -> list[Tier]:
    """List all tiers."""
    return piggy.get("tiers").several(Tier)
