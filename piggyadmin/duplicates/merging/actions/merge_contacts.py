"""Merging two contacts into one, with all that has to be known before."""

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import get_action, register
from piggyadmin.contacts import services
from piggyadmin.contacts.actions.update_contact_subscription import UpdateContactSubscription
from piggyadmin.contacts.confirmation import end_of
from piggyadmin.contacts.forms import ContactField
from piggyadmin.contacts.snapshot import ContactSnapshot, take_snapshot
from piggyadmin.contacts.types import Contact
from piggyadmin.contacts.wording import what_is
from piggyadmin.duplicates.merging.acknowledgements import AgreedField, missing_yes
from piggyadmin.duplicates.merging.advice import Advice, advise
from piggyadmin.duplicates.merging.subscriptions import (
    ChoicesField,
    SubscriptionChoice,
    differing_subscriptions,
    subscription_data,
)
from piggyadmin.duplicates.mirror import store
from piggyadmin.ledger.models import HAPPENED, Entry
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
    done,
    has_settled,
    not_done,
    undecided,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.ledger.snapshots import preview_of
from piggyadmin.ledger.steps import carry_step
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import Rejected
from piggyadmin.ui.templatetags.ui import cents


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
        return gettext("Merge 2 customers")

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
        help_text=_("This customer goes into the other one. E-mail, identifier or UUID."),
    )
    destination_contact_uuid = ContactField(
        label=_("Survives"),
        help_text=_("This customer gets everything. E-mail, identifier or UUID."),
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
                _("This is the same customer. A customer cannot be merged with itself."),
            )
        return data


def one_into_another(source: str, survivor: str) -> Sentence:
    """Say of two who goes into whom."""
    return Sentence(
        _("%(who)s merged %(source)s into %(survivor)s"),
        _("merge %(source)s into %(survivor)s"),
        {"source": source, "survivor": survivor},
    )


@register
class MergeContacts(Action[Merged, ContactsToMerge]):
    """Merge two customers into one, for good."""

    slug = "merge-contacts"
    entity = "contacts"
    label = _("Merge two customers")
    summary = _("Two customers become one: credits, cards and vouchers together. For good.")
    button = _("Merge for good")
    icon = "merge"
    effect = Effect.IRREVERSIBLE
    role = Role.ADMIN
    form_class = MergeContactsForm
    sample = {
        "source_contact_uuid": "m.jansen@example.test",
        "destination_contact_uuid": "mira.jansen@example.test",
    }
    preview_template = "duplicates/_contacts_to_merge.html"
    result_template = "duplicates/_merged.html"
    result_type = Merged
    is_watched = True
    asks_reason = True
    ends_contacts = True

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same pair, whichever way round."""
        return sorted(data[f"{role}_contact_uuid"].uuid for role in ("source", "destination"))

    def sentence(self, matter: Matter) -> Sentence:
        """Say who went into whom."""
        return one_into_another(matter.customer("source"), matter.customer("destination"))

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look at both contacts: a merge is certain once the source is gone."""
        source_uuid = entry.data["source_contact_uuid"]
        destination_uuid = entry.data["destination_contact_uuid"]
        source = services.find_contact(piggy, contact_uuid=source_uuid)
        destination = services.find_contact(piggy, contact_uuid=destination_uuid)
        evidence = (
            Evidence(what=gettext("Ceases to exist"), value=what_is(source)),
            Evidence(what=gettext("Survives"), value=what_is(destination)),
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
        """Have the end of the address of the one who ceases to exist typed, or of the UUID."""
        source, destination = (data[name] for name in _BOTH)
        return end_of(source.own_email or source.uuid or "", destination.own_email)

    def perform(self, piggy: PiggyClient, data: Data) -> Merged:
        """Have the merge scheduled."""
        source, destination = data["source_contact_uuid"], data["destination_contact_uuid"]
        if source.uuid == destination.uuid:
            raise Refused({"destination_contact_uuid": gettext("This is the same customer.")})
        services.merge_contacts(
            piggy,
            source_contact_uuid=source.uuid,
            destination_contact_uuid=destination.uuid,
        )
        return Merged(source_uuid=source.uuid, destination_uuid=destination.uuid)

    def watch(self, piggy: PiggyClient, entry: Entry) -> Progress:
        """Wait until the source is gone, write what was chosen, then compare the books."""
        preview = ContactsToMerge.model_validate(preview_of(entry))
        source, destination = preview.source.person_uuid, preview.destination.person_uuid
        if services.find_contact(piggy, contact_uuid=source) is None:
            survivor = services.find_contact(piggy, contact_uuid=destination)
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
        action, data = (
            get_action(UpdateContactSubscription.slug),
            subscription_data(survivor, choice),
        )
        try:
            outcome = carry_step(piggy, entry, action, data, name=choice.uuid)
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
