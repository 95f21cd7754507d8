"""The tokens by which programs work in a person's name."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AccessScope(models.TextChoices):
    """What of all that a person may do a program may do in their name."""

    READS = "reads", _("Only look things up")
    ALL = "all", _("All that I may do")


class AccessToken(models.Model):
    """One program's token. The token itself is shown once; a hash of it is kept."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        related_name="access_tokens",
    )
    name = models.CharField(_("name"), max_length=100)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    scope = models.CharField(_("what it may do"), max_length=10, choices=AccessScope.choices)
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)
    ends_on = models.DateField(_("last day"))
    used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)

    class Meta:
        verbose_name = _("token of a program")
        verbose_name_plural = _("tokens of programs")
        ordering = ("-made_at", "-pk")
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

    @property
    def is_usable(self) -> bool:
        """Whether it opens the door today, for somebody who still works here."""
        has_ended = self.withdrawn_at is not None or self.ends_on < timezone.localdate()
        return not has_ended and self.person.is_active
