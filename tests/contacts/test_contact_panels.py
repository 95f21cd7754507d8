"""What the page of a customer shows beside its timeline, and what can be done from there."""

import pytest

from piggyadmin.contacts.templatetags.contacts import change_of
from piggyadmin.contacts.types import Contact, Subscription, SubscriptionType
from piggyadmin.sandbox import seed
from piggyadmin.sandbox.seed_fixtures import known_uuid

pytestmark = pytest.mark.django_db
MIRA = f"/contacts/{seed.MIRA_UUID}/"
ANONYMOUS = f"/contacts/{seed.ANONYMOUS_UUID}/"


def part(page, name):
    """Give the section of a page that a heading of this id heads."""
    return (
        page.content.decode().partition(f'aria-labelledby="{name}"')[2].partition("</section>")[0]
    )


def test_prepaid_money_is_topped_up_and_paid_with_from_the_page(sandbox, staff, support):
    page = staff.get(MIRA).content.decode()
    for slug in ("top-up-prepaid", "pay-prepaid"):
        assert f'href="/actions/{slug}/?contact_uuid={seed.MIRA_UUID}"' in page
        assert f"/actions/{slug}/" not in support.get(MIRA).content.decode()
    assert "€\N{NO-BREAK SPACE}12.50" in support.get(MIRA).content.decode()


def test_rewards_are_handed_over_and_taken_back_from_the_page(sandbox, staff):
    shown = part(staff.get(f"{ANONYMOUS}panels/rewards/"), "rewards")
    waiting, collected = known_uuid(0x911), known_uuid(0x912)
    assert shown.index(f"/actions/collect-reward/?contact_uuid={seed.ANONYMOUS_UUID}") < (
        shown.index(f"/actions/reverse-collection/?contact_uuid={seed.ANONYMOUS_UUID}")
    )
    assert shown.index(waiting) < shown.index(collected)
    assert "To be collected by" in shown
    assert "Handed over" in shown
    assert "No rewards wait" in part(staff.get(f"{MIRA}panels/rewards/"), "rewards")


def test_messages_are_changed_from_the_page_and_double_opt_in_is_said(sandbox, staff):
    shown = part(staff.get(ANONYMOUS), "subscriptions")
    assert "Does not get it" in shown
    assert "is_subscribed=true" in shown
    assert shown.count("who has to confirm it") == 1
    mine = part(staff.get(MIRA), "subscriptions")
    assert "is_subscribed=false" in mine
    assert "who has to confirm it" not in mine


def test_what_turns_a_subscription_round_is_filled_in():
    kind = SubscriptionType(uuid="t1", name="News")
    step = change_of(Subscription(is_subscribed=True, subscription_type=kind), Contact(uuid="c1"))
    assert str(step.label) == "Unsubscribe"
    assert step.url.endswith("?contact_uuid=c1&subscription_type_uuid=t1&is_subscribed=false")
    nothing = change_of(Subscription(), Contact())
    assert nothing.data["subscription_type_uuid"] == ""
    assert nothing.data["is_subscribed"] == "true"


def test_the_tier_and_whom_a_customer_has_brought_are_shown(sandbox, support):
    assert "Silver" in support.get(MIRA).content.decode()
    assert seed.DUPLICATE_EMAIL in part(support.get(f"{MIRA}panels/referrals/"), "referrals")
    nobody = part(support.get(f"{ANONYMOUS}panels/referrals/"), "referrals")
    assert "Has brought nobody so far." in nobody


def test_each_of_them_fails_alone(sandbox, support):
    sandbox.faults({"kind": "status", "status": 503, "path": "^(vouchers|referrals)$"})
    page = support.get(MIRA).content.decode()
    assert page.count("This part is missing.") == 2  # once of the timeline
    assert "This part is missing." in support.get(f"{MIRA}panels/referrals/").content.decode()
    assert "This part is missing." not in support.get(f"{MIRA}panels/rewards/").content.decode()
    assert "120 credits" in page
    assert "Credits given (Purchase amount: €" in page


def test_bookings_and_visits_stand_in_the_timeline(sandbox, staff):
    booking = {
        "contact_uuid": seed.MIRA_EMAIL,
        "shop_uuid": seed.AMSTERDAM_UUID,
        "starts_at": "2030-04-01T18:00",
        "number_of_people": "3",
    }
    staff.post("/actions/create-booking/", booking)
    rows = staff.get(f"{MIRA}timeline/").context["happenings"]
    assert rows[0].words == "Booking for 3"
    assert rows[0].steps[0].url.startswith("/actions/update-bookings/?booking_uuid=")
    assert [each.kind for each in rows].count("visits") == 2


def test_prepaid_money_stands_in_the_timeline_with_its_balance(sandbox, staff):
    asked = {"kind": "prepaid"}
    (row,) = staff.get(f"{MIRA}timeline/", asked).context["happenings"]
    assert (row.amount, row.balance) == ("+€\N{NO-BREAK SPACE}12.50", 1_250)
    assert "/actions/reverse-prepaid-transaction/" in row.steps[0].url


def test_vouchers_that_can_be_used_stand_apart_and_the_others_in_the_timeline_alone(
    sandbox, support
):
    page = support.get(MIRA)
    assert "WELCOME-ACTIVE" in part(page, "vouchers")
    assert "WELCOME-REDEEMED" not in part(page, "vouchers")
    assert "WELCOME-REDEEMED" in part(page, "timeline")
    assert f'href="/vouchers/?contact_uuid={seed.MIRA_UUID}"' in part(page, "vouchers")
