"""What the client remembers across processes."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from piggyadmin.sealed_fields import SealedSecretField


class Bucket(models.Model):
    """How much of an account's room for calls is taken; one row per account."""

    name = models.CharField(max_length=64, primary_key=True)
    # Seconds since 1970 at which all room would be free again; the past means that it is.
    free_at = models.FloatField(default=0)

    def __str__(self) -> str:
        return self.name


class Circuit(models.Model):
    """The circuit breaker's state; one row per account with which something went wrong."""

    account = models.CharField(max_length=64, primary_key=True)
    state = models.TextField()  # JSON

    class Meta:
        db_table = "piggy_line"

    def __str__(self) -> str:
        return self.account


class TokenDate(models.Model):
    """Until when the token of an account may be used, as somebody has looked up at Piggy."""

    account = models.CharField(max_length=64, unique=True, editable=False)
    expires_on = models.DateField(_("last day of the token"))

    class Meta:
        verbose_name = _("token's last day")
        verbose_name_plural = _("token's last day")

    def __str__(self) -> str:
        return f"{self.expires_on:%Y-%m-%d}"


class KeptToken(models.Model):
    """The token of a Piggy, sealed; where the environment sets one, that counts and not this."""

    # What it is sealed for.
    PURPOSE = "piggy-token"

    # To which Piggy it goes: a token is sent nowhere else.
    url = models.CharField(max_length=255, unique=True, editable=False)
    sealed = SealedSecretField(editable=False, purpose=PURPOSE)
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = models.CharField(max_length=255)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.url} {self.kept_at:%Y-%m-%d}"


class RealAccount(models.Model):
    """That this database has been used with a real account: one row, from the first start on."""

    host = models.CharField(max_length=255)
    since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.host} since {self.since:%Y-%m-%d}"


class OwnAttribute(models.Model):
    """An attribute of this console's own that an account has; making it costs one call, once."""

    account = models.CharField(max_length=64)
    # What has it: loyalty transactions, vouchers.
    entity = models.CharField(max_length=50)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("account", "entity"), name="one_own_attribute")
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.account}"
