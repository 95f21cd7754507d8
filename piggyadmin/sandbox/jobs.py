"""What the API does some time after it answered: merges, deletions and voucher batches.

Nothing runs in the background: what is due is carried out before the next request is looked at.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from piggyadmin.sandbox import faults, locks
from piggyadmin.sandbox.messages import Json
from piggyadmin.sandbox.models import (
    AuthToken,
    Batch,
    Booking,
    Contact,
    ContactIdentifier,
    ContactSessionToken,
    Job,
    LoyaltyTransaction,
    Mail,
    Order,
    PrepaidTransaction,
    Promotion,
    Shift,
    Subscription,
    Visit,
    Voucher,
)

# Without the letters and digits that look like each other.
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 10

_MOVED_WITH_CONTACT = (
    LoyaltyTransaction,
    PrepaidTransaction,
    Voucher,
    Batch,
    Booking,
    AuthToken,
    Mail,
    Visit,
    Order,
    Shift,
    ContactSessionToken,
)


def schedule(kind: str, seconds: float, **payload: Json) -> Job:
    """Promise to do something in some seconds."""
    due_at = timezone.now() + timedelta(seconds=seconds)
    return Job.objects.create(kind=kind, payload=payload, due_at=due_at)


def run_due() -> int:
    """Carry out all jobs that are due; gives how many there were."""
    now = timezone.now()
    if not Job.objects.filter(due_at__lte=now).exists():
        return 0
    with locks.write():
        jobs = list(Job.objects.select_for_update().filter(due_at__lte=now))
        for job in jobs:
            _WORK[job.kind](**job.payload)
            job.delete()
    return len(jobs)


# --- Vouchers --------------------------------------------------------------------------------


def new_code() -> str:
    """Make a voucher code."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def voucher_dates(
    promotion: Promotion, activation: datetime | None, expiration: datetime | None
) -> dict[str, datetime | None]:
    """Give a voucher's dates: those wanted, or what the promotion says."""
    activation = activation or timezone.now()
    if expiration is None and promotion.expiration_duration:
        expiration = activation + timedelta(seconds=promotion.expiration_duration)
    return {"activation_date": activation, "expiration_date": expiration}


def make_batch(batch: str) -> None:
    """Make the vouchers of a batch."""
    row = (
        Batch.objects.filter(uuid=batch, status="PENDING")
        .select_related("promotion", "contact")
        .first()
    )
    if row is None:
        return
    dates = voucher_dates(row.promotion, row.activation_date, row.expiration_date)
    Voucher.objects.bulk_create(
        Voucher(
            code=new_code(),
            promotion=row.promotion,
            contact=row.contact,
            batch=row,
            attributes=row.attributes,
            total_redemptions_allowed=row.promotion.redemptions_per_voucher or 1,
            **dates,
        )
        for _ in range(row.quantity)
    )
    row.status = "DONE"
    row.save(update_fields=["status"])


# --- Contacts --------------------------------------------------------------------------------


def merge(source: str, destination: str) -> None:
    """Move all that the source has to the destination, and remove the source.

    Balances are added. The destination keeps its own values, tier, default identifier and
    subscriptions, and gets the source's only where it has none; on demand the source's values win.
    """
    rows = Contact.objects.select_for_update().filter(uuid__in=(source, destination))
    found = {row.uuid: row for row in rows.order_by("pk")}
    if len(found) == len({source, destination}) > 1:
        merge_into(found[source], found[destination])


def merge_into(source: Contact, destination: Contact) -> None:
    """Merge two contacts that are both locked."""
    for model in _MOVED_WITH_CONTACT:
        model.objects.filter(contact=source).update(contact=destination)
    _move_identifiers(source, destination)
    kept = Subscription.objects.filter(contact=destination).values("subscription_type")
    Subscription.objects.filter(contact=source).exclude(subscription_type__in=kept).update(
        contact=destination
    )
    own, theirs = (
        {name: value for name, value in contact.attributes.items() if value is not None}
        for contact in (destination, source)
    )
    Contact.objects.filter(pk=destination.pk).update(
        credits=F("credits") + source.credits,
        prepaid_cents=F("prepaid_cents") + source.prepaid_cents,
        attributes={**own, **theirs} if faults.current().source_wins else {**theirs, **own},
        tier=destination.tier_id or source.tier_id,
        updated_at=timezone.now(),
    )
    source.delete()


def _move_identifiers(source: Contact, destination: Contact) -> None:
    theirs = ContactIdentifier.objects.filter(contact=source)
    if ContactIdentifier.objects.filter(contact=destination, is_default=True).exists():
        theirs.update(contact=destination, is_default=False)
    else:
        theirs.update(contact=destination)


def delete(contact: str, type: str) -> None:  # noqa: A002  (the API's own name for it)
    """Remove a contact. GDPR also removes what the mailbox knows; identifiers become free."""
    row = Contact.objects.select_for_update().filter(uuid=contact).first()
    if row is None:
        return
    if type == "GDPR":
        Mail.objects.filter(to=row.email).delete()
    ContactIdentifier.objects.filter(contact=row).update(is_default=False)
    row.delete()


_WORK: dict[str, Callable[..., None]] = {"merge": merge, "delete": delete, "batch": make_batch}
