"""Gift cards, against a sandbox behind a socket."""

import pytest

from piggyadmin.giftcards import services
from piggyadmin.piggy.errors import ErrorCode, NotFound, OutcomeUnknown, Rejected
from piggyadmin.sandbox.seed import AMSTERDAM_UUID, MIRA_EMAIL, MIRA_UUID
from tests.piggy.scripted import Script, answers

NOBODY = "c0ffee00-0000-4000-8000-00000000ffff"


def program(piggy):
    (found,) = services.list_giftcard_programs(piggy)
    return found


def book(piggy, card, amount):
    return services.create_giftcard_transaction(
        piggy,
        giftcard_uuid=card.uuid,
        amount_in_cents=amount,
        shop_uuid=AMSTERDAM_UUID,
        custom_attributes={"console_reference": "key"},
    )


def test_list_and_find(piggy):
    page = services.list_giftcards(piggy, giftcard_program_uuid=program(piggy).uuid, limit=2)
    assert (len(page.items), page.total, page.has_more) == (2, 3, True)
    card = services.find_giftcard(piggy, hash="GIFT-0002")
    assert (card.amount_in_cents, card.giftcard_program.name) == (2_950, "Gift card")
    assert services.get_giftcard(piggy, giftcard_uuid=card.uuid) == card
    assert "GIFT-0002" not in repr(card)
    for look in (
        lambda: services.find_giftcard(piggy, hash="x"),
        lambda: services.get_giftcard(piggy, giftcard_uuid=NOBODY),
        lambda: services.list_giftcards(piggy, giftcard_program_uuid=NOBODY),
    ):
        with pytest.raises(NotFound):
            look()


def test_a_card_from_creation_to_reversal(piggy):
    card = services.create_giftcard(piggy, giftcard_program_uuid=program(piggy).uuid)
    assert card.amount_in_cents == 0
    first, second = book(piggy, card, 2_000), book(piggy, card, -500)
    assert (second.amount_in_cents, second.console_reference) == (-500, "key")
    assert services.get_giftcard(piggy, giftcard_uuid=card.uuid).amount_in_cents == 1_500
    listed = services.list_giftcard_transactions(piggy, giftcard_hash=card.hash, limit=1)
    assert [each.uuid for each in listed.items] == [second.uuid]
    assert (listed.total, listed.has_more) == (2, True)
    with pytest.raises(Rejected) as caught:
        services.reverse_giftcard_transaction(piggy, giftcard_transaction_uuid=first.uuid)
    assert caught.value.code == ErrorCode.NOT_LAST_GIFTCARD_TRANSACTION
    back = services.reverse_giftcard_transaction(piggy, giftcard_transaction_uuid=second.uuid)
    assert back.amount_in_cents == 500
    seen = services.get_giftcard_transaction(piggy, giftcard_transaction_uuid=back.uuid)
    assert (seen.card.uuid, seen.shop.uuid) == (card.uuid, AMSTERDAM_UUID)


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (-10_000, ErrorCode.GIFTCARD_AMOUNT_TOO_LOW),
        (100_000, ErrorCode.GIFTCARD_MAXIMUM_EXCEEDED),
    ],
)
def test_what_a_card_cannot_do(piggy, amount, code):
    with pytest.raises(Rejected) as caught:
        book(piggy, services.find_giftcard(piggy, hash="GIFT-0001"), amount)
    assert caught.value.code == code


def test_send_giftcard(piggy, sandbox):
    card = services.find_giftcard(piggy, hash="GIFT-0001")
    services.send_giftcard(piggy, giftcard_uuid=card.uuid, contact_uuid=MIRA_UUID)
    (mail,) = sandbox.mailbox()
    assert (mail["to"], "GIFT-0001" in mail["body"]) == (MIRA_EMAIL, True)


