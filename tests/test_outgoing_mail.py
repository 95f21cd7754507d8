"""What is certain of a mail after it was handed over, whatever the mail server does."""

import pytest
from django.core.mail import EmailMessage

from piggyadmin.outgoing_mail import MailNotSent, MailOutcomeUnknown, MailServer, can_mail
from tests.smtp_server import CUT_AFTER, CUT_BEFORE, PUT_OFF, REFUSE


def letter(**changes) -> EmailMessage:
    return EmailMessage("Hello", "There", **{"to": ["mira@example.test"], **changes})


def send(*letters: EmailMessage) -> None:
    with MailServer() as server:
        for each in letters:
            server.make_ready()
            server.send(each)


def test_mails_go_over_one_connection(mail_server):
    assert can_mail()
    send(letter(), letter(to=["daan@example.test"]))
    assert mail_server.recipients() == ["mira@example.test", "daan@example.test"]
    assert mail_server.mails[0].message["From"] == "The Shop <shop@example.test>"


def test_nobody_is_there(mail_server, settings):
    mail_server.__exit__()
    with pytest.raises(MailNotSent, match="cannot be reached") as caught:
        send(letter())
    assert (caught.value.passes, caught.value.concerns_all) == (True, True)
    settings.EMAIL_URL = ""
    assert not can_mail()


@pytest.mark.parametrize(("greeting", "passes"), [("421 busy", True), ("554 go away", False)])
def test_it_does_not_let_the_console_in(mail_server, greeting, passes):
    mail_server.greeting = greeting
    with pytest.raises(MailNotSent, match=greeting) as caught:
        send(letter())
    assert (caught.value.passes, caught.value.concerns_all) == (passes, True)


@pytest.mark.parametrize(("trouble", "passes"), [(REFUSE, False), (PUT_OFF, True)])
def test_a_recipient_is_refused(mail_server, trouble, passes):
    mail_server.troubles.append(trouble)
    with pytest.raises(MailNotSent, match=trouble) as caught:
        send(letter())
    assert (caught.value.passes, caught.value.concerns_all) == (passes, False)
    assert mail_server.mails == []


def test_the_sender_is_refused(mail_server):
    mail_server.sender_answer = "553 not you"
    with pytest.raises(MailNotSent, match="not you") as caught:
        send(letter())
    assert caught.value.concerns_all


def test_the_content_is_refused(mail_server):
    mail_server.data_answer = "552 too\tmuch"
    with pytest.raises(MailNotSent, match="552 too much") as caught:
        send(letter())
    assert not caught.value.passes


def test_an_answer_that_says_neither_yes_nor_no(mail_server):
    mail_server.data_answer = "299 hm"
    with pytest.raises(MailOutcomeUnknown):
        send(letter())


@pytest.mark.parametrize(("trouble", "taken"), [(CUT_BEFORE, 0), (CUT_AFTER, 1)])
def test_nobody_can_tell(mail_server, trouble, taken):
    mail_server.troubles.append(trouble)
    with MailServer() as server:
        server.make_ready()
        with pytest.raises(MailOutcomeUnknown):
            server.send(letter())
        assert len(mail_server.mails) == taken
        server.make_ready()
        server.send(letter())
    assert len(mail_server.mails) == taken + 1


def test_a_connection_that_was_closed_meanwhile_is_made_anew(mail_server):
    with MailServer() as server:
        server.make_ready()
        server._backend.connection.sock.close()
        server.make_ready()
        server.send(letter())
    assert len(mail_server.mails) == 1


@pytest.mark.parametrize("name", ["subject", "to"])
def test_no_header_can_be_added(mail_server, name):
    value = "Hello\r\nBcc: all@example.test"
    message = letter()
    setattr(message, name, [value] if name == "to" else value)
    with pytest.raises(MailNotSent) as caught:
        send(message)
    assert (caught.value.passes, mail_server.mails) == (False, [])
