"""Calls about contacts, their identifiers, attributes and verification."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from piggyadmin.contacts.types import (
    Contact,
    ContactAttribute,
    ContactIdentifier,
    FullContact,
    PrepaidBalance,
    Subscription,
    SubscriptionType,
)
from piggyadmin.perks.types import Tier
from piggyadmin.piggy.client import Envelope, PiggyClient, path_value
from piggyadmin.piggy.errors import FORBIDDEN, KNOWN_IDENTIFIER, ErrorCode, NotFound, Rejected
from piggyadmin.piggy.trace import current_trace_id
from piggyadmin.piggy.types import UUID, Page, without_none
from piggyadmin.reference.cached import cached


def _path(contact_uuid: str, rest: str = "") -> str:
    return f"contacts/{path_value(contact_uuid)}{rest}"


def _uuid(envelope: Envelope) -> str:
    """Read the uuid of what was made."""
    return envelope.one(Contact).uuid or envelope.refuse()


# --- Contacts --------------------------------------------------------------------------------


def list_contacts(
    piggy: PiggyClient,
    *,
    page: int = 1,
    limit: int = 30,
    sort: str | None = None,
    created_from: datetime | None = None,
) -> Page[Contact]:
    """List contacts, at most 100 a page.

    `sort` is created_at or -created_at; `created_from` leaves older ones out. Only later docs have
    both, so that an account may ignore them.
    """
    params = without_none(page=page, limit=limit, sort=sort, **{"created_at[gte]": created_from})
    answer = piggy.get("contacts", params=params)
    return answer.page(Contact, page=page, limit=limit)


def get_contact(piggy: PiggyClient, *, contact_uuid: str) -> Contact:
    """Get one contact.

    Raises:
        NotFound: there is none (55031), for instance since a merge.
    """
    return piggy.get(_path(contact_uuid)).one(Contact)


def find_contact(piggy: PiggyClient, *, contact_uuid: str) -> Contact | None:
    """Get one contact; None where Piggy says that there is none (55031), or gives another one.

    Raises:
        PiggyError: any other kind of "not found" proves nothing.
    """
    try:
        contact = get_contact(piggy, contact_uuid=contact_uuid)
    except NotFound as error:
        if error.code != ErrorCode.CONTACT_NOT_FOUND:
            raise
        return None
    # Whether Piggy answers with the survivor of a merge is not documented.
    return contact if contact.uuid == contact_uuid else None


def get_full_contact(piggy: PiggyClient, *, contact_uuid: str) -> FullContact:
    """Get one contact with the values of its attributes.

    Raises:
        NotFound: there is none (55031), for instance since a merge.
    """
    return piggy.get(_path(contact_uuid)).one(FullContact)


def find_contact_by_email(piggy: PiggyClient, *, email: str) -> Contact:
    """Find the contact with exactly this address.

    Raises:
        NotFound: there is none (55031).
    """
    return piggy.get("contacts/find-one-by", params={"email": email}).one(Contact)


def resolve_contact(piggy: PiggyClient, *, query: str) -> Contact:
    """Find a contact by whatever somebody has: e-mail, UUID, or the value of an identifier.

    Looks only say what is asked first: an identifier may read like an address or a UUID.

    Raises:
        NotFound: there is none.
        Rejected: it is an identifier that is switched off (60004).
    """
    if "@" in query:
        ways = (_contact_by_email, _contact_by_identifier)
    elif UUID.fullmatch(query):
        ways = (_contact_by_uuid, _contact_by_identifier)
    else:
        ways = (_contact_by_identifier, _contact_by_odd_uuid)
    try:
        return ways[0](piggy, query)
    except Rejected as error:
        if _is_final(error):
            raise
        return _contact_otherwise(ways[1], piggy, query)


def _is_final(error: Rejected) -> bool:
    """Tell whether a refusal is not just about what was typed, so that no other way would help."""
    return error.status == FORBIDDEN or error.code in KNOWN_IDENTIFIER


def _contact_otherwise(
    way: Callable[[PiggyClient, str], Contact], piggy: PiggyClient, query: str
) -> Contact:
    """Try the other way; a refusal there means that there is no such contact."""
    try:
        return way(piggy, query)
    except Rejected as error:
        if _is_final(error):
            raise
        code = ErrorCode.CONTACT_NOT_FOUND
        raise NotFound(code=code, status=error.status, trace_id=error.trace_id) from error


def _contact_by_email(piggy: PiggyClient, query: str) -> Contact:
    return find_contact_by_email(piggy, email=query)


def _contact_by_uuid(piggy: PiggyClient, query: str) -> Contact:
    return get_contact(piggy, contact_uuid=query.lower())


def _contact_by_odd_uuid(piggy: PiggyClient, query: str) -> Contact:
    """Try what does not look like a UUID as one, for they are opaque."""
    return get_contact(piggy, contact_uuid=query)


def _contact_by_identifier(piggy: PiggyClient, query: str) -> Contact:
    identifier = find_contact_identifier(piggy, contact_identifier_value=query)
    if not identifier.contact or not identifier.contact.uuid:
        code = ErrorCode.CONTACT_IDENTIFIER_WITHOUT_CONTACT
        raise NotFound(code=code, trace_id=current_trace_id())
    return get_contact(piggy, contact_uuid=identifier.contact.uuid)


def create_contact(piggy: PiggyClient, *, email: str, referral_code: str | None = None) -> str:
    """Create a contact and give its uuid; other fields are set by an update."""
    body = without_none(email=email, referral_code=referral_code)
    return _uuid(piggy.post("contacts", json=body))


def create_contact_async(
    piggy: PiggyClient, *, email: str, referral_code: str | None = None
) -> str:
    """Create a contact and give its uuid at once; what Piggy works out itself comes later (docs).

    Raises:
        Rejected: the address is somebody's (60005), or the account holds no more (60000).
    """
    body = without_none(email=email, referral_code=referral_code)
    return _uuid(piggy.post("contacts/async", json=body))


def create_contacts_batch(piggy: PiggyClient, *, contacts: Sequence[Mapping[str, Any]]) -> None:
    """Add contacts, or change those that are there (recorded; no docs print it or its answer).

    Each has an email, and may have custom_attributes `[{name, value}]` and subscription_types
    `[{uuid, enroll}]`.
    """
    piggy.post("contacts/batch", json={"contacts": list(contacts)}, any_body=True)


def find_or_create_contact(piggy: PiggyClient, *, email: str) -> Contact:
    """Find the contact with this address, or create it: a write, although it is a GET (docs).

    Raises:
        Rejected: the account holds no more (60000).
    """
    params = {"email": email}
    return piggy.get("contacts/find-or-create", params=params, creates=True).one(Contact)


def find_or_create_contact_async(piggy: PiggyClient, *, email: str) -> str:
    """Do the same and give only its uuid; what Piggy works out itself comes later (docs).

    Raises:
        Rejected: the account holds no more (60000).
    """
    params = {"email": email}
    return _uuid(piggy.get("contacts/find-or-create/async", params=params, creates=True))


def create_anonymous_contact(
    piggy: PiggyClient, *, contact_identifier_value: str | None = None
) -> str:
    """Create a contact that only has an identifier, and give its uuid."""
    body = without_none(contact_identifier_value=contact_identifier_value)
    return _uuid(piggy.post("contacts/anonymous", json=body))


def update_contact(
    piggy: PiggyClient, *, contact_uuid: str, attributes: Mapping[str, Any]
) -> Contact:
    """Set the given attributes; others stay (inferred).

    Not repeated by itself: a repeat may fire automations again (inferred).
    """
    body = {"attributes": without_none(**attributes)}
    return piggy.put(_path(contact_uuid), json=body).one(Contact)


def delete_contact(piggy: PiggyClient, *, contact_uuid: str, type: str) -> None:  # noqa: A002
    """Have a contact deleted within minutes, for good; `type` is DEFAULT or GDPR (docs)."""
    piggy.post(_path(contact_uuid, "/delete"), json={"type": type}, any_body=True)


def claim_anonymous_contact(
    piggy: PiggyClient, *, anonymous_contact_uuid: str, email: str
) -> Contact:
    """Give an anonymous contact an address, for good.

    If the address is somebody's, the two are merged and another uuid comes back (inferred).

    Raises:
        NotFound: no such contact (55031).
        Rejected: it is not anonymous (60016).
    """
    answer = piggy.put(_path(anonymous_contact_uuid, "/claim"), json={"email": email})
    return answer.one(Contact)


def merge_contacts(
    piggy: PiggyClient, *, source_contact_uuid: str, destination_contact_uuid: str
) -> None:
    """Have the source merged into the destination within minutes, for good.

    The answer is not documented, so any 2xx means scheduled.

    Raises:
        NotFound: one of them does not exist (55031).
    """
    body = {
        "source_contact_uuid": source_contact_uuid,
        "destination_contact_uuid": destination_contact_uuid,
    }
    piggy.post("contacts/merge", json=body, any_body=True)


def get_prepaid_balance(piggy: PiggyClient, *, contact_uuid: str) -> int:
    """Get a contact's prepaid balance in cents."""
    answer = piggy.get(_path(contact_uuid, "/prepaid-balance"))
    return answer.one(PrepaidBalance).balance_in_cents or 0


