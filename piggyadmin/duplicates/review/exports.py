"""Pairs and decisions as files for a spreadsheet, sent while they are read."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone

from piggyadmin.accounts.permissions import READ_LEDGER
from piggyadmin.duplicates.models import Decision, MirroredContact
from piggyadmin.duplicates.review.filters import CHUNK, QueueFilter
from piggyadmin.duplicates.review.rows import PairRow, rows_of
from piggyadmin.duplicates.review.views import ReviewPage
from piggyadmin.ui.filters import FilteredFile
from piggyadmin.ui.spreadsheet import csv_answer

_OF_CONTACT = ("uuid", "email", "firstname", "lastname", "is_anonymous")
PAIR_COLUMNS = (
    *(f"{side}_{name}" for side in ("first", "second") for name in _OF_CONTACT),
    "probability",
    "evidence",
    "credits",
    "last_transaction_at",
    "cluster",
    "is_proposed",
    "status",
    "put_off_until",
    "found_at",
)
DECISION_COLUMNS = (
    "at",
    "kind",
    "person",
    "comment",
    "first_uuid",
    "second_uuid",
    "probability",
    "evidence",
)


class PairsCsv(ReviewPage, FilteredFile):
    """All pairs that the filter leaves."""

    filter_class = QueueFilter
    list_name = "duplicates:queue"

    def file(self, form: QueueFilter) -> StreamingHttpResponse:
        """Stream them."""
        cells = (_pair_cells(row) for chunk in form.chunks() for row in rows_of(chunk))
        return csv_answer("duplicates", PAIR_COLUMNS, cells)


class DecisionsCsv(ReviewPage):
    """All decisions, the newest first."""

    other_permissions = (READ_LEDGER,)

    def get(self, request: HttpRequest) -> StreamingHttpResponse:  # noqa: ARG002
        """Stream them."""
        decisions = Decision.objects.iterator(chunk_size=CHUNK)
        return csv_answer("decisions", DECISION_COLUMNS, map(_decision_cells, decisions))


def _pair_cells(row: PairRow) -> list[Any]:
    pair = row.pair
    return [
        *_contact_cells(pair.first, row.first),
        *_contact_cells(pair.second, row.second),
        pair.probability,
        " · ".join(str(point.words) for point in row.evidence),
        pair.credits,
        _moment(pair.last_transaction_at),
        pair.cluster_id or "",
        pair.is_proposed,
        pair.status,
        _moment(pair.put_off_until),
        _moment(pair.found_at),
    ]


def _contact_cells(uuid: str, contact: MirroredContact | None) -> Iterator[Any]:
    yield uuid
    for name in _OF_CONTACT[1:]:
        yield getattr(contact, name, "")


def _decision_cells(decision: Decision) -> list[Any]:
    return [
        _moment(decision.at),
        decision.kind,
        decision.person_name,
        decision.comment,
        decision.first,
        decision.second,
        "" if decision.probability is None else decision.probability,
        " · ".join(str(point.get("words", "")) for point in decision.evidence),
    ]


def _moment(at: datetime | None) -> str:
    return timezone.localtime(at).isoformat() if at else ""
