"""A bulk run: a file, which of its columns are which fields, and every row with what became of it.

Rows and the file itself may be about persons: `tasks.py` removes them when they were kept long
enough. What was done with them stands in the ledger.
"""

from typing import Any
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils import timezone

from piggyadmin.bulk.parsing.types import FileKind, TableFormat
from piggyadmin.sealed_fields import SealedBinaryField, SealedJSONField, SealedTextField


class BulkRunStatus(models.TextChoices):
    """How far it is."""

    DRAFT = "draft"
    CHECKING = "checking"
    CHECKED = "checked"
    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    DONE = "done"


class BulkRun(models.Model):
    """One action, and a file of rows to do it with."""

    # What the keys of its rows follow from; its own entry in the ledger has it.
    key = models.UUIDField(unique=True, default=uuid4)
    created_at = models.DateTimeField(default=timezone.now)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    person_name = models.CharField(max_length=255)
    # In which what is kept of its rows is told.
    language = models.CharField(max_length=10)
    # The run that this one takes back, if it does: see `undoing.py`.
    undoes = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="taken_back_by"
    )
    # The action's slug.
    action = models.CharField(max_length=100)
    status = models.CharField(
        max_length=10, choices=BulkRunStatus.choices, default=BulkRunStatus.DRAFT
    )

    file_name = SealedTextField(max_length=255, blank=True)
    digest = models.CharField(max_length=64, db_index=True)
    kind = models.CharField(max_length=4)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    has_names = models.BooleanField(default=True)
    columns = SealedJSONField(default=list)
    # By field: the number of its column, or what it is in all rows.
    chosen = SealedJSONField(default=dict)

    # Whether all rows of the file are stored.
    is_read = models.BooleanField(default=False)
    # Another one each time that the rows are checked.
    check_number = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)
    # Figures of the rows as they were checked: see `totals.py`.
    totals = models.JSONField(encoder=DjangoJSONEncoder, default=dict)
    includes_repeats = models.BooleanField(default=False)
    reason = models.CharField(max_length=100, blank=True)
    comment = SealedTextField(blank=True)
    begun_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # Why it does not go on, in words, and when it does by itself.
    trouble = models.TextField(blank=True)
    goes_on_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.action} {self.status}"

    def get_absolute_url(self) -> str:
        """Give the address of its page."""
        return reverse("bulk:run", args=[self.pk])

    @property
    def table_format(self) -> TableFormat:
        """How its file is read."""
        return TableFormat(FileKind(self.kind), self.encoding, self.delimiter, self.has_names)


class BulkPiece(models.Model):
    """A piece of the file, until the run begins."""

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    content = SealedBinaryField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=("run", "number"), name="one_bulk_piece")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.number}"


class BulkRowState(models.TextChoices):
    """How far it is: the first five before anything is sent, the others after."""

    UNCHECKED = "unchecked"
    READY = "ready"
    FAULTY = "faulty"
    REPEATED = "repeated"
    DONE_BEFORE = "done-before"
    DONE = "done"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    NOT_DONE = "not-done"


class BulkRow(models.Model):
    """One row of the file, and what becomes of it."""

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    # Where it stands in the file.
    line = models.PositiveIntegerField()
    cells = SealedJSONField(default=list)
    state = models.CharField(
        max_length=11, choices=BulkRowState.choices, default=BulkRowState.UNCHECKED
    )
    # What is wrong with it, or what came of it.
    words = SealedTextField(blank=True)
    # What the form made of it, and what it would do: see `stored_values.py`.
    data = SealedJSONField(null=True)
    preview = SealedJSONField(null=True)
    deduplication_key = models.CharField(max_length=64, blank=True)
    gives = models.BigIntegerField(null=True)
    wants_second_person = models.BooleanField(default=False)
    # How often it was certainly not done, and asked for anew.
    attempts = models.PositiveIntegerField(default=0)
    answer = SealedJSONField(encoder=DjangoJSONEncoder, default=dict)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("run", "position")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=("run", "position"), name="one_bulk_row")]
        indexes = [
            models.Index(fields=("run", "state", "position"), name="bulk_row_state"),
            models.Index(fields=("run", "ended_at"), name="bulk_row_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.position} {self.state}"

    def submission_key(self, run: BulkRun) -> UUID:
        """Give the key of its entry in the ledger: always the same one for the same attempt.

        After an attempt that was certainly not done it is the key with which the ledger's own page
        sends it again, so that both never do.
        """
        key = uuid5(run.key, str(self.position))
        for _attempt in range(self.attempts):
            key = uuid5(key, "again")
        return key


class RememberedColumns(models.Model):
    """Which columns were which fields the last time, of an action."""

    action = models.CharField(max_length=100, unique=True)
    # By field: the name of its column, in small letters.
    names = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.action


# What is left to be sent, and what nobody knows yet.
LEFT = (BulkRowState.READY, BulkRowState.UNKNOWN)
# What a person can mend and upload again.
FAILED: tuple[str, ...] = (
    BulkRowState.FAULTY,
    BulkRowState.REJECTED,
    BulkRowState.NOT_DONE,
    BulkRowState.READY,
)


def failed_states(run: BulkRun) -> tuple[str, ...]:
    """Give the states of rows that a person can mend: before it begins, not what is ready."""
    return FAILED if run.begun_at else (BulkRowState.FAULTY,)


def counts_of(run: BulkRun) -> dict[str, int]:
    """Count the rows of a run by their state."""
    rows = BulkRow.objects.filter(run=run).order_by()
    counted: Any = rows.values_list("state").annotate(models.Count("pk"))
    return dict(counted)
