"""The ledger: what people asked of Piggy, and what became of it.

An entry is committed before a request leaves and never changed; what happens to it is a series of
appended events, each of which carries the hash of the one before (`hash_chain.py`). Triggers in the
database refuse to change or delete entries, their subjects and events. Beside them stand
`EntryStatus`, a projection that can be made anew from the events, and `Snapshot`, where everything
personal is kept apart so that it, and it alone, can be removed.
"""

import secrets
from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from pydantic import BaseModel

from piggyadmin.piggy.types import PersonRecord
from piggyadmin.sealed_fields import BlindIndexField, SealedJSONField, SealedTextField
from piggyadmin.ui.states import state_of


class LedgerEncoder(DjangoJSONEncoder):
    """Writes what a form gave: a person as their UUID, typed values as their fields."""

    def default(self, o: Any) -> Any:
        """Turn what JSON does not know into what it does."""
        if isinstance(o, PersonRecord):
            return o.person_uuid or None
        if isinstance(o, BaseModel):
            return o.model_dump(mode="json")
        return super().default(o)


class EntryState(models.TextChoices):
    """What is known of an entry; its last event of these kinds tells."""

    INTENDED = "intended", state_of("intended").label
    SENT = "sent", state_of("sent").label
    DONE = "done", state_of("done").label
    REJECTED = "rejected", state_of("rejected").label
    UNKNOWN = "unknown", state_of("unknown").label
    SETTLED_DONE = "settled-done", state_of("settled-done").label
    SETTLED_NOT_DONE = "settled-not-done", state_of("settled-not-done").label


# Nothing is known of the outcome yet, or never was.
OPEN = frozenset({EntryState.INTENDED, EntryState.SENT, EntryState.UNKNOWN})
# It happened, or is going to.
HAPPENED = frozenset({EntryState.DONE, EntryState.SETTLED_DONE})
# It did not happen, and that is certain.
NOT_HAPPENED = frozenset({EntryState.REJECTED, EntryState.SETTLED_NOT_DONE})

# Kinds of events that follow a state without being one.
VERIFIED = "verified"
FLAGGED = "flagged"
# A person has looked at what was flagged.
ACKNOWLEDGED = "acknowledged"
# A person has settled what was flagged, and it goes on.
RESUMED = "resumed"
# Piggy was asked what became of it, and the answer did not tell.
LOOKED = "looked"
# Snapshots were removed: all of a contact, or all that were taken before some moment.
FORGOTTEN = "forgotten"


