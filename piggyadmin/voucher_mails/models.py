"""Mails with the vouchers of a bulk run: what they say, and what became of each.

Of a voucher there is one row for ever, so that it is never mailed twice. What in it is about a
person, and the code, are removed when the run's own rows are: see `tasks.py`.
"""

from hashlib import sha256
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from piggyadmin.bulk.models import BulkRun
from piggyadmin.sealed_fields import SealedJSONField, SealedTextField

# By which the ledger knows mailing vouchers, and who looked customers up for it.
MAILING_SLUG = "mail-vouchers"


class MailingStatus(models.TextChoices):
    """How far it is."""

    DRAFT = "draft"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


class VoucherMailing(models.Model):
    """What the customers of a bulk run are mailed."""

    run = models.OneToOneField(BulkRun, on_delete=models.PROTECT, related_name="mailing")
    # What the ledger knows its sending by; another one each time that it is prepared.
    key = models.UUIDField(unique=True, default=uuid4)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    person_name = models.CharField(max_length=255)
    # In which dates are written, and what is kept of its mails is told.
    language = models.CharField(max_length=10)
    status = models.CharField(
        max_length=10, choices=MailingStatus.choices, default=MailingStatus.DRAFT
    )
    # Which kind of messages it is: `SubscriptionType.key`, and what Piggy calls it.
    kind = models.CharField(max_length=255)
    kind_name = models.CharField(max_length=255)
    # Both are empty where only a file of them is wanted.
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    # The digest of what the last test mail said.
    tested = models.CharField(max_length=64, blank=True)
    checked_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # Why it does not go on, in words, and when it does by itself.
    trouble = models.TextField(blank=True)
    goes_on_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.run_id} {self.status}"

    def get_absolute_url(self) -> str:
        """Give the address of its page."""
        return reverse("voucher_mails:mailing", args=[self.run_id])

    @property
    def digest(self) -> str:
        """What it says, in short."""
        return sha256(f"{self.subject}\n{self.text}".encode()).hexdigest()

    @property
    def is_tested(self) -> bool:
        """Whether somebody has mailed themselves just this before."""
        return bool(self.text) and self.tested == self.digest


class VoucherMailState(models.TextChoices):
    """How far it is: the first three before it leaves, the others after."""

    UNCHECKED = "unchecked"
    READY = "ready-to-mail"
    LEFT_OUT = "left-out"
    LEAVING = "leaving"
    MAILED = "mailed"
    REFUSED = "mail-refused"
    UNKNOWN = "mail-unknown"


class VoucherMail(models.Model):
    """One voucher, and the mail with it."""

    mailing = models.ForeignKey(VoucherMailing, on_delete=models.PROTECT, related_name="mails")
    # Where the voucher stands among the rows of the run.
    position = models.PositiveIntegerField()
    # By which its voucher is known again when its code is forgotten.
    voucher_key = models.CharField(max_length=64, unique=True)
    code = SealedTextField(max_length=255, blank=True)
    state = models.CharField(
        max_length=13, choices=VoucherMailState.choices, default=VoucherMailState.UNCHECKED
    )
    # Why it is left out or was refused.
    words = models.TextField(blank=True)
    email = SealedTextField(max_length=254, blank=True)
    # What the places of the text are filled in with, by their names.
    values = SealedJSONField(default=dict)
    # How often the server has put it off, and until when.
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ("mailing", "position")
        constraints = [
            models.UniqueConstraint(fields=("mailing", "position"), name="one_voucher_mail")
        ]
        indexes = [
            models.Index(fields=("mailing", "state", "due_at"), name="voucher_mail_state"),
        ]

    def __str__(self) -> str:
        return f"{self.mailing_id} {self.position} {self.state}"


def key_of_voucher(code: str) -> str:
    """Give what stands for a voucher, and tells nobody its code."""
    return sha256(f"piggyadmin.voucher_mails {code}".encode()).hexdigest()
