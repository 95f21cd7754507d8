"""Renaming an identifier, and switching it on and off."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action, LookUp
from piggyadmin.actions.registry import register
from piggyadmin.contacts import services
from piggyadmin.contacts.card_forms import CardForm, look_at
from piggyadmin.contacts.forms import as_choice
from piggyadmin.contacts.types import ContactIdentifier
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding
from piggyadmin.ledger.reconciliation_evidence import (
    changed_since,
    done,
    has_settled,
    not_done,
    undecided,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import ErrorCode, NotFound, Rejected
from piggyadmin.ui.forms import CleanCharField, CodeField

ACTIVE = {"true": _("Active: it can be used"), "false": _("Switched off: it cannot be used")}


class UpdateContactIdentifiersForm(CardForm):
    """An identifier, and what it shall be called and be."""

    # It was found first: another one would get the name and the state of that one.
    contact_identifier_value = CodeField(
        label=_("Identifier"), widget=forms.TextInput(attrs={"readonly": True})
    )
    contact_identifier_name = CleanCharField(label=_("Name"), required=False)
    contact_identifier_active = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("As it is")), *ACTIVE.items()],
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        """Insist on something to change."""
        data = super().clean()
        state = data.get("contact_identifier_active")
        if not self.errors and not data.get("contact_identifier_name") and not state:
            self.add_error(None, _("Nothing to change: fill in a name or choose a state."))
        return data


@register
class UpdateContactIdentifiers(Action[ContactIdentifier, None]):
    """Rename an identifier, or switch it on or off."""

    slug = "update-contact-identifiers"
    entity = "contacts"
    label = _("Change an identifier")
    summary = _("Rename a card or other identifier, or switch it on or off.")
    button = _("Save")
    icon = "id-card"
    effect = Effect.WRITE
    role = Role.STAFF
    look_up_form_class = CardForm
    form_class = UpdateContactIdentifiersForm
    sample = {
        "contact_identifier_value": "CARD-0001",
        "contact_identifier_name": "Golden card",
        "contact_identifier_active": "true",
    }
    found_template = "contacts/_identifier_found.html"
    result_template = "contacts/_identifier.html"
    result_type = ContactIdentifier
    # It compares first and sends just what differs, so that the same again does nothing.
    is_deduplicated = False

    def sentence(self, matter: Matter) -> Sentence:
        """Say which one, and whether it was switched off: the rest may be as it was before."""
        parts = {"identifier": matter.asked("contact_identifier_value")}
        if matter.asked("contact_identifier_active") == "false":
            return Sentence(
                _("%(who)s switched the identifier %(identifier)s off"),
                _("switch the identifier %(identifier)s off"),
                parts,
            )
        return Sentence(
            _("%(who)s changed the identifier %(identifier)s"),
            _("change the identifier %(identifier)s"),
            parts,
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Compare the identifier with what was asked."""
        value = entry.data["contact_identifier_value"]
        name, state = entry.data["contact_identifier_name"], entry.data["contact_identifier_active"]
        try:
            found = services.find_contact_identifier(piggy, contact_identifier_value=value)
        except NotFound:
            raise
        except Rejected as error:
            if error.code != ErrorCode.CONTACT_IDENTIFIER_INACTIVE:
                raise
            return self._switched_off(name, state)
        if found.value != value:
            return undecided(gettext("Piggy gave another identifier than it was asked for."))
        evidence = (
            Evidence(what=gettext("Name"), value=found.name or "", fits=name in {"", found.name}),
            Evidence(
                what=gettext("State"),
                value=str(ACTIVE.get(as_choice(found.active), "")),
                fits=state in {"", as_choice(found.active)},
            ),
        )
        if all(each.fits for each in evidence):
            return done(gettext("It is as it was asked to be."), *evidence, result=found)
        if not has_settled(entry):
            return undecided(gettext("It is not so yet. Piggy may still be at it."), *evidence)
        if self._may_be_undone(entry, evidence):
            words = gettext("It is not so, but somebody may have changed it again since.")
            return undecided(words, *evidence)
        return not_done(gettext("It is not as it was asked to be."), *evidence)

    @staticmethod
    def _may_be_undone(entry: Entry, evidence: tuple[Evidence, Evidence]) -> bool:
        """Tell whether all that is not as it was asked may have been changed again since."""
        fields = ("contact_identifier_name", "contact_identifier_active")
        differ = {field for field, each in zip(fields, evidence, strict=True) if not each.fits}
        later = changed_since(entry, "contact_identifier_value")
        changed = {field for other in later for field in fields if other.data[field]}
        return differ <= changed

    @staticmethod
    def _switched_off(name: str, state: str) -> Finding:
        evidence = Evidence(
            what=gettext("State"), value=str(ACTIVE["false"]), fits=state == "false"
        )
        if state == "false" and not name:
            return done(gettext("It is switched off, as was asked."), evidence)
        words = gettext("It is switched off, and Piggy does not tell its name then.")
        return undecided(words, evidence)

    def look_up(self, piggy: PiggyClient, data: Data) -> LookUp:
        """Find the identifier, so that its name and state stand in the form."""
        value = data["contact_identifier_value"]
        found = look_at(piggy, value)
        initial = {
            "contact_identifier_value": value,
            "contact_identifier_name": found.name,
            "contact_identifier_active": as_choice(found.active),
        }
        return LookUp(initial=initial, found=found)

    def perform(self, piggy: PiggyClient, data: Data) -> ContactIdentifier:
        """Send just what differs from what the identifier is now."""
        value = data["contact_identifier_value"]
        found = services.look_at_contact_identifier(piggy, contact_identifier_value=value)
        name = data["contact_identifier_name"] or None
        state = data["contact_identifier_active"]
        if name == found.name:
            name = None
        active = None if state in {"", as_choice(found.active)} else state == "true"
        if name is None and active is None:
            return found
        changed = services.update_contact_identifier(
            piggy,
            contact_identifier_value=value,
            contact_identifier_name=name,
            contact_identifier_active=active,
        )
        # Of one that is off Piggy does not tell whose it is, so that is kept while it is known.
        return changed.model_copy(update={"contact": changed.contact or found.contact})
