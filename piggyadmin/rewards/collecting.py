"""What handing a reward over and taking that back have in common."""

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.contacts.forms import ContactForm
from piggyadmin.contacts.reversals import ListOfOneContact, OneOfContactAction, OneOfContactForm
from piggyadmin.contacts.timeline import own_rows
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Evidence, Finding
from piggyadmin.ledger.reconciliation_evidence import (
    changed_since,
    done,
    has_settled,
    not_done,
    undecided,
)
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.rewards import services
from piggyadmin.rewards.forms import collectable
from piggyadmin.rewards.types import CollectableReward, Collection
from piggyadmin.ui.forms import CodeField

FIELD = "loyalty_transaction_uuid"


class WhoseCollectableForm(ContactForm):
    """Whose reward; a link may say which one, too."""

    loyalty_transaction_uuid = CodeField(required=False, widget=forms.HiddenInput)


class OfOneForm(OneOfContactForm):
    """Which of the rewards that a contact has paid for, and nobody else."""

    def clean(self) -> dict[str, Any]:
        """Refuse what is not the contact's: Piggy asks for the reward alone, whosever it is."""
        data = super().clean()
        contact, uuid = data.get("contact_uuid"), data.get(FIELD)
        if isinstance(contact, Contact) and uuid and not self.failure:
            try:
                self._insist_on_own(contact.uuid or "", uuid)
            except PiggyError as error:
                self.failure = error
        return data

    def _insist_on_own(self, whose: str, uuid: str) -> None:
        rows = services.list_collectable_rewards(self.piggy, contact_uuid=whose)
        if uuid not in {row.uuid for row in own_rows(rows, whose)}:
            self.add_error(FIELD, _("This customer has taken no reward known by this."))


class CollectForm(OfOneForm):
    """Which of the rewards that a contact has paid for and not collected."""

    loyalty_transaction_uuid: CodeField = ListOfOneContact(
        label=_("Reward"), of_contact=partial(collectable, is_collected=False)
    )


class ReverseCollectionForm(OfOneForm):
    """Which of the rewards that a contact has collected."""

    loyalty_transaction_uuid: CodeField = ListOfOneContact(
        label=_("Reward"), of_contact=partial(collectable, is_collected=True)
    )


class CollectingAction(OneOfContactAction[Collection, None]):
    """Sets whether a reward was handed over; subclasses say what to."""

    field = FIELD
    entity = "rewards"
    look_up_form_class = WhoseCollectableForm
    result_template = "rewards/_collection.html"
    result_type = Collection
    # How it shall be, and the action by which it may have been set back since.
    makes_collected: ClassVar[bool]

    def undo(self, entry: Entry, result: Collection) -> dict[str, str] | None:  # noqa: ARG002
        """Set the same reward back."""
        return {name: str(entry.data[name]) for name in ("contact_uuid", FIELD)}

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Compare whether the reward is collected with what was asked."""
        whose, uuid = entry.data["contact_uuid"], entry.data[FIELD]
        rows = services.list_collectable_rewards(piggy, contact_uuid=whose)
        row = next((each for each in rows if each.uuid == uuid), None)
        if row is None or row.has_been_collected is None:
            return undecided(gettext("Piggy does not tell whether it was collected."))
        if row.has_been_collected is self.makes_collected:
            collection = Collection(uuid=uuid, has_been_collected=row.has_been_collected)
            return done(gettext("It is as it was asked to be."), _shown(row), result=collection)
        if not has_settled(entry):
            return undecided(gettext("It is not so yet. Piggy may still be at it."), _shown(row))
        if self._may_be_set_back(entry):
            words = gettext("It is not so, but somebody may have changed it again since.")
            return undecided(words, _shown(row))
        return not_done(gettext("It is not as it was asked to be."), _shown(row))

    def _may_be_set_back(self, entry: Entry) -> bool:
        return changed_since(entry, FIELD, action=self.undone_by).exists()


def _shown(row: CollectableReward) -> Evidence:
    words = {True: gettext("collected"), False: gettext("not collected")}
    return Evidence(
        what=row.title or gettext("a reward"),
        value=words[bool(row.has_been_collected)],
        at=row.created_at,
    )
