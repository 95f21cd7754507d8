"""Contacts, identifiers, attributes and verification, against a sandbox behind a socket."""

import json
from datetime import UTC, datetime

import pytest

from piggyadmin.contacts import services
from piggyadmin.piggy.errors import (
    ErrorCode,
    NotFound,
    OutcomeUnknown,
    Rejected,
    Unreachable,
)
from tests.piggy.scripted import Script, answers, refuses

MIRA = "c0ffee00-0000-4000-8000-000000000001"
TWIN = "c0ffee00-0000-4000-8000-000000000002"
ANONYMOUS = "c0ffee00-0000-4000-8000-000000000003"
NOBODY = "c0ffee00-0000-4000-8000-00000000ffff"
EMAIL = "mira.jansen@example.test"


# --- Contacts --------------------------------------------------------------------------------


def test_list_contacts(piggy):
    page = services.list_contacts(piggy, page=2, limit=10, sort="created_at")
    assert (page.page, len(page.items), page.total) == (2, 10, 40)
    assert page.has_more
    before = services.list_contacts(piggy, page=1, limit=10, sort="created_at")
    assert before.items[-1].created_at <= page.items[0].created_at
    since = page.items[4].created_at
    later = services.list_contacts(piggy, limit=10, sort="created_at", created_from=since)
    assert later.items[0] == page.items[4]
    assert later.total < page.total


def test_get_contact(piggy):
    mira = services.get_contact(piggy, contact_uuid=MIRA)
    assert (mira.uuid, mira.email, mira.name) == (MIRA, EMAIL, "Mira Jansen")
    assert (mira.credits, mira.prepaid_cents, mira.is_anonymous) == (120, 1250, False)


@pytest.mark.parametrize("uuid", [NOBODY, "..", "", "../shops", "?x=1"])
def test_get_contact_that_is_not_there(piggy, uuid):
    with pytest.raises(Rejected):
        services.get_contact(piggy, contact_uuid=uuid)


def test_find_contact(piggy):
    assert services.find_contact(piggy, contact_uuid=MIRA).uuid == MIRA
    assert services.find_contact(piggy, contact_uuid=NOBODY) is None


def test_find_contact_takes_no_other_one_for_it(scripted, scripted_piggy):
    scripted.will(answers({"uuid": TWIN}))
    assert services.find_contact(scripted_piggy, contact_uuid=MIRA) is None


def test_find_contact_takes_no_other_refusal_for_an_absence(scripted, scripted_piggy):
    scripted.will(refuses(1008, status=404))
    with pytest.raises(NotFound):
        services.find_contact(scripted_piggy, contact_uuid=MIRA)


def test_find_contact_by_email(piggy):
    assert services.find_contact_by_email(piggy, email=EMAIL).uuid == MIRA
    with pytest.raises(NotFound) as caught:
        services.find_contact_by_email(piggy, email="nobody@example.test")
    assert caught.value.code == ErrorCode.CONTACT_NOT_FOUND


@pytest.mark.parametrize("query", [EMAIL, MIRA, MIRA.upper(), "CARD-0001"])
def test_resolve_contact(piggy, query):
    assert services.resolve_contact(piggy, query=query).name == "Mira Jansen"


@pytest.mark.parametrize("query", ["nobody@example.test", NOBODY, "CARD-9999", "😀", "a/b", ".."])
def test_resolve_contact_that_is_not_there(piggy, query):
    with pytest.raises(NotFound):
        services.resolve_contact(piggy, query=query)


def test_resolve_contact_by_a_uuid_that_does_not_look_like_one(scripted, scripted_piggy):
    scripted.will(refuses(60003), answers({"uuid": "123"}))
    assert services.resolve_contact(scripted_piggy, query="123").uuid == "123"
    assert scripted.received[1].path == "contacts/123"


def test_resolve_contact_that_an_odd_uuid_does_not_name(scripted, scripted_piggy):
    scripted.will(refuses(60003), refuses(1003))
    with pytest.raises(NotFound) as caught:
        services.resolve_contact(scripted_piggy, query="123")
    assert caught.value.code == ErrorCode.CONTACT_NOT_FOUND


