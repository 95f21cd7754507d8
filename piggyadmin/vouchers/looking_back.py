"""What became of a write to a voucher whose answer was lost: the voucher itself tells."""

from django.db.models import Q
from django.utils.translation import gettext

from piggyadmin.ledger.models import NOT_HAPPENED, OPEN, Entry
from piggyadmin.ledger.operations import Evidence, Finding
from piggyadmin.ledger.reconciliation_evidence import done, has_settled, not_done, undecided
from piggyadmin.vouchers.types import Voucher


def others_since(entry: Entry) -> bool:
    """Tell whether anything else that was asked of the voucher may have been done since."""
    others = Entry.objects.filter(entity=entry.entity, data__code=entry.data["code"]).exclude(
        Q(pk=entry.pk) | Q(status__state__in=NOT_HAPPENED)
    )
    since = Q(pk__gt=entry.pk) | Q(status__updated_at__gte=entry.created_at)
    return others.filter(since | Q(status__state__in=OPEN)).exists()


def judged(entry: Entry, voucher: Voucher, *evidence: Evidence) -> Finding:
    """Say what became of it: the first of the evidence tells whether the voucher is as asked."""
    if evidence[0].fits:
        return done(gettext("It is as it was asked to be."), *evidence, result=voucher)
    return not_so(entry, *evidence)


def not_so(entry: Entry, *evidence: Evidence) -> Finding:
    """Say what it means that a voucher is not as it was asked to be."""
    if not has_settled(entry):
        return undecided(gettext("It is not so yet. Piggy may still be at it."), *evidence)
    if others_since(entry):
        words = gettext("It is not so, but somebody may have changed it again since.")
        return undecided(words, *evidence)
    return not_done(gettext("It is not as it was asked to be."), *evidence)
