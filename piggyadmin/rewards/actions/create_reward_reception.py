"""Giving a customer a reward for credits."""

from functools import partial
from itertools import islice
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action, LookUp
from piggyadmin.actions.registry import register
from piggyadmin.contacts.forms import ContactField, ContactForm
from piggyadmin.contacts.types import Contact
from piggyadmin.credits.read_back import LOOKED_BACK, MOST_TRANSACTIONS, TRANSACTIONS_PAGE
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding, Preview, Quantity, Refused
from piggyadmin.ledger.reconciliation_evidence import (
    accounted_for,
    compared,
    same,
    sent_at,
    window,
)
from piggyadmin.ledger.row_search import RowSearch
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.clock import Difference, difference
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.types import every_item
from piggyadmin.rewards import services
from piggyadmin.rewards.forms import RewardField
from piggyadmin.rewards.types import RewardReception
from piggyadmin.shops.forms import ShopField
from piggyadmin.shops.services import cached_shops
from piggyadmin.ui.forms import CodeField
from piggyadmin.ui.templatetags.ui import credits as credits_words


class RewardToGive(Preview):
    """A reward, and what it would leave of the credits."""

    contact: Contact
    reward_uuid: str
    reward_name: str
    price: int
    shop_name: str
    balance: int

    @property
    def balance_after(self) -> int:
        """The balance, in credits, if nothing else happens meanwhile."""
        return self.balance - self.price

    @property
    def button(self) -> str:
        """Repeat on the button what is given, and for how much."""
        words = gettext("Give %(reward)s for %(credits)s")
        return words % {"reward": self.reward_name, "credits": credits_words(self.price)}

    def decisive(self) -> dict[str, Any]:
        """Agree to what, to whom, for how much and where; the balance may move on meanwhile."""
        whose, where = self.contact.uuid, self.shop_name
        return {"contact": whose, "reward": self.reward_uuid, "price": self.price, "shop": where}


class CreateRewardReceptionForm(ContactForm):
    """Who gets which reward, and where."""

    # It was found first: of another one other rewards would have to stand in the list.
    contact_uuid = ContactField(widget=forms.TextInput(attrs={"readonly": True}))
    reward_uuid: CodeField = RewardField()
    shop_uuid = ShopField()


@register
class CreateRewardReception(Action[RewardReception, RewardToGive]):
    """Give a contact a reward, which its credits pay."""

    slug = "create-reward-reception"
    entity = "rewards"
    label = _("Give a reward")
    summary = _("Spends a customer's credits on one of your rewards.")
    button = _("Give the reward")
    icon = "gift"
    effect = Effect.WRITE
    credits_moved = Quantity(("preview.price",), sign=-1)
    role = Role.STAFF
    look_up_form_class = ContactForm
    form_class = CreateRewardReceptionForm
    sample = {
        "contact_uuid": "mira.jansen@example.test",
        "reward_uuid": "c0ffee00-0000-4000-8000-000000000652",
        "shop_uuid": "c0ffee00-0000-4000-8000-000000000101",
    }
    found_template = "contacts/_whose.html"
    preview_template = "rewards/_reward_to_give.html"
    result_template = "rewards/_reception.html"
    result_type = RewardReception
    undone_by = "reverse-reward-reception"

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same reward for the same contact, wherever."""
        return [data["contact_uuid"].uuid, data["reward_uuid"]]

    def sentence(self, matter: Matter) -> Sentence:
        """Say what, to whom and where."""
        parts = {
            "customer": matter.customer(),
            "reward": _quoted(matter.preview.get("reward_name")),
            "shop": matter.shop(),
        }
        return Sentence(
            _("%(who)s gave %(customer)s %(reward)s for credits at %(shop)s"),
            _("give %(customer)s %(reward)s for credits at %(shop)s"),
            parts,
        )

    def look_up(self, piggy: PiggyClient, data: Data) -> LookUp:  # noqa: ARG002
        """Say whose rewards stand in the list."""
        contact = data["contact_uuid"]
        return LookUp(initial={"contact_uuid": contact.uuid}, found=contact)

    def preview(self, piggy: PiggyClient, data: Data) -> RewardToGive:
        """Say what is left of the credits.

        Raises:
            Refused: there are too few.
        """
        contact, shop_uuid = data["contact_uuid"], data["shop_uuid"]
        reward, shops = gather(
            partial(services.get_reward, piggy, reward_uuid=data["reward_uuid"]),
            partial(cached_shops, piggy),
        )
        names = {shop.uuid: shop.name for shop in shops}
        price, balance = reward.required_credits or 0, contact.credits or 0
        if balance < price:
            words = gettext("This takes %(price)s, and the customer has %(balance)s.")
            figures = {"price": credits_words(price), "balance": credits_words(balance)}
            raise Refused({"reward_uuid": words % figures})
        return RewardToGive(
            contact=contact,
            reward_uuid=data["reward_uuid"],
            reward_name=reward.title or data["reward_uuid"],
            price=price,
            shop_name=names.get(shop_uuid) or shop_uuid,
            balance=balance,
        )

    def perform(self, piggy: PiggyClient, data: Data) -> RewardReception:
        """Spend the credits; a digital reward brings its code."""
        return services.create_reward_reception(
            piggy,
            contact_uuid=data["contact_uuid"].uuid,
            reward_uuid=data["reward_uuid"],
            shop_uuid=data["shop_uuid"],
        )

    def undo(self, entry: Entry, result: RewardReception) -> dict[str, str] | None:
        """Reverse it, by its UUID."""
        if not result.uuid:
            return None
        whose = str(entry.data["contact_uuid"])
        return {"contact_uuid": whose, "reward_reception_uuid": result.uuid}

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look for it among the rewards that the contact took."""
        rows, clock = _receptions(piggy, entry), difference(piggy.account)
        others = accounted_for(entry)
        search = RowSearch(
            rows=[row for row in rows if row.uuid not in others],
            fits=partial(_fits, clock=clock),
            shown=_as_evidence,
            result=lambda row: row,
            clock=clock,
            is_all=len(rows) <= MOST_TRANSACTIONS,
        )
        return search.judge(entry)


def _quoted(name: str | None) -> str:
    return f"“{name}”" if name else gettext("a reward")


def _receptions(piggy: PiggyClient, entry: Entry) -> list[RewardReception]:
    """List those since then; one too many tells that there are more."""
    everything = every_item(
        lambda page: services.list_reward_receptions(
            piggy,
            contact_uuid=entry.data["contact_uuid"],
            created_from=sent_at(entry) - LOOKED_BACK,
            page=page,
            limit=TRANSACTIONS_PAGE,
        )
    )
    return list(islice(everything, MOST_TRANSACTIONS + 1))


def _fits(entry: Entry, row: RewardReception, clock: Difference) -> bool | None:
    """Tell whether a reception is what was asked: whose, what, where and when."""
    is_in_time = None
    if row.created_at is not None and clock.is_trusted:
        begin, end = window(entry, clock)
        is_in_time = begin <= row.created_at <= end
    if row.type is not None and not row.type.endswith("reward_reception"):
        return False
    return compared(
        same(row.contact and row.contact.uuid, entry.data["contact_uuid"]),
        same(row.reward and row.reward.uuid, entry.data["reward_uuid"]),
        same(row.shop and row.shop.uuid, entry.data["shop_uuid"]),
        is_in_time,
    )


def _as_evidence(row: RewardReception) -> Evidence:
    return Evidence(
        what=gettext("Transaction %(uuid)s") % {"uuid": row.uuid},
        value=row.title or credits_words(row.credits),
        at=row.created_at,
        fits=True,
    )
