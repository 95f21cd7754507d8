"""Mailing vouchers as the ledger tells of it."""

from piggyadmin.ledger.operations import find_operation
from piggyadmin.ledger.sentences import Matter
from piggyadmin.voucher_mails.operations import MAIL_VOUCHERS


def test_its_sentence():
    sentence = MAIL_VOUCHERS.sentence(Matter({"mails": 3912}))
    assert sentence.told("Noor", "done") == "Noor mailed 3,912 customers their vouchers"
    assert sentence.waiting("Noor") == "Noor wants to mail 3,912 customers their vouchers"


def test_where_it_stands():
    assert find_operation("mail-vouchers") is MAIL_VOUCHERS
    assert MAIL_VOUCHERS.permission == "actions.run_mail_vouchers"
    assert MAIL_VOUCHERS.page_of_request({"run": 7}) == "/voucher-mails/7/"
    assert str(MAIL_VOUCHERS.entity_label) == "Vouchers"
    assert MAIL_VOUCHERS.deduplication_data({"run": 7, "digest": "x"}) == [7, "x"]