def get_contact_tier(piggy: PiggyClient, *, contact_uuid: str) -> Tier | None:
    """Get a contact's tier; None where it has none (inferred)."""
    answer = piggy.get(_path(contact_uuid, "/tier"))
    return answer.one(Tier) if answer.data else None


# --- Identifiers -----------------------------------------------------------------------------


def list_contact_identifiers(piggy: PiggyClient, *, contact_uuid: str) -> list[ContactIdentifier]:
    """List a contact's identifiers."""
    return piggy.get(_path(contact_uuid, "/contact-identifiers")).several(ContactIdentifier)


def find_contact_identifier(
    piggy: PiggyClient, *, contact_identifier_value: str
) -> ContactIdentifier:
    """Find an identifier by its value.

    Raises:
        NotFound: there is none (60003).
        Rejected: it is switched off (60004).
    """
    params = {"contact_identifier_value": contact_identifier_value}
    return piggy.get("contact-identifiers/find", params=params).one(ContactIdentifier)


def look_at_contact_identifier(
    piggy: PiggyClient, *, contact_identifier_value: str
) -> ContactIdentifier:
    """Find an identifier, on or off: of one that is switched off Piggy tells no more than that.

    Raises:
        NotFound: there is none (60003).
    """
    try:
        return find_contact_identifier(piggy, contact_identifier_value=contact_identifier_value)
    except Rejected as error:
        if error.code != ErrorCode.CONTACT_IDENTIFIER_INACTIVE:
            raise
        return ContactIdentifier(value=contact_identifier_value, active=False)