def test_resolve_contact_by_an_identifier_of_nobody(piggy):
    services.create_contact_identifier(piggy, contact_identifier_value="CARD-NEW")
    with pytest.raises(NotFound) as caught:
        services.resolve_contact(piggy, query="CARD-NEW")
    assert caught.value.code == ErrorCode.CONTACT_IDENTIFIER_WITHOUT_CONTACT


@pytest.mark.parametrize("card", ["card@4471", "0f8fad5b-d9cb-469f-a165-70867728950e"])
def test_resolve_contact_by_an_identifier_that_looks_like_something_else(piggy, card):
    services.create_contact_identifier(piggy, contact_identifier_value=card, contact_uuid=MIRA)
    assert services.resolve_contact(piggy, query=card).uuid == MIRA
    services.update_contact_identifier(
        piggy, contact_identifier_value=card, contact_identifier_active=False
    )
    with pytest.raises(Rejected) as caught:
        services.resolve_contact(piggy, query=card)
    assert caught.value.code == ErrorCode.CONTACT_IDENTIFIER_INACTIVE


def test_create_contact(piggy):
    uuid = services.create_contact(piggy, email="new@example.test")
    assert services.get_contact(piggy, contact_uuid=uuid).email == "new@example.test"
    with pytest.raises(Rejected) as caught:
        services.create_contact(piggy, email="new@example.test")
    assert caught.value.code == ErrorCode.CONTACT_EXISTS


def test_create_contact_without_a_uuid_in_the_answer(scripted, scripted_piggy):
    scripted.will(answers({"email": "new@example.test"}))
    with pytest.raises(OutcomeUnknown):
        services.create_contact(scripted_piggy, email="new@example.test")


def test_create_anonymous_contact(piggy):
    uuid = services.create_anonymous_contact(piggy, contact_identifier_value="CARD-77")
    assert services.get_contact(piggy, contact_uuid=uuid).is_anonymous
    assert services.resolve_contact(piggy, query="CARD-77").uuid == uuid


def test_update_contact(piggy):
    changed = services.update_contact(
        piggy, contact_uuid=MIRA, attributes={"firstname": "Mirjam", "lastname": None}
    )
    assert changed.name == "Mirjam Jansen"


def test_delete_contact(piggy, sandbox):
    sandbox.faults(delete_seconds=0)
    services.delete_contact(piggy, contact_uuid=TWIN, type="GDPR")
    with pytest.raises(NotFound):
        services.get_contact(piggy, contact_uuid=TWIN)


def test_claim_anonymous_contact(piggy):
    claimed = services.claim_anonymous_contact(
        piggy, anonymous_contact_uuid=ANONYMOUS, email="found@example.test"
    )
    assert (claimed.uuid, claimed.email) == (ANONYMOUS, "found@example.test")
    with pytest.raises(Rejected) as caught:
        services.claim_anonymous_contact(
            piggy, anonymous_contact_uuid=ANONYMOUS, email="again@example.test"
        )
    assert caught.value.code == ErrorCode.CONTACT_NOT_ANONYMOUS


def test_merge_contacts(piggy, sandbox):
    sandbox.faults(merge_seconds=0)
    services.merge_contacts(piggy, source_contact_uuid=TWIN, destination_contact_uuid=MIRA)
    assert services.get_contact(piggy, contact_uuid=MIRA).credits == 150
    with pytest.raises(NotFound):
        services.get_contact(piggy, contact_uuid=TWIN)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"data": null}', b'{"message": "ok"}'])
def test_merge_contacts_whatever_the_answer(scripted, scripted_piggy, body):
    scripted.will(Script(body=body))
    services.merge_contacts(scripted_piggy, source_contact_uuid="a", destination_contact_uuid="b")
    (call,) = scripted.received
    assert json.loads(call.body) == {"source_contact_uuid": "a", "destination_contact_uuid": "b"}


