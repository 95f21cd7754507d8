"""The request log: every attempt to call Piggy, kept for a configured time."""

import re
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from piggyadmin.sealed_fields import DerivedTextField, SealedTextField

# A call that takes at least this long stands out.
SLOW_SECONDS = 2.0
SECONDS_OF_HOUR = 3600
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Errors with which Piggy said no to what was asked: an answer like any other.
ANSWERS = ("", "Rejected", "NotFound")
FAILED = ~models.Q(error__in=ANSWERS)
SLOW = models.Q(seconds__gte=SLOW_SECONDS)


def hour_of(moment: datetime) -> int:
    """Number the hour of a moment: hours since 1970."""
    return int(moment.timestamp() // SECONDS_OF_HOUR)


def uuids_in(call: "LoggedCall") -> str:
    """List all UUIDs in a call, wherever they stand."""
    return " ".join(sorted(set(_UUID.findall(" ".join(call.texts).lower()))))


def is_uuid(text: str) -> bool:
    """Tell whether a text, in small letters, is a UUID."""
    return _UUID.fullmatch(text) is not None


class LoggedCall(models.Model):
    """One attempt of a call; without token and secrets, its bodies cut where they are long."""

    at = models.DateTimeField(_("at"), default=timezone.now)
    # Groups calls in charts, in every database alike and by an index alone.
    hour = models.IntegerField(editable=False)
    method = models.CharField(_("method"), max_length=8)
    path = models.CharField(_("path"), max_length=500)
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    error = models.CharField(_("error"), max_length=40, blank=True)
    seconds = models.FloatField(_("seconds"))
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    trace_id = models.CharField(_("trace id"), max_length=64, db_index=True)
    # Copies: rows must be readable when the person is gone.
    person_id = models.BigIntegerField(_("person's number"), null=True)
    person_name = models.CharField(_("person's name"), max_length=255, blank=True)
    action = models.CharField(_("action or page"), max_length=100, blank=True)
    entry_id = models.BigIntegerField(_("ledger entry"), null=True)
    query = SealedTextField(_("query"), blank=True)
    request_body = SealedTextField(_("request"), blank=True)
    response_body = SealedTextField(_("answer"), blank=True)
    # Whom it may be about: every UUID that stands in it.
    named = DerivedTextField(derive=uuids_in)

    class Meta:
        db_table = "requests_call"
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ("-id",)
        default_permissions = ()
        indexes = [
            models.Index(fields=("at",), name="call_at"),
            models.Index(fields=("hour", "seconds"), name="call_hour"),
            models.Index(fields=("person_name", "-id"), name="call_person"),
            models.Index(fields=("action", "-id"), name="call_action"),
            models.Index(fields=("entry_id", "-id"), name="call_entry"),
            models.Index(fields=("-id",), name="call_standing_out", condition=FAILED | SLOW),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status or self.error}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Number the hour."""
        self.hour = hour_of(self.at)
        super().save(*args, **kwargs)

    @property
    def texts(self) -> tuple[str, ...]:
        """All that was said in it."""
        return self.path, self.query, self.request_body, self.response_body

    @property
    def is_slow(self) -> bool:
        """Whether it took long."""
        return self.seconds >= SLOW_SECONDS

    @property
    def is_failed(self) -> bool:
        """Whether something went wrong, other than that Piggy said no."""
        return self.error not in ANSWERS