def create_contact_identifier(
    piggy: PiggyClient,
    *,
    contact_identifier_value: str,
    contact_uuid: str | None = None,
    contact_identifier_name: str | None = None,
) -> ContactIdentifier:
    """Create an identifier, of a contact or of nobody yet.

    Raises:
        Rejected: there is one already (60006).
    """
    body = without_none(
        contact_identifier_value=contact_identifier_value,
        contact_uuid=contact_uuid,
        contact_identifier_name=contact_identifier_name,
    )
    return piggy.post("contact-identifiers", json=body).one(ContactIdentifier)


def update_contact_identifier(
    piggy: PiggyClient,
    *,
    contact_identifier_value: str,
    contact_identifier_name: str | None = None,
    contact_identifier_active: bool | None = None,
) -> ContactIdentifier:
    """Rename an identifier, or switch it on or off; its value cannot change.

    Not repeated: a first attempt that comes late would undo what somebody else has set since.
    """
    body = without_none(
        contact_identifier_value=contact_identifier_value,
        contact_identifier_name=contact_identifier_name,
        contact_identifier_active=contact_identifier_active,
    )
    answer = piggy.put("contact-identifiers", json=body)
    return answer.one(ContactIdentifier)


def link_contact_identifier(
    piggy: PiggyClient, *, contact_identifier_value: str, contact_uuid: str
) -> ContactIdentifier:
    """Give an identifier to a contact.

    Raises:
        Rejected: it is somebody's already (60014) or switched off (60004).
    """
    body = {"contact_identifier_value": contact_identifier_value, "contact_uuid": contact_uuid}
    return piggy.put("contact-identifiers/link", json=body).one(ContactIdentifier)


def unlink_contact_identifier(
    piggy: PiggyClient, *, contact_identifier_value: str
) -> ContactIdentifier:
    """Take an identifier from its contact."""
    body = {"contact_identifier_value": contact_identifier_value}
    return piggy.put("contact-identifiers/unlink", json=body).one(ContactIdentifier)


def delete_contact_identifier(piggy: PiggyClient, *, contact_identifier_value: str) -> None:
    """Delete an identifier."""
    params = {"contact_identifier_value": contact_identifier_value}
    piggy.delete("contact-identifiers", params=params, any_body=True)