@pytest.mark.parametrize("kind", ["drop_after", "timeout_after", "garbage_after"])
def test_a_merge_whose_answer_is_lost_is_not_sent_again(piggy, sandbox, kind):
    piggy.timeout = (1, 0.5)
    sandbox.faults({"kind": kind, "method": "POST", "path": "merge", "seconds": 2})
    with pytest.raises(OutcomeUnknown):
        services.merge_contacts(piggy, source_contact_uuid=TWIN, destination_contact_uuid=MIRA)
    assert len(sandbox.calls("POST", "contacts/merge")) == 1


def test_prepaid_balance_is_in_cents(piggy):
    assert services.get_prepaid_balance(piggy, contact_uuid=MIRA) == 1250


@pytest.mark.parametrize("data", [None, [], {}])
def test_contact_without_a_tier(scripted, scripted_piggy, data):
    scripted.will(answers(data))
    assert services.get_contact_tier(scripted_piggy, contact_uuid=MIRA) is None


def test_contact_tier(scripted, scripted_piggy):
    scripted.will(answers({"name": "Gold", "position": "2", "media": None, "uuid": "t"}))
    tier = services.get_contact_tier(scripted_piggy, contact_uuid=MIRA)
    assert (tier.name, tier.position) == ("Gold", 2)


# --- Identifiers -----------------------------------------------------------------------------


def test_list_contact_identifiers(piggy):
    (card,) = services.list_contact_identifiers(piggy, contact_uuid=MIRA)
    assert (card.value, card.active) == ("CARD-0001", True)


def test_find_contact_identifier(piggy):
    card = services.find_contact_identifier(piggy, contact_identifier_value="CARD-0001")
    assert card.contact.uuid == MIRA
    with pytest.raises(NotFound):
        services.find_contact_identifier(piggy, contact_identifier_value="card-none")


def test_look_at_contact_identifier_that_is_off(piggy):
    card = services.look_at_contact_identifier(piggy, contact_identifier_value="CARD-0001")
    assert (card.active, card.name) == (True, "Card")
    services.update_contact_identifier(
        piggy, contact_identifier_value="CARD-0001", contact_identifier_active=False
    )
    card = services.look_at_contact_identifier(piggy, contact_identifier_value="CARD-0001")
    assert (card.active, card.name, card.value) == (False, None, "CARD-0001")
    with pytest.raises(NotFound):
        services.look_at_contact_identifier(piggy, contact_identifier_value="card-none")


def test_an_identifier_from_creation_to_deletion(piggy):
    value = "CARD/77 & more"
    made = services.create_contact_identifier(
        piggy, contact_identifier_value=value, contact_identifier_name="Card"
    )
    assert (made.value, made.name, made.contact) == (value, "Card", None)
    linked = services.link_contact_identifier(
        piggy, contact_identifier_value=value, contact_uuid=MIRA
    )
    assert linked.contact.uuid == MIRA
    unlinked = services.unlink_contact_identifier(piggy, contact_identifier_value=value)
    assert unlinked.contact is None
    changed = services.update_contact_identifier(
        piggy, contact_identifier_value=value, contact_identifier_active=False
    )
    assert (changed.name, changed.active) == ("Card", False)
    services.update_contact_identifier(
        piggy, contact_identifier_value=value, contact_identifier_active=True
    )
    services.delete_contact_identifier(piggy, contact_identifier_value=value)
    with pytest.raises(NotFound):
        services.find_contact_identifier(piggy, contact_identifier_value=value)


def test_update_contact_identifier_sends_what_is_given_once(scripted, scripted_piggy):
    scripted.will(Script(status=502), answers({"value": "C", "active": False}))
    with pytest.raises(OutcomeUnknown):
        services.update_contact_identifier(
            scripted_piggy, contact_identifier_value="C", contact_identifier_active=False
        )
    assert [request.json for request in scripted.received] == [
        {"contact_identifier_value": "C", "contact_identifier_active": False}
    ]


def test_delete_contact_identifier_whatever_the_answer(scripted, scripted_piggy):
    scripted.will(Script(status=204, body=b""))
    services.delete_contact_identifier(scripted_piggy, contact_identifier_value="C")
    assert scripted.received[0].query == {"contact_identifier_value": "C"}


