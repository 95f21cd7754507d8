"""The vouchers of a mailing as a file to mail from, and with what became of each mail."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext

from piggyadmin.ui.states import status_word
from piggyadmin.voucher_mails.models import VoucherMailing
from piggyadmin.voucher_mails.placeholders import PLACES

CHUNK = 2000  # rows that are read from the database at once


def columns() -> list[str]:
    """Name the columns."""
    told = (gettext("What became of it"), gettext("Remark"))
    return [gettext("E-mail"), *map(str, PLACES.values()), *told]


def rows(mailing: VoucherMailing) -> Iterator[Sequence[Any]]:
    """Give all vouchers; who is not to be mailed stands in it without an address."""
    for mail in mailing.mails.order_by("position").iterator(chunk_size=CHUNK):
        filled = (mail.values.get(name, "") for name in PLACES if name != "code")
        yield [mail.email, mail.code, *filled, status_word(mail.state), mail.words]
