"""The page on which vouchers are mailed, as people go through it."""

import pytest

from piggyadmin.bulk.models import BulkRun
from piggyadmin.sandbox import seed
from piggyadmin.voucher_mails import preparing, sending
from piggyadmin.voucher_mails.models import MailingStatus, VoucherMailing, VoucherMailState
from piggyadmin.voucher_mails.operations import MailVouchers
from tests.bulk.making import carried, checked, confirmed, work
from tests.conftest import signed_in
from tests.smtp_server import CUT_BEFORE, REFUSE
from tests.voucher_mails.making import (
    MIRA,
    OTHER,
    PROMOTION,
    SUBJECT,
    TEXT,
    VOUCHER,
    begun,
    kinds,
    prepared,
    sent,
    unsubscribe,
)

Status = MailingStatus
COUNTED = {"contact_uuid": 0, "promotion_uuid": PROMOTION}


@pytest.fixture
def page(maker):
    maker.email = "noor@example.test"
    maker.save()
    return signed_in(maker)


@pytest.fixture
def address(run: BulkRun) -> str:
    return f"/voucher-mails/{run.pk}/"


def words(answer) -> str:
    return " ".join(answer.text.split())


def written(sandbox, **changes: str) -> dict[str, str]:
    return {"kind": kinds(sandbox)["Service"], "subject": SUBJECT, "text": TEXT, **changes}


def only() -> VoucherMailing:
    return VoucherMailing.objects.get()


