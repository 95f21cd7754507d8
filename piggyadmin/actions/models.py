"""The ledger: what people asked of Piggy, and what became of it.

An entry is committed before a request leaves and never changed; what happens to it is a series of
appended events. Nothing here is edited or deleted by the application.
"""

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from piggyadmin.contacts.types import Contact


class LedgerEncoder(DjangoJSONEncoder):
    """Writes what a form gave: a contact as its UUID, typed values as their fields."""

    def default(self, o: Any) -> Any:
        """Turn what JSON does not know into what it does."""
        if isinstance(o, Contact):
            return o.uuid
        if isinstance(o, BaseModel):
            return o.model_dump(mode="json")
        return super().default(o)


class State(models.TextChoices):
    """What is known of an entry; its last event of these kinds tells."""

    INTENDED = "intended", _("about to be sent")
    SENT = "sent", _("sent, no answer yet")
    DONE = "done", _("done")
    REJECTED = "rejected", _("rejected, nothing changed")
    UNKNOWN = "unknown", _("outcome unknown")
    SETTLED_DONE = "settled-done", _("found to be done")
    SETTLED_NOT_DONE = "settled-not-done", _("found not to be done")


# Kinds of events that follow a state without being one.
VERIFIED = "verified"
FLAGGED = "flagged"


class Entry(models.Model):
    """One attempt of a write, as it was asked for."""

    created_at = models.DateTimeField(_("asked at"), auto_now_add=True, db_index=True)
    # Rows outlive people: the id is no foreign key to anything that must exist, the name is a copy.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    person_name = models.CharField(_("person's name"), max_length=255)
    action = models.CharField(_("action"), max_length=100, db_index=True)
    data = models.JSONField(_("what was asked"), encoder=LedgerEncoder)
    preview = models.JSONField(_("what was shown before"), encoder=LedgerEncoder, null=True)
    trace_id = models.CharField(_("trace id"), max_length=64)
    submission_key = models.UUIDField(_("submission key"), unique=True)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger")
        ordering = ("-id",)
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.action} {self.submission_key}"

    @property
    def state(self) -> State:
        """The state after the last event; INTENDED where there is none yet."""
        kinds = [event.kind for event in self.events.all() if event.kind in State.values]
        return State(kinds[-1]) if kinds else State.INTENDED

    @property
    def last_event(self) -> "Event | None":
        """The event that made the state."""
        events = [event for event in self.events.all() if event.kind in State.values]
        return events[-1] if events else None

    @property
    def follow_up(self) -> "Event | None":
        """How something ended that Piggy carried out later, once that is known."""
        events = [event for event in self.events.all() if event.kind in {VERIFIED, FLAGGED}]
        return events[-1] if events else None


class Event(models.Model):
    """Something that became known about an entry."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(_("at"), auto_now_add=True)
    kind = models.CharField(_("kind"), max_length=20)
    detail = models.JSONField(_("detail"), encoder=LedgerEncoder, default=dict)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("id",)
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M:%S}"


class PersonLookUp(models.Model):
    """Who looked at whom: a read that concerned a contact."""

    at = models.DateTimeField(_("at"), auto_now_add=True, db_index=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    person_name = models.CharField(_("person's name"), max_length=255)
    action = models.CharField(_("action or page"), max_length=100)
    contact_uuid = models.CharField(_("contact"), max_length=255)
    trace_id = models.CharField(_("trace id"), max_length=64)

    class Meta:
        verbose_name = _("look-up")
        verbose_name_plural = _("look-ups")
        ordering = ("-id",)
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d %H:%M:%S}"


class ReadCount(models.Model):
    """How often an action that changes nothing was used on a day."""

    day = models.DateField(_("day"))
    action = models.CharField(_("action"), max_length=100)
    number = models.PositiveIntegerField(_("number"), default=0)

    class Meta:
        verbose_name = _("count of reads")
        verbose_name_plural = _("counts of reads")
        constraints = [models.UniqueConstraint(fields=("day", "action"), name="one_count_a_day")]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.action} {self.day}: {self.number}"
