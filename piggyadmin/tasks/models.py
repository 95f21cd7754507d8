"""What is to be done in the background, how far it is, and who is at it.

These rows are the truth. What carries a run's id to a worker may lose it: the row is found again by
any worker that lives. A worker owns a run as long as its lease lasts, and renews it as it goes.
"""

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from piggyadmin.tasks.resumables import label_of

if TYPE_CHECKING:
    from collections.abc import Callable


class RunState(models.TextChoices):
    """Where a run stands."""

    WAITING = "waiting", pgettext_lazy("run", "waiting")
    RUNNING = "running", pgettext_lazy("run", "running")
    DONE = "done", pgettext_lazy("run", "done")
    FAILED = "failed", pgettext_lazy("run", "failed")
    CANCELLED = "cancelled", pgettext_lazy("run", "cancelled")


UNFINISHED = (RunState.WAITING, RunState.RUNNING)
MAX_ERROR_LENGTH = 500


class Interrupted(Exception):  # noqa: N818  (not an error: somebody or something wants it to end)
    """A step has to stop here; let it through, the run is in good hands."""


class HandedBack(Interrupted):
    """The worker is about to stop; another one goes on."""


class CancelAsked(Interrupted):
    """Somebody has cancelled the run."""


class LeaseLost(Interrupted):
    """The run belongs to another worker by now."""


def never() -> bool:
    """Say no: nobody wants the run to stop."""
    return False


class Run(models.Model):
    """Something that is done in the background, once, over any number of workers' lives."""

    name = models.CharField(_("work"), max_length=100)
    key = models.CharField(_("key"), max_length=200)
    payload = models.JSONField(_("payload"), encoder=DjangoJSONEncoder, default=dict)
    state = models.CharField(
        _("state"), max_length=10, choices=RunState.choices, default=RunState.WAITING
    )
    is_cancel_asked = models.BooleanField(_("cancel asked"), default=False)

    # Another one for each time that a worker takes the run.
    owner = models.CharField(_("worker"), max_length=150, blank=True)
    lease_until = models.DateTimeField(_("lease until"), null=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    # In a row, without progress: of the step itself, and of workers that were at it.
    failures = models.PositiveIntegerField(_("failures"), default=0)
    crashes = models.PositiveIntegerField(_("crashes"), default=0)
    last_error = models.CharField(_("last error"), max_length=MAX_ERROR_LENGTH, blank=True)

    progress = models.PositiveIntegerField(_("progress"), default=0)
    of = models.PositiveIntegerField(_("of"), null=True)

    due_at = models.DateTimeField(_("due at"), db_default=Now())
    created_at = models.DateTimeField(_("asked at"), db_default=Now())
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    # Rows outlive people: the id is no foreign key to anything that must exist, the name is a copy.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked by"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        null=True,
    )
    asked_by_name = models.CharField(_("asked by"), max_length=255, blank=True)
    trace_id = models.CharField(_("trace id"), max_length=64)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ("-id",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("name", "key"),
                condition=Q(state__in=("waiting", "running")),
                name="one_unfinished_run_per_key",
            ),
        )
        indexes = (
            models.Index(fields=("state", "due_at"), name="run_due"),
            models.Index(fields=("state", "lease_until"), name="run_lease"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.key}"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.should_stop: Callable[[], bool] = never
        self.heartbeat_at = time.monotonic()

    def heartbeat(self, progress: int | None = None, of: int | None = None) -> None:
        """Say how far it is, and stay the owner; called after every small step.

        Raises:
            Interrupted: the step has to stop here.
        """
        self.heartbeat_at = time.monotonic()
        changes: dict[str, Any] = {"lease_until": lease_end()}
        if progress is not None:
            changes["progress"] = progress
            if progress > self.progress:
                changes |= {"failures": 0, "crashes": 0, "last_error": ""}
                self.failures = 0
            self.progress = progress
        if of is not None:
            changes["of"] = self.of = of
        if not self.mine().filter(is_cancel_asked=False).update(**changes):
            raise CancelAsked if self.mine().exists() else LeaseLost
        if self.should_stop():
            raise HandedBack

    def mine(self) -> models.QuerySet["Run"]:
        """Select this row as long as it belongs to whoever claimed it with this object."""
        return Run.objects.filter(pk=self.pk, owner=self.owner, state=RunState.RUNNING)

    @property
    def is_finished(self) -> bool:
        """Whether nothing more happens by itself."""
        return self.state not in UNFINISHED

    @property
    def may_be_retried(self) -> bool:
        """Whether a person can have it tried again, or earlier than by itself."""
        is_backing_off = self.state == RunState.WAITING and self.failures > 0
        return is_backing_off or self.state in {RunState.FAILED, RunState.CANCELLED}

    @property
    def label(self) -> str | Promise:
        """What is done, in words for people."""
        return label_of(self.name)


def lease_end() -> Any:
    """Give the moment, by the database's own clock, until which a lease that begins now lasts."""
    return Now() + timedelta(seconds=settings.TASKS_LEASE_SECONDS)


class Schedule(models.Model):
    """Periodic work: when it is due, and who is at it."""

    name = models.CharField(_("work"), max_length=100, primary_key=True)
    next_at = models.DateTimeField(_("next at"), db_default=Now())
    owner = models.CharField(_("worker"), max_length=150, blank=True)
    lease_until = models.DateTimeField(_("lease until"), null=True)
    last_done_at = models.DateTimeField(_("last done at"), null=True)
    last_error = models.CharField(_("last error"), max_length=MAX_ERROR_LENGTH, blank=True)

    class Meta:
        verbose_name = _("periodic work")
        verbose_name_plural = _("periodic work")
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Worker(models.Model):
    """A process that does the work; the row goes when it stops, or a day after it was killed."""

    name = models.CharField(_("worker"), max_length=120, primary_key=True)
    host = models.CharField(_("host"), max_length=100)
    pid = models.PositiveIntegerField(_("process"))
    started_at = models.DateTimeField(_("started at"), db_default=Now())
    last_seen = models.DateTimeField(_("last seen"), db_default=Now(), db_index=True)

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