def test_from_the_run_to_the_last_mail(sandbox, mail_server, page, run, address):
    unsubscribe(sandbox, seed.DUPLICATE_UUID)
    assert address in page.get(f"/bulk/{run.pk}/").text
    shown = page.get(address)
    assert "Which messages these are" in shown.text

    shown = page.post(f"{address}text/", written(sandbox), follow=True)
    assert "It is being found out whom it goes to" in shown.text
    assert "HX-Refresh" not in page.get(f"{address}?watch", headers={"HX-Request": "true"})
    work(preparing.PREPARER)
    assert page.get(f"{address}?watch", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    shown = page.get(address)
    assert "Mail 1 customer their voucher?" in words(shown)
    assert "The customer has unsubscribed from these messages." in words(shown)
    assert "The Shop &lt;shop@example.test&gt;" in shown.text
    assert "Hello Mira," in shown.text
    assert "Send 1 mail" not in words(shown)

    posted = {"key": str(only().key)}
    shown = page.post(f"{address}send/", posted, follow=True)
    assert "Mail yourself this text first. No customer was mailed." in shown.text
    shown = page.post(f"{address}test/", follow=True)
    assert "Mailed to noor@example.test." in shown.text
    assert "Send 1 mail" in words(shown)
    page.post(f"{address}send/", posted)
    assert mail_server.recipients() == ["noor@example.test"]
    work(sending.CARRIER)
    assert mail_server.recipients() == ["noor@example.test", MIRA]
    shown = page.get(address)
    assert "What became of the mails" in shown.text
    assert f"/ledger/{only().key}/" in shown.text
    answer = page.get(f"{address}vouchers.csv")
    assert MIRA in answer.getvalue().decode()
    assert OTHER not in answer.getvalue().decode()


def test_nothing_from_outside_is_markup(sandbox, mail_server, page, run, address):
    name = {"attributes": {"firstname": "<b>Mira</b>"}}
    sandbox.api("PUT", f"contacts/{seed.MIRA_UUID}", json=name)
    prepared(sandbox, run)
    shown = page.get(address)
    assert "Hello &lt;b&gt;Mira&lt;/b&gt;" in shown.text
    assert "<b>Mira" not in shown.text


def test_what_is_wrong_stands_beside_its_field(sandbox, mail_server, page, address):
    answer = page.post(f"{address}text/", written(sandbox, text="{code} {nam}"))
    assert answer.status_code == 422
    assert "Nothing is known for {nam}." in answer.text
    assert not VoucherMailing.objects.exists()


def test_the_text_is_written_anew(sandbox, mail_server, page, mailing, address):
    key = str(mailing.key)
    assert SUBJECT in page.get(f"{address}?text").text
    page.post(f"{address}test/")
    page.post(f"{address}text/", written(sandbox, subject="Other"))
    work(preparing.PREPARER)
    assert not only().is_tested
    answer = page.post(f"{address}send/", {"key": key}, follow=True)
    assert "The text was written anew." in answer.text
    assert "Other" in answer.text


@pytest.mark.parametrize(
    ("trouble", "words"), [(REFUSE, "550 no such mailbox"), (CUT_BEFORE, "The connection broke.")]
)
def test_a_test_that_does_not_leave(mail_server, page, mailing, address, trouble, words):
    mail_server.troubles.append(trouble)
    assert words in page.post(f"{address}test/", follow=True).text
    assert not only().is_tested


def test_who_has_no_address_cannot_test(mail_server, maker, mailing, address):
    page = signed_in(maker)
    assert "Your account has no e-mail address." in page.get(address).text
    page.post(f"{address}test/")
    assert mail_server.mails == []


def test_without_a_mail_server_there_is_a_file(sandbox, settings, page, run, address):
    settings.EMAIL_URL = ""
    assert "No mail server is set" in page.get(address).text
    assert "Choose first" in page.get(f"{address}vouchers.csv", follow=True).text
    page.post(f"{address}text/", {"kind": kinds(sandbox)["Service"]})
    work(preparing.PREPARER)
    shown = page.get(address)
    assert "The vouchers as a file" in shown.text
    assert "Mail it to myself first" not in shown.text
    for step in ("test", "send"):
        assert "further already" in page.post(f"{address}{step}/", follow=True).text


def test_it_is_paused_resumed_and_cancelled(sandbox, mail_server, page, mailing, address):
    begun(mailing)
    answer = page.post(f"{address}text/", written(sandbox), follow=True)
    assert "further already" in answer.text
    answer = page.post(f"{address}steer/", {"wish": "pause"}, follow=True)
    assert "Admin has paused it." in answer.text
    page.post(f"{address}steer/", {"wish": "resume"})
    assert only().status == Status.RUNNING
    page.post(f"{address}steer/", {"wish": "dance"})
    page.post(f"{address}steer/", {"wish": "cancel"})
    assert only().status == Status.CANCELLED
    assert "Mail those who were not mailed yet" in page.get(address).text


def test_mails_to_look_at_are_shown(mail_server, page, mailing, address):
    mail_server.troubles.append(CUT_BEFORE)
    sent(begun(mailing))
    shown = page.get(address)
    assert "Mails to look at" in shown.text
    assert mailing.mails.get(state=VoucherMailState.UNKNOWN).code in shown.text


def test_who_lost_the_right_cannot_send(mail_server, page, mailing, address, monkeypatch):
    page.post(f"{address}test/")
    monkeypatch.setattr(MailVouchers, "permission", "actions.nobody")
    answer = page.post(f"{address}send/", {"key": str(only().key)}, follow=True)
    assert "Nothing was done." in answer.text
    assert only().status == Status.CHECKED


def test_piggy_does_not_tell_what_there_is(sandbox, mail_server, page, address):
    with sandbox.misbehaving({"path": "^subscription-types$", "kind": "status", "status": 503}):
        assert "callout" in page.get(address).text
        assert page.post(f"{address}text/", {}, follow=True).status_code == 200
    assert not VoucherMailing.objects.exists()


def test_runs_that_make_no_vouchers_have_no_such_page(sandbox, page, maker):
    run = checked(f"customer\n{MIRA}\n", maker, action=VOUCHER, **COUNTED)
    assert page.get(f"/voucher-mails/{run.pk}/").status_code == 404
    assert "voucher-mails" not in page.get(f"/bulk/{run.pk}/").text
    BulkRun.objects.update(status="done", action="create-credit-reception")
    assert page.get(f"/voucher-mails/{run.pk}/").status_code == 404


def test_before_it_is_written_there_is_nothing_to_steer(sandbox, page, address):
    assert page.post(f"{address}steer/", {"wish": "pause"}).status_code == 302
    assert page.get(f"{address}?watch", headers={"HX-Request": "true"}).status_code == 200


def test_nobody_is_left_to_mail(sandbox, mail_server, page, run, address):
    for uuid in (seed.MIRA_UUID, seed.DUPLICATE_UUID):
        unsubscribe(sandbox, uuid)
    prepared(sandbox, run)
    assert "There is nobody to mail." in page.get(address).text


def test_rows_without_a_code(sandbox, page, maker):
    run = carried(confirmed(checked(f"customer\n{MIRA}\n", maker, action=VOUCHER, **COUNTED)))
    run.rows.update(answer={})
    prepared(sandbox, run)
    assert "The run has made no voucher with a code." in page.get(f"/voucher-mails/{run.pk}/").text
