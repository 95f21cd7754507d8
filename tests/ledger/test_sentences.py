"""What entries say in words of people and things, for every action that writes."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from piggyadmin.actions.registry import actions, get_action
from piggyadmin.actions.views import age, said_of_earlier
from piggyadmin.ledger.models import FLAGGED, EntryState
from piggyadmin.ledger.sentences import FOLLOWED, Matter, Sentence
from tests.ledger.making import make_entry

MIRA, OTHER = "Mira Jansen", "M. Jansen"
SHOP = "c0ffee00-0000-4000-8000-000000000101"
TEA = "c0ffee00-0000-4000-8000-000000000501"
# By slug: what was asked, whom it is about, and what is said of it when it was done.
TOLD = {
    "create-giftcard": (
        {},
        {"contact": MIRA},
        "Daan made a gift card of a program",
    ),
    "create-giftcard-transaction": (
        {"kind": "pay", "amount": "10.40", "shop_uuid": SHOP},
        {"contact": MIRA},
        "Daan took €\u00a010.40 from gift card  at Amsterdam",
    ),
    "reverse-giftcard-transaction": (
        {},
        {"contact": MIRA},
        "Daan reversed – on gift card ",  # noqa: RUF001
    ),
    "send-giftcard": (
        {},
        {"contact": MIRA},
        "Daan mailed gift card  to Mira Jansen",
    ),
    "create-loyalty-token": (
        {"credits": 25, "shop_uuid": SHOP},
        {},
        "Daan made a loyalty code for 25 credits at Amsterdam",
    ),
    "create-order": (
        {"line_items": [{"total_amount": 350}], "shop_uuid": SHOP},
        {"contact": MIRA},
        "Daan made an order of €\u00a03.50 for Mira Jansen at Amsterdam",
    ),
    "create-and-process-order": (
        {"line_items": [{"total_amount": 350}], "shop_uuid": SHOP},
        {"contact": MIRA},
        "Daan made an order of €\u00a03.50 for Mira Jansen at Amsterdam, with its credits",
    ),
    "create-and-process-order-return": (
        {},
        {"contact": MIRA},
        "Daan took – of order  back from Mira Jansen",  # noqa: RUF001
    ),
    "process-order": (
        {},
        {"contact": MIRA},
        "Daan gave Mira Jansen the credits for order ",
    ),
    "update-order": (
        {"status": "PENDING", "payment_status": "UNPAID"},
        {},
        "Daan set an order to Pending, Not paid",
    ),
    "pay-prepaid": (
        {"amount": "10.40", "shop_uuid": SHOP},
        {"contact": MIRA},
        "Daan had Mira Jansen pay €\u00a010.40 from prepaid at Amsterdam",
    ),
    "top-up-prepaid": (
        {"amount": "10.40", "shop_uuid": SHOP},
        {"contact": MIRA},
        "Daan topped up €\u00a010.40 for Mira Jansen at Amsterdam",
    ),
    "reverse-prepaid-transaction": (
        {},
        {"contact": MIRA},
        "Daan took back an amount of prepaid from Mira Jansen",
    ),
    "reverse-credit-reception": (
        {},
        {"contact": MIRA},
        "Daan took back credits that Mira Jansen had been given at a shop",
    ),
    "create-reward-reception": (
        {"shop_uuid": SHOP},
        {"contact": MIRA},
        "Daan gave Mira Jansen a reward for credits at Amsterdam",
    ),
    "reverse-reward-reception": (
        {},
        {"contact": MIRA},
        "Daan gave Mira Jansen back the credits for a reward",
    ),
    "collect-reward": (
        {},
        {"contact": MIRA},
        "Daan handed Mira Jansen a reward over",
    ),
    "reverse-collection": (
        {},
        {"contact": MIRA},
        "Daan noted that a reward was not handed to Mira Jansen after all",
    ),
    "create-shift": (
        {"shop_uuid": SHOP},
        {"contact": MIRA},
        "Daan planned a shift of Mira Jansen at Amsterdam",
    ),
    "update-shift": (
        {},
        {"contact": MIRA},
        "Daan changed a shift",
    ),
    "delete-shift": (
        {},
        {"contact": MIRA},
        "Daan deleted a shift of Mira Jansen",
    ),
    "create-shift-team": (
        {"name": "Kitchen"},
        {},
        "Daan added the team Kitchen",
    ),
    "create-shift-type": (
        {"name": "Evening"},
        {},
        "Daan added the kind of shift Evening",
    ),
    "create-voucher": (
        {"contact_uuid": "c"},
        {"contact": MIRA},
        "Daan made a voucher of a promotion for Mira Jansen",
    ),
    "activate-voucher": (
        {"code": "WELCOME"},
        {},
        "Daan switched the voucher WELCOME on",
    ),
    "deactivate-voucher": (
        {"code": "WELCOME"},
        {},
        "Daan switched the voucher WELCOME off",
    ),
    "extend-voucher": (
        {"code": "WELCOME", "expiration_date": "2030-12-31T22:59:59Z"},
        {},
        "Daan extended the voucher WELCOME until 31 Dec 2030 23:59",
    ),
    "lock-voucher": (
        {"code": "WELCOME"},
        {},
        "Daan locked the voucher WELCOME",
    ),
    "release-voucher": (
        {"code": "WELCOME"},
        {},
        "Daan released the voucher WELCOME",
    ),
    "redeem-voucher": (
        {"code": "WELCOME", "shop_uuid": SHOP, "number_of_times": 3},
        {"contact": MIRA},
        "Daan used the voucher WELCOME of Mira Jansen 3 times at Amsterdam",
    ),
    "replace-voucher": (
        {"code": "WELCOME", "contact_uuid": "c"},
        {"contact": MIRA},
        "Daan replaced the voucher WELCOME for Mira Jansen",
    ),
    "reverse-voucher-redemption": (
        {"code": "WELCOME"},
        {"contact": MIRA},
        "Daan took a use of the voucher WELCOME of Mira Jansen back",
    ),
    "create-credit-reception": (
        {"credits": 25, "shop_uuid": SHOP},
        {"contact": MIRA},
        "Daan gave Mira Jansen 25 credits at Amsterdam",
    ),
    "create-loyalty-transaction-attribute": (
        {"name": "cashier", "label": "Cashier"},
        {},
        "Daan created the attribute “Cashier” of transactions",
    ),
    "claim-loyalty-token": (
        {"unique_id": "R-1", "shop_uuid": SHOP},
        {"contact": MIRA},
        "Daan gave Mira Jansen the – of receipt R-1 of Amsterdam",  # noqa: RUF001
    ),
    "create-order-return": (
        {},
        {"contact": MIRA},
        "Daan noted that – of order  came back from Mira Jansen",  # noqa: RUF001
    ),
    "process-order-return": (
        {"order_return_uuid": "r1"},
        {},
        "Daan took the credits for the return r1",
    ),
    "create-promotion": ({"name": "Cake"}, {}, "Daan created the promotion “Cake”"),
    "update-shift-team": ({"shift_team_uuid": "t1"}, {}, "Daan changed the team “t1”"),
    "update-shift-type": ({"shift_type_uuid": "k1"}, {}, "Daan changed the kind of shift “k1”"),
    "use-session-token": ({}, {}, "Daan used a session token"),
    "create-perk": ({"label": "Free tea", "name": "tea"}, {}, "Daan created the perk “Free tea”"),
    "delete-perk": ({"perk_uuid": "p1"}, {}, "Daan deleted the perk “p1”"),
    "update-perk": ({"perk_uuid": "p1"}, {}, "Daan changed the perk “p1”"),
    "create-product": ({"name": "Tea"}, {}, "Daan created the product “Tea”"),
    "create-product-category": (
        {"name": "", "external_identifier": "TEAS"},
        {},
        "Daan created the product category “TEAS”",
    ),
    "delete-product": ({"product_uuid": TEA}, {}, "Daan deleted the product “Tea”"),
    "delete-product-category": (
        {"product_category_uuid": "c1"},
        {},
        "Daan deleted the product category “c1”",
    ),
    "update-product": ({"product_uuid": TEA}, {}, "Daan changed the product “Tea”"),
    "update-product-category": (
        {"product_category_uuid": "c1"},
        {},
        "Daan changed the product category “c1”",
    ),
    "create-webhook-subscription": ({"name": "Till"}, {}, "Daan created the webhook “Till”"),
    "delete-webhook-subscription": (
        {"webhook_subscription_uuid": "w1"},
        {},
        "Daan deleted the webhook “w1”",
    ),
    "update-webhook-subscription": (
        {"webhook_subscription_uuid": "w1"},
        {},
        "Daan changed the webhook “w1”",
    ),
    "update-reward": ({"reward_uuid": "r1"}, {}, "Daan changed the reward “r1”"),
    "run-automation": (
        {"automation_uuid": "a1"},
        {"contact": MIRA},
        "Daan set the automation “a1” off for Mira Jansen",
    ),
    "create-unit": ({"name": "litres"}, {}, "Daan created the unit “litres”"),
    "create-vouchers-batch": (
        {"quantity": 5, "promotion_uuid": "p", "contact_uuid": "c"},
        {"contact": MIRA},
        "Daan made 5 vouchers of a promotion for Mira Jansen",
    ),
    "create-booking": (
        {"shop_uuid": SHOP},
        {"contact": MIRA},
        "Daan made a booking for Mira Jansen at Amsterdam",
    ),
    "cancel-booking": (
        {"shop_uuid": SHOP, "starts_at": "2030-04-01T17:30:00Z", "is_today": True},
        {"contact": MIRA},
        "Daan cancelled Mira Jansen's booking of 19:30 at Amsterdam",
    ),
    "check-in-booking": (
        {"shop_uuid": SHOP, "starts_at": "2030-04-01T17:30:00Z", "is_today": False},
        {"contact": MIRA},
        "Daan checked Mira Jansen in for the booking of 1 Apr 2030 19:30 at Amsterdam",
    ),
    "complete-booking": ({}, {}, "Daan completed a customer's booking at a shop"),
    "update-bookings": ({}, {}, "Daan changed a booking of a customer"),
    "change-email-address": (
        {},
        {"contact": MIRA},
        "Daan gave Mira Jansen another e-mail address",
    ),
    "claim-anonymous-contact": (
        {},
        {"anonymous": OTHER, "owner": MIRA},
        "Daan claimed an anonymous customer for Mira Jansen",
    ),
    "create-anonymous-contact": (
        {"contact_identifier_value": "CARD-1"},
        {},
        "Daan created an anonymous customer with the card CARD-1",
    ),
    "create-contact": ({}, {}, "Daan created a customer"),
    "create-contact-attribute": (
        {"name": "shoe_size", "label": "Shoe size"},
        {},
        "Daan created the customer attribute “Shoe size”",
    ),
    "create-attribute-group": ({"name": "till"}, {}, "Daan created the attribute group “till”"),
    "create-custom-attribute": (
        {"name": "size", "label": "Size"},
        {},
        "Daan created the attribute “Size”",
    ),
    "update-custom-attribute": (
        {"entity": "voucher", "custom_attribute_name": "plu"},
        {},
        "Daan changed the attribute “plu”",
    ),
    "create-contact-identifier": (
        {"contact_identifier_value": "CARD-1"},
        {"contact": MIRA},
        "Daan gave Mira Jansen the card CARD-1",
    ),
    "create-portal-session": (
        {"shop_uuid": SHOP, "contact_uuid": "c"},
        {"contact": MIRA},
        "Daan began a session at Amsterdam for Mira Jansen",
    ),
    "delete-contact": ({"type": "GDPR"}, {"contact": ""}, "Daan erased a customer"),
    "delete-contact-identifier": (
        {"contact_identifier_value": "CARD-1"},
        {"contact": MIRA},
        "Daan deleted the card CARD-1 of Mira Jansen",
    ),
    "get-contact-auth-token": (
        {},
        {"contact": MIRA},
        "Daan got an auth token for Mira Jansen",
    ),
    "get-portal-address": (
        {},
        {"contact": MIRA},
        "Daan got a link that signs Mira Jansen in",
    ),
    "replace-lost-card": (
        {"contact_identifier_value": "CARD-1", "replacement_value": "CARD-2"},
        {"contact": MIRA},
        "Daan replaced the lost card CARD-1 of Mira Jansen by CARD-2",
    ),
    "send-contact-verification-email": ({}, {}, "Daan sent a customer a verification mail"),
    "create-visit": (
        {"shop_uuid": SHOP},
        {"contact": MIRA},
        "Daan noted a visit of Mira Jansen at Amsterdam",
    ),
    "update-visit": ({}, {"contact": MIRA}, "Daan changed a visit of Mira Jansen"),
    "unlink-contact-identifier": (
        {"contact_identifier_value": "CARD-1"},
        {"contact": MIRA},
        "Daan took the card CARD-1 from Mira Jansen",
    ),
    "update-contact": ({}, {"contact": MIRA}, "Daan changed the details of Mira Jansen"),
    "update-contact-identifiers": (
        {"contact_identifier_value": "CARD-1", "contact_identifier_active": "false"},
        {},
        "Daan switched the identifier CARD-1 off",
    ),
    "update-contact-subscription": (
        {"subscription_type_uuid": "news", "is_subscribed": "false"},
        {"contact": MIRA},
        "Daan unsubscribed Mira Jansen from “Newsletter”",
    ),
    "verify-contact-code": (
        {},
        {"contact": MIRA},
        "Daan checked a code that Mira Jansen read out",
    ),
    "merge-contacts": (
        {},
        {"source": MIRA, "destination": OTHER},
        "Daan merged Mira Jansen into M. Jansen",
    ),
    "merge-duplicates": (
        {},
        {"survivor": OTHER, "source-1": MIRA, "source-2": "100 % Mira"},
        "Daan merged 2 customers into M. Jansen",
    ),
    "find-or-create-products": (
        {"name": "Flat white", "external_identifier": "SKU"},
        {},
        "Daan saw to it that there is a product “Flat white”",
    ),
}
WRITES = [action.slug for action in actions() if not action.is_read]


def sentence(slug: str) -> Sentence:
    data, customers, _words = TOLD[slug]
    things = {SHOP: "Amsterdam", "news": "Newsletter", TEA: "Tea"}
    return get_action(slug).sentence(Matter(data, customers=customers, things=things))


@pytest.mark.parametrize("slug", ["create-shift", "delete-shift"])
def test_whose_shift_it_was_may_be_forgotten(slug):
    matter = Matter({})
    assert "a shift of somebody" in get_action(slug).sentence(matter).told("Daan", EntryState.DONE)


@pytest.mark.parametrize("slug", WRITES)
def test_what_was_done(slug):
    assert sentence(slug).told("Daan", EntryState.DONE) == TOLD[slug][2]


@pytest.mark.parametrize("slug", WRITES)
def test_what_was_not_done_or_nobody_knows_is_told_as_a_wish(slug):
    told = sentence(slug)
    wish = told.told("Daan", EntryState.REJECTED)
    assert wish.startswith("Daan wanted to ")
    assert told.told("Daan", EntryState.UNKNOWN) == f"{wish} – outcome unknown"  # noqa: RUF001
    assert told.waiting("Daan") == wish.replace("wanted", "wants", 1)


@pytest.mark.parametrize("slug", WRITES)
def test_an_older_entry_that_lacks_what_is_asked_now_can_be_told(slug):
    told = get_action(slug).sentence(Matter({}))
    assert told.told("Daan", EntryState.DONE).startswith("Daan ")


def test_more_is_said_of_what_piggy_is_still_at_and_of_surprises():
    told = sentence("merge-contacts")
    merged = "Daan merged Mira Jansen into M. Jansen"
    assert told.told("Daan", EntryState.DONE, so_far=FOLLOWED) == f"{merged} – under way"  # noqa: RUF001
    assert told.told("Daan", EntryState.DONE, so_far=FLAGGED) == f"{merged} – not as expected"  # noqa: RUF001


@pytest.mark.parametrize(
    ("data", "preview", "words"),
    [
        ({"credits": -5}, {"shop_name": "Utrecht"}, "took 5 credits from Mira Jansen at Utrecht"),
        (
            {"credits": None, "unit_value": "10.40"},
            {"unit_label": "€"},
            "gave Mira Jansen credits (€\N{NO-BREAK SPACE}10.40) at a shop",
        ),
    ],
)
def test_credits(data, preview, words):
    matter = Matter(data, preview, customers={"contact": MIRA})
    told = get_action("create-credit-reception").sentence(matter)
    assert told.told("Daan", EntryState.DONE) == f"Daan {words}"


def test_one_of_two_duplicates_is_named():
    matter = Matter({}, customers={"survivor": OTHER, "source-1": MIRA})
    told = get_action("merge-duplicates").sentence(matter)
    assert told.told("Daan", EntryState.DONE) == "Daan merged Mira Jansen into M. Jansen"


def test_names_are_no_patterns():
    matter = Matter({}, customers={"contact": "100 % %(who)s"})
    told = get_action("update-contact").sentence(matter)
    assert told.told("%s", EntryState.REJECTED) == (
        "%s wanted to change the details of 100 % %(who)s"
    )


def test_words_are_those_of_the_reader():
    told = sentence("create-credit-reception")
    with translation.override("nl"):
        assert told.told("Daan", EntryState.DONE) == "Daan gaf Mira Jansen 25 credits bij Amsterdam"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "just now"), (1, "1 second ago"), (40, "40 seconds ago"), (130, "2 minutes ago")],
)
def test_age(seconds, words, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    assert age(now - timedelta(seconds=seconds)) == words


@pytest.mark.django_db
def test_of_an_earlier_entry_it_is_said_when_that_was():
    data = {"credits": 50, "unit_value": None}
    entry = make_entry(EntryState.DONE, slug="create-credit-reception", data=data, contact="c1")
    words = said_of_earlier(entry)
    assert re.fullmatch(r"Sanne gave a customer 50 credits at a shop, [^,]+\.", words)
