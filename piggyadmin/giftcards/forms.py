"""The fields in which gift cards, their programs and their transactions are named."""

from functools import partial
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import Choices, ResolvedField, listed
from piggyadmin.giftcards.services import (
    cached_giftcard_programs,
    get_giftcard_transaction,
    resolve_giftcard,
)
from piggyadmin.giftcards.transactions import last_transaction
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import NotFound
from piggyadmin.piggy.types import UUID
from piggyadmin.ui.forms import ListOrPasteField


def program_choices(piggy: PiggyClient) -> Choices:
    """List the programs by name."""
    programs = cached_giftcard_programs(piggy)
    return [(each.uuid or "", each.name or each.uuid or "") for each in programs]


class GiftcardProgramField(ListOrPasteField):
    """A gift card program from the list, or its UUID."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Gift card program"))
        super().__init__(choices=partial(listed, program_choices), **kwargs)


class GiftcardField(ResolvedField):
    """A gift card by its code or UUID; cleans to its UUID, as its code is as good as money."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Gift card"))
        kwargs.setdefault("help_text", _("Type or scan what stands on the card."))
        super().__init__(**kwargs)

    def resolve(self, piggy: PiggyClient, value: str) -> str:
        """Find the card."""
        return resolve_giftcard(piggy, query=value).uuid or value

    def none_like(self, value: str) -> str:  # noqa: ARG002
        """Say that there is none."""
        return gettext("No gift card with this code or UUID at Piggy. Scan or type it once more.")


class GiftcardTransactionField(ResolvedField):
    """A transaction: the last one of the card whose code was typed, or one by its own UUID.

    Cleans to the UUID of the transaction.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Gift card"))
        words = _(
            "Type or scan what stands on the card: its last transaction is meant, "
            "which alone can be reversed."
        )
        kwargs.setdefault("help_text", words)
        super().__init__(**kwargs)

    def resolve(self, piggy: PiggyClient, value: str) -> str:
        """Find the transaction."""
        if UUID.fullmatch(value):
            try:
                get_giftcard_transaction(piggy, giftcard_transaction_uuid=value)
            except NotFound:
                pass  # the UUID of a card
            else:
                return value
        card = resolve_giftcard(piggy, query=value)
        last = last_transaction(piggy, card)
        if last is None or not last.uuid:
            raise NotFound
        return last.uuid

    def none_like(self, value: str) -> str:  # noqa: ARG002
        """Say that there is none."""
        return gettext("No gift card like this at Piggy, or nothing was booked on it yet.")