# --- Attributes ------------------------------------------------------------------------------


def test_contact_attributes(piggy):
    made = services.create_contact_attribute(
        piggy,
        name="shoe_size",
        data_type="select",
        label="Shoe size",
        options=[{"label": "42", "value": "42"}],
    )
    assert (made.name, made.type, made.options[0].label) == ("shoe_size", "select", "42")
    assert "shoe_size" in {row.name for row in services.list_contact_attributes(piggy)}
    with pytest.raises(Rejected) as caught:
        services.create_contact_attribute(piggy, name="shoe_size", data_type="text", label="Size")
    assert caught.value.code == ErrorCode.ATTRIBUTE_EXISTS


# --- Subscriptions ---------------------------------------------------------------------------


def test_list_contact_subscriptions(piggy):
    wanted = services.list_contact_subscriptions(piggy, contact_uuid=MIRA)
    assert {each.subscription_type.name: each.is_wanted for each in wanted} == {
        "Newsletter": True,
        "Offers": True,
        "Service": True,
    }
    with pytest.raises(NotFound):
        services.list_contact_subscriptions(piggy, contact_uuid=NOBODY)


def test_of_a_kind_of_messages_that_there_is_not_nobody_knows_who_gets_it(piggy):
    known = services.list_contact_subscriptions(piggy, contact_uuid=MIRA)[0]
    for uuid, told in ((known.subscription_type.uuid, known), (NOBODY, None)):
        asked = {"contact_uuid": MIRA, "subscription_type_uuid": uuid}
        assert services.get_contact_subscription(piggy, **asked) == told


# --- Verification ----------------------------------------------------------------------------


def test_verification(piggy, sandbox):
    assert "mira" in (services.send_verification_email(piggy, email=EMAIL) or "")
    code = sandbox.mailbox()[0]["code"]
    assert services.verify_code(piggy, code=code, email=EMAIL) == MIRA
    with pytest.raises(NotFound) as caught:
        services.verify_code(piggy, code="000000x", email=EMAIL)
    assert caught.value.code == ErrorCode.PASSCODE_NOT_FOUND


@pytest.mark.parametrize(
    ("data", "message"),
    [({"type": "Success", "message": "Sent"}, "Sent"), ([True], None), (True, None), ({}, None)],
)
def test_the_answer_to_a_verification_mail_in_every_shape(scripted, scripted_piggy, data, message):
    scripted.will(answers(data))
    assert services.send_verification_email(scripted_piggy, email=EMAIL) == message


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_verification_mail_is_never_sent_twice(scripted, scripted_piggy, status):
    scripted.will(Script(status=status))
    with pytest.raises(Exception, match=str(status)):
        services.send_verification_email(scripted_piggy, email=EMAIL)
    assert len(scripted.received) == 1


def test_get_auth_token(piggy):
    assert len(services.get_auth_token(piggy, contact_uuid=MIRA)) > 10
    with pytest.raises(NotFound):
        services.get_auth_token(piggy, contact_uuid=NOBODY)


@pytest.mark.parametrize("data", ["secret", {"auth_token": "secret"}])
def test_an_auth_token_in_every_shape(scripted, scripted_piggy, data):
    scripted.will(answers(data))
    assert services.get_auth_token(scripted_piggy, contact_uuid=MIRA) == "secret"


@pytest.mark.parametrize("data", [None, "", {}, {"auth_token": None}, ["secret"], 5])
def test_an_auth_token_that_is_none(scripted, scripted_piggy, data):
    scripted.will(answers(data))
    # Each call makes a token, so one may have been made.
    with pytest.raises(OutcomeUnknown):
        services.get_auth_token(scripted_piggy, contact_uuid=MIRA)


def test_a_look_up_survives_a_lost_answer(piggy, sandbox):
    sandbox.faults({"kind": "drop_after", "method": "GET", "path": "contacts", "times": 2})
    assert services.get_contact(piggy, contact_uuid=MIRA).uuid == MIRA
    sandbox.faults({"kind": "drop_after", "method": "GET", "path": "contacts"})
    with pytest.raises(Unreachable):
        services.get_contact(piggy, contact_uuid=MIRA)


