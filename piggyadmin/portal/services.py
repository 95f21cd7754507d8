"""Calls about the Contacts Portal: sessions at a till, and tokens that say who somebody is."""

from typing import Any, Literal

from piggyadmin.piggy.client import PiggyClient, path_value
from piggyadmin.piggy.types import without_none
from piggyadmin.portal.types import PortalAddress, PortalSession, SessionToken

# What a session is for; without any, the contact only identifies.
Purpose = Literal[
    "credit-reception",
    "top-up-giftcards",
    "redeem-giftcards",
    "pay-prepaid",
    "top-up-prepaid",
    "vouchers",
]


def create_portal_session(
    piggy: PiggyClient,
    *,
    shop_uuid: str,
    purpose: Purpose | None = None,
    contact_uuid: str | None = None,
    amount_in_cents: int | None = None,
    **options: Any,
) -> PortalSession:
    """Begin a session at a shop; the amount is needed for redeem-giftcards (docs).

    `options` can be scanner_type, camera_service, facing_mode, enable_email_identification,
    enable_registration, enable_on_screen_keyboard, primary_identification_method and
    allow_multiple_giftcards.

    Raises:
        NotFound: no such shop (1008) or contact (55031).
    """
    body = without_none(
        shop_uuid=shop_uuid, contact_uuid=contact_uuid, amount_in_cents=amount_in_cents, **options
    )
    path = f"portal-sessions/{purpose}" if purpose else "portal-sessions"
    return piggy.post(path, json=body).one(PortalSession)


def get_portal_session(piggy: PiggyClient, *, portal_session_uuid: str) -> PortalSession:
    """Get one session.

    Raises:
        Rejected: there is none (1003).
    """
    path = f"portal-sessions/{path_value(portal_session_uuid)}"
    return piggy.get(path).one(PortalSession)


def get_portal_address(piggy: PiggyClient, *, contact_uuid: str) -> str:
    """Get an address at which a contact is signed in: a secret, never to be stored or logged.

    Each call makes one.

    Raises:
        NotFound: no such contact (55031).
    """
    params = {"contact_uuid": contact_uuid}
    answer = piggy.get("contacts-portal/auth-url", params=params, creates=True)
    return answer.one(PortalAddress).url or answer.refuse()


def get_session_token(piggy: PiggyClient, *, contact_session_token: str) -> SessionToken:
    """Look up whose a session token is, and whether it was used.

    Raises:
        NotFound: there is none (60013, inferred).
    """
    path = f"contact-session-tokens/{path_value(contact_session_token)}"
    return piggy.get(path).one(SessionToken)


def use_session_token(piggy: PiggyClient, *, contact_session_token: str) -> SessionToken:
    """Use a session token, for good.

    Raises:
        NotFound: there is none (60013, inferred).
        Rejected: it was used before (1003, inferred).
    """
    path = f"contact-session-tokens/{path_value(contact_session_token)}/use"
    return piggy.post(path).one(SessionToken)
