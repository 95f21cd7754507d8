"""Duplicates: the mirror of all contacts, the pairs found in it, decisions, and merge runs.

The mirror holds only what matching needs and can be emptied at any time. Decisions and merge runs
hold UUIDs and figures, no personal data, and outlive both the mirror and the people.
"""

from collections.abc import Collection
from uuid import uuid4

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from piggyadmin.duplicates.matching.normalisation import Keys
from piggyadmin.prefix_lookups import Beginning
from piggyadmin.sealed_fields import SealedTextField


def _index_of_key(name: str) -> models.Index:
    """Index a key of those contacts that have one: many have none, whom nobody finds by it."""
    field = f"key_{name}"
    known = models.Q(**{f"{field}__isnull": False})
    return models.Index(fields=[field], name=f"mirror_{field}", condition=known)


class MirroredContact(models.Model):
    """What matching needs of one contact, as it was when Piggy last told."""

    # By what people tell one contact from another.
    NAMING = ("uuid", "firstname", "lastname", "email", "phonenumber", "identifier", "is_anonymous")

    uuid = models.CharField(max_length=255, unique=True)
    email = models.TextField(default="", blank=True)
    firstname = models.TextField(default="", blank=True)
    lastname = models.TextField(default="", blank=True)
    phonenumber = models.TextField(default="", blank=True)
    # As Piggy gives it, which need not be a date.
    birthdate = models.TextField(default="", blank=True)
    address = models.TextField(default="", blank=True)
    identifier = models.TextField(default="", blank=True)
    is_anonymous = models.BooleanField(default=False)
    created_at = models.DateTimeField(null=True)
    last_transaction_at = models.DateTimeField(null=True)
    credits = models.BigIntegerField(default=0)
    prepaid_cents = models.BigIntegerField(default=0)
    # What matching looks at, written in one way (`matching/normalisation.py`), and what differs
    # when that does.
    normalised = models.TextField(default="", blank=True)
    fingerprint = models.CharField(max_length=32)
    # By what people find it (`text_search.py`); its index is of a kind that each database has.
    search_text = models.TextField(default="", blank=True)
    # Of these another contact must share one to be compared with this one.
    key_local = models.IntegerField(null=True)
    key_phone = models.IntegerField(null=True)
    key_name = models.IntegerField(null=True)
    key_born_initial = models.IntegerField(null=True)
    key_born_last = models.IntegerField(null=True)
    key_house = models.IntegerField(null=True)
    key_street_initial = models.IntegerField(null=True)
    key_initial_last = models.IntegerField(null=True)
    key_first_prefix = models.IntegerField(null=True)
    is_compared = models.BooleanField(default=False)
    # The search that compares it just now; a change makes it nobody's again.
    search = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["id"], name="mirror_to_compare", condition=models.Q(is_compared=False)
            ),
            models.Index(Beginning("email"), name="mirror_email"),
            models.Index(Beginning("firstname", "lastname"), name="mirror_name"),
            models.Index(Beginning("lastname"), name="mirror_lastname"),
            *(_index_of_key(name) for name in Keys._fields),
        ]

    def __str__(self) -> str:
        return self.uuid

    @property
    def full_name(self) -> str:
        """First and last name, as far as they are known."""
        return f"{self.firstname} {self.lastname}".strip()

    @property
    def called(self) -> str:
        """What people call the contact: a name, or else how it is reached."""
        return self.full_name or self.reached_by or self.uuid

    @property
    def reached_by(self) -> str:
        """The e-mail address, telephone or card that tells two of one name apart."""
        mail = "" if self.is_anonymous else self.email
        return mail or self.phonenumber or self.identifier


class ContactReading(models.Model):
    """When Piggy was asked for a mirrored contact: that is at least as fresh.

    Each sweep writes it for all contacts, most of which have not changed. In a column of theirs it
    cost PostgreSQL an entry in each of their indexes.
    """

    contact = models.OneToOneField(
        MirroredContact,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        primary_key=True,
        related_name="reading",
    )
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.contact_id} {self.at:%Y-%m-%d %H:%M:%S}"


