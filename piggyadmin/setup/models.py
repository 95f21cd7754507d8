"""The code that opens the set-up."""

from django.db import models
from django.utils import timezone


class SetupCode(models.Model):
    """The one that holds: one row, and none once somebody works here. It tells nobody the code."""

    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"made {self.made_at:%Y-%m-%d %H:%M}"