# --- Other ways to make one ------------------------------------------------------------------


def test_create_contact_async(piggy):
    made = services.create_contact_async(piggy, email="async@example.test")
    assert services.get_contact(piggy, contact_uuid=made).email == "async@example.test"
    with pytest.raises(Rejected) as caught:
        services.create_contact_async(piggy, email=EMAIL)
    assert caught.value.code == ErrorCode.CONTACT_EXISTS


def test_find_or_create_contact(piggy):
    assert services.find_or_create_contact(piggy, email=EMAIL).uuid == MIRA
    assert services.find_or_create_contact_async(piggy, email=EMAIL) == MIRA
    made = services.find_or_create_contact_async(piggy, email="both@example.test")
    assert services.find_or_create_contact(piggy, email="both@example.test").uuid == made


def test_a_get_that_creates_is_sent_once(scripted, scripted_piggy):
    for make in (services.find_or_create_contact, services.find_or_create_contact_async):
        scripted.will(Script(status=502), answers({"uuid": "c"}))
        with pytest.raises(OutcomeUnknown):
            make(scripted_piggy, email=EMAIL)
    assert len(scripted.received) == 2


def test_create_contacts_batch(piggy):
    services.create_contacts_batch(
        piggy,
        contacts=[
            {
                "email": "import@example.test",
                "custom_attributes": [{"name": "firstname", "value": "Ida"}],
            }
        ],
    )
    assert services.find_contact_by_email(piggy, email="import@example.test").firstname == "Ida"


# --- What is sent ----------------------------------------------------------------------------

NEW = {"email": "a@b.test", "referral_code": "R"}
CARD = {"contact_identifier_value": "C"}
NAMED = CARD | {"contact_identifier_name": "Card"}
SIZE = {
    "name": "size",
    "data_type": "select",
    "label": "Size",
    "description": "Of shoes",
    "options": [{"label": "Large", "value": "l"}],
}
WRITES = [
    (services.create_contact, NEW, ("POST", "contacts"), NEW),
    (services.create_contact_async, NEW, ("POST", "contacts/async"), NEW),
    (
        services.create_contacts_batch,
        {"contacts": (NEW,)},
        ("POST", "contacts/batch"),
        {"contacts": [NEW]},
    ),
    (services.create_anonymous_contact, CARD, ("POST", "contacts/anonymous"), CARD),
    (
        services.update_contact,
        {"contact_uuid": "c", "attributes": {"firstname": "Mira", "lastname": None}},
        ("PUT", "contacts/c"),
        {"attributes": {"firstname": "Mira"}},
    ),
    (
        services.delete_contact,
        {"contact_uuid": "c", "type": "GDPR"},
        ("POST", "contacts/c/delete"),
        {"type": "GDPR"},
    ),
    (
        services.claim_anonymous_contact,
        {"anonymous_contact_uuid": "c", "email": "a@b.test"},
        ("PUT", "contacts/c/claim"),
        {"email": "a@b.test"},
    ),
    (
        services.merge_contacts,
        {"source_contact_uuid": "s", "destination_contact_uuid": "d"},
        ("POST", "contacts/merge"),
        {"source_contact_uuid": "s", "destination_contact_uuid": "d"},
    ),
    (
        services.create_contact_identifier,
        NAMED | {"contact_uuid": "c"},
        ("POST", "contact-identifiers"),
        NAMED | {"contact_uuid": "c"},
    ),
    (
        services.update_contact_identifier,
        NAMED | {"contact_identifier_active": False},
        ("PUT", "contact-identifiers"),
        NAMED | {"contact_identifier_active": False},
    ),
    (
        services.link_contact_identifier,
        CARD | {"contact_uuid": "c"},
        ("PUT", "contact-identifiers/link"),
        CARD | {"contact_uuid": "c"},
    ),
    (services.unlink_contact_identifier, CARD, ("PUT", "contact-identifiers/unlink"), CARD),
    (services.create_contact_attribute, SIZE, ("POST", "contact-attributes"), SIZE),
    (
        services.set_contact_subscription,
        {"contact_uuid": "c", "subscription_type_uuid": "t", "is_subscribed": True},
        ("PUT", "contact-subscriptions/c/subscribe"),
        {"subscription_type_uuid": "t"},
    ),
    (
        services.set_contact_subscription,
        {"contact_uuid": "c", "subscription_type_uuid": "t", "is_subscribed": False},
        ("PUT", "contact-subscriptions/c/unsubscribe"),
        {"subscription_type_uuid": "t"},
    ),
    (
        services.send_verification_email,
        {"email": "a@b.test"},
        ("POST", "contact-verification/send"),
        {"email": "a@b.test"},
    ),
    (
        services.verify_code,
        {"code": "123", "email": "a@b.test"},
        ("POST", "contact-verification/verify"),
        {"code": "123", "email": "a@b.test"},
    ),
]


