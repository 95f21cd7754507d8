"""The locks on vouchers that people of this console hold, with the keys that release them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from piggyadmin.sealed_fields import SealedSecretField

# What the keys of locks are sealed for.
PURPOSE = "voucher-lock"


class VoucherLock(models.Model):
    """A lock that somebody holds; its key is sealed (`sealing.py`), and of no use after an hour."""

    voucher_uuid = models.CharField(max_length=255, unique=True)
    # Rows outlive people: the name is a copy.
    person_id = models.BigIntegerField(_("person"))
    person_name = models.CharField(_("person's name"), max_length=255)
    sealed_key = SealedSecretField(editable=False, purpose=PURPOSE)
    locked_at = models.DateTimeField(_("locked at"))
    # When Piggy releases it by itself.
    release_at = models.DateTimeField(_("released at"), db_index=True)

    class Meta:
        verbose_name = _("voucher lock")
        verbose_name_plural = _("voucher locks")
        default_permissions = ()

    def __str__(self) -> str:
        return self.voucher_uuid
