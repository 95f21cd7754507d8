"""Mail that leaves the console, one message at a time, and what is certain of each afterwards.

A mail cannot be called back, and whether one has left cannot be asked for later. So whoever may not
send twice writes down that it leaves, then sends it, then writes down what became of it:

    with MailServer() as server:
        server.make_ready()  # MailNotSent: nobody there; nothing is written down yet
        write_down_that_it_leaves()
        server.send(message)  # MailNotSent: certainly not; MailOutcomeUnknown: nobody can tell
"""

from contextlib import suppress
from smtplib import (
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from typing import Any, NoReturn, Self

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext

# Answers of a mail server (RFC 5321): it may take it later, or never.
REFUSED_FOR_NOW, REFUSED, NO_ANSWER = 400, 500, 600
LONGEST_ANSWER = 200  # characters
# What happens between two machines, or before anything is asked of the other one.
_FAILURES = (OSError, SMTPException)


class MailNotSent(Exception):  # noqa: N818  (it is no fault of the console)
    """It certainly did not leave.

    Attributes:
        words: Why, for people.
        passes: Whether the same mail may be taken later.
        concerns_all: Whether any other mail would be refused as well.
    """

    def __init__(self, words: str, *, passes: bool, concerns_all: bool = False) -> None:
        super().__init__(words)
        self.words, self.passes, self.concerns_all = words, passes, concerns_all


class MailOutcomeUnknown(Exception):  # noqa: N818  (that is what it is)
    """The connection broke while it was sent: nobody can tell whether it left."""


def can_mail() -> bool:
    """Tell whether there is anybody who takes mail."""
    return bool(settings.EMAIL_URL)


class MailServer:
    """The mail server that is set, for as long as several messages take."""

    def __init__(self) -> None:
        self._backend: Any = get_connection()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()

    def make_ready(self) -> None:
        """Have a connection that lives: one that was idle for long may have been closed.

        Raises:
            MailNotSent: the server cannot be reached, or does not let the console in.
        """
        connection = getattr(self._backend, "connection", None)
        if connection is not None:
            with suppress(*_FAILURES):
                connection.noop()
                return
            self._leave()
        try:
            self._backend.open()
        except SMTPResponseException as error:
            _refuse(error.smtp_code, error.smtp_error, concerns_all=True)
        except _FAILURES as error:
            words = gettext("The mail server cannot be reached.")
            raise MailNotSent(words, passes=True, concerns_all=True) from error

    def send(self, message: EmailMessage) -> None:
        """Send one message to one address.

        Raises:
            MailNotSent: it certainly did not leave.
            MailOutcomeUnknown: nobody can tell.
        """
        try:
            self._backend.send_messages([message])
        except SMTPRecipientsRefused as error:
            _refuse(*next(iter(error.recipients.values())))
        except SMTPResponseException as error:
            is_sender = isinstance(error, SMTPSenderRefused)
            _refuse(error.smtp_code, error.smtp_error, concerns_all=is_sender)
        except (ValueError, SMTPNotSupportedError) as error:
            words = gettext("No mail can be made of this: something in it cannot be written.")
            raise MailNotSent(words, passes=False) from error
        except _FAILURES as error:
            self._leave()
            raise MailOutcomeUnknown from error

    def _leave(self) -> None:
        with suppress(*_FAILURES):
            self._backend.close()


def _refuse(code: int, answer: bytes | str, *, concerns_all: bool = False) -> NoReturn:
    """Say that a server has refused something, unless its answer is none.

    Raises:
        MailNotSent: it has.
        MailOutcomeUnknown: it said neither yes nor no.
    """
    if not REFUSED_FOR_NOW <= code < NO_ANSWER:
        raise MailOutcomeUnknown
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    words = gettext("The mail server refused it: %(code)s %(answer)s")
    told = words % {"code": code, "answer": " ".join(text.split())[:LONGEST_ANSWER]}
    raise MailNotSent(told, passes=code < REFUSED, concerns_all=concerns_all)
