"""What is about people goes after a while; that a voucher was mailed stays known."""

from datetime import timedelta

from django.utils import timezone

from piggyadmin.tasks.models import Run
from piggyadmin.voucher_mails import tasks
from piggyadmin.voucher_mails.models import VoucherMailing
from tests.voucher_mails.making import begun, prepared, sent, states


def test_addresses_and_codes_are_forgotten(sandbox, mail_server, mailing, settings):
    sent(begun(mailing))
    tasks.forget_mails()
    assert mailing.mails.exclude(email="").count() == 2
    long_ago = timezone.now() - timedelta(days=settings.BULK_KEEP_DAYS + 1)
    VoucherMailing.objects.update(finished_at=long_ago)
    tasks.forget_mails()
    kept = mailing.mails.values_list("email", "code", "values", "words")
    assert list(kept) == [("", "", {}, "")] * 2
    sent(begun(prepared(sandbox, mailing.run)))
    assert len(mail_server.mails) == 2


def test_what_was_never_sent_is_forgotten_too(sandbox, mailing, settings):
    long_ago = timezone.now() - timedelta(days=settings.BULK_KEEP_DAYS + 1)
    VoucherMailing.objects.update(checked_at=long_ago)
    tasks.forget_mails()
    assert states(prepared(sandbox, mailing.run)) == ["left-out"] * 2


def test_mailings_are_kept_going(mail_server, mailing):
    begun(mailing)
    Run.objects.all().delete()
    tasks.keep_mailings()
    sent(mailing)
    assert len(mail_server.mails) == 2
