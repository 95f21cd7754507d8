"""Mails leave once each, whatever the mail server, Piggy and the console do meanwhile."""

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.outgoing_mail import MailServer
from piggyadmin.piggy.client import piggy_client
from piggyadmin.sandbox import seed
from piggyadmin.tasks.models import Run, RunState
from piggyadmin.voucher_mails import confirming, preparing, sending
from piggyadmin.voucher_mails.models import MailingStatus, VoucherMail, VoucherMailState
from piggyadmin.voucher_mails.operations import MAIL_VOUCHERS
from tests.smtp_server import CUT_AFTER, CUT_BEFORE, PUT_OFF, REFUSE
from tests.voucher_mails.making import (
    MIRA,
    OTHER,
    begun,
    prepared,
    sent,
    states,
    texts,
    unsubscribe,
)

State, Status = VoucherMailState, MailingStatus


def test_each_customer_gets_their_own_code(mail_server, mailing):
    sent(begun(mailing))
    assert (mailing.status, states(mailing)) == (Status.DONE, [State.MAILED] * 2)
    assert mail_server.recipients() == [MIRA, OTHER]
    codes = [row.answer["voucher_code"] for row in mailing.run.rows.order_by("position")]
    first = mail_server.mails[0]
    assert first.message["Subject"] == "For you, Mira"
    assert first.message["To"] == MIRA
    assert first.message.get_content_type() == "text/plain"
    assert "Hello Mira,\n\nyour code for" in first.text
    assert codes[0] in first.text
    assert codes[1] not in first.text
    assert codes[1] in mail_server.mails[1].text
    ids = {mail.message["Message-ID"] for mail in mail_server.mails}
    assert len(ids) == 2
    assert all(each.endswith("@example.test>") for each in ids)


def test_it_stands_in_the_ledger(mail_server, mailing):
    sent(begun(mailing))
    entry = Entry.objects.get(submission_key=mailing.key)
    assert (entry.action, entry.state) == ("mail-vouchers", EntryState.DONE)
    assert entry.data == {
        "run": mailing.run_id,
        "kind": "Service",
        "mails": 2,
        "digest": mailing.digest,
    }
    assert entry.follow_up
    assert entry.follow_up.detail["words"] == "2 mails have left."


def test_what_was_mailed_is_never_mailed_again(sandbox, mail_server, mailing):
    sent(begun(mailing))
    again = prepared(sandbox, mailing.run, subject="Once more")
    assert (again.pk, again.key != mailing.key) == (mailing.pk, True)
    sent(begun(again))
    VoucherMail.objects.filter(position=1).update(voucher_key="lost")
    preparing.add_vouchers(again)
    sent(begun(prepared(sandbox, mailing.run)))
    assert len(mail_server.mails) == 2


def test_who_unsubscribes_after_the_preview_is_not_mailed(sandbox, mail_server, mailing):
    begun(mailing)
    unsubscribe(sandbox, seed.MIRA_UUID)
    sent(mailing)
    assert mail_server.recipients() == [OTHER]
    assert states(mailing) == [State.LEFT_OUT, State.MAILED]
    assert "unsubscribed" in mailing.mails.get(position=1).words


def test_a_mailbox_that_is_none(sandbox, mail_server, mailing):
    mail_server.troubles.append(REFUSE)
    sent(begun(mailing))
    assert states(mailing) == [State.REFUSED, State.MAILED]
    assert "550 no such mailbox" in mailing.mails.get(position=1).words
    sent(begun(prepared(sandbox, mailing.run)))
    assert states(mailing) == [State.MAILED, State.MAILED]


def test_what_is_put_off_is_tried_later(mail_server, mailing):
    mail_server.troubles.append(PUT_OFF)
    sent(begun(mailing), times=1)
    first = mailing.mails.get(position=1)
    assert (states(mailing), first.attempts) == ([State.READY, State.MAILED], 1)
    assert mailing.status == Status.RUNNING
    sent(mailing, times=1)
    assert states(mailing)[0] == State.READY
    mailing.mails.update(due_at=first.mailing.begun_at)
    sent(mailing)
    assert (mailing.status, states(mailing)) == (Status.DONE, [State.MAILED] * 2)