# --- Attributes ------------------------------------------------------------------------------


def list_contact_attributes(piggy: PiggyClient) -> list[ContactAttribute]:
    """List the attributes that contacts have (SDK)."""
    return piggy.get("contact-attributes").several(ContactAttribute)


cached_contact_attributes = cached(list_contact_attributes)


def create_contact_attribute(
    piggy: PiggyClient,
    *,
    name: str,
    data_type: str,
    label: str,
    description: str | None = None,
    options: Sequence[dict[str, str]] | None = None,
) -> ContactAttribute:
    """Create an attribute, for good; options are `{label, value}` (SDK, other integrations).

    Raises:
        Rejected: the name is taken (60009, inferred).
    """
    body = without_none(
        name=name, data_type=data_type, label=label, description=description, options=options
    )
    return piggy.post("contact-attributes", json=body).one(ContactAttribute)


# --- Subscriptions ---------------------------------------------------------------------------


def list_subscription_types(piggy: PiggyClient) -> list[SubscriptionType]:
    """List the kinds of messages; those without a uuid cannot be addressed (docs)."""
    return piggy.get("subscription-types").several(SubscriptionType)


cached_subscription_types = cached(list_subscription_types)


def list_contact_subscriptions(piggy: PiggyClient, *, contact_uuid: str) -> list[Subscription]:
    """Tell of each kind of messages whether a contact gets it.

    Raises:
        NotFound: no such contact (55031).
    """
    return piggy.get(f"contact-subscriptions/{path_value(contact_uuid)}").several(Subscription)


def get_contact_subscription(
    piggy: PiggyClient, *, contact_uuid: str, subscription_type_uuid: str
) -> Subscription | None:
    """Tell whether a contact gets a kind of messages; None where Piggy does not tell.

    Raises:
        NotFound: no such contact (55031).
    """
    for each in list_contact_subscriptions(piggy, contact_uuid=contact_uuid):
        if each.subscription_type and each.subscription_type.uuid == subscription_type_uuid:
            return each
    return None


def set_contact_subscription(
    piggy: PiggyClient, *, contact_uuid: str, subscription_type_uuid: str, is_subscribed: bool
) -> Subscription:
    """Subscribe a contact to a kind of messages, or unsubscribe it.

    Not repeated by itself: with a double opt-in, each subscribing mails the contact (docs).

    Raises:
        NotFound: no such contact (55031).
        Rejected: no such kind (55030).
    """
    verb = "subscribe" if is_subscribed else "unsubscribe"
    body = {"subscription_type_uuid": subscription_type_uuid}
    path = f"contact-subscriptions/{path_value(contact_uuid)}/{verb}"
    return piggy.put(path, json=body).one(Subscription)


# --- Verification ----------------------------------------------------------------------------


def send_verification_email(piggy: PiggyClient, *, email: str) -> str | None:
    """Have a verification mail sent, and give what Piggy says of it, if anything.

    The answer is an object or a list (docs, SDK), so any 2xx means sent. Each call sends a mail.

    Raises:
        NotFound: no contact has this address (55031).
        Rejected: the account has no Contacts Portal (55032).
    """
    answer = piggy.post("contact-verification/send", json={"email": email}, any_body=True)
    message = answer.data.get("message") if isinstance(answer.data, dict) else None
    return message if isinstance(message, str) else None


def verify_code(piggy: PiggyClient, *, code: str, email: str) -> str:
    """Check a code from a verification mail, and give the contact's uuid.

    Raises:
        NotFound: the code is wrong or used (13010).
    """
    body = {"code": code, "email": email}
    return _uuid(piggy.post("contact-verification/verify", json=body))


def get_auth_token(piggy: PiggyClient, *, contact_uuid: str) -> str:
    """Get a token that acts for a contact: a secret, never to be stored or logged.

    Each call makes one. It comes as a string or as an object (SDK, docs).

    Raises:
        NotFound: no such contact (55031).
        OutcomeUnknown: no token in the answer.
    """
    path = f"contact-verification/auth-token/{path_value(contact_uuid)}"
    answer = piggy.get(path, creates=True)
    token = answer.data.get("auth_token") if isinstance(answer.data, dict) else answer.data
    return token if isinstance(token, str) and token else answer.refuse()
