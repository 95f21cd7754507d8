"""Making contacts, by the address of the person."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.contacts import services
from piggyadmin.contacts.card_forms import TakenForm
from piggyadmin.contacts.creation import CreatedContact, by_address, judge_created
from piggyadmin.contacts.likely import find_likely
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Finding
from piggyadmin.ledger.reconciliation_evidence import undecided
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.ledger.snapshots import data_of
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.ui.forms import CleanEmailField, CodeField

# From this probability on somebody is rather the same than not.
PROBABLY = 0.5


class NewAddressForm(TakenForm):
    """An address that nobody has yet."""

    email = CleanEmailField(label=_("E-mail"), help_text=_("The person's own address."))

    def clean(self) -> dict[str, Any]:
        """Say whose the address is, if it is somebody's."""
        data = super().clean()
        if data.get("email") and not self.failure:
            try:
                taken = by_address(self.piggy, data["email"])
            except PiggyError as error:
                self.failure = error
                return data
            if taken:
                self.put_taken("email", taken)
            elif not self.is_one_of_many:
                self._ask_if_likely(data["email"], data.get("contact_uuid"))
        return data

    def _ask_if_likely(self, email: str, owner: Any) -> None:
        """Have a person say that it is somebody else than who may be the same."""
        likely = find_likely(email, getattr(owner, "uuid", None) or "")
        if likely is None:
            return
        self.likely = likely.contact
        name = likely.contact.name or likely.contact.email
        self.ask_about("email", _words(likely.probability) % {"name": name})


def _words(probability: float) -> str:
    if probability >= PROBABLY:
        return gettext("Probably the same as %(name)s. Is this somebody else?")
    return gettext("Perhaps the same as %(name)s. Is this somebody else?")


class CreateContactForm(NewAddressForm):
    """The address of somebody new."""

    referral_code = CodeField(
        label=_("Referral code"),
        required=False,
        help_text=_("Of the customer who brought this one along."),
    )
    folded = ("referral_code",)


@register
class CreateContact(Action[CreatedContact, None]):
    """Make a contact with an address."""

    slug = "create-contact"
    entity = "contacts"
    label = _("Create a customer")
    summary = _("A new customer, by e-mail address. Name, phone and card are filled in afterwards.")
    button = _("Create the customer")
    icon = "user-round-plus"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = CreateContactForm
    sample = {"email": "new.customer@example.test", "referral_code": ""}
    result_template = "contacts/_created.html"
    result_type = CreatedContact
    private = frozenset({"email"})
    is_bulk = True

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same address, whoever brought them along."""
        return [data["email"].casefold()]

    def sentence(self, matter: Matter) -> Sentence:  # noqa: ARG002
        """Say that there is somebody new; the address is personal."""
        return Sentence(_("%(who)s created a customer"), _("create a customer"), {})

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look whose the address is, and since when."""
        email = data_of(entry)["email"]
        if not isinstance(email, str):
            return undecided(gettext("The address that was typed is no longer kept."))
        return judge_created(piggy, entry, by_address(piggy, email))

    def answer_columns(self, result: CreatedContact) -> dict[str, Any]:
        """Tell by what the contact is known from now on."""
        return {"contact_uuid": result.uuid}

    def perform(self, piggy: PiggyClient, data: Data) -> CreatedContact:
        """Make it."""
        uuid = services.create_contact(
            piggy, email=data["email"], referral_code=data["referral_code"] or None
        )
        return CreatedContact(uuid=uuid)
