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
