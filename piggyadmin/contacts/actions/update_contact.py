"""Changing the values of a contact's attributes."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action, LookUp
from piggyadmin.actions.registry import register
from piggyadmin.contacts import services, values
from piggyadmin.contacts.forms import ContactField, ContactForm
from piggyadmin.contacts.types import Contact, ContactAttribute
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding, Stored
from piggyadmin.ledger.reconciliation_evidence import (
    changed_since,
    done,
    has_settled,
    not_done,
    undecided,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.ledger.snapshots import data_of
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.ui.forms import CleanCharField

# Names the one attribute that is asked for, where a page leads to it alone.
ONLY = "only"


class FindContactForm(ContactForm):
    """Whom, and which of its attributes where it is about one."""

    only = CleanCharField(required=False, widget=forms.HiddenInput)


class UpdateContactForm(FindContactForm):
    """A contact, and what shall be different about it: one field for each writable attribute."""

    has_further_fields = True
    # It was found first: another contact would get the values of that one.
    contact_uuid = ContactField(widget=forms.TextInput(attrs={"readonly": True}))

    def __init__(self, *args: Any, piggy: PiggyClient, **kwargs: Any) -> None:
        super().__init__(*args, piggy=piggy, **kwargs)
        self.attributes: dict[str, ContactAttribute] = {}
        try:
            attributes = values.writable_attributes(piggy)
        except PiggyError as error:
            self.failure = error
            return
        for attribute in self._asked_for(attributes):
            if field := values.field_for(attribute):
                name = values.field_name(attribute.name or "")
                self.fields[name], self.attributes[name] = field, attribute
        self.show_stored(self.attributes)

    def _asked_for(self, attributes: list[ContactAttribute]) -> list[ContactAttribute]:
        """Pick the one that a page has led to; all of them where there is none like that."""
        only = self[ONLY].value()
        return [each for each in attributes if each.name == only] or attributes

    def clean(self) -> dict[str, Any]:
        """Pick what differs from what Piggy has; tell who empties something that it cannot be."""
        data = super().clean()
        contact = data.get("contact_uuid")
        if self.errors or self.failure or not isinstance(contact, Contact):
            return data
        try:
            known = services.get_full_contact(self.piggy, contact_uuid=contact.uuid or "")
        except PiggyError as error:
            self.failure = error
            return data
        self._compare(data, known.values_of(self.attributes.values()))
        return data

    def _compare(self, data: dict[str, Any], known: values.Values) -> None:
        wanted = {}
        for name, attribute in self.attributes.items():
            value, had = data.get(name), known.get(attribute.name or "")
            if self.is_untouched(name):
                continue
            if value not in (None, "", []):
                wanted[attribute.name or ""] = values.as_sent(value)
            elif had is not None and name in self.data:
                self.add_error(name, _("Piggy offers no way to empty this. Enter another value."))
        data["attributes"] = values.changes(wanted, known)
        if not self.errors and not data["attributes"]:
            self.add_error(None, _("Nothing is different from what Piggy has."))

    @property
    def action_data(self) -> dict[str, Any]:
        """Only what differs is asked for."""
        return {name: self.cleaned_data[name] for name in ("contact_uuid", "attributes")}


class UpdatedContact(Stored):
    """A contact as it is now, and the names of the attributes that were changed."""

    contact: Contact
    changed: tuple[str, ...]

    @property
    def labels(self) -> list[str]:
        """What was changed, in words."""
        return [str(values.WORDS.get(name, name)) for name in self.changed]


@register
class UpdateContact(Action[UpdatedContact, None]):
    """Change what is known of a contact: its name, phone, birth date and other attributes."""

    slug = "update-contact"
    entity = "contacts"
    label = _("Change a customer")
    summary = _("Name, phone, date of birth, address and other attributes. Not the e-mail address.")
    button = _("Save the changes")
    icon = "user-round-pen"
    effect = Effect.WRITE
    role = Role.STAFF
    look_up_form_class = FindContactForm
    form_class = UpdateContactForm
    sample = {
        "contact_uuid": "mira.jansen@example.test",
        "phonenumber": "+31687654321",
        "attribute_favourite_drink": "coffee",
    }
    found_template = "contacts/_contact_found.html"
    result_template = "contacts/_contact_changed.html"
    result_type = UpdatedContact
    private = frozenset({"attributes"})
    # It compares first and sends just what differs, so that the same again does nothing.
    is_deduplicated = False

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same contact, whatever of it is changed."""
        return [data["contact_uuid"].uuid]

    def sentence(self, matter: Matter) -> Sentence:
        """Say whose; what was written is personal."""
        return Sentence(
            _("%(who)s changed the details of %(customer)s"),
            _("change the details of %(customer)s"),
            {"customer": matter.customer()},
        )

    def look_up(self, piggy: PiggyClient, data: Data) -> LookUp:
        """Find the contact, so that its values stand in the form."""
        uuid = data["contact_uuid"].uuid
        contact = services.get_full_contact(piggy, contact_uuid=uuid)
        attributes = values.writable_attributes(piggy)
        known = contact.values_of(attributes)
        initial = {
            values.field_name(each.name): values.as_typed(each, known[each.name])
            for each in attributes
            if each.name in known
        }
        initial |= {"contact_uuid": uuid, ONLY: data.get(ONLY, "")}
        return LookUp(initial=initial, found=contact)

    def form_data(self, entry: Entry) -> dict[str, str]:
        """Give each value to its own field."""
        asked = data_of(entry)
        kept = asked["attributes"] if isinstance(asked["attributes"], dict) else {}
        fields = {values.field_name(name): _as_typed(value) for name, value in kept.items()}
        return {**fields, "contact_uuid": asked["contact_uuid"]}

    def perform(self, piggy: PiggyClient, data: Data) -> UpdatedContact:
        """Send just what differs from what the contact has now."""
        uuid, attributes = data["contact_uuid"].uuid, values.writable_attributes(piggy)
        contact = services.get_full_contact(piggy, contact_uuid=uuid)
        changed = values.changes(data["attributes"], contact.values_of(attributes))
        now: Contact = contact
        if changed:
            now = services.update_contact(piggy, contact_uuid=uuid, attributes=changed)
        return UpdatedContact(contact=now, changed=tuple(changed))

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Compare the contact with what was asked; the values themselves stay out of the ledger."""
        wanted = data_of(entry)["attributes"]
        if not isinstance(wanted, dict):
            return undecided(gettext("What was asked is no longer kept."))
        contact = services.get_full_contact(piggy, contact_uuid=entry.data["contact_uuid"])
        if contact.uuid != entry.data["contact_uuid"]:
            return undecided(gettext("Piggy gave another customer than it was asked for."))
        missing = values.changes(wanted, contact.values_of(values.writable_attributes(piggy)))
        evidence = [_as_evidence(name, fits=name not in missing) for name in wanted]
        if not missing:
            result = UpdatedContact(contact=contact, changed=tuple(wanted))
            return done(gettext("It is as it was asked to be."), *evidence, result=result)
        if not has_settled(entry):
            return undecided(gettext("It is not so yet. Piggy may still be at it."), *evidence)
        later = changed_since(entry, "contact_uuid")
        if set(missing) <= {name for other in later for name in other.data["attributes"]}:
            words = gettext("It is not so, but somebody may have changed it again since.")
            return undecided(words, *evidence)
        return not_done(gettext("It is not as it was asked to be."), *evidence)


def _as_typed(value: Any) -> str:
    return values.number_as_typed(value) if isinstance(value, float) else values.plain(value)


def _as_evidence(name: str, *, fits: bool) -> Evidence:
    words = gettext("as it was asked") if fits else gettext("something else")
    return Evidence(what=str(values.WORDS.get(name, name)), value=words, fits=fits)
