"""Removing snapshots: after a while, or because the contact was erased; and old look-ups.

The ledger says so first, so that `verification.py` knows what may be gone. Where there are many
they go batch by batch: whoever is killed in between has removed too little, and the next one goes
on.
"""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from piggyadmin.bulk_insert import delete_in_batches
from piggyadmin.ledger import appending, hash_chain
from piggyadmin.ledger.models import (
    FORGOTTEN,
    HAPPENED,
    OPEN,
    Approval,
    ApprovalStatus,
    Entry,
    PersonLookUp,
    Snapshot,
    Subject,
    typed_email_of,
)
from piggyadmin.ledger.operations import operations
from piggyadmin.sealed_fields import indexed_as

# Rows deleted in one go, so that nobody waits long for the database.
BATCH = 1000


def forget_contact(entry: Entry, contact_uuid: str, *, email: str = "") -> int:
    """Remove what is kept of a contact that was erased, as `entry` asked for; give how much.

    What was typed is found by its e-mail address.
    """
    _forget_approvals({contact_uuid.lower(), email.lower()} - {""})
    kept = Snapshot.objects.filter(Q(contact_uuid=contact_uuid) | (_typed(email) if email else Q()))
    if not kept:
        return 0
    why = {"contact_uuid": contact_uuid, "seals": [hash_chain.seal_of(each) for each in kept]}
    with hash_chain.locked_head() as head:
        appending.append_inside(head, entry, FORGOTTEN, why)
        return _removed(kept)


def _typed(email: str) -> Q:
    """Ask for what was typed with an address; what has no index yet is opened and looked into."""
    indexes = indexed_as(Snapshot, "typed_email", email.lower())
    without = Snapshot.objects.filter(typed_email=None, moment=Snapshot.Moment.ASKED)
    found = [each.pk for each in without.iterator() if typed_email_of(each) == email.lower()]
    return Q(typed_email__in=indexes) | Q(pk__in=found)


def _forget_approvals(names: set[str]) -> None:
    """Empty what was asked of a second person about a contact; what still waits lapses."""
    about = [approval.pk for approval in approvals_naming(names)]
    approvals = Approval.objects.filter(pk__in=about)
    approvals.update(form_data={}, data={})
    waiting = approvals.filter(status=ApprovalStatus.WAITING)
    waiting.update(status=ApprovalStatus.WITHDRAWN, decided_at=timezone.now())


def approvals_naming(names: set[str]) -> list[Approval]:
    """Give what was asked of a second person about whoever has one of these names."""
    kept = Approval.objects.exclude(form_data={})
    return [approval for approval in kept if names.intersection(_named_in(approval))]


def _named_in(approval: Approval) -> list[str]:
    """List everything by which a request may name a contact."""
    values = [*approval.form_data.values(), *approval.subjects.values()]
    return " ".join(map(str, values)).lower().split()


def merged_with(*contact_uuids: str, or_may_be: bool = False) -> set[str]:
    """Name the contacts that became one with these, over however many merges and claims.

    `or_may_be` names those too of whom nobody knows yet.
    """
    joining = [action.slug for action in operations() if action.ends_contacts]
    states = HAPPENED | OPEN if or_may_be else HAPPENED
    happened = {"entry__action__in": joining, "entry__status__state__in": states}
    known, new = {*contact_uuids}, {*contact_uuids}
    while new:
        entries = Subject.objects.filter(contact_uuid__in=new, **happened).values("entry")
        found = Subject.objects.filter(entry__in=entries).values_list("contact_uuid", flat=True)
        new = set(found) - known
        known |= new
    return known - {*contact_uuids}


def forget_old(now: datetime) -> int:
    """Remove what has been kept long enough; 0 days means for ever. Gives how much."""
    days = settings.LEDGER_SNAPSHOT_DAYS
    if not days:
        return 0
    # By whole days, so that the ledger tells of it once a day.
    day = timezone.localtime(now - timedelta(days=days)).date()
    before = timezone.make_aware(datetime.combine(day, time.min))
    Approval.objects.exclude(status=ApprovalStatus.WAITING).filter(created_at__lt=before).exclude(
        form_data={}
    ).update(form_data={}, data={})
    old = Snapshot.objects.filter(taken_at__lt=before)
    last = old.order_by("-taken_at").select_related("entry").first()
    if last is None:
        return 0
    appending.append(last.entry, FORGOTTEN, {"taken_before": before})
    return delete_in_batches(old, BATCH)


def forget_look_ups(now: datetime) -> int:
    """Remove who looked at whom where it was kept long enough; 0 days means for ever.

    Look-ups are no part of the chain: they are kept for whoever asks who saw their data.

    Returns:
        how many were removed.
    """
    days = settings.LOOK_UP_DAYS
    if not days:
        return 0
    old = PersonLookUp.objects.order_by("at").filter(at__lt=now - timedelta(days=days))
    return delete_in_batches(old, BATCH)


def _removed(snapshots: QuerySet[Snapshot]) -> int:
    """Remove snapshots, and the names by which they are found with them; give how many."""
    return snapshots.delete()[1].get(Snapshot._meta.label, 0)
