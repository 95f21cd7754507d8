"""Saved views: what a list is narrowed down to, under a name.

A filter can be somebody's e-mail or card, so it is sealed: whoever reads the database learns
nothing of it.
"""

from django.conf import settings
from django.db import models
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from piggyadmin import sealing
from piggyadmin.saved_views.due_times import Recurrence, Rhythm
from piggyadmin.sealed_fields import SealedSecretField

_PURPOSE = "saved-view"
LONGEST_NAME = 60  # characters


class SavedView(models.Model):
    """The filter of one list, as somebody has kept it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    # The name of the list's address.
    list_name = models.CharField(max_length=100)
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    sealed_query = SealedSecretField(purpose=_PURPOSE)
    is_shared = models.BooleanField(_("for everybody"), default=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        default_permissions = ()
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(fields=("person", "list_name", "name"), name="one_saved_view")
        ]
        indexes = [models.Index(fields=("list_name", "person"), name="saved_view_list")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Give the address that leads to the list as it was kept; no filter stands in it."""
        return reverse("saved_views:open", args=[self.pk])

    @property
    def query(self) -> QueryDict | None:
        """The filter; None where nobody has the key any more."""
        text = sealing.unseal(self.sealed_query, purpose=_PURPOSE)
        return None if text is None else QueryDict(text)

    @query.setter
    def query(self, query: QueryDict) -> None:
        self.sealed_query = sealing.seal(query.urlencode(), purpose=_PURPOSE)


class ViewMail(models.Model):
    """Mails with the link to a view's file, to somebody who asked for them."""

    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="mails")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    frequency = models.CharField(max_length=10, choices=Recurrence.choices)
    hour = models.PositiveSmallIntegerField()
    weekday = models.PositiveSmallIntegerField()
    month_day = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=10)
    # The address by which the person reached the console, without its last slash.
    console = models.CharField(max_length=200)
    next_at = models.DateTimeField(db_index=True)
    last_at = models.DateTimeField(null=True)
    # What was in the way of the last one, in words.
    trouble = models.TextField(blank=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=("view", "person"), name="one_view_mail")]

    def __str__(self) -> str:
        return f"{self.view_id} {self.person_id} {self.frequency}"

    @property
    def rhythm(self) -> Rhythm:
        """When it is due."""
        return Rhythm(self.frequency, self.hour, self.weekday, self.month_day)
