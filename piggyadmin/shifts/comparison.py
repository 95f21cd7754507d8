"""Whether a shift at Piggy is as it was asked to be."""

from datetime import datetime

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from piggyadmin.ledger.operations import Evidence
from piggyadmin.ledger.reconciliation_evidence import same
from piggyadmin.shifts.types import Shift
from piggyadmin.ui.templatetags.ui import in_words


def is_at(found: datetime | None, asked: str) -> bool | None:
    """Compare a moment with one that the ledger kept; None where Piggy does not tell it."""
    return same(found, parse_datetime(asked))


def as_evidence(shift: Shift, *, fits: bool | None) -> Evidence:
    """Show a shift beside what was asked."""
    moments = [in_words(each) for each in (shift.started_at, shift.ended_at) if each]
    return Evidence(what=gettext("Shift"), value=" – ".join(moments), fits=fits)  # noqa: RUF001
