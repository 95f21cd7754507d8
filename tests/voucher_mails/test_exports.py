"""The file to mail from."""

from piggyadmin.sandbox import seed
from piggyadmin.voucher_mails import exports
from tests.voucher_mails.making import MIRA, OTHER, prepared, unsubscribe


def test_who_is_not_to_be_mailed_has_no_address(sandbox, run):
    unsubscribe(sandbox, seed.DUPLICATE_UUID)
    mailing = prepared(sandbox, run, subject="", text="")
    first, second = exports.rows(mailing)
    codes = [row.answer["voucher_code"] for row in run.rows.order_by("position")]
    assert exports.columns()[:3] == ["E-mail", "Voucher code", "First name"]
    assert list(first[:5]) == [MIRA, codes[0], "Mira", "Jansen", "Welcome coffee"]
    assert first[6:] == ["Can be mailed", ""]
    assert OTHER not in second
    assert second[1] == codes[1]
    assert second[6:] == ["Left out", "The customer has unsubscribed from these messages."]
