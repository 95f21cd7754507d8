import pytest

from piggyadmin.sandbox.models import Giftcard, GiftcardProgram, Mail

pytestmark = pytest.mark.django_db(databases=["sandbox"])


@pytest.fixture
def program(account):
    return GiftcardProgram.objects.create(name="Gift card", max_amount_in_cents=10_000)


@pytest.fixture
def card(api, program):
    return api("POST", "giftcards", type=1, giftcard_program_uuid=program.uuid)


@pytest.fixture
def book(api, account, card):
    def book(cents, **more):
        return {
            "giftcard_uuid": card["uuid"],
            "amount_in_cents": cents,
            "shop_uuid": account.shop.uuid,
            **more,
        }

    return book


def test_programs(api, program, card):
    (listed,) = api("GET", "giftcard-programs")
    assert (listed["uuid"], listed["card_count"]) == (program.uuid, 1)


def test_a_card_is_made_with_nothing_on_it(api, program, card):
    assert (card["type"], card["amount_in_cents"], card["amount"]) == ("DIGITAL", 0, 0)
    assert api("GET", f"giftcards/{card['uuid']}")["hash"] == card["hash"]
    assert api("GET", "giftcards/find-one-by", hash=card["hash"])["uuid"] == card["uuid"]
    answer = api.envelope("GET", "giftcards", giftcard_program_uuid=program.uuid)
    assert [each["uuid"] for each in answer["data"]] == [card["uuid"]]
    assert set(answer["meta"]) == {"page", "per_page", "last_page", "total"}


def test_what_cannot_be_made_or_found(api, program):
    assert api.code("POST", "giftcards", type=0, giftcard_program_uuid=program.uuid) == 55021
    assert api.code("POST", "giftcards", type=1, giftcard_program_uuid="x") == 1100
    assert api.code("GET", "giftcards", giftcard_program_uuid="x") == 1100
    assert api.code("GET", "giftcards/x") == 5001
    assert api.code("GET", "giftcards/find-one-by", hash="x") == 5001
    assert api.code("GET", "giftcard-transactions/x") == 5010


def test_a_card_is_sent_by_mail(api, account, card):
    api("POST", f"giftcards/{card['uuid']}/send-by-email", contact_uuid=account.mira.uuid)
    assert card["hash"] in Mail.objects.get(to=account.mira.email).body
    mail = {"contact_uuid": account.mira.uuid, "merge_tags": {"name": "Mira"}}
    wrong = api.wrong("POST", f"giftcards/{card['uuid']}/send-by-email", **mail)
    assert wrong == {"merge_tags.name"}


def test_money_is_put_on_and_spent(api, card, book):
    api("POST", "giftcard-transactions", **book(5000))
    spent = api("POST", "giftcard-transactions", **book(-2000))
    assert (spent["amount_in_cents"], spent["card"]["uuid"]) == (-2000, card["uuid"])
    assert api("GET", f"giftcard-transactions/{spent['uuid']}") == spent
    assert Giftcard.objects.get().amount_in_cents == 3000


@pytest.mark.parametrize(
    ("cents", "values", "code"),
    [
        (-1, {}, 5003),
        (10_001, {}, 5008),
        (1, {"active": False}, 7010),
        (1, {"expiration_date": "2020-01-01T00:00:00Z"}, 5002),
    ],
)
def test_what_a_card_refuses(api, book, cents, values, code):
    Giftcard.objects.update(**values)
    assert api.code("POST", "giftcard-transactions", **book(cents)) == code
    assert Giftcard.objects.get().amount_in_cents == 0


def test_a_card_that_is_not_upgradeable_is_filled_once(api, card, book):
    Giftcard.objects.update(upgradeable=False)
    api("POST", "giftcard-transactions", **book(100))
    assert api.code("POST", "giftcard-transactions", **book(100)) == 5006
    api("POST", "giftcard-transactions", **book(-50))


@pytest.mark.parametrize("verb", ["reverse", "correct"])
def test_only_the_last_transaction_is_reversed(api, book, verb):
    first = api("POST", "giftcard-transactions", **book(100))
    last = api("POST", "giftcard-transactions", **book(50))
    assert api.code("POST", f"giftcard-transactions/{first['uuid']}/{verb}") == 55025
    undone = api("POST", f"giftcard-transactions/{last['uuid']}/{verb}")
    assert undone["amount_in_cents"] == -50
    assert Giftcard.objects.get().amount_in_cents == 100


def test_a_reference_of_ones_own_is_kept_and_listed(api, card, book):
    values = book(100, custom_attributes={"reference": "R-1"})
    made = api("POST", "giftcard-transactions", **values)
    assert made["custom_attributes"] == {"reference": "R-1"}
    answer = api.envelope("GET", "giftcard-transactions", giftcard_hash=card["hash"], perPage=1)
    assert [row["custom_attributes"] for row in answer["data"]] == [{"reference": "R-1"}]
    assert (answer["meta"]["limit"], answer["meta"]["total"]) == ("1", 1)


def test_a_list_is_narrowed_and_sorted(api, account, program, book):
    for cents in (1, 2):
        api("POST", "giftcard-transactions", **book(cents))
    assert api.wrong("GET", "giftcard-transactions") == {"giftcard_hash"}

    def amounts(**query):
        rows = api("GET", "giftcard-transactions", **query)
        return [row["amount_in_cents"] for row in rows]

    assert amounts(shop_uuid=account.shop.uuid) == [2, 1]
    assert amounts(giftcard_program_uuid=program.uuid, sort="created_at") == [1, 2]
    assert amounts(shop_uuid=account.shop.uuid, **{"created_at[lt]": "2020-01-01"}) == []
    assert amounts(shop_uuid="x") == []
