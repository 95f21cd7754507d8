"""Who is mailed a voucher, and who is not and why."""

from datetime import UTC, datetime

import pytest

from piggyadmin.piggy.errors import Maintenance
from piggyadmin.voucher_mails.recipients import LeftOut, find_recipient, insist_on_values
from tests.piggy.scripted import Script, answers, refuses

KIND = "kind-1"


def voucher(**changes):
    values = {"uuid": "v1", "code": "ABC", "status": "ACTIVE", "contact": {"uuid": "c1"}}
    return answers({**values, "promotion": {"uuid": "p1", "name": "Spring"}, **changes})


def contact(status: str | None = "SUBSCRIBED", **changes):
    kind = {"uuid": KIND, "name": "Offers"}
    told = [{"status": status, "subscription_type": kind}] if status else []
    values = {"firstname": "Mira", "lastname": "de\nVries"}
    base = {"uuid": "c1", "email": "mira@example.test", "subscriptions": told}
    return answers({**base, "current_values": values, **changes})


def find(scripted, piggy, *scripts: Script):
    scripted.will(*scripts)
    return find_recipient(piggy, "ABC", kind=KIND)


def test_who_it_is(scripted, scripted_piggy):
    end = datetime(2030, 5, 1, 12, tzinfo=UTC).isoformat()
    found = find(scripted, scripted_piggy, voucher(expiration_date=end), contact())
    assert (found.contact_uuid, found.email) == ("c1", "mira@example.test")
    assert found.values == {
        "code": "ABC",
        "first_name": "Mira",
        "last_name": "de Vries",
        "promotion": "Spring",
        "good_until": "May 1, 2030",
    }


@pytest.mark.parametrize("status", ["REDEEMED", "EXPIRED", "DEACTIVATED", "LOCKED", None])
def test_a_voucher_that_cannot_be_used(scripted, scripted_piggy, status):
    with pytest.raises(LeftOut, match="cannot be used"):
        find(scripted, scripted_piggy, voucher(status=status))


def test_a_voucher_that_can_be_used_later(scripted, scripted_piggy):
    assert find(scripted, scripted_piggy, voucher(status="INACTIVE"), contact()).email


def test_a_voucher_for_nobody(scripted, scripted_piggy):
    with pytest.raises(LeftOut, match="nobody in particular"):
        find(scripted, scripted_piggy, voucher(contact=None))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": None}, "no e-mail"),
        ({"email": "made-up@piggy.test", "is_anonymous": True}, "no e-mail"),
        ({"email": "mira@example.test\nBcc: all@example.test"}, "not one"),
        ({"email": "mira@example.test, all@example.test"}, "not one"),
        ({"status": "UNSUBSCRIBED"}, "unsubscribed"),
        ({"status": "PENDING_CONFIRMATION"}, "not confirmed"),
        ({"status": None}, "does not tell"),
        ({"status": "0"}, "does not tell"),
    ],
)
def test_who_is_left_out(scripted, scripted_piggy, changes, words):
    with pytest.raises(LeftOut, match=words):
        find(scripted, scripted_piggy, voucher(), contact(**changes))


def test_another_kind_of_messages_does_not_count(scripted, scripted_piggy):
    other = {"status": "SUBSCRIBED", "subscription_type": {"uuid": "other"}}
    subscriptions = [other, {"status": "SUBSCRIBED"}]
    with pytest.raises(LeftOut, match="does not tell"):
        find(scripted, scripted_piggy, voucher(), contact(subscriptions=subscriptions))


def test_what_is_gone(scripted, scripted_piggy):
    with pytest.raises(LeftOut, match="no longer there"):
        find(scripted, scripted_piggy, voucher(), refuses(55031, status=404))
    with pytest.raises(LeftOut):
        find(scripted, scripted_piggy, refuses(80004, status=404))


def test_a_code_that_was_forgotten(scripted_piggy):
    with pytest.raises(LeftOut, match="no longer kept"):
        find_recipient(scripted_piggy, "", kind=KIND)


def test_piggy_cannot_be_asked(scripted, scripted_piggy):
    with pytest.raises(Maintenance):
        find(scripted, scripted_piggy, *[Script(status=503)] * 5)


def test_what_the_texts_need(scripted, scripted_piggy):
    found = find(scripted, scripted_piggy, voucher(), contact(current_values={}))
    insist_on_values(found, "{code}", "{first_name|friend}")
    with pytest.raises(LeftOut, match=r"nothing to write for \{first_name\}"):
        insist_on_values(found, "{code}", "{first_name}")