class ChangedContact(models.Model):
    """A contact that was changed at Piggy, by this console or as Piggy tells; to be read again."""

    uuid = models.CharField(max_length=255, unique=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.uuid


class GoneContact(models.Model):
    """A contact that has just left: an answer that was under way must not bring it back."""

    uuid = models.CharField(max_length=255, unique=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.uuid


class Sweep(models.Model):
    """One reading of the whole contact list, which goes on where it was left."""

    class Stage(models.TextChoices):
        """What it is at."""

        READING = "reading", _("reading all customers")
        BEGINNING = "beginning", _("looking at the beginning once more")
        ASKING = "asking", _("asking for customers that were not in the list")
        DONE = "done", _("complete")

    # The background run that carries it; those are forgotten earlier.
    run_id = models.BigIntegerField(unique=True)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.READING)
    # Where in the list it is: see `reading.py`.
    place = models.JSONField(encoder=DjangoJSONEncoder, default=dict)
    # How often the list was read to its end, and whether this time something was skipped.
    readings = models.PositiveSmallIntegerField(default=0)
    has_gap = models.BooleanField(default=False)
    contacts = models.PositiveIntegerField(default=0)
    expected = models.PositiveIntegerField(null=True)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-id",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"

    @property
    def seconds(self) -> float | None:
        """How long it took, pauses included; None where it is not complete."""
        return (self.finished_at - self.started_at).total_seconds() if self.finished_at else None


class FinderModel(models.Model):
    """What a search learned: the parameters by which pairs are weighed."""

    trained_at = models.DateTimeField(default=timezone.now)
    contacts = models.PositiveIntegerField(default=0)
    pairs = models.PositiveIntegerField(default=0)
    parameters = models.JSONField()

    class Meta:
        ordering = ("-id",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.trained_at:%Y-%m-%d %H:%M}"


class Cluster(models.Model):
    """Contacts that are all one person, as it seems; held together by no weak chain."""

    size = models.PositiveIntegerField()
    # Of the weakest link that is needed to hold it together.
    weakest = models.FloatField()
    credits = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.size} contacts"


# What the queue can be sorted by, and narrowed down to.
QUEUE_ORDERS = {
    "rank": "rank",
    "certainty": "probability",
    "credits": "credits",
    "activity": "last_transaction_at",
}
QUEUE_FILTERS = {"is_proposed", "probability", "credits", "has_anonymous", "cluster"}


MARK_LENGTH = 16  # characters; nobody gains anything by finding data of the same mark


class PairQuerySet(models.QuerySet["Pair"]):
    """Pairs, by whom and by what became of them.

    What became of them is said by what did not: where statuses are named, SQLite goes through all
    pairs that have one, instead of seeking those of the contacts.
    """

    def touching(self, uuids: Collection[str]) -> "PairQuerySet":
        """Keep the pairs of these contacts."""
        return self.filter(models.Q(first__in=uuids) | models.Q(second__in=uuids))

    def between(self, uuids: Collection[str]) -> "PairQuerySet":
        """Keep the pairs of which both contacts are among these."""
        return self.filter(first__in=uuids, second__in=uuids)

    def named(self, both: Collection[tuple[str, str]]) -> "PairQuerySet":
        """Keep the pairs of these two each, and few others: of any of the first with a second."""
        first, second = {each[0] for each in both}, {each[1] for each in both}
        return self.filter(first__in=first, second__in=second)

    def undecided(self) -> "PairQuerySet":
        """Keep those about which nobody has decided for good."""
        return self.with_status(*Pair.UNDECIDED)

    def linking(self) -> "PairQuerySet":
        """Keep those that hold contacts together: nobody has said otherwise, and both are there."""
        return self.with_status(*Pair.LINKING)

    def with_status(self, *statuses: "PairStatus") -> "PairQuerySet":
        """Keep those of these statuses, of contacts that are named.

        All others are excluded: asked for a status, SQLite goes through all pairs that have it.
        """
        return self.exclude(status__in=[each for each in PairStatus if each not in statuses])


