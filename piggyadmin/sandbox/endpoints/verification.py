"""Verification of contacts by mail, and tokens that act for a contact.

Mails go to the sandbox's mailbox. A code counts once and for an hour; one is always right, so that
checking can be tried and tested without reading mail.
"""

import secrets
from datetime import timedelta

from django.utils import timezone

from piggyadmin.sandbox import errors
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.lookups import contact_by_email, contact_by_uuid
from piggyadmin.sandbox.models import AuthToken, Contact, Mail
from piggyadmin.sandbox.responses import Reply
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.validation import Given

CODE_LIFETIME = timedelta(hours=1)
ALWAYS_RIGHT = "112233"


@route("POST", "contact-verification/send")
def send_verification_email(given: Given) -> Reply:
    """Mail a contact a code and a link; every call sends another mail."""
    email = given.email()
    given.check()
    contact = contact_by_email(email)
    if contact is None:
        raise ApiError(errors.CONTACT_NOT_FOUND)
    _send(contact)
    return Reply({"type": "Success", "message": f"Mail sent to {email}"})


def _send(contact: Contact) -> None:
    code = f"{secrets.randbelow(1_000_000):06}"
    link = f"https://portal.example.test/verify/{secrets.token_urlsafe(24)}"
    Mail.objects.create(
        to=contact.email,
        contact=contact,
        subject="Your verification code",
        body=f"Your code is {code}. Or follow this link: {link}",
        code=code,
        link=link,
    )


@route("POST", "contact-verification/verify")
def verify_code(given: Given) -> Reply:
    """Exchange a code and the address it was mailed to for the contact's UUID."""
    code, email = given.text("code"), given.email()
    given.check()
    if code == ALWAYS_RIGHT and (contact := contact_by_email(email)):
        return Reply({"uuid": contact.uuid})
    mails = Mail.objects.filter(
        to=email,
        code=code,
        used_at=None,
        contact__isnull=False,
        created_at__gt=timezone.now() - CODE_LIFETIME,
    )
    mail = mails.first()
    # Only one of two simultaneous calls finds the code unused.
    if mail is None or mail.contact is None or not _use(mail):
        raise ApiError(errors.PASSCODE_NOT_FOUND)
    return Reply({"uuid": mail.contact.uuid})


def _use(mail: Mail) -> int:
    return Mail.objects.filter(pk=mail.pk, used_at=None).update(used_at=timezone.now())


@route("GET", "contact-verification/auth-token/{contact_uuid}", writes=True)
def get_auth_token(given: Given, contact_uuid: str) -> Reply:  # noqa: ARG001
    """Give out a new token that acts for a contact."""
    contact = contact_by_uuid(contact_uuid)
    token = AuthToken.objects.create(token=secrets.token_urlsafe(48), contact=contact)
    return Reply({"auth_token": token.token})
