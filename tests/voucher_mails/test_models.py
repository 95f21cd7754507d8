"""Mailings and mails as they are named in logs."""

from tests.voucher_mails.making import MIRA


def test_they_name_nobody(mailing):
    mail = mailing.mails.get(position=1)
    assert str(mailing) == f"{mailing.run_id} checked"
    assert str(mail) == f"{mailing.pk} 1 ready-to-mail"
    assert MIRA not in repr(mail) + repr(mailing)
