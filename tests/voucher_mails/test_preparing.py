"""Whom the vouchers of a run would be mailed to, found out before the first mail."""

from piggyadmin.ledger.models import PersonLookUp
from piggyadmin.sandbox import seed
from piggyadmin.tasks.models import Run
from piggyadmin.voucher_mails import preparing
from piggyadmin.voucher_mails.models import MailingStatus, VoucherMail, VoucherMailing
from tests.bulk.making import work
from tests.voucher_mails.making import MIRA, OTHER, begun, prepared, states, texts, unsubscribe

Status = MailingStatus


def test_each_voucher_is_looked_up(sandbox, run):
    unsubscribe(sandbox, seed.DUPLICATE_UUID)
    mailing = prepared(sandbox, run)
    assert (mailing.status, mailing.checked_at is not None) == (Status.CHECKED, True)
    assert states(mailing) == ["ready-to-mail", "left-out"]
    first, second = mailing.mails.order_by("position")
    assert (first.email, first.values["first_name"]) == (MIRA, "Mira")
    assert first.code == run.rows.get(position=1).answer["voucher_code"]
    assert (second.email, second.values) == ("", {})
    looked = PersonLookUp.objects.filter(action="mail-vouchers")
    assert [each.contact_uuid for each in looked] == [seed.MIRA_UUID]


def test_a_place_that_cannot_be_filled_in(sandbox, run):
    sandbox.api("PUT", f"contacts/{seed.MIRA_UUID}", json={"attributes": {"firstname": ""}})
    mailing = prepared(sandbox, run, text="{code} {first_name}", subject="Hello")
    assert states(mailing) == ["left-out", "ready-to-mail"]
    mailing = prepared(sandbox, run, text="{code} {first_name|friend}", subject="Hello")
    assert states(mailing) == ["ready-to-mail"] * 2


def test_it_goes_on_where_it_was(sandbox, run):
    with sandbox.misbehaving({"path": "^vouchers/find$", "kind": "status", "status": 503}):
        assert preparing.prepare(run, texts(sandbox), by=run.person)
        work(preparing.PREPARER, times=1)
        mailing = VoucherMailing.objects.get()
        assert (mailing.status, bool(mailing.trouble)) == (Status.CHECKING, True)
        assert mailing.goes_on_at
    work(preparing.PREPARER)
    mailing.refresh_from_db()
    assert (mailing.status, mailing.trouble) == (Status.CHECKED, "")
    assert VoucherMail.objects.count() == 2


def test_what_was_given_up_is_not_prepared(sandbox, run):
    assert preparing.prepare(run, texts(sandbox), by=run.person)
    VoucherMailing.objects.update(status=Status.DRAFT)
    work(preparing.PREPARER)
    assert not VoucherMail.objects.exists()


def test_while_mails_leave_nothing_is_written_anew(sandbox, mailing):
    begun(mailing)
    assert preparing.prepare(mailing.run, texts(sandbox), by=mailing.person) is None
    assert not Run.objects.filter(name=preparing.PREPARER, state="waiting").exists()


def test_rows_that_tell_no_code(sandbox, run):
    run.rows.filter(position=1).update(answer={"voucher_code": None})
    mailing = prepared(sandbox, run)
    assert list(mailing.mails.values_list("email", flat=True)) == [OTHER]
