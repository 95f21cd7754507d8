"""Reversing a reward: its credits come back, once."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.registry import register
from piggyadmin.contacts.forms import ContactForm
from piggyadmin.contacts.reversals import (
    ListOfOneContact,
    OneOfContactForm,
    ReversalAction,
    refuse_reversed,
)
from piggyadmin.contacts.timeline import own_rows
from piggyadmin.contacts.types import Contact
from piggyadmin.credits import read_back
from piggyadmin.credits.types import CreditReception
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Finding, Preview, Quantity, Refused
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.types import every_item
from piggyadmin.rewards import services
from piggyadmin.rewards.forms import receptions
from piggyadmin.ui.forms import CodeField
from piggyadmin.ui.templatetags.ui import credits as credits_words

FIELD = "reward_reception_uuid"


class RewardToReverse(Preview):
    """A reward that was taken, and the credits that come back."""

    contact: Contact
    reception_uuid: str
    reward_name: str
    gives: int
    shop_uuid: str
    shop_name: str
    balance: int

    @property
    def balance_after(self) -> int:
        """The balance, in credits, if nothing else happens meanwhile."""
        return self.balance + self.gives

    @property
    def button(self) -> str:
        """Repeat on the button what comes back."""
        return gettext("Give %(credits)s back") % {"credits": credits_words(self.gives)}

    def decisive(self) -> dict[str, Any]:
        """Agree to which one, of whom, and its number; the balance may move on meanwhile."""
        uuid, whose = self.reception_uuid, self.contact.uuid
        return {"reception": uuid, "contact": whose, "gives": self.gives}


class WhoseRewardForm(ContactForm):
    """Whose reward; a link may say which one, too."""

    reward_reception_uuid = CodeField(required=False, widget=forms.HiddenInput)


class ReverseRewardReceptionForm(OneOfContactForm):
    """Which of the rewards that a contact took, from the list of them or by its UUID."""

    reward_reception_uuid: CodeField = ListOfOneContact(
        label=_("Reward"), of_contact=receptions, reversed_by="reverse-reward-reception"
    )


@register
class ReverseRewardReception(ReversalAction[CreditReception, RewardToReverse]):
    """Reverse a reward that was taken."""

    slug = "reverse-reward-reception"
    credits_moved = Quantity(("preview.gives",))
    field = FIELD
    entity = "rewards"
    label = _("Reverse a reward")
    summary = _("Gives the credits of a reward back; Piggy allows it once.")
    look_up_form_class = WhoseRewardForm
    form_class = ReverseRewardReceptionForm
    sample = {
        "contact_uuid": "CARD-ANON",
        FIELD: "c0ffee00-0000-4000-8000-000000000911",
    }
    preview_template = "rewards/_reward_to_reverse.html"
    result_template = "credits/_reception.html"
    result_type = CreditReception

    def sentence(self, matter: Matter) -> Sentence:
        """Say what of whose."""
        name = matter.preview.get("reward_name")
        parts = {
            "customer": matter.customer(),
            "reward": f"“{name}”" if name else gettext("a reward"),
        }
        return Sentence(
            _("%(who)s gave %(customer)s back the credits for %(reward)s"),
            _("give %(customer)s back the credits for %(reward)s"),
            parts,
        )

    def preview(self, piggy: PiggyClient, data: Data) -> RewardToReverse:
        """Find it among the rewards that the contact took.

        Raises:
            Refused: it is not there, or it was reversed here before.
        """
        contact, uuid = data["contact_uuid"], data[FIELD]
        refuse_reversed(self.slug, FIELD, uuid)
        everything = every_item(
            lambda page: services.list_reward_receptions(
                piggy, contact_uuid=contact.uuid, page=page, limit=read_back.TRANSACTIONS_PAGE
            )
        )
        taken = own_rows(everything, contact.uuid)
        row = next((each for each in taken if each.uuid == uuid), None)
        if row is None:
            raise Refused({FIELD: gettext("This customer has taken no reward known by this.")})
        return RewardToReverse(
            contact=contact,
            reception_uuid=uuid,
            reward_name=row.title or "",
            gives=-(row.credits or 0),
            shop_uuid=(row.shop and row.shop.uuid) or "",
            shop_name=(row.shop and row.shop.name) or "",
            balance=contact.credits or 0,
        )

    def perform(self, piggy: PiggyClient, data: Data) -> CreditReception:
        """Have Piggy give the credits back; its answer holds the balance after."""
        return services.reverse_reward_reception(piggy, reward_reception_uuid=data[FIELD])

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look for the credits that came back among the contact's transactions."""
        return read_back.find_reversal(piggy, entry, may_be=lambda row: not row.console_reference)