def test_what_is_put_off_too_often_is_refused(mail_server, mailing):
    mailing.mails.filter(position=1).update(attempts=sending.MOST_ATTEMPTS)
    mail_server.troubles.append(PUT_OFF)
    sent(begun(mailing))
    assert states(mailing) == [State.REFUSED, State.MAILED]


@pytest.mark.parametrize("trouble", [CUT_BEFORE, CUT_AFTER])
def test_of_a_broken_connection_nobody_can_tell(sandbox, mail_server, mailing, trouble):
    mail_server.troubles.append(trouble)
    sent(begun(mailing))
    assert (mailing.status, states(mailing)) == (Status.DONE, [State.UNKNOWN, State.MAILED])
    entry = Entry.objects.get(submission_key=mailing.key)
    assert "Of 1 nobody can tell." in entry.follow_up.detail["words"]
    assert entry.status.is_flagged
    sent(begun(prepared(sandbox, mailing.run)))
    assert states(mailing) == [State.UNKNOWN, State.MAILED]
    assert len(mail_server.mails) == 1 + (trouble == CUT_AFTER)


def test_who_was_killed_while_a_mail_left(mail_server, mailing):
    begun(mailing)
    mailing.mails.filter(position=1).update(state=State.LEAVING)
    sent(mailing)
    assert states(mailing) == [State.UNKNOWN, State.MAILED]
    assert "stopped while it was sent" in mailing.mails.get(position=1).words
    assert mail_server.recipients() == [OTHER]


def test_who_was_taken_for_dead_still_says_that_it_left(mail_server, mailing):
    mail = begun(mailing).mails.get(position=1)
    preparing.look_up(piggy_client(), mailing, [mail])
    mail_server.may_answer.clear()

    class Slow(MailServer):
        def send(self, message):
            mailing.mails.filter(pk=mail.pk).update(state=State.UNKNOWN)
            mail_server.may_answer.set()
            super().send(message)

    with Slow() as server:
        sending.send_one(server, mailing, mail)
    assert states(mailing)[0] == State.MAILED


def test_two_workers_do_not_send_the_same(mail_server, mailing):
    mail = begun(mailing).mails.get(position=1)
    preparing.look_up(piggy_client(), mailing, [mail])
    with MailServer() as server:
        sending.send_one(server, mailing, mail)
        sending.send_one(server, mailing, mail)
    assert mail_server.recipients() == [MIRA]


def test_nobody_takes_mail_just_now(mail_server, mailing):
    mail_server.greeting = "421 busy"
    sent(begun(mailing), times=1)
    assert (mailing.status, states(mailing)) == (Status.RUNNING, [State.READY] * 2)
    assert "421 busy" in mailing.trouble
    assert mailing.goes_on_at
    mail_server.greeting = "220 here"
    sent(mailing)
    assert (mailing.status, mailing.trouble) == (Status.DONE, "")


def test_a_sender_that_is_refused_pauses_it(mail_server, mailing):
    mail_server.sender_answer = "553 not you"
    sent(begun(mailing))
    assert (mailing.status, states(mailing)) == (Status.PAUSED, [State.READY] * 2)
    assert "553 not you" in mailing.trouble
    mail_server.sender_answer = ""
    sending.resume(mailing, by=mailing.person)
    sent(mailing)
    assert states(mailing) == [State.MAILED] * 2


@pytest.mark.parametrize(("status", "wanted"), [(503, Status.RUNNING), (401, Status.PAUSED)])
def test_piggy_cannot_be_asked(sandbox, mail_server, mailing, status, wanted):
    begun(mailing)
    with sandbox.misbehaving({"path": "^vouchers/find$", "kind": "status", "status": status}):
        sent(mailing, times=1)
    assert (mailing.status, mail_server.mails) == (wanted, [])
    assert mailing.trouble


def test_whose_it_is_may_not_do_it_any_more(mail_server, mailing):
    begun(mailing)
    mailing.person.groups.clear()
    sent(mailing)
    assert (mailing.status, mail_server.mails) == (Status.PAUSED, [])
    assert "may not mail vouchers" in mailing.trouble
    with pytest.raises(PermissionDenied):
        sending.resume(mailing, by=mailing.person)
    other = User.objects.create_user("second", password="piggy-test", first_name="Second")
    other.groups.add(Group.objects.get(name=Role.ADMIN.value))
    sending.resume(mailing, by=other)
    sent(mailing)
    assert (mailing.person, states(mailing)) == (other, [State.MAILED] * 2)


