"""Taking a wrong merge back, in the ledger: it sends nothing itself, its steps are entries."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.contacts import services
from piggyadmin.contacts.creation import by_address
from piggyadmin.duplicates.merging.candidates import read_candidates
from piggyadmin.duplicates.merging.operations import MergingOperation
from piggyadmin.duplicates.repairing import carrying
from piggyadmin.duplicates.repairing.plan import MERGE, RepairPlan, both_before
from piggyadmin.ledger import conflicts
from piggyadmin.ledger.models import FLAGGED, HAPPENED, OPEN, Entry, Subject
from piggyadmin.ledger.operations import (
    Data,
    PartState,
    Progress,
    Refused,
    Stored,
    add_operation,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.ledger.snapshots import preview_of
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.shops.services import cached_shops


class RepairBegun(Stored):
    """A repair that was begun."""

    survivor_uuid: str


class RepairMerge(MergingOperation[RepairBegun, RepairPlan]):
    """Make the contact anew that went into another one by mistake, with what it had."""

    slug = "repair-merge"
    label = _("Repair a wrong merge")
    result_type = RepairBegun
    # Of two at once for the same merge the second finds the first under way.
    ends_contacts = True
    labels = {
        "merge": _("Merge"),
        "source_uuid": _("Ceased to exist"),
        "survivor_uuid": _("Stayed"),
        "shop_uuid": _("Shop"),
    }

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same merge."""
        return [data["merge"]]

    def sentence(self, matter: Matter) -> Sentence:
        """Say out of whom somebody was taken again."""
        return Sentence(
            _("%(who)s took a merge into %(survivor)s back"),
            _("take a merge into %(survivor)s back"),
            {"survivor": matter.customer("survivor")},
        )

    def subjects(self, data: Data, preview: RepairPlan | None) -> dict[str, str]:  # noqa: ARG002
        """Who stayed, and who went."""
        return {"survivor": data["survivor_uuid"], "source": data["source_uuid"]}

    def perform(self, piggy: PiggyClient, data: Data) -> RepairBegun:  # noqa: ARG002
        """Let it begin: the steps follow once this is done."""
        return RepairBegun(survivor_uuid=data["survivor_uuid"])

    def watch(self, piggy: PiggyClient, entry: Entry) -> Progress:
        """Do what is left, and see how it ends."""
        return carrying.carry(piggy, entry, plan_in(entry))

    def part_states(self, entry: Entry) -> tuple[PartState, ...]:
        """Say how far each step is."""
        return carrying.part_states(entry, plan_in(entry))

    def remaining(self, entry: Entry) -> str:
        """Say that the rest can be gone on with, where it has stopped before its end."""
        followed = entry.follow_up
        is_stopped = followed is not None and followed.kind == FLAGGED
        is_left = any(part.is_done is not True for part in self.part_states(entry))
        return gettext("do what is left of the repair") if is_stopped and is_left else ""

    def page_of_request(self, data: Data) -> str:
        """Lead to the page of the repair, on which a second person decides."""
        return reverse("duplicates:repair", args=[data["merge"]])


REPAIR_MERGE = RepairMerge()
# Without the pages of duplicates there is nowhere to see how far a repair is.
if settings.DUPLICATES:  # pragma: no branch  (tests have them)
    add_operation(REPAIR_MERGE)


def plan_in(entry: Entry) -> RepairPlan:
    """Give what was agreed to, whole as far as it is still kept."""
    return RepairPlan.model_validate(preview_of(entry))


def asked(plan: RepairPlan) -> dict[str, str]:
    """Give what the ledger keeps of what was asked."""
    return {
        "merge": plan.merge_key,
        "source_uuid": plan.source.uuid,
        "survivor_uuid": plan.now.uuid,
        "shop_uuid": plan.shop_uuid,
    }


def repairs_of(merge: Entry) -> QuerySet[Entry]:
    """Give the repairs of a merge that were begun, the newest first."""
    begun = Entry.objects.filter(action=RepairMerge.slug, status__state__in=OPEN | HAPPENED)
    return begun.filter(data__merge=str(merge.submission_key)).order_by("-pk")


# --- Planning --------------------------------------------------------------------------------


def make_plan(piggy: PiggyClient, merge: Entry, shop_uuid: str) -> RepairPlan:
    """Say what taking a merge back would do now.

    Raises:
        Refused: it cannot be taken back; it says why.
        PiggyError: Piggy cannot be asked now.
    """
    if words := why_not_here(merge):
        raise Refused({"merge": words})
    source, survivor = both_before(merge)
    (now,) = read_candidates(piggy, [survivor.uuid]).found
    if now is None:
        raise Refused({"merge": gettext("The customer that it went into is gone, too.")})
    if words := _why_not_at_piggy(piggy, source.contact.email or "", source.uuid):
        raise Refused({"merge": words})
    names = {shop.uuid: shop.name for shop in cached_shops(piggy)}
    return RepairPlan(
        merge_key=str(merge.submission_key),
        shop_uuid=shop_uuid,
        shop_name=names.get(shop_uuid) or shop_uuid,
        source=source,
        survivor=survivor,
        now=now,
    )


def why_not_here(merge: Entry) -> str:
    """Say why a merge cannot be taken back, as far as this console knows; nothing where it can."""
    if merge.state not in HAPPENED or merge.follow_up is None:
        return gettext("This merge is not done, or Piggy is still at it.")
    if repairs_of(merge).exists():
        return gettext("This merge was taken back already.")
    uuids = [each.contact_uuid for each in merge.subjects.all()]
    later = Subject.objects.filter(contact_uuid__in=uuids, entry__action=MERGE)
    if later.filter(entry__pk__gt=merge.pk, entry__status__state__in=OPEN | HAPPENED).exists():
        return gettext(
            "One of the two was merged again since. Only the latest merge can be taken back."
        )
    source, _survivor = both_before(merge)
    if not (source.contact.is_anonymous or source.contact.email):
        return gettext("What the customer had is no longer kept, so that it cannot be made anew.")
    if busy := conflicts.busy_with(uuids):
        return conflicts.words_about(busy)
    return ""


def _why_not_at_piggy(piggy: PiggyClient, email: str, source_uuid: str) -> str:
    if services.find_contact(piggy, contact_uuid=source_uuid):
        return gettext("The customer that should be gone is still there.")
    if email and by_address(piggy, email):
        return gettext("Its e-mail address is somebody's by now, so that it cannot be made anew.")
    return ""