class PairStatus(models.TextChoices):
    """What became of it."""

    OPEN = "open", _("to be decided")
    LATER = "later", _("put off")
    DISMISSED = "dismissed", _("not a duplicate")
    MERGING = "merging", _("being merged")
    MERGED = "merged", _("merged")
    GONE = "gone", _("one of them is gone")


class Pair(models.Model):
    """Two contacts that may be one person; `first` has the smaller UUID."""

    # Nobody has decided about these for good.
    UNDECIDED = (PairStatus.OPEN, PairStatus.LATER)
    # These are, or are about to be, one person as far as anybody knows.
    LINKING = (*UNDECIDED, PairStatus.MERGING)

    first = models.CharField(max_length=255)
    second = models.CharField(max_length=255, db_index=True)
    probability = models.FloatField()
    # Fingerprints of both when they were compared.
    first_fingerprint = models.CharField(max_length=32)
    second_fingerprint = models.CharField(max_length=32)
    # What there is to lose or to reunite: the credits of both, and when one of them last bought.
    credits = models.BigIntegerField(default=0)
    last_transaction_at = models.DateTimeField(null=True)
    # One of them has no e-mail yet, only a card.
    has_anonymous = models.BooleanField(default=False)
    # Sure enough to be proposed, not only shown to those who look further.
    is_proposed = models.BooleanField(default=True)
    # The search that found it last.
    search = models.BigIntegerField(default=0)
    # Where the queue has it: the more certain and the more at stake, the higher.
    rank = models.FloatField(default=0)
    cluster = models.ForeignKey(Cluster, on_delete=models.SET_NULL, null=True, related_name="pairs")
    status = models.CharField(max_length=10, choices=PairStatus.choices, default=PairStatus.OPEN)
    found_at = models.DateTimeField(default=timezone.now)
    put_off_until = models.DateTimeField(null=True)
    # Who looks at it just now, so that nobody else gets it.
    held_by = models.BigIntegerField(null=True)
    held_by_name = models.CharField(max_length=255, default="", blank=True)
    held_until = models.DateTimeField(null=True)

    objects = PairQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=("first", "second"), name="one_pair")]
        indexes = [
            # One for each order of the queue; what follows the id lets a filter pass over rows
            # without reading them.
            *(
                models.Index(
                    fields=["status", f"-{order}", "id", *sorted(QUEUE_FILTERS - {order})],
                    name=f"pair_{name}",
                )
                for name, order in QUEUE_ORDERS.items()
            ),
            models.Index(
                fields=["put_off_until"], name="pair_put_off", condition=models.Q(status="later")
            ),
            models.Index(fields=["found_at"], name="pair_found"),
            # Those of a cluster lie far apart: what a filter asks is read without reading them.
            models.Index(
                fields=["cluster", "status", *sorted(QUEUE_FILTERS - {"cluster"})],
                name="pair_cluster",
                condition=models.Q(cluster__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} {self.second}"

    def get_absolute_url(self) -> str:
        """Give the address at which both stand side by side."""
        return reverse("duplicates:pair", args=[self.first, self.second])

    @property
    def contacts(self) -> tuple[str, str]:
        """Both contacts, by UUID."""
        return self.first, self.second

    @property
    def seen(self) -> str:
        """Of which data a page speaks that shows this pair."""
        return f"{self.first_fingerprint}-{self.second_fingerprint}"

    @property
    def mark(self) -> str:
        """The same in few characters, which tell nothing without this console's key."""
        return salted_hmac("piggyadmin.duplicates.mark", self.seen).hexdigest()[:MARK_LENGTH]

    def holder_beside(self, person_id: int | None) -> str:
        """Name who else looks at it just now; empty where nobody does."""
        is_over = self.held_until is None or self.held_until < timezone.now()
        return "" if is_over or self.held_by == person_id else self.held_by_name


class DecisionKind(models.TextChoices):
    """What was decided."""

    MERGE = "merge", _("merged")
    DISMISS = "dismiss", _("not a duplicate")
    LATER = "later", _("put off")
    REOPEN = "reopen", _("opened again")


class Decision(models.Model):
    """What somebody decided about two contacts; kept, and learned from."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    first = models.CharField(max_length=255)
    second = models.CharField(max_length=255, db_index=True)
    kind = models.CharField(max_length=10, choices=DecisionKind.choices)
    first_fingerprint = models.CharField(max_length=32, default="", blank=True)
    second_fingerprint = models.CharField(max_length=32, default="", blank=True)
    # As it stood when it was decided: what the model learns from, and what the person saw.
    probability = models.FloatField(null=True)
    evidence = models.JSONField(encoder=DjangoJSONEncoder, default=list)
    person_id = models.BigIntegerField(null=True)
    person_name = models.CharField(max_length=255, default="", blank=True)
    comment = SealedTextField(default="", blank=True)
    # Of one of many that were decided at once: the key of their entry in the ledger.
    batch = models.UUIDField(null=True, db_index=True)

    class Meta:
        ordering = ("-id",)
        default_permissions = ()
        indexes = [
            models.Index(fields=["first", "second"], name="decision_pair"),
            models.Index(fields=["person_id", "-id"], name="decision_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M:%S}"

    @property
    def contacts(self) -> tuple[str, str]:
        """Both contacts, by UUID."""
        return self.first, self.second


class MergeRun(models.Model):
    """Contacts merged into one survivor, step by step; each step is an entry of the ledger.

    It is made of an entry of `merge-duplicates`, whose submission key it has. Values of contacts
    stand in that entry's snapshots, not here.
    """

    class Status(models.TextChoices):
        """How far it is."""

        RUNNING = "running", _("under way")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped by a surprise")
        ABANDONED = "abandoned", _("given up")

    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    finished_at = models.DateTimeField(null=True)
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.RUNNING, db_index=True
    )
    survivor = models.CharField(max_length=255)
    # How many there were before, the survivor among them.
    contacts = models.PositiveSmallIntegerField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    person_name = models.CharField(max_length=255)
    reason = models.CharField(max_length=100, default="", blank=True)
    comment = SealedTextField(default="", blank=True)
    submission_key = models.UUIDField(unique=True)
    # Why it stopped, in words.
    surprise = models.TextField(default="", blank=True)
    # Figures of the whole, once it is done: see `balances.py`.
    report = models.JSONField(encoder=DjangoJSONEncoder, default=dict)

    class Meta:
        ordering = ("-id",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.survivor} {self.status}"


class MergeStep(models.Model):
    """One write of a merge run: one source merged, or values written to the survivor."""

    run = models.ForeignKey(MergeRun, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    # The action's slug.
    action = models.CharField(max_length=100)
    # Who goes into the survivor; empty for the step that writes values.
    source = models.CharField(max_length=255, default="", blank=True)
    # Its entry in the ledger has the same one. Where that is certain not to have been done, the
    # next attempt gets another one, which follows from this one.
    submission_key = models.UUIDField(unique=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    is_done = models.BooleanField(default=False)
    # It ended with a surprise, which a person has settled.
    is_accepted = models.BooleanField(default=False)

    class Meta:
        ordering = ("run", "position")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=("run", "position"), name="one_step")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.position} {self.action}"


class StandingApproval(models.Model):
    """That certain pairs are merged daily by themselves, for 30 days: who asked, who approved."""

    # Its request and its entry in the ledger have it.
    key = models.UUIDField(unique=True, default=uuid4)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    # Who was named to approve it; nobody else can.
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    rule = models.CharField(max_length=20)
    most_per_day = models.PositiveIntegerField()
    language = models.CharField(max_length=10)
    reason = models.CharField(max_length=100, default="", blank=True)
    comment = SealedTextField(default="", blank=True)
    approved_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Why it ended, in words.
    ended_because = models.TextField(default="", blank=True)

    class Meta:
        ordering = ("-id",)
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(ended_at=None),
                name="one_standing_approval",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.most_per_day}"


class CertainRunStatus(models.TextChoices):
    """How far a run of certain pairs is."""

    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("to be looked through")
    WAITING = "waiting", _("waits for a second person")
    RUNNING = "running", _("under way")
    STOPPED = "stopped", _("stopped by a surprise")
    CANCELLED = "cancelled", _("cancelled")
    DONE = "done", _("done")


class CertainRun(models.Model):
    """Many certain pairs that are merged after one yes; each merge is a merge run of its own.

    Nothing of it is personal: it names contacts by their UUIDs.
    """

    # What the keys of its merges follow from; its own entry in the ledger has it.
    key = models.UUIDField(unique=True, default=uuid4)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    person_name = models.CharField(max_length=255)
    # In which what is kept of its pairs is told.
    language = models.CharField(max_length=10)
    # Which of the rules its pairs keep: see `certain/rules.py`.
    rule = models.CharField(max_length=20)
    status = models.CharField(
        max_length=10, choices=CertainRunStatus.choices, default=CertainRunStatus.CHECKING
    )
    # Among which pairs it is chosen, by number; empty for all.
    among = models.JSONField(default=list)
    checked_at = models.DateTimeField(null=True)
    # Whether its sample was looked at.
    is_sampled = models.BooleanField(default=False)
    reason = models.CharField(max_length=100, default="", blank=True)
    comment = SealedTextField(default="", blank=True)
    # Why it stopped, in words.
    surprise = models.TextField(default="", blank=True)
    # Of a run that began by itself: by whose approval, and for which day.
    standing = models.ForeignKey(
        StandingApproval, on_delete=models.PROTECT, null=True, related_name="runs"
    )
    day = models.DateField(null=True)

    class Meta:
        ordering = ("-id",)
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("standing", "day"), name="one_certain_run_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.status}"

    def get_absolute_url(self) -> str:
        """Give the address of its page."""
        return reverse("duplicates:certain-run", args=[self.pk])


class CertainPairState(models.TextChoices):
    """How far a pair of such a run is: the first three before anything is sent."""

    UNCHECKED = "unchecked", _("not checked yet")
    READY = "ready", _("can be merged")
    LEFT_OUT = "left-out", _("left out")
    MERGING = "merging", _("being merged")
    MERGED = "merged", _("merged")
    NOT_MERGED = "not-merged", _("not merged")


class CertainPair(models.Model):
    """One pair of such a run, as it was when it was checked."""

    run = models.ForeignKey(CertainRun, on_delete=models.CASCADE, related_name="pairs")
    position = models.PositiveIntegerField()
    first = models.CharField(max_length=255)
    second = models.CharField(max_length=255)
    first_fingerprint = models.CharField(max_length=32)
    second_fingerprint = models.CharField(max_length=32)
    probability = models.FloatField()
    credits = models.BigIntegerField(default=0)
    survivor = models.CharField(max_length=255, default="", blank=True)
    # Stands for what would become of the two, so that nothing else is ever done.
    agreement = models.CharField(max_length=64, default="", blank=True)
    state = models.CharField(
        max_length=10, choices=CertainPairState.choices, default=CertainPairState.UNCHECKED
    )
    # Why it is left out, or was not merged.
    words = models.TextField(default="", blank=True)
    is_sample = models.BooleanField(default=False)
    # Whether somebody has looked at it, and has left it ticked.
    is_seen = models.BooleanField(default=False)
    is_wanted = models.BooleanField(default=True)

    class Meta:
        ordering = ("run", "position")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=("run", "position"), name="one_certain_pair")]
        indexes = [models.Index(fields=("run", "state", "position"), name="certain_pair_state")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.position} {self.state}"

    @property
    def source(self) -> str:
        """The one that would go into the other one."""
        return self.second if self.survivor == self.first else self.first
