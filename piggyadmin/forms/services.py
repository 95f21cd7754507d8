"""Calls about forms."""

from piggyadmin.forms.types import Form
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.types import given


def list_forms(
    piggy: PiggyClient,
    *,
    status: str | None = None,
    type: str | None = None,  # noqa: A002
) -> list[Form]:
    """List forms; status is PUBLISHED, DRAFT or BIN, type PUBLIC or PRIVATE (docs)."""
    return piggy.get("forms", params=given(status=status, type=type)).several(Form)
