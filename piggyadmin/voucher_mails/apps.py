"""The app of mails with vouchers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VoucherMailsConfig(AppConfig):
    """Mailing people the vouchers that a bulk run has made for them."""

    name = "piggyadmin.voucher_mails"
    verbose_name = _("Mails with vouchers")

    def ready(self) -> None:
        """Have the ledger know what mailing vouchers is."""
        # Imported late: models are not there yet when this module is.
        from piggyadmin.voucher_mails import operations  # noqa: F401, PLC0415
