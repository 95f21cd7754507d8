"""Giving a customer the credits of a receipt that they bring along."""

from datetime import UTC, datetime
from functools import partial

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.credits import read_back
from piggyadmin.credits.actions.create_credit_reception import CreditsToGive
from piggyadmin.credits.services import calculate_credits
from piggyadmin.credits.types import CreditReception
from piggyadmin.ledger.models import OPEN, Entry
from piggyadmin.ledger.operations import Data, Effect, Finding, Quantity
from piggyadmin.ledger.reconciliation_evidence import accounted_for
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.loyalty_tokens import services
from piggyadmin.loyalty_tokens.forms import ClaimLoyaltyTokenForm
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.clock import difference
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import Rejected
from piggyadmin.shops.services import cached_shops
from piggyadmin.ui.templatetags.ui import credits as credits_words

GIVING = "create-credit-reception"


@register
class ClaimLoyaltyToken(Action[CreditReception, CreditsToGive]):
    """Claim a receipt's credits for a contact."""

    slug = "claim-loyalty-token"
    entity = "loyalty_tokens"
    label = _("Claim a loyalty code")
    summary = _("Gives a customer the credits of a receipt. A receipt gives them once.")
    button = _("Claim it")
    icon = "scan-qr-code"
    effect = Effect.WRITE
    credits_moved = Quantity(("preview.gives",))
    role = Role.STAFF
    form_class = ClaimLoyaltyTokenForm
    sample = {
        "contact_uuid": "mira.jansen@example.test",
        # What a till of the sandbox would print.
        "receipt_code": services.offline_loyalty_address(
            "example.test",
            settings.PIGGY_SANDBOX_TOKEN,
            shop_uuid="c0ffee00-0000-4000-8000-000000000101",
            unique_id="RECEIPT-0001",
            at=datetime(2026, 1, 2, 12, tzinfo=UTC),
            credits=15,
        ),
    }
    preview_template = "credits/_credits_to_give.html"
    result_template = "credits/_reception.html"
    result_type = CreditReception
    undone_by = "reverse-credit-reception"
    asks_reason = True

    def deduplication_data(self, data: Data) -> list[str]:
        """The same receipt, whoever claims it."""
        return [data["shop_uuid"], data["unique_id"]]

    def form_data(self, entry: Entry) -> dict[str, str]:
        """Give all but the code, which was not kept."""
        return super().form_data(entry) | {"receipt_code": ""}

    def sentence(self, matter: Matter) -> Sentence:
        """Say how many credits, of which receipt, and where it is from."""
        parts = {
            "customer": matter.customer(),
            "what": credits_words(matter.preview.get("gives")),
            "receipt": str(matter.asked("unique_id") or ""),
            "shop": matter.shop(),
        }
        return Sentence(
            _("%(who)s gave %(customer)s the %(what)s of receipt %(receipt)s of %(shop)s"),
            _("give %(customer)s the %(what)s of receipt %(receipt)s of %(shop)s"),
            parts,
        )

    def preview(self, piggy: PiggyClient, data: Data) -> CreditsToGive:
        """Show what it gives, as the code says or as Piggy calculates for this customer."""
        contact = data["contact_uuid"]
        gives, shops = gather(partial(_gives, piggy, data), partial(cached_shops, piggy))
        names = {shop.uuid: shop.name for shop in shops}
        return CreditsToGive(
            contact=contact,
            shop_name=names.get(data["shop_uuid"]) or data["shop_uuid"],
            unit_label=data["unit_name"],
            gives=gives,
            is_calculated=data["credits"] is None,
            balance=contact.credits or 0,
        )

    def perform(self, piggy: PiggyClient, data: Data) -> CreditReception:
        """Claim it: Piggy sees whether it is genuine, and still to be claimed."""
        try:
            return services.claim_loyalty_token(
                piggy,
                version=data["version"],
                shop_id=data["shop_uuid"],
                unique_id=data["unique_id"],
                timestamp=data["timestamp"],
                hash=data["receipt_code"].uncovered(),
                contact_uuid=data["contact_uuid"].uuid,
                credits=data["credits"],
                unit_name=data["unit_name"] or None,
                unit_value=data["unit_value"],
            )
        except Rejected as error:
            # Whatever part of the code it is about, a person has typed the code.
            words = [each for several in error.field_errors.values() for each in several]
            error.field_errors = {"receipt_code": words} if words else {}
            raise

    def undo(self, entry: Entry, result: CreditReception) -> dict[str, str] | None:
        """Reverse the reception, by its UUID."""
        if not result.credits or not result.uuid:
            return None
        whose = str(entry.data["contact_uuid"])
        return {"contact_uuid": whose, "credit_reception_uuid": result.uuid}

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look for what it gave: with a transaction Piggy keeps nothing of the receipt."""
        rows, clock = read_back.transactions(piggy, entry), difference(piggy.account)
        others = accounted_for(entry, also=read_back.BOOKING)
        return read_back.judge_among(
            entry,
            [row for row in rows if row.uuid not in others and not row.console_reference],
            read_back.fits,
            clock=clock,
            is_all=len(rows) <= read_back.MOST_TRANSACTIONS,
            is_rivalled=_is_rivalled(entry),
        )


def _gives(piggy: PiggyClient, data: Data) -> int:
    """Give how many credits it is about."""
    if data["credits"] is not None:
        return int(data["credits"])
    return calculate_credits(
        piggy,
        shop_uuid=data["shop_uuid"],
        unit_value=data["unit_value"],
        contact_uuid=data["contact_uuid"].uuid,
        unit_name=data["unit_name"],
    )


def _is_rivalled(entry: Entry) -> bool:
    """Tell whether credits that somebody gave to the same contact may be what was found."""
    given = Entry.objects.filter(action=GIVING, data__contact_uuid=entry.data["contact_uuid"])
    return given.filter(status__state__in=OPEN).exists()
