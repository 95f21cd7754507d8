"""People who work in the console."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person who signs in; what they may do follows from their groups, which are the roles."""

    is_demo = models.BooleanField(
        _("demo person"),
        default=False,
        editable=False,
        help_text=_("Has a public password, and may only exist where the sandbox is used."),
    )

    class Meta(AbstractUser.Meta):
        verbose_name = _("person")  # type: ignore[assignment]
        verbose_name_plural = _("people")  # type: ignore[assignment]

    @property
    def name(self) -> str:
        """The name that colleagues see and that the ledger copies."""
        return self.get_full_name() or self.get_username()
