"""Calls about forms."""

from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.types import without_none
from piggyadmin.piggy_forms.types import Form


def list_forms(
    piggy: PiggyClient,
    *,
    status: str | None = None,
    type: str | None = None,  # noqa: A002
) -> list[Form]:
    """List forms; status is PUBLISHED, DRAFT or BIN, type PUBLIC or PRIVATE (docs)."""
    return piggy.get("forms", params=without_none(status=status, type=type)).several(Form)
