"""What the console knows of its keys."""

from django.db import models
from django.utils import timezone


class KeyInUse(models.Model):
    """A key with which something in this database is, or may be, sealed; its name says nothing."""

    name = models.CharField(max_length=8, unique=True)
    since = models.DateTimeField(default=timezone.now)
    # Whether it is the only one: everything was sealed with it, and older ones are not needed.
    is_only = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
