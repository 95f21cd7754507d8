"""The Contacts Portal: sessions at a till, and an address at which a contact is signed in."""

import secrets

from piggyadmin.sandbox import errors, serializers
from piggyadmin.sandbox.lookups import contact_by_uuid, one, optional_contact, shop_by_uuid
from piggyadmin.sandbox.models import AuthToken, PortalSession
from piggyadmin.sandbox.responses import CREATED, Reply
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.validation import Given

KINDS = (
    *("credit-reception", "top-up-giftcards", "pay-prepaid", "top-up-prepaid", "prepaid"),
    *("vouchers", "redeem-giftcards"),
)
CHOICES = {
    "scanner_type": ("camera", "hand_scanner"),
    "facing_mode": ("user", "environment"),
    "primary_identification_method": ("email", "identifier"),
    "camera_service": ("1", "2", "3"),
}
SWITCHES = (
    *("enable_email_identification", "enable_registration", "enable_on_screen_keyboard"),
    "allow_multiple_giftcards",
)


@route("POST", "portal-sessions")
def create_portal_session(given: Given) -> Reply:
    """Begin a session at a shop."""
    return _begin(given, "")


@route("POST", "portal-sessions/{kind}")
def create_portal_session_for(given: Given, kind: str) -> Reply:
    """Begin a session for one thing, such as paying with gift cards."""
    if kind not in KINDS:
        raise errors.invalid("kind", "There is no such kind of portal session.")
    if kind == "redeem-giftcards":
        given.integer("amount_in_cents", 1)
    return _begin(given, kind)


def _begin(given: Given, kind: str) -> Reply:
    shop_uuid = given.text("shop_uuid")
    contact_uuid = given.optional_text("contact_uuid")
    for name, choices in CHOICES.items():
        given.optional_choice(name, choices)
    for name in SWITCHES:
        given.optional_boolean(name)
    given.check()
    shop, contact = shop_by_uuid(shop_uuid), optional_contact(contact_uuid)
    row = PortalSession.objects.create(kind=kind, shop=shop, contact=contact)
    return Reply(serializers.portal_session(row), status=CREATED)


@route("GET", "portal-sessions/{portal_session_uuid}")
def get_portal_session(given: Given, portal_session_uuid: str) -> Reply:  # noqa: ARG001
    """Give one session."""
    rows = PortalSession.objects.filter(uuid=portal_session_uuid)
    return Reply(serializers.portal_session(one(rows, errors.INVALID_INPUT)))


@route("GET", "contacts-portal/auth-url", writes=True)
def get_portal_address(given: Given) -> Reply:
    """Give an address at which a contact is signed in: a secret."""
    contact_uuid = given.text("contact_uuid")
    given.check()
    contact = contact_by_uuid(contact_uuid)
    token = AuthToken.objects.create(token=secrets.token_urlsafe(24), contact=contact)
    return Reply({"url": f"https://example.test/portal?token={token.token}"})