class Reason(models.Model):
    """Why something was done: a short list to choose from; the ledger keeps the words."""

    # What a new console offers is read in one's own language; a shop's own words are as they are.
    OFFERED_FIRST = (
        gettext_noop("Goodwill"),
        gettext_noop("Correction of a mistake"),
        gettext_noop("Asked by the customer"),
        gettext_noop("Campaign"),
        gettext_noop("Double account"),
        gettext_noop("Test"),
    )

    # The one that whoever takes something back has, as long as it is offered.
    CORRECTION = "Correction of a mistake"

    label = models.CharField(_("label"), max_length=100, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")
        ordering = ("position", "label")

    def __str__(self) -> str:
        return self.label


class Entry(models.Model):
    """One attempt of a write, as it was asked for."""

    created_at = models.DateTimeField(
        _("asked at"), default=timezone.now, editable=False, db_index=True
    )
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
    entity = models.CharField(_("entity"), max_length=50, default="")
    # What is alike has the same one: the hash of the action and of what matters in its data.
    deduplication_key = models.CharField(
        _("deduplication key"), max_length=64, default="", db_index=True, db_column="likeness"
    )
    reason = models.CharField(_("reason"), max_length=100, blank=True, default="")
    comment = models.TextField(_("comment"), blank=True, default="")
    # The submission key of the alike entry that the person knew of and wanted to go beyond.
    repeat_of = models.UUIDField(_("knowingly after"), null=True)
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
    def state(self) -> EntryState:
        """The state after the last event; INTENDED where there is none yet."""
        return state_after(event.kind for event in self.events.all())

    @property
    def last_event(self) -> "Event | None":
        """The event that made the state."""
        events = [event for event in self.events.all() if event.kind in STATES]
        return events[-1] if events else None

    @property
    def follow_up(self) -> "Event | None":
        """How something ended that Piggy carried out later, once that is known."""
        ends = {VERIFIED, FLAGGED, RESUMED}
        events = [event for event in self.events.all() if event.kind in ends]
        return events[-1] if events and events[-1].kind != RESUMED else None


# Kinds of events that are states; `State.values` makes a list of them each time it is asked.
STATES = frozenset(EntryState.values)


def state_after(kinds: Iterable[str]) -> EntryState:
    """Give the state that events of these kinds lead to."""
    states = [kind for kind in kinds if kind in STATES]
    return EntryState(states[-1]) if states else EntryState.INTENDED


class Event(models.Model):
    """Something that became known about an entry, or happened to a person; a link of the chain.

    What happens to people (`piggyadmin.ledger.people_events`) belongs to no entry.
    """

    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="events", null=True, editable=False
    )
    sequence = models.BigIntegerField(_("place in the chain"), unique=True)
    previous_hash = models.CharField(_("hash of the one before"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    kind = models.CharField(_("kind"), max_length=20)
    detail = models.JSONField(_("detail"), encoder=LedgerEncoder, default=dict)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("sequence",)
        default_permissions = ("view",)
        indexes = [
            models.Index(
                fields=["-sequence"], name="event_of_people", condition=models.Q(entry=None)
            ),
            models.Index(
                fields=["kind", "at"], name="event_of_people_kind", condition=models.Q(entry=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M:%S}"


class Head(models.Model):
    """The end of the chain: one row, which whoever appends holds until it is committed."""

    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"


class Subject(models.Model):
    """A contact that an entry is about, and what it is there: contact, source, destination."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="subjects")
    contact_uuid = models.CharField(_("contact"), max_length=255)
    role = models.CharField(_("role"), max_length=30)

    class Meta:
        verbose_name = _("contact of an entry")
        verbose_name_plural = _("contacts of entries")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["contact_uuid", "-entry"], name="subject_of_contact")]

    def __str__(self) -> str:
        return f"{self.role} {self.contact_uuid}"


class EntryStatus(models.Model):
    """Where an entry stands, for fast lists; `manage.py ledger_rebuild` makes it from the events.

    Owner and lease say who is at work on an open entry; they alone are known nowhere else.
    """

    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, primary_key=True, related_name="status"
    )
    state = models.CharField(_("state"), max_length=20, choices=EntryState.choices)
    # Piggy carries it out after its answer, and how that ended is not known yet.
    is_followed = models.BooleanField(default=False)
    # It ended with a surprise that nobody has looked at yet.
    is_flagged = models.BooleanField(default=False)
    updated_at = models.DateTimeField(_("changed at"), db_index=True)
    asked_at = models.DateTimeField(_("asked at"))
    person_id = models.BigIntegerField(_("person"))
    action = models.CharField(_("action"), max_length=100)
    entity = models.CharField(_("entity"), max_length=50)
    reason = models.CharField(_("reason"), max_length=100)
    # The submission key of the entry of which this one is a step.
    part_of = models.UUIDField(_("part of"), null=True)
    owner = models.CharField(max_length=200, default="", blank=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "actions_standing"
        verbose_name = _("status")
        verbose_name_plural = _("statuses")
        default_permissions = ()
        indexes = [
            models.Index(fields=["-asked_at", "-entry"], name="standing_asked"),
            *(
                models.Index(fields=[name, "-asked_at", "-entry"], name=f"standing_{name}")
                for name in ("state", "person_id", "action", "entity", "reason")
            ),
            # Both together name few rows or none, of which each alone may name most.
            models.Index(
                fields=["action", "entity", "-asked_at", "-entry"], name="standing_action_entity"
            ),
            models.Index(
                fields=["entry"], name="standing_followed", condition=models.Q(is_followed=True)
            ),
            models.Index(
                fields=["entry"], name="standing_flagged", condition=models.Q(is_flagged=True)
            ),
            models.Index(
                fields=["part_of", "entry"],
                name="standing_part_of",
                condition=models.Q(part_of__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.state}"


def new_salt() -> str:
    """Make what keeps a seal from telling anything once the snapshot is gone."""
    return secrets.token_hex(16)


def typed_email_of(snapshot: "Snapshot") -> str:
    """Give the address that somebody typed, in small letters; empty where they typed none."""
    is_typed = snapshot.moment == Snapshot.Moment.ASKED and isinstance(snapshot.data, dict)
    email = snapshot.data.get("email") if is_typed else None
    return email.lower() if isinstance(email, str) else ""


class Snapshot(models.Model):
    """What a contact had at one moment: personal, so it is removed after a while or on request.

    The event with which it came holds its seal, so that a change is found, and so is a removal that
    no later event accounts for. Without the salt, which goes with it, a seal says nothing.
    """

    class Moment(models.TextChoices):
        """When it was taken."""

        ASKED = "asked", _("what was asked")
        BEFORE = "before", _("before")
        ANSWER = "answer", _("in Piggy's answer")
        AFTER = "after", _("after")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="snapshots")
    contact_uuid = models.CharField(_("contact"), max_length=255, db_index=True)
    moment = models.CharField(_("when"), max_length=10, choices=Moment.choices)
    # Where in the preview or the answer this stood.
    place = models.CharField(max_length=200)
    taken_at = models.DateTimeField(_("taken at"), default=timezone.now, db_index=True)
    data = SealedJSONField(_("data"), encoder=LedgerEncoder)
    # By whose address it is found, where it is what somebody typed.
    typed_email = BlindIndexField(derive=typed_email_of)
    salt = models.CharField(max_length=32, default=new_salt, editable=False)

    class Meta:
        verbose_name = _("snapshot of a contact")
        verbose_name_plural = _("snapshots of contacts")
        ordering = ("id",)
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.moment} {self.contact_uuid}"


class SnapshotName(models.Model):
    """An e-mail address or a card of a contact that is no more, by which it is looked for.

    It says nothing that its snapshot does not, and goes with it.
    """

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="names")
    name = SealedTextField()
    name_index = BlindIndexField(derive=attrgetter("name"))

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.snapshot_id}"


class ApprovalStatus(models.TextChoices):
    """What was decided."""

    WAITING = "waiting", state_of("waiting").label
    APPROVED = "approved", state_of("approved").label
    DECLINED = "declined", state_of("declined").label
    WITHDRAWN = "withdrawn", state_of("withdrawn").label


class Approval(models.Model):
    """A write that one person, or an assistant in their name, asked for and one has to approve."""

    created_at = models.DateTimeField(_("asked at"), default=timezone.now, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked by"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    asked_by_name = models.CharField(_("asked by"), max_length=255)
    action = models.CharField(_("action"), max_length=100)
    # What was asked, as it can be put into the form again.
    form_data = SealedJSONField(_("what was asked"), encoder=LedgerEncoder)
    # The same as the ledger would keep it, and the contacts that it is about.
    data = SealedJSONField(encoder=LedgerEncoder, default=dict)
    subjects = models.JSONField(default=dict)
    # How many credits it gives, where it gives some.
    gives = models.BigIntegerField(null=True)
    # What the one who asked agreed to; approving something else needs a new request.
    agreement = models.CharField(max_length=255)
    submission_key = models.UUIDField(_("submission key"), unique=True)
    # What asked for it in that person's name, where it was an assistant: the name of its token.
    # Such a request waits for a person's word: that person's own, where no rule wants more.
    program = models.CharField(max_length=100, blank=True, default="")
    is_own_word_enough = models.BooleanField(default=False)
    # What tells the request of a program from another one with the same key.
    fingerprint = models.CharField(max_length=64, blank=True, default="", editable=False)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=ApprovalStatus.choices,
        default=ApprovalStatus.WAITING,
        db_index=True,
    )
    decided_by_name = models.CharField(_("decided by"), max_length=255, blank=True, default="")
    decided_by_id_copy = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    note = SealedTextField(_("note"), blank=True, default="")

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ("-id",)
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.action} {self.status}"


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
        indexes = [
            models.Index(fields=[name, "-id"], name=f"look_up_{name}")
            for name in ("contact_uuid", "person", "action")
        ]

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
