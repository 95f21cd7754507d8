"""What people can do with contacts, their identifiers and their attributes."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID, uuid5

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action, LookUp
from piggyadmin.actions.forms import ActionForm, ContactField, offered, what_became_of
from piggyadmin.actions.registry import get_action, register
from piggyadmin.contacts import services, values
from piggyadmin.contacts.snapshot import ContactSnapshot, take_snapshot
from piggyadmin.contacts.subscriptions import (
    ChoicesField,
    SubscriptionChoice,
    differing_subscriptions,
    subscription_data,
)
from piggyadmin.contacts.types import (
    Contact,
    ContactAttribute,
    ContactIdentifier,
    Subscription,
)
from piggyadmin.duplicates.merging.acknowledgements import AgreedField, missing_yes
from piggyadmin.duplicates.merging.advice import Advice, advise
from piggyadmin.duplicates.mirror import store
from piggyadmin.ledger import entries, following, writes
from piggyadmin.ledger.models import HAPPENED, NOT_HAPPENED, Entry, Snapshot
from piggyadmin.ledger.operations import (
    Data,
    Effect,
    Evidence,
    Finding,
    Preview,
    Progress,
    Refused,
    Stored,
)
from piggyadmin.ledger.reconciliation_evidence import (
    SETTLES_LATER_SECONDS,
    changed_since,
    done,
    has_settled,
    not_done,
    undecided,
)
from piggyadmin.ledger.retention import forget_contact, merged_with
from piggyadmin.ledger.snapshots import PERSONAL, PersonalText, answer_of, data_of, preview_of
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import ErrorCode, NotFound, PiggyError, Rejected
from piggyadmin.request_log.retention import forget_calls_about
from piggyadmin.ui.forms import (
    CleanCharField,
    CleanEmailField,
    CleanTextField,
    CodeField,
    ListOrPasteField,
    OptionRowsField,
)
from piggyadmin.ui.templatetags.ui import cents

# --- Identifiers -----------------------------------------------------------------------------

ACTIVE = {"true": _("Active: it can be used"), "false": _("Switched off: it cannot be used")}


# So many changes of an identifier are looked through for whose it was.
MOST_CHANGES = 20


class IdentifierForm(ActionForm):
    """Which identifier."""

    contact_identifier_value = CodeField(
        label=_("Identifier"), help_text=_("The number on the card, or whatever identifies.")
    )


class UpdateContactIdentifiersForm(IdentifierForm):
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
    look_up_form_class = IdentifierForm
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
                value=str(ACTIVE.get(_as_choice(found.active), "")),
                fits=state in {"", _as_choice(found.active)},
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
        found = services.look_at_contact_identifier(piggy, contact_identifier_value=value)
        if found.active is False and found.contact is None:
            found = found.model_copy(update={"contact": self._owner_by_ledger(value)})
        initial = {
            "contact_identifier_value": value,
            "contact_identifier_name": found.name,
            "contact_identifier_active": _as_choice(found.active),
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
        active = None if state in {"", _as_choice(found.active)} else state == "true"
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

    def _owner_by_ledger(self, value: str) -> Contact | None:
        """Find whose an identifier was when it was last changed here, where that is known."""
        entries = Entry.objects.filter(
            action=self.slug,
            data__contact_identifier_value=value,
            status__state__in=HAPPENED,
        )
        for entry in entries.order_by("-pk")[:MOST_CHANGES]:
            event = entry.last_event
            answer = answer_of(entry, event.detail) if event else None
            if answer and (answer.get("contact") or {}).get("uuid"):
                return Contact.model_validate(answer["contact"])
        return None


def _as_choice(active: bool | None) -> str:
    return "" if active is None else str(active).lower()


# --- A contact's own values --------------------------------------------------------------------


class ContactForm(ActionForm):
    """Whom."""

    contact_uuid = ContactField()


class UpdateContactForm(ContactForm):
    """A contact, and what shall be different about it: one field for each writable attribute."""

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
        for attribute in attributes:
            if field := values.field_for(attribute):
                name = values.field_name(attribute.name or "")
                self.fields[name], self.attributes[name] = field, attribute
        self.show_stored(self.attributes)

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
    label = _("Change a contact")
    summary = _("Name, phone, date of birth, address and other attributes. Not the e-mail address.")
    button = _("Save the changes")
    icon = "user-round-pen"
    effect = Effect.WRITE
    role = Role.STAFF
    look_up_form_class = ContactForm
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
        return LookUp(initial={**initial, "contact_uuid": uuid}, found=contact)

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
            return undecided(gettext("Piggy gave another contact than it was asked for."))
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


# --- Subscriptions ---------------------------------------------------------------------------

SUBSCRIPTIONS = {"true": _("Gets it"), "false": _("Does not get it")}


def _kinds_of_messages(piggy: PiggyClient) -> list[tuple[str, str]]:
    kinds = services.list_subscription_types(piggy)
    return [(kind.uuid, kind.name or kind.uuid) for kind in kinds if kind.uuid]


class UpdateContactSubscriptionForm(ContactForm):
    """A contact, a kind of messages, and whether the contact gets it."""

    subscription_type_uuid = ListOrPasteField(
        label=_("Messages"), choices=partial(offered, _kinds_of_messages)
    )
    is_subscribed = forms.ChoiceField(
        label=_("What shall be"),
        choices=list(SUBSCRIPTIONS.items()),
        widget=forms.RadioSelect,
        help_text=_("Where Piggy asks for a confirmation, subscribing mails the contact."),
    )


@register
class UpdateContactSubscription(Action[Subscription, None]):
    """Subscribe a contact to a kind of messages, or unsubscribe it."""

    slug = "update-contact-subscription"
    entity = "contacts"
    label = _("Change a subscription")
    summary = _("Whether a contact gets a kind of messages, such as the newsletter.")
    button = _("Save")
    icon = "mail-check"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = UpdateContactSubscriptionForm
    sample = {
        "contact_uuid": "mira.jansen@example.test",
        "subscription_type_uuid": "762161c0-d26e-40a3-a8eb-adc4ed9f4896",
        "is_subscribed": "false",
    }
    result_template = "contacts/_subscription.html"
    result_type = Subscription
    # It compares first, so that the same again does nothing.
    is_deduplicated = False

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same kind of messages for the same contact, whatever is chosen."""
        return [data["contact_uuid"].uuid, data["subscription_type_uuid"]]

    def perform(self, piggy: PiggyClient, data: Data) -> Subscription:
        """Send it where it is not so already: subscribing once more would mail the contact."""
        contact, kind = data["contact_uuid"].uuid, data["subscription_type_uuid"]
        is_subscribed = data["is_subscribed"] == "true"
        found = services.get_contact_subscription(
            piggy, contact_uuid=contact, subscription_type_uuid=kind
        )
        if found and found.is_wanted is is_subscribed:
            return found
        return services.set_contact_subscription(
            piggy, contact_uuid=contact, subscription_type_uuid=kind, is_subscribed=is_subscribed
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Compare what the contact gets with what was asked."""
        asked = entry.data
        found = services.get_contact_subscription(
            piggy,
            contact_uuid=asked["contact_uuid"],
            subscription_type_uuid=asked["subscription_type_uuid"],
        )
        if found is None or found.is_wanted is None:
            return undecided(gettext("Piggy does not tell whether the contact gets it."))
        is_so = _as_choice(found.is_wanted)
        evidence = Evidence(
            what=(found.subscription_type and found.subscription_type.name) or "",
            value=str(SUBSCRIPTIONS[is_so]),
            fits=is_so == asked["is_subscribed"],
        )
        if evidence.fits:
            return done(gettext("It is as it was asked to be."), evidence, result=found)
        if not has_settled(entry):
            return undecided(gettext("It is not so yet. Piggy may still be at it."), evidence)
        later = changed_since(entry, "contact_uuid")
        if later.filter(data__subscription_type_uuid=asked["subscription_type_uuid"]).exists():
            words = gettext("It is not so, but somebody may have changed it again since.")
            return undecided(words, evidence)
        return not_done(gettext("It is not as it was asked to be."), evidence)


# --- Verification ----------------------------------------------------------------------------


class MailSent(Stored):
    """A verification mail that Piggy took on."""

    email: PersonalText
    message: Annotated[str | None, PERSONAL] = None


class MailToSend(Preview):
    """A verification mail that would be sent."""

    email: PersonalText
    last_sent_at: datetime | None
    last_sent_by: str

    def decisive(self) -> dict[str, Any]:
        """Agree to the address, and to how many mails went before."""
        return {"email": self.email, "last": str(self.last_sent_at)}


class SendContactVerificationEmailForm(ActionForm):
    """To whom."""

    email = CleanEmailField(label=_("E-mail"), help_text=_("The address of the contact at Piggy."))


@register
class SendContactVerificationEmail(Action[MailSent, MailToSend]):
    """Mail a contact a code with which they prove that the address is theirs."""

    slug = "send-contact-verification-email"
    entity = "contacts"
    label = _("Send a verification mail")
    summary = _("Mails a contact a code that proves the address is theirs. Each press sends one.")
    button = _("Send the mail")
    icon = "mail-check"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = SendContactVerificationEmailForm
    sample = {"email": "mira.jansen@example.test"}
    preview_template = "contacts/_mail_to_send.html"
    result_template = "contacts/_mail_sent.html"
    result_type = MailSent
    private = frozenset({"email"})

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:  # noqa: ARG002
        """Piggy does not tell of mails; show those that were sent from here before."""
        before = Entry.objects.filter(
            deduplication_key=entry.deduplication_key, status__state__in=HAPPENED
        )
        evidence = [
            Evidence(
                what=gettext("Mail sent by %(name)s") % {"name": other.person_name},
                value=gettext("to the same address"),
                at=other.created_at,
            )
            for other in before.order_by("-pk")[:5]
        ]
        words = gettext("Piggy does not tell whether it sent a mail. Ask the contact, then decide.")
        return undecided(words, *evidence)

    def preview(self, piggy: PiggyClient, data: Data) -> MailToSend:
        """Say when the last mail went from this console; Piggy does not tell.

        Raises:
            Refused: no contact has this address, so that no mail would go.
        """
        self._insist_on_contact(piggy, data["email"])
        last = (
            Entry.objects.filter(deduplication_key=self.deduplication_key(data))
            .filter(status__state__in=HAPPENED)
            .first()
        )
        return MailToSend(
            email=data["email"],
            last_sent_at=last.created_at if last else None,
            last_sent_by=last.person_name if last else "",
        )

    @staticmethod
    def _insist_on_contact(piggy: PiggyClient, email: str) -> None:
        """Refuse an address that is no contact's own: an anonymous one has a made-up address."""
        try:
            is_known = not services.find_contact_by_email(piggy, email=email).is_anonymous
        except NotFound as error:
            if error.code != ErrorCode.CONTACT_NOT_FOUND:
                raise
            is_known = False
        if not is_known:
            words = gettext("No contact at Piggy has this address, so no mail can be sent to it.")
            raise Refused({"email": " ".join([words, *what_became_of(email)])})

    def perform(self, piggy: PiggyClient, data: Data) -> MailSent:
        """Hand the mail over; whether it arrives is not known."""
        message = services.send_verification_email(piggy, email=data["email"])
        return MailSent(email=data["email"], message=message)


@register
class GetContactAuthToken(Action[str, None]):
    """Get a token that acts for a contact. Whoever holds it is that contact."""

    slug = "get-contact-auth-token"
    entity = "contacts"
    label = _("Get an auth token")
    summary = _("A key that acts for a contact. It is shown once, and kept nowhere.")
    button = _("Get the token")
    icon = "key-round"
    # Harmless to repeat, but who got a key to whom has to stand in the ledger.
    effect = Effect.WRITE
    role = Role.ADMIN
    form_class = ContactForm
    sample = {"contact_uuid": "mira.jansen@example.test"}
    result_template = "contacts/_auth_token.html"
    is_deduplicated = False

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:  # noqa: ARG002
        """A token whose answer was lost is known to nobody: it does no harm to get another."""
        return not_done(gettext("Nobody received a token. Getting another one does no harm."))

    def perform(self, piggy: PiggyClient, data: Data) -> str:
        """Get it."""
        return services.get_auth_token(piggy, contact_uuid=data["contact_uuid"].uuid)


# --- Attributes ------------------------------------------------------------------------------

# The 21 data types (docs), with a word for people.
DATA_TYPES = {
    "text": _("Text"),
    "long_text": _("Long text"),
    "rich_text": _("Formatted text"),
    "number": _("Whole number"),
    "float": _("Decimal number"),
    "boolean": _("Yes or no"),
    "select": _("One of several options"),
    "multi_select": _("Some of several options"),
    "date": _("Date"),
    "date_time": _("Date and time"),
    "date_range": _("Period of days"),
    "time_range": _("Period of the day"),
    "birth_date": _("Date of birth"),
    "email": _("E-mail address"),
    "phone": _("Phone number"),
    "url": _("Web address"),
    "color": _("Colour"),
    "identifier": _("Identifier"),
    "license_plate": _("License plate"),
    "file_upload": _("File"),
    "media_upload": _("Picture or video"),
}
WITH_OPTIONS = {"select", "multi_select"}


class CreateContactAttributeForm(ActionForm):
    """What a new attribute is called and holds."""

    name = CleanCharField(
        label=_("Name"),
        help_text=_("The key that other systems use, such as shoe_size. It can never be changed."),
    )
    label = CleanCharField(
        label=_("Label"), required=False, help_text=_("What people read. Left open: the name.")
    )
    data_type = forms.ChoiceField(
        label=_("Type"),
        choices=[("", _("Choose…")), *DATA_TYPES.items()],
        help_text=_("It can never be changed."),
        widget=forms.Select(attrs={"data-shows-options": " ".join(sorted(WITH_OPTIONS))}),
    )
    description = CleanTextField(label=_("Description"), required=False, max_length=1000)
    options = OptionRowsField(
        label=_("Options"), required=False, help_text=_("For “one” or “some of several options”.")
    )

    def clean(self) -> dict[str, Any]:
        """Insist on options where there is a choice, and on none elsewhere."""
        data = super().clean()
        if {"options", "data_type"} & set(self.errors):
            return data
        has_choice = data.get("data_type") in WITH_OPTIONS
        if has_choice and not data["options"]:
            self.add_error("options", _("This type needs at least one option."))
        elif data["options"] and not has_choice:
            self.add_error("options", _("Only “one” or “some of several options” has options."))
        return data


class AttributeToCreate(Preview):
    """An attribute that would be there for good."""

    name: str
    label: str
    type_label: str
    options: list[dict[str, str]]


@register
class CreateContactAttribute(Action[ContactAttribute, AttributeToCreate]):
    """Add an attribute to every contact."""

    slug = "create-contact-attribute"
    entity = "contacts"
    label = _("Create a contact attribute")
    summary = _("A new field on every contact. Its name and type are final.")
    button = _("Create for good")
    icon = "list-plus"
    effect = Effect.IRREVERSIBLE
    role = Role.ADMIN
    form_class = CreateContactAttributeForm
    sample = {
        "name": "shoe_size",
        "label": "Shoe size",
        "data_type": "select",
        "options-0-label": "42",
        "options-0-value": "42",
    }
    preview_template = "contacts/_attribute_to_create.html"
    result_template = "contacts/_attribute.html"
    result_type = ContactAttribute

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """See whether the attribute is there; right before it was asked for it was not."""
        asked = entry.data
        attributes = services.list_contact_attributes(piggy)
        found = next((each for each in attributes if each.name == asked["name"]), None)
        if found:
            fits = _is_as_asked(found, asked)
            evidence = Evidence(
                what=found.name or "", value=f"{found.label} ({found.type})", fits=fits
            )
            if not fits or changed_since(entry, "name").exists():
                words = gettext("There is one of this name, but it may be somebody else's.")
                return undecided(words, evidence)
            return done(gettext("The attribute is there."), evidence, result=found)
        if not has_settled(entry):
            return undecided(gettext("The attribute is not there yet."))
        return not_done(gettext("The attribute is not there."))

    def preview(self, piggy: PiggyClient, data: Data) -> AttributeToCreate:
        """Refuse a name that is taken, and show once more what is final."""
        taken = {attribute.name for attribute in services.list_contact_attributes(piggy)}
        if data["name"] in taken:
            raise Refused({"name": gettext("There is an attribute with this name already.")})
        return AttributeToCreate(
            name=data["name"],
            label=data["label"] or data["name"],
            type_label=str(DATA_TYPES[data["data_type"]]),
            options=data["options"],
        )

    def perform(self, piggy: PiggyClient, data: Data) -> ContactAttribute:
        """Create it."""
        return services.create_contact_attribute(
            piggy,
            name=data["name"],
            data_type=data["data_type"],
            label=data["label"] or data["name"],
            description=data["description"] or None,
            options=data["options"] or None,
        )


def _is_as_asked(found: ContactAttribute, asked: dict[str, Any]) -> bool:
    """Compare an attribute with what was asked for; its description is free text."""
    options = {each.value for each in found.options}
    return (
        found.type == asked["data_type"]
        and found.label == (asked["label"] or asked["name"])
        and options == {each["value"] for each in asked["options"]}
    )


# --- Claim and merge -------------------------------------------------------------------------


class ContactToClaim(Preview):
    """An anonymous contact, and whoever has the address already."""

    anonymous: ContactSnapshot
    email: PersonalText
    owner: ContactSnapshot | None

    def decisive(self) -> dict[str, Any]:
        """Agree to who is claimed, and to whether that is a merge."""
        owner = self.owner and self.owner.contact.uuid
        return {"anonymous": self.anonymous.contact.uuid, "email": self.email, "owner": owner}


class ClaimAnonymousContactForm(ActionForm):
    """Which anonymous contact, and the address of the person it is."""

    anonymous_contact_uuid = ContactField(
        label=_("Anonymous contact"), help_text=_("Its card number or other identifier, or UUID.")
    )
    email = CleanEmailField(label=_("E-mail"), help_text=_("The person's real address."))

    def clean(self) -> dict[str, Any]:
        """Refuse contacts that have an address already."""
        data = super().clean()
        contact = data.get("anonymous_contact_uuid")
        if isinstance(contact, Contact) and contact.is_anonymous is False:
            self.add_error("anonymous_contact_uuid", _("This contact is not anonymous."))
        return data


@register
class ClaimAnonymousContact(Action[Contact, ContactToClaim]):
    """Give an anonymous contact the address of the person it is."""

    slug = "claim-anonymous-contact"
    entity = "contacts"
    label = _("Claim an anonymous contact")
    summary = _("Gives an anonymous card the e-mail address of the person it belongs to.")
    button = _("Claim for good")
    icon = "user-round-check"
    effect = Effect.IRREVERSIBLE
    role = Role.ADMIN
    form_class = ClaimAnonymousContactForm
    sample = {
        "anonymous_contact_uuid": "CARD-ANON",
        "email": "new.person@example.test",
    }
    preview_template = "contacts/_contact_to_claim.html"
    result_template = "contacts/_claimed.html"
    result_type = Contact
    private = frozenset({"email"})
    asks_reason = True
    ends_contacts = True
    is_watched = True

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same contact, whatever the address."""
        return [data["anonymous_contact_uuid"].uuid]

    def subjects(self, data: Data, preview: ContactToClaim | None) -> dict[str, str]:
        """The anonymous contact, and whoever has the address already."""
        subjects = super().subjects(data, preview)
        if preview and preview.owner and preview.owner.contact.uuid:
            subjects["owner"] = preview.owner.contact.uuid
        return subjects

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """See whether the contact has the address now, or went into the one that had it."""
        asked = data_of(entry)
        if not isinstance(asked["email"], str):
            return undecided(gettext("The address that was typed is no longer kept."))
        now = store.find(piggy, asked["anonymous_contact_uuid"])
        holder = _by_email(piggy, asked["email"])
        evidence = (
            Evidence(what=gettext("The anonymous contact"), value=_what_is(now)),
            Evidence(what=gettext("Whoever has the address"), value=_what_is(holder)),
        )
        if holder and (now.uuid if now else _owner_before(entry)) == holder.uuid:
            return done(gettext("The contact has the address."), *evidence, result=holder)
        if now:
            if not has_settled(entry, SETTLES_LATER_SECONDS if holder else 0):
                return undecided(gettext("It is not so yet. Piggy may still be at it."), *evidence)
            return not_done(gettext("The contact is still anonymous."), *evidence)
        return undecided(gettext("Neither of them can be found."), *evidence)

    def watch(self, piggy: PiggyClient, entry: Entry) -> Progress:
        """Wait until the address leads to a contact that has the credits of both."""
        preview = ContactToClaim.model_validate(preview_of(entry))
        holder = _by_email(piggy, preview.email)
        anonymous = preview.anonymous.contact.uuid or ""
        if holder is None or (holder.uuid != anonymous and store.find(piggy, anonymous)):
            words = gettext("Piggy claims the contact within minutes. It is not done yet.")
            return Progress(finished=False, words=words)
        expected = preview.anonymous.credits + (preview.owner.credits if preview.owner else 0)
        if holder.credits == expected:
            words = gettext("Done: the contact has the address and all %(credits)s credits.")
            return Progress(finished=True, words=words % {"credits": expected}, after=holder)
        words = gettext(
            "The contact has the address, but %(credits)s credits where %(sum)s were expected. "
            "Look at its transactions: it may have earned or spent meanwhile."
        )
        params = {"credits": holder.credits, "sum": expected}
        return Progress(finished=True, as_expected=False, words=words % params, after=holder)

    def preview(self, piggy: PiggyClient, data: Data) -> ContactToClaim:
        """Show the contact, and whether the address belongs to somebody already."""
        anonymous, owner = gather(
            partial(take_snapshot, piggy, contact=data["anonymous_contact_uuid"]),
            partial(_owner_of, piggy, data["email"]),
        )
        return ContactToClaim(anonymous=anonymous, email=data["email"], owner=owner)

    def perform(self, piggy: PiggyClient, data: Data) -> Contact:
        """Claim it."""
        return services.claim_anonymous_contact(
            piggy,
            anonymous_contact_uuid=data["anonymous_contact_uuid"].uuid,
            email=data["email"],
        )


def _owner_before(entry: Entry) -> str | None:
    """Give the contact that had the address already, into which an anonymous one would go."""
    return entry.subjects.filter(role="owner").values_list("contact_uuid", flat=True).first()


def _by_email(piggy: PiggyClient, email: str) -> Contact | None:
    try:
        found = services.find_contact_by_email(piggy, email=email)
    except NotFound:
        return None
    return found if (found.email or "").lower() == email.lower() else None


def _what_is(contact: Contact | None) -> str:
    """Say of a contact what matters here, without who it is."""
    if contact is None:
        return gettext("is not there")
    words = gettext("%(uuid)s, with %(credits)s credits")
    return words % {"uuid": contact.uuid, "credits": contact.credits}


def _owner_of(piggy: PiggyClient, email: str) -> ContactSnapshot | None:
    """See what a contact with this address has; None when there is none."""
    try:
        owner = services.find_contact_by_email(piggy, email=email)
    except NotFound:
        return None
    return take_snapshot(piggy, contact=owner)


class ContactsToMerge(Preview):
    """Two contacts, of which the source would cease to exist."""

    source: ContactSnapshot
    destination: ContactSnapshot
    # What a person is told before; of a step of several, that was told with the whole.
    advice: Advice | None = None
    subscriptions: tuple[SubscriptionChoice, ...] = ()

    @property
    def button(self) -> str:
        """Repeat on the button what will happen, and to how many."""
        return gettext("Merge 2 contacts")

    def decisive(self) -> dict[str, Any]:
        """Agree to both and to what was warned of, not to what was chosen."""
        told = [*(self.advice.codes if self.advice else ())]
        told += [choice.agreed for choice in self.subscriptions]
        return {**self.model_dump(mode="json", include={"source", "destination"}), "told": told}

    @property
    def credits_after(self) -> int:
        """What the survivor will have, in credits."""
        return self.source.credits + self.destination.credits

    @property
    def prepaid_after(self) -> int:
        """What the survivor will have, in cents."""
        return self.source.prepaid_cents + self.destination.prepaid_cents

    @property
    def identifiers_after(self) -> int:
        """How many cards and other identifiers the survivor will have."""
        return len(self.source.identifiers) + len(self.destination.identifiers)


class Merged(Stored):
    """A merge that Piggy has scheduled."""

    source_uuid: str
    destination_uuid: str


_BOTH = ("source_contact_uuid", "destination_contact_uuid")


class MergeContactsForm(ActionForm):
    """Who ceases to exist, and who survives."""

    source_contact_uuid = ContactField(
        label=_("Ceases to exist"),
        help_text=_("This contact goes into the other one. E-mail, identifier or UUID."),
    )
    destination_contact_uuid = ContactField(
        label=_("Survives"),
        help_text=_("This contact gets everything. E-mail, identifier or UUID."),
    )
    subscriptions = ChoicesField(label=_("Messages"), required=False)
    agreed = AgreedField()

    @property
    def agreed_data(self) -> dict[str, Any]:
        """What was chosen among what was shown is not part of what was shown."""
        return {name: self.cleaned_data[name] for name in _BOTH}

    def clean(self) -> dict[str, Any]:
        """Refuse to merge a contact with itself."""
        data = super().clean()
        source, destination = data.get("source_contact_uuid"), data.get("destination_contact_uuid")
        if (
            isinstance(source, Contact)
            and isinstance(destination, Contact)
            and source.uuid == destination.uuid
        ):
            self.add_error(
                "destination_contact_uuid",
                _("This is the same contact. A contact cannot be merged with itself."),
            )
        return data


@register
class MergeContacts(Action[Merged, ContactsToMerge]):
    """Merge two contacts into one, for good."""

    slug = "merge-contacts"
    entity = "contacts"
    label = _("Merge two contacts")
    summary = _("Two contacts become one: credits, cards and vouchers together. For good.")
    button = _("Merge for good")
    icon = "merge"
    effect = Effect.IRREVERSIBLE
    role = Role.ADMIN
    form_class = MergeContactsForm
    sample = {
        "source_contact_uuid": "m.jansen@example.test",
        "destination_contact_uuid": "mira.jansen@example.test",
    }
    preview_template = "contacts/_contacts_to_merge.html"
    result_template = "contacts/_merged.html"
    result_type = Merged
    is_watched = True
    asks_reason = True
    usual_reason = "Double account"
    ends_contacts = True

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same pair, whichever way round."""
        return sorted(data[f"{role}_contact_uuid"].uuid for role in ("source", "destination"))

    def words_about(self, entry: Entry, when: str) -> str:
        """Say that it was about these two."""
        words = gettext("%(name)s asked to merge these two contacts %(when)s.")
        return words % {"name": entry.person_name, "when": when}

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look at both contacts: a merge is certain once the source is gone."""
        source_uuid = entry.data["source_contact_uuid"]
        destination_uuid = entry.data["destination_contact_uuid"]
        source, destination = store.find(piggy, source_uuid), store.find(piggy, destination_uuid)
        evidence = (
            Evidence(what=gettext("Ceases to exist"), value=_what_is(source)),
            Evidence(what=gettext("Survives"), value=_what_is(destination)),
        )
        if source is None and destination is not None:
            if not self._has_moved(piggy, entry, destination):
                words = gettext("The source is gone, but nothing of it is with the survivor.")
                return undecided(words, *evidence)
            merged = Merged(source_uuid=source_uuid, destination_uuid=destination_uuid)
            return done(gettext("The source is gone."), *evidence, result=merged)
        if source is not None and has_settled(entry, SETTLES_LATER_SECONDS):
            return not_done(gettext("Both are still there."), *evidence)
        words = gettext("Both are still there. A merge takes Piggy minutes.")
        return undecided(words if source else gettext("Neither can be found."), *evidence)

    @staticmethod
    def _has_moved(piggy: PiggyClient, entry: Entry, survivor: Contact) -> bool:
        """Tell whether the survivor has anything of the source: else that was only deleted."""
        before = ContactsToMerge.model_validate(preview_of(entry))
        source, was, now = before.source, before.destination, take_snapshot(piggy, contact=survivor)
        theirs = {each.value for each in source.identifiers if each.value}
        has_moved = (
            now.credits != was.credits,
            now.prepaid_cents != was.prepaid_cents,
            now.vouchers != was.vouchers,
            theirs & {each.value for each in now.identifiers},
        )
        had = (source.credits, source.prepaid_cents, source.identifiers, source.vouchers)
        return any(has_moved) or not any(had)

    def preview(self, piggy: PiggyClient, data: Data) -> ContactsToMerge:
        """Show both side by side, read side by side, with what a person has to know before."""
        both = [data[name] for name in _BOTH]
        calls: list[Any] = [partial(take_snapshot, piggy, contact=contact) for contact in both]
        if "subscriptions" not in data:
            source, destination = gather(*calls)
            return ContactsToMerge(source=source, destination=destination)
        ask = partial(advise, piggy, *(contact.uuid for contact in both))
        source, destination, advised = gather(*calls, ask)
        return ContactsToMerge(
            source=source,
            destination=destination,
            advice=advised,
            subscriptions=differing_subscriptions(both, data["subscriptions"]),
        )

    def objections(self, data: Data, preview: ContactsToMerge) -> dict[str, str]:
        """Insist on a yes to what needs one."""
        return missing_yes(preview.advice.checks if preview.advice else (), data["agreed"])

    def confirm_with(self, data: Data) -> str:
        """Have the address of the one who ceases to exist typed; a made-up one's UUID."""
        source: Contact = data["source_contact_uuid"]
        return source.email or source.uuid or ""

    def perform(self, piggy: PiggyClient, data: Data) -> Merged:
        """Have the merge scheduled."""
        source, destination = data["source_contact_uuid"], data["destination_contact_uuid"]
        if source.uuid == destination.uuid:
            raise Refused({"destination_contact_uuid": gettext("This is the same contact.")})
        services.merge_contacts(
            piggy,
            source_contact_uuid=source.uuid,
            destination_contact_uuid=destination.uuid,
        )
        return Merged(source_uuid=source.uuid, destination_uuid=destination.uuid)

    def watch(self, piggy: PiggyClient, entry: Entry) -> Progress:
        """Wait until the source is gone, write what was chosen, then compare the books."""
        preview = ContactsToMerge.model_validate(preview_of(entry))
        if store.find(piggy, preview.source.contact.uuid or "") is None:
            survivor = store.find(piggy, preview.destination.contact.uuid or "")
            return (survivor and _write_subscriptions(piggy, entry, preview, survivor)) or (
                self._compare(piggy, preview, survivor)
            )
        words = gettext("Scheduled: Piggy merges them within minutes. The source is still there.")
        return Progress(finished=False, words=words)

    def after_followed(self, entry: Entry) -> None:
        """Take the source out of the mirror; workers read the survivor again."""
        store.forget([entry.data["source_contact_uuid"]])

    @staticmethod
    def _compare(
        piggy: PiggyClient, preview: ContactsToMerge, survivor: Contact | None
    ) -> Progress:
        if survivor is None:
            words = gettext("The source is gone, and so is the survivor. Piggy knows neither.")
            return Progress(finished=True, as_expected=False, words=words)
        after = take_snapshot(piggy, contact=survivor)
        if missing := _not_moved(preview, after):
            words = gettext("The source is gone, but these are missing: %(missing)s.")
            words %= {"missing": ", ".join(missing)}
            return Progress(finished=True, as_expected=False, words=words, after=after)
        credits_now = survivor.credits
        if credits_now == preview.credits_after:
            words = gettext("Done: the source is gone; the survivor has all %(credits)s credits.")
            words %= {"credits": credits_now}
            return Progress(finished=True, words=words, after=after)
        words = gettext(
            "The source is gone, but the survivor has %(credits)s credits where %(sum)s were "
            "expected. Look at its transactions: it may have earned or spent meanwhile."
        )
        params = {"credits": credits_now, "sum": preview.credits_after}
        return Progress(finished=True, as_expected=False, words=words % params, after=after)


def _write_subscriptions(
    piggy: PiggyClient, entry: Entry, preview: ContactsToMerge, survivor: Contact
) -> Progress | None:
    """Have the survivor get what was chosen; None once all of it is certain to be so.

    Each is an entry of its own, asked for once however often this is looked at.

    Raises:
        PiggyError: Piggy could not take it on just now.
    """
    for choice in preview.subscriptions:
        if not choice.uuid or choice.is_so_of(survivor):
            continue
        request = writes.WriteRequest(
            action=get_action(UpdateContactSubscription.slug),
            person=following.answers_for(entry),
            data=subscription_data(survivor, choice),
            submission_key=_key_of_next(uuid5(entry.submission_key, choice.uuid)),
            reason=entry.reason,
            part_of=entry.submission_key,
        )
        try:
            outcome = writes.carry_out(piggy, request)
        except PermissionDenied as denied:
            return _not_subscribed(choice, str(denied), is_final=True)
        if outcome.entry.state in HAPPENED:
            continue
        is_refused = isinstance(outcome.error, Rejected)
        if outcome.error and outcome.error.nothing_changed and not is_refused:
            raise outcome.error
        return _not_subscribed(choice, is_final=is_refused)
    return None


def _not_subscribed(choice: SubscriptionChoice, why: str = "", *, is_final: bool) -> Progress:
    """Say that a person has to see to a subscription, and why where that is known."""
    words = gettext(
        "The source is gone, but it is not certain that the survivor's subscription to "
        "“%(name)s” is as it was chosen. See to it on the survivor's page."
    )
    words %= {"name": choice.name}
    return Progress(finished=is_final, as_expected=False, words=f"{words} {why}".rstrip())


def _key_of_next(key: UUID) -> UUID:
    """Give the key of what is asked for: another one after an attempt that changed nothing."""
    while (entry := Entry.objects.filter(submission_key=key).first()) and (
        entry.state in NOT_HAPPENED
    ):
        key = entries.key_of_again(entry)
    return key


def _not_moved(preview: ContactsToMerge, after: ContactSnapshot) -> list[str]:
    """Name what the survivor should have and has not: identifiers, vouchers and prepaid money."""
    wanted = {
        identifier.value
        for snapshot in (preview.source, preview.destination)
        for identifier in snapshot.identifiers
        if identifier.value
    }
    missing = sorted(wanted - {identifier.value or "" for identifier in after.identifiers})
    before = (preview.source.vouchers, preview.destination.vouchers)
    if None not in before and after.vouchers is not None:
        lacking = sum(number or 0 for number in before) - after.vouchers
        if lacking > 0:
            words = ngettext("%(number)s voucher", "%(number)s vouchers", lacking)
            missing.append(words % {"number": lacking})
    if (owed := preview.prepaid_after - after.prepaid_cents) > 0:
        missing.append(gettext("%(amount)s prepaid") % {"amount": cents(owed)})
    return missing


# --- Deletion --------------------------------------------------------------------------------

DELETIONS = {
    "DEFAULT": _("Delete, and keep what was booked"),
    "GDPR": _("Erase everything personal, as the law asks"),
}


class ContactToDelete(Preview):
    """A contact that would cease to exist."""

    contact: ContactSnapshot
    is_erased: bool

    @property
    def button(self) -> str:
        """Repeat on the button what will happen, and to how many."""
        return gettext("Delete 1 contact")


class Deleted(Stored):
    """A deletion that Piggy has scheduled."""

    contact_uuid: str


class DeleteContactForm(ActionForm):
    """Who ceases to exist, and how much of them."""

    contact_uuid = ContactField()
    type = forms.ChoiceField(
        label=_("What goes"), choices=list(DELETIONS.items()), widget=forms.RadioSelect
    )


@register
class DeleteContact(Action[Deleted, ContactToDelete]):
    """Delete a contact, for good."""

    slug = "delete-contact"
    entity = "contacts"
    label = _("Delete a contact")
    summary = _("A contact ceases to exist, with its credits and vouchers. For good.")
    button = _("Delete for good")
    icon = "user-round-x"
    effect = Effect.IRREVERSIBLE
    role = Role.ADMIN
    form_class = DeleteContactForm
    sample = {"contact_uuid": "m.jansen@example.test", "type": "GDPR"}
    preview_template = "contacts/_contact_to_delete.html"
    result_template = "contacts/_deleted.html"
    result_type = Deleted
    is_watched = True
    asks_reason = True
    ends_contacts = True

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same contact, however much of it goes."""
        return [data["contact_uuid"].uuid]

    def preview(self, piggy: PiggyClient, data: Data) -> ContactToDelete:
        """Show what goes with the contact."""
        snapshot = take_snapshot(piggy, contact=data["contact_uuid"])
        return ContactToDelete(contact=snapshot, is_erased=data["type"] == "GDPR")

    def confirm_with(self, data: Data) -> str:
        """Have the contact's address typed; a made-up one's UUID."""
        contact: Contact = data["contact_uuid"]
        return (not contact.is_anonymous and contact.email) or contact.uuid or ""

    def perform(self, piggy: PiggyClient, data: Data) -> Deleted:
        """Have the deletion scheduled."""
        uuid = data["contact_uuid"].uuid
        services.delete_contact(piggy, contact_uuid=uuid, type=data["type"])
        return Deleted(contact_uuid=uuid)

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """See whether the contact is gone."""
        uuid = entry.data["contact_uuid"]
        found = store.find(piggy, uuid)
        evidence = Evidence(what=gettext("Contact"), value=_what_is(found))
        if found is None:
            return done(gettext("It is gone."), evidence, result=Deleted(contact_uuid=uuid))
        if has_settled(entry, SETTLES_LATER_SECONDS):
            return not_done(gettext("It is still there."), evidence)
        return undecided(gettext("It is still there. Piggy may still be at it."), evidence)

    def watch(self, piggy: PiggyClient, entry: Entry) -> Progress:
        """Wait until the contact is gone."""
        if store.find(piggy, entry.data["contact_uuid"]) is None:
            return Progress(finished=True, words=gettext("Done: the contact is gone."))
        words = gettext("Scheduled: Piggy deletes within minutes. The contact is still there.")
        return Progress(finished=False, words=words)

    def after_followed(self, entry: Entry) -> None:
        """Take it out of the mirror; forget all that was personal, where that was asked for."""
        store.forget([entry.data["contact_uuid"]])
        if entry.data["type"] == "GDPR":
            gone = ContactToDelete.model_validate(preview_of(entry)).contact.contact
            _forget(entry, entry.data["contact_uuid"], gone.email or "")


def _forget(entry: Entry, uuid: str, email: str) -> None:
    """Forget a person who was erased, also as the contacts that went into this one before.

    Whoever the mirror still has is there at Piggy too: a merge with them was never finished.
    """
    before = merged_with(uuid)
    before -= set(store.mirrored(before))
    forget_contact(entry, uuid, email=email)
    forget_calls_about(uuid)
    for each in sorted(before):
        forget_contact(entry, each, email=_last_address(each))
        forget_calls_about(each)


def _last_address(uuid: str) -> str:
    """Give the e-mail address that a contact had when it was last looked at, if that is kept."""
    kept = Snapshot.objects.filter(contact_uuid=uuid).order_by("-pk").values_list("data", flat=True)
    for data in kept:
        contact = data.get("contact", data) if isinstance(data, dict) else {}
        if isinstance(contact, dict) and contact.get("email"):
            return str(contact["email"])
    return ""