@pytest.mark.parametrize(("service", "asked", "endpoint", "body"), WRITES)
def test_everything_that_is_given_is_sent(scripted, scripted_piggy, service, asked, endpoint, body):
    scripted.will(answers({"uuid": "c", "name": "n", "value": "C"}))
    service(scripted_piggy, **asked)
    (request,) = scripted.received
    assert (request.method, request.path, request.json) == (*endpoint, body)


@pytest.mark.parametrize(("service", "asked", "endpoint", "body"), WRITES)
def test_no_write_is_sent_twice(scripted, scripted_piggy, service, asked, endpoint, body):
    scripted.will(Script(resets=True), answers({"uuid": "c"}))
    with pytest.raises(OutcomeUnknown):
        service(scripted_piggy, **asked)
    assert len(scripted.received) == 1


@pytest.mark.parametrize(
    ("service", "asked", "path", "query"),
    [
        (services.find_contact_by_email, {"email": "a@b.test"}, "contacts/find-one-by", None),
        (services.find_or_create_contact, {"email": "a@b.test"}, "contacts/find-or-create", None),
        (
            services.find_or_create_contact_async,
            {"email": "a@b.test"},
            "contacts/find-or-create/async",
            None,
        ),
        (services.find_contact_identifier, CARD, "contact-identifiers/find", None),
        (services.get_contact, {"contact_uuid": "c"}, "contacts/c", {}),
        (services.get_full_contact, {"contact_uuid": "c"}, "contacts/c", {}),
        (
            services.get_prepaid_balance,
            {"contact_uuid": "c"},
            "contacts/c/prepaid-balance",
            {},
        ),
        (services.get_contact_tier, {"contact_uuid": "c"}, "contacts/c/tier", {}),
    ],
)
def test_what_is_asked_of_a_look_up(scripted, scripted_piggy, service, asked, path, query):
    scripted.will(answers({"uuid": "c", "name": "n", "value": "C", "balance_in_cents": 1}))
    service(scripted_piggy, **asked)
    (request,) = scripted.received
    assert (request.method, request.path) == ("GET", path)
    assert request.query == (asked if query is None else query)


def test_what_is_asked_of_lists(scripted, scripted_piggy):
    scripted.will(answers([]), answers([]))
    since = datetime(2030, 1, 2, tzinfo=UTC)
    page = services.list_contacts(
        scripted_piggy, page=2, limit=7, sort="-created_at", created_from=since
    )
    assert page.page == 2
    assert services.list_contacts(scripted_piggy).page == 1
    narrow, wide = (request.query for request in scripted.received)
    assert narrow == {
        "page": "2",
        "limit": "7",
        "sort": "-created_at",
        "created_at[gte]": "2030-01-02T00:00:00+00:00",
    }
    assert wide == {"page": "1", "limit": "30"}


def test_a_full_page_may_be_followed_by_more(scripted, scripted_piggy):
    """Where Piggy does not tell which page is the last one."""
    scripted.will(*[answers([{"uuid": "a"}, {"uuid": "b"}])] * 2)
    assert services.list_contacts(scripted_piggy, limit=2).has_more
    assert not services.list_contacts(scripted_piggy, limit=3).has_more