def test_money_is_never_booked_twice(scripted, scripted_piggy):
    scripted.will(Script(status=502), answers({"uuid": "t"}))
    with pytest.raises(OutcomeUnknown):
        services.create_giftcard_transaction(
            scripted_piggy, giftcard_uuid="g", amount_in_cents=1, shop_uuid="s"
        )
    assert len(scripted.received) == 1


def test_transactions_without_a_uuid_are_listed(scripted, scripted_piggy):
    scripted.will(answers([{"id": 1, "uuid": None, "amount_in_cents": 5}]))
    (listed,) = services.list_giftcard_transactions(scripted_piggy, shop_uuid="s").items
    assert (listed.uuid, listed.amount_in_cents) == (None, 5)
    assert scripted.received[0].query == {
        "shop_uuid": "s",
        "page": "1",
        "limit": "30",
        "perPage": "30",
    }


TAGS = {"custom.name": "Mira"}
BOOKED = {
    "giftcard_uuid": "g",
    "amount_in_cents": -250,
    "shop_uuid": "s",
    "custom_attributes": {"console_reference": "key"},
}


@pytest.mark.parametrize(
    ("service", "asked", "path", "body"),
    [
        (
            services.create_giftcard,
            {"giftcard_program_uuid": "p"},
            "giftcards",
            {"type": 1, "giftcard_program_uuid": "p"},
        ),
        (
            services.send_giftcard,
            {"giftcard_uuid": "g", "contact_uuid": "c", "email_uuid": "e", "merge_tags": TAGS},
            "giftcards/g/send-by-email",
            {"contact_uuid": "c", "email_uuid": "e", "merge_tags": TAGS},
        ),
        (services.create_giftcard_transaction, BOOKED, "giftcard-transactions", BOOKED),
    ],
)
def test_everything_that_is_given_is_sent(scripted, scripted_piggy, service, asked, path, body):
    scripted.will(answers({"uuid": "u"}))
    service(scripted_piggy, **asked)
    (request,) = scripted.received
    assert (request.method, request.path, request.json) == ("POST", path, body)


def test_what_is_asked_of_lists(scripted, scripted_piggy):
    scripted.will(answers([]), answers([]), answers([]), answers([]))
    cards = services.list_giftcards(scripted_piggy, giftcard_program_uuid="p", page=2, limit=7)
    narrow = {"giftcard_hash": "h", "giftcard_program_uuid": "p", "shop_uuid": "s"}
    booked = services.list_giftcard_transactions(scripted_piggy, **narrow, page=3, limit=9)
    assert (cards.page, booked.page) == (2, 3)
    assert services.list_giftcards(scripted_piggy).page == 1
    assert services.list_giftcard_transactions(scripted_piggy).page == 1
    assert [request.query for request in scripted.received] == [
        {"giftcard_program_uuid": "p", "page": "2", "limit": "7"},
        narrow | {"page": "3", "limit": "9", "perPage": "9"},
        {"page": "1", "limit": "30"},
        {"page": "1", "limit": "30", "perPage": "30"},
    ]


@pytest.mark.parametrize("service", [services.list_giftcards, services.list_giftcard_transactions])
def test_a_full_page_may_be_followed_by_more(scripted, scripted_piggy, service):
    """Where Piggy does not tell which page is the last one."""
    scripted.will(*[answers([{"uuid": "a", "name": "a"}, {"uuid": "b", "name": "b"}])] * 2)
    assert service(scripted_piggy, limit=2).has_more
    assert not service(scripted_piggy, limit=3).has_more


def test_what_stands_on_a_card_may_look_like_a_uuid(piggy):
    card = services.find_giftcard(piggy, hash="GIFT-0002")
    assert services.resolve_giftcard(piggy, query=card.uuid) == card
    with pytest.raises(NotFound) as caught:
        services.resolve_giftcard(piggy, query=NOBODY)
    assert caught.value.code == ErrorCode.GIFTCARD_NOT_FOUND
    assert services.resolve_giftcard(piggy, query="GIFT-0002") == card
