"""Notes on customers and the mark of those whom nobody is to serve; none of it goes to Piggy."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import role_label
from piggyadmin.sealed_fields import SealedTextField

# What people write in a hurry is far shorter; what is longer belongs into a file of its own.
LONGEST_NOTE = 10_000  # characters
LONGEST_REASON = 1_000  # characters
LONGEST_UUID = 255  # characters, as Piggy's are opaque


class Note(models.Model):
    """Something said of a customer; handed over, it waits for a colleague or a role."""

    contact_uuid = models.CharField(_("contact"), max_length=LONGEST_UUID)
    text = SealedTextField(_("note"), max_length=LONGEST_NOTE)
    written_at = models.DateTimeField(_("written at"), default=timezone.now, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    changed_at = models.DateTimeField(_("changed at"), null=True)
    is_pinned = models.BooleanField(_("pinned"), default=False)
    is_handed_over = models.BooleanField(_("handed over"), default=False)
    for_person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("for"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
    )
    # A role that is removed leaves what was for it to whoever looks after notes.
    for_role = models.ForeignKey(
        Group,
        verbose_name=_("for the role"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
    )
    done_at = models.DateTimeField(_("done at"), null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("done by"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
    )

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ("-is_pinned", "-id")
        default_permissions = ()
        indexes = [
            models.Index(fields=["contact_uuid", "-is_pinned", "-id"], name="note_of_contact"),
            models.Index(
                fields=["id"],
                name="note_open",
                condition=models.Q(is_handed_over=True, done_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} on {self.contact_uuid}"

    @property
    def is_open(self) -> bool:
        """Whether it was handed over, and nobody has done it yet."""
        return self.is_handed_over and self.done_at is None

    @property
    def for_whom(self) -> str:
        """The name of the colleague or the role that it is for; empty where that is gone."""
        if self.for_person:
            return self.for_person.name
        return role_label(self.for_role.name) if self.for_role else ""


class DoNotServe(models.Model):
    """That a customer is not to be served, and why; lifted, it stays as what once was so."""

    contact_uuid = models.CharField(_("contact"), max_length=LONGEST_UUID)
    reason = SealedTextField(_("reason"), max_length=LONGEST_REASON)
    set_at = models.DateTimeField(_("set at"), default=timezone.now, editable=False)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("set by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("lifted by"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
    )

    class Meta:
        verbose_name = _("customer who is not to be served")
        verbose_name_plural = _("customers who are not to be served")
        ordering = ("-id",)
        default_permissions = ()
        indexes = [models.Index(fields=["contact_uuid", "-id"], name="do_not_serve_contact")]

    def __str__(self) -> str:
        return f"{self.contact_uuid} {'lifted' if self.lifted_at else 'set'}"