def test_it_is_paused_and_cancelled_between_two_mails(mail_server, mailing, monkeypatch):
    send = MailServer.send

    def send_and_pause(server, message):
        send(server, message)
        sending.pause(mailing, "Enough.")

    monkeypatch.setattr(MailServer, "send", send_and_pause)
    sent(begun(mailing))
    assert (mailing.status, states(mailing)) == (Status.PAUSED, [State.MAILED, State.READY])
    sending.cancel(mailing)
    assert mailing.status == Status.CANCELLED
    assert Entry.objects.get(submission_key=mailing.key).follow_up.detail["words"] == (
        "1 mail has left."
    )
    sending.cancel(mailing)
    sending.resume(mailing, by=mailing.person)
    mailing.refresh_from_db()
    assert mailing.status == Status.CANCELLED


def test_who_may_not_does_not_begin_it(mail_server, mailing):
    mailing.person.groups.clear()
    with pytest.raises(PermissionDenied):
        confirming.confirm(mailing, by=mailing.person)
    mailing.refresh_from_db()
    assert mailing.status == Status.CHECKED


def test_what_was_asked_for_begins_whoever_dies(mail_server, mailing, monkeypatch):
    monkeypatch.setattr(sending, "begin", lambda entry: None)
    confirming.confirm(mailing, by=mailing.person)
    monkeypatch.undo()
    entry = Entry.objects.get(submission_key=mailing.key)
    progress = MAIL_VOUCHERS.watch(piggy_client(), entry)
    assert not progress.finished
    sent(mailing)
    assert MAIL_VOUCHERS.watch(piggy_client(), entry).finished


def test_a_request_whose_mailing_was_written_anew(sandbox, mail_server, mailing):
    begun(mailing)
    entry = Entry.objects.get(submission_key=mailing.key)
    sending.cancel(mailing)
    prepared(sandbox, mailing.run)
    progress = MAIL_VOUCHERS.watch(piggy_client(), entry)
    assert (progress.finished, progress.as_expected) == (True, False)


def test_background_work_that_was_lost_goes_on(mail_server, mailing):
    begun(mailing)
    Run.objects.filter(name=sending.CARRIER).delete()
    sending.keep_going()
    sent(mailing)
    assert mailing.status == Status.DONE


def test_background_work_that_was_given_up(sandbox, mail_server, mailing):
    begun(mailing)
    Run.objects.filter(name=sending.CARRIER).update(state=RunState.CANCELLED)
    sending.keep_going()
    mailing.refresh_from_db()
    assert mailing.status == Status.PAUSED
    assert "was cancelled, or failed" in mailing.trouble
    sending.cancel(mailing)
    preparing.prepare(mailing.run, texts(sandbox), by=mailing.person)
    Run.objects.filter(name=preparing.PREPARER).update(state=RunState.FAILED, last_error="Oh.")
    sending.keep_going()
    mailing.refresh_from_db()
    assert (mailing.status, "Oh." in mailing.trouble) == (Status.DRAFT, True)


def test_a_mail_to_oneself(mail_server, mailing):
    mailing.person.email = "noor@example.test"
    sending.send_test(mailing, to=mailing.person)
    (letter,) = mail_server.mails
    assert (letter.recipient, letter.message["Subject"]) == (
        "noor@example.test",
        "[Test] For you, Mira",
    )
    assert "is EXAMPLE-CODE." in letter.text
    mailing.refresh_from_db()
    assert mailing.is_tested
    mailing.text += " Changed."
    assert not mailing.is_tested


def test_a_test_where_nobody_would_be_mailed(sandbox, mail_server, run):
    for uuid in (seed.MIRA_UUID, seed.DUPLICATE_UUID):
        unsubscribe(sandbox, uuid)
    mailing = prepared(sandbox, run, text="{code}", subject="Hello")
    assert sending.sample_values(mailing) == {}
    sent(begun(mailing))
    assert (mailing.status, mail_server.mails) == (Status.DONE, [])
