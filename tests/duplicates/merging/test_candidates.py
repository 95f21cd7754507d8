"""Contacts that may be one person: what is asked of Piggy, and what is made of its answers."""

import pytest

from piggyadmin.contacts.types import Contact, ContactAttribute, ContactIdentifier, FullContact
from piggyadmin.duplicates.merging import candidates
from piggyadmin.duplicates.merging.candidates import Candidate, read_candidates
from piggyadmin.piggy.errors import ErrorCode, NotFound
from piggyadmin.piggy.types import Page
from piggyadmin.sandbox import seed
from piggyadmin.vouchers.services import list_vouchers
from piggyadmin.vouchers.types import Voucher

NOBODY = "c0ffee00-0000-4000-8000-00000000ffff"
OPT_IN = {
    "status": "SUBSCRIBED",
    "is_subscribed": True,
    "subscription_type": {"name": "News", "strategy": "DOUBLE_OPT_IN"},
}


def made(items: list[Voucher], total: int | None = None) -> Candidate:
    contact = FullContact.model_validate({"uuid": "c", "firstname": "Mira", "drink": "tea"})
    page: Page[Voucher] = Page(items=items, page=1, total=total, limit=500)
    return candidates._candidate([], contact, [ContactIdentifier(value="C-1")], page)


def test_contacts_are_read_in_their_order_and_who_is_gone_is_none(piggy, monkeypatch):
    asked = []

    def read(piggy, **given):
        asked.append(given)
        return list_vouchers(piggy, **given)

    monkeypatch.setattr(candidates, "list_vouchers", read)
    found, labels = read_candidates(piggy, [seed.MIRA_UUID, NOBODY, seed.DUPLICATE_UUID])
    assert [each and each.uuid for each in found] == [seed.MIRA_UUID, None, seed.DUPLICATE_UUID]
    assert found[0].cards == ["CARD-0001"]
    assert found[0].values["firstname"] == "Mira"
    assert labels["firstname"] == "First name"
    assert {each["contact_uuid"] for each in asked} == {seed.MIRA_UUID, NOBODY, seed.DUPLICATE_UUID}
    assert {each["limit"] for each in asked} == {500}


def test_only_vouchers_that_can_be_used_are_named():
    active = [Voucher(uuid=f"v{n}", code=f"C-{n}", status="ACTIVE") for n in range(13)]
    others = [
        Voucher(uuid="r", code="R", status="REDEEMED"),
        Voucher(uuid="n", status="ACTIVE"),
        Voucher(uuid="u", code="U"),
    ]
    candidate = made([*others, *active])
    assert candidate.codes == tuple(f"C-{number}" for number in range(12))
    assert candidate.vouchers_by_status == {"REDEEMED": 1, "ACTIVE": 14, "": 1}
    assert (candidate.vouchers, made(active, total=700).vouchers) == (16, 700)
    assert (candidate.contact.uuid, candidate.cards) == ("c", ["C-1"])


def test_values_are_kept_as_piggy_has_them_and_as_people_read_them(monkeypatch):
    known = {"drink": "t"}
    monkeypatch.setattr(FullContact, "values_of", lambda *_: known)
    options = [{"label": "Tea", "value": "t"}]
    attributes = [ContactAttribute(name="drink", type="select", options=options)]
    candidate = candidates._candidate(
        attributes, FullContact(uuid="c"), [], Page(items=[], page=1, total=0, limit=500)
    )
    assert (candidate.values, candidate.shown) == (known, {"drink": "Tea"})


@pytest.mark.parametrize(
    ("change", "is_confirmed", "names"),
    [
        ({}, True, ["News"]),
        ({"status": "UNSUBSCRIBED", "is_subscribed": False}, False, []),
        ({"subscription_type": None}, False, []),
        ({"subscription_type": {"strategy": "SINGLE_OPT_IN"}}, False, [""]),
    ],
)
def test_an_opt_in_confirms_the_address(change, is_confirmed, names):
    contact = Contact.model_validate({"uuid": "c", "subscriptions": [OPT_IN | change]})
    candidate = Candidate(contact=contact, identifiers=[])
    assert candidate.has_confirmed_address is is_confirmed
    assert candidate.subscriptions == names


def test_only_a_missing_contact_is_none():
    def refuse(code: ErrorCode):
        raise NotFound(code=code, status=404, trace_id="t")

    assert candidates._or_none(lambda: 7) == 7
    assert candidates._or_none(lambda: refuse(ErrorCode.CONTACT_NOT_FOUND)) is None
    with pytest.raises(NotFound):
        candidates._or_none(lambda: refuse(ErrorCode.VOUCHER_NOT_FOUND))
