"""What is offered beside a voucher, and why the rest is not."""

import html
import re

import pytest

from piggyadmin.sandbox import seed
from piggyadmin.vouchers.steps import objection, uses
from piggyadmin.vouchers.types import Promotion, Voucher
from tests.vouchers.acting import do

pytestmark = pytest.mark.django_db


def opened(person, code):
    """Give the steps that can be taken, and those that cannot, from the page of a voucher."""
    page = html.unescape(person.get(f"/vouchers/{code}/").content.decode())
    article = page.partition('<article class="card stack voucher">')[2].partition("</article>")[0]
    words = re.compile(r"</svg>\s*([^<]+?)\s*</(a|span)>")
    possible, _, impossible = article.partition("impossible")
    links = [name for name, tag in words.findall(possible) if tag == "a"]
    return links, [name for name, tag in words.findall(impossible)]


@pytest.mark.parametrize(
    ("status", "first", "greyed"),
    [
        ("ACTIVE", "Use this voucher", ["Take this use back"]),
        ("DEACTIVATED", "Validate this voucher", ["Use this voucher", "Lock this voucher"]),
        ("EXPIRED", "Validate this voucher", ["Extend this voucher", "Switch this voucher off"]),
        ("REDEEMED", "Validate this voucher", ["Use this voucher", "Lock this voucher"]),
        ("LOCKED", "Validate this voucher", ["Release this voucher", "Issue a replacement"]),
    ],
)
def test_what_is_sensible_is_offered(staff, sandbox, status, first, greyed):
    possible, impossible = opened(staff, f"WELCOME-{status}")
    assert possible[0] == first
    assert set(greyed) <= set(impossible)
    assert not set(possible) & set(impossible)


def led_to(person, code):
    """Give the addresses of the buttons that stand out."""
    page = person.get(f"/vouchers/{code}/").content.decode()
    return re.findall(r'<a class="button next"\s+href="(/actions/[\w-]+/)', page)


def test_using_it_leads_where_it_can_be_used(staff, sandbox):
    assert led_to(staff, "WELCOME-ACTIVE") == ["/actions/redeem-voucher/"]
    assert led_to(staff, "WELCOME-EXPIRED") == []


def test_of_two_opposites_one_is_offered(staff, sandbox):
    possible, impossible = opened(staff, "WELCOME-DEACTIVATED")
    assert "Switch this voucher on" in possible
    assert "Switch this voucher off" not in possible + impossible


def test_nobody_s_voucher_can_be_given_to_a_customer(staff, sandbox):
    body = {"promotion_uuid": seed.WELCOME_COFFEE_UUID, "code": "NOBODYS"}
    sandbox.api("POST", "vouchers", json=body)
    assert "Give it to a customer" in opened(staff, "NOBODYS")[0]
    assert "Give it to a customer" not in opened(staff, "WELCOME-ACTIVE")[0]


def test_support_is_offered_no_more_than_it_may(support, sandbox):
    assert opened(support, "WELCOME-ACTIVE") == (["Validate this voucher"], [])


def test_no_address_holds_the_code(staff, sandbox):
    page = staff.get("/vouchers/WELCOME-ACTIVE/").content.decode()
    links = re.findall(r'href="(/actions/[^"]*)"', page)
    assert len(links) >= 6
    assert not [link for link in links if "WELCOME" in link]
    form = staff.get(next(link for link in links if "redeem-voucher" in link)).content.decode()
    assert 'value="WELCOME-ACTIVE"' in form
    assert f'value="{seed.MIRA_UUID}"' in form


def test_the_new_truth_is_read_at_the_same_address(staff, sandbox):
    typed = {"code": "WELCOME-ACTIVE"}
    answer = staff.post("/actions/find-voucher-by-code/", typed, headers={"HX-Request": "true"})
    address = answer["HX-Replace-Url"]
    assert "WELCOME" not in address
    do(staff, "deactivate-voucher")
    assert "Switched off, so it cannot be used" in staff.get(address).content.decode()
    posted = staff.post("/actions/find-voucher-by-code/", typed)
    assert posted["Location"] == address


def test_the_desk_asks_for_a_code_whether_or_not_piggy_lists_any(support, sandbox):
    sandbox.faults({"kind": "status", "status": 503, "path": "^vouchers$"})
    page = support.get("/vouchers/").content.decode()
    assert "being maintained" in page
    assert "data-scan" in page
    assert "autofocus" in page


@pytest.mark.parametrize(
    ("told", "times"),
    [
        ({"times_redeemed": 3}, 3),
        ({"times_redeemed": 0, "is_redeemed": True}, 0),
        ({"is_redeemed": True}, 1),
        ({"redeemed_at": "2026-01-01T00:00:00+00:00"}, 1),
        ({}, 0),
    ],
)
def test_uses_are_counted_as_far_as_piggy_tells(told, times):
    assert uses(Voucher(uuid="v", **told)) == times


def test_what_piggy_does_not_tell_is_said():
    unknown = Voucher(uuid="v", status="ACTIVE")
    words = "Piggy does not tell of which promotion it is."
    assert objection("replace-voucher", unknown) == words
    known = unknown.model_copy(update={"promotion": Promotion(uuid="p")})
    assert objection("replace-voucher", known) == ""
    locked = Voucher(uuid="v", status="LOCKED")
    words = "Somebody else holds its lock: a till or a web shop. Piggy releases it within an hour."
    assert objection("redeem-voucher", locked) == words
    assert objection("find-voucher-by-code", locked) == ""
