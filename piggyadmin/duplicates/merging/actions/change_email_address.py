"""A customer's new e-mail address: a new contact with it, and a merge into that.

Piggy cannot change an address. The entry itself makes the new contact. The merge of duplicates is a
step of it, begun once the contact is certain to be there; its own run carries it from there, over
crashes and to its end, and what it came to is told here.
"""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import get_action, register
from piggyadmin.contacts import services
from piggyadmin.contacts.actions.create_contact import NewAddressForm
from piggyadmin.contacts.confirmation import end_of
from piggyadmin.contacts.creation import CreatedContact, by_address, judge_created
from piggyadmin.contacts.forms import ContactField
from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.merging import runs
from piggyadmin.duplicates.merging.actions.merge_duplicates import MergeDuplicates
from piggyadmin.duplicates.merging.candidates import Candidate, Candidates, read_candidates
from piggyadmin.duplicates.merging.checks import Check, Checks, Level, checks
from piggyadmin.duplicates.merging.plan import MergePlan, make_plan
from piggyadmin.duplicates.merging.subscriptions import YES
from piggyadmin.duplicates.merging.survivor import propose
from piggyadmin.duplicates.models import MergeRun
from piggyadmin.ledger import conflicts, outcomes
from piggyadmin.ledger.models import HAPPENED, Entry
from piggyadmin.ledger.operations import Data, Effect, Finding, Preview, Progress, Refused
from piggyadmin.ledger.reconciliation_evidence import undecided
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.ledger.snapshots import PersonalText, data_of
from piggyadmin.ledger.steps import carry_step, find_step
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.forms import CleanEmailField

# What the step is called that merges the old contact into the new one.
MERGE = "merge"


class AddressToChange(Preview):
    """A contact with its old address, and what there is to say before it goes into a new one."""

    contact: Candidate
    email: PersonalText
    checks: Checks

    @property
    def button(self) -> str:
        """Repeat on the button what will happen, and to how many."""
        return gettext("Change 1 address")

    @property
    def warnings(self) -> list[Check]:
        """What needs to be looked at."""
        return [check for check in self.checks if check.level is not Level.TELL]

    def decisive(self) -> dict[str, Any]:
        """Agree to who it is, to what they have and to what was warned of."""
        old = self.contact
        has = [old.credits, old.prepaid_cents, len(old.identifiers), old.vouchers]
        codes = [check.code for check in self.checks]
        return {"contact": old.uuid, "has": has, "email": self.email, "checks": codes}


class ChangeEmailAddressForm(NewAddressForm):
    """Whose address has changed, and to which."""

    contact_uuid = ContactField()
    email = CleanEmailField(
        label=_("New e-mail address"), help_text=_("One that nobody has at Piggy yet.")
    )
    field_order = ("contact_uuid", "email")

    def clean(self) -> dict[str, Any]:
        """Refuse whoever has no address yet: they are claimed, which keeps them."""
        data = super().clean()
        contact = data.get("contact_uuid")
        if isinstance(contact, Contact):
            self.at_hand = contact
            if contact.is_anonymous:
                words = _("This customer is anonymous: claim it, which gives it an address.")
                self.add_error("contact_uuid", words)
        return data


class ChangeEmailAddress(Action[CreatedContact, AddressToChange]):
    """Give a customer another e-mail address, by a new contact into which the old one goes."""

    slug = "change-email-address"
    entity = "contacts"
    label = _("Change an e-mail address")
    summary = _(
        "Piggy cannot change an address. So a new customer is made with the new one, and the old "
        "customer is merged into it. For good."
    )
    button = _("Change the address for good")
    icon = "at-sign"
    effect = Effect.IRREVERSIBLE
    role = Role.ADMIN
    form_class = ChangeEmailAddressForm
    sample = {"contact_uuid": "mira.jansen@example.test", "email": "mira.new@example.test"}
    preview_template = "duplicates/_address_to_change.html"
    result_template = "duplicates/_address_changing.html"
    result_type = CreatedContact
    private = frozenset({"email"})
    is_watched = True
    asks_reason = True

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same contact, whatever the address."""
        return [data["contact_uuid"].uuid]

    def sentence(self, matter: Matter) -> Sentence:
        """Say whose; the address itself is personal."""
        return Sentence(
            _("%(who)s gave %(customer)s another e-mail address"),
            _("give %(customer)s another e-mail address"),
            {"customer": matter.customer()},
        )

    def preview(self, piggy: PiggyClient, data: Data) -> AddressToChange:
        """Show what the contact has, and what would be in the way of the merge.

        Raises:
            Refused: something else is under way with the contact.
        """
        (old,) = read_candidates(piggy, [data["contact_uuid"].uuid]).found
        if old is None:
            raise Refused({"contact_uuid": gettext("This customer is no longer at Piggy.")})
        new = Candidate(contact=Contact(email=data["email"]), identifiers=[])
        found = checks(new, [old])
        for check in found:
            if check.level is Level.STOP:
                raise Refused({"contact_uuid": check.words})
        return AddressToChange(contact=old, email=data["email"], checks=found)

    def confirm_with(self, data: Data) -> str:
        """Have the end of the new address typed: at a wrong one somebody else reads the mail."""
        return end_of(data["email"], data["contact_uuid"].own_email)

    def perform(self, piggy: PiggyClient, data: Data) -> CreatedContact:
        """Make the new contact; the merge follows once that is certain."""
        return CreatedContact(uuid=services.create_contact(piggy, email=data["email"]))

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look whose the new address is, and since when."""
        email = data_of(entry)["email"]
        if not isinstance(email, str):
            return undecided(gettext("The address that was typed is no longer kept."))
        return judge_created(piggy, entry, by_address(piggy, email))

    def watch(self, piggy: PiggyClient, entry: Entry) -> Progress:
        """Begin the merge, once, and see how far it is."""
        try:
            run = runs.begin(_merge_of(piggy, self, entry))
        except _Halted as halted:
            return halted.progress
        told = runs.progress_of(run)
        if run.status == MergeRun.Status.DONE:
            words = gettext("Done: the customer has the new address, and all that was theirs.")
            return Progress(finished=True, words=words)
        if not told.finished:
            words = gettext("The new customer is there. The old one goes into it: %(how_far)s")
            return Progress(finished=False, words=words % {"how_far": told.words})
        return _half_done(told.words)

    def page_of(self, entry: Entry) -> str:
        """Lead to the merge, once there is one; there it can be let go on."""
        step = find_step(entry, MERGE)
        has_begun = step is not None and step.state in HAPPENED
        return reverse("duplicates:merge", args=[step.submission_key]) if step and has_begun else ""


class _Halted(Exception):  # noqa: N818  (not an error: it says how far it is)
    """The merge has not begun, or not yet."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress


def _half_done(why: str) -> Progress:
    words = gettext(
        "Half done: the customer with the new address is there, but the old one has not gone into "
        "it. Merge the two, or delete the new one."
    )
    return Progress(finished=True, as_expected=False, words=f"{words} {why}".rstrip())


def _merge_of(piggy: PiggyClient, action: ChangeEmailAddress, entry: Entry) -> Entry:
    """Give the entry of the merge, which is asked for where nobody has yet.

    Raises:
        _Halted: it cannot be asked for, or not yet.
    """
    step = find_step(entry, MERGE)
    if step is not None and step.state in HAPPENED:
        return step
    new = outcomes.recall(action, entry).result
    read = read_candidates(piggy, [new.uuid if new else "", entry.data["contact_uuid"]])
    survivor, source = read.found
    if survivor is None:
        words = gettext("Piggy does not show the new customer yet.")
        raise _Halted(Progress(finished=False, words=words))
    if source is None:
        raise _Halted(_half_done(gettext("The old customer is no longer at Piggy.")))
    plan = _plan(survivor, source, read)
    if plan.stops:
        raise _Halted(_half_done(plan.stops[0].words))
    return _ask_for_merge(piggy, entry, plan)


def _plan(survivor: Candidate, source: Candidate, read: Candidates) -> MergePlan:
    """Plan that all that the old contact has is kept, and that it gets what it got."""
    wanted = [each for each in source.contact.subscriptions if each.is_wanted]
    return make_plan(
        propose([survivor, source]),
        survivor=survivor,
        sources=[source],
        chosen=dict.fromkeys(source.values, source.uuid),
        labels=read.labels,
        subscribed={
            each.subscription_type.uuid: YES
            for each in wanted
            if each.subscription_type and each.subscription_type.uuid
        },
    )


def _ask_for_merge(piggy: PiggyClient, entry: Entry, plan: MergePlan) -> Entry:
    data = {
        "contact_uuids": plan.candidates,
        "survivor_contact_uuid": plan.survivor,
        "keep": plan.keep,
        "subscriptions": {choice.uuid: YES for choice in plan.subscriptions if choice.is_wanted},
        "agreed": [check.code for check in plan.questions],
    }
    merge = get_action(MergeDuplicates.slug)
    try:
        step = carry_step(piggy, entry, merge, data, name=MERGE, preview=plan).entry
    except conflicts.NOT_BEGUN as error:
        raise _Halted(_half_done(conflicts.why_not_begun(error))) from None
    if step.state not in HAPPENED:
        words = gettext("The new customer is there. The merge into it is about to begin.")
        raise _Halted(Progress(finished=False, words=words))
    return step


# Without the pages of duplicates there is nowhere to see how far the merge is, or to let it go on.
if settings.DUPLICATES:  # pragma: no branch  (tests have duplicates)
    register(ChangeEmailAddress)
