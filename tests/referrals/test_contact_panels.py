"""Whom a contact has brought, on its page."""

import pytest

from piggyadmin.contacts.types import Contact
from piggyadmin.piggy.types import Page
from piggyadmin.referrals import contact_panels
from piggyadmin.referrals.types import Referral
from piggyadmin.sandbox import seed
from tests.duplicates.pairs import make_contact

pytestmark = pytest.mark.django_db


def panel_of(client, uuid):
    """Give the panel as the page asks for it."""
    answer = client.get(f"/contacts/{uuid}/panels/referrals/", headers={"HX-Request": "true"})
    return " ".join(answer.content.decode().split())


def test_it_names_who_was_brought(support, sandbox):
    make_contact("Mira J.", uuid=seed.DUPLICATE_UUID, email="m.jansen@example.test")
    shown = panel_of(support, seed.MIRA_UUID)
    assert "Mira J. · m.jansen@example.test" in shown
    assert "Completed" in shown
    assert "All referrals of this customer" not in shown


def test_who_brought_nobody_is_told_so(support, sandbox):
    assert "Has brought nobody so far." in panel_of(support, seed.DUPLICATE_UUID)


def test_more_than_are_shown_stand_in_the_list(support, sandbox, monkeypatch):
    mira, others = Contact(uuid=seed.MIRA_UUID), Contact(uuid=seed.DUPLICATE_UUID)
    own = [Referral(uuid=str(number), referring_contact=mira) for number in range(12)]
    page: Page[Referral] = Page(items=[Referral(uuid="o", referring_contact=others), *own], page=1)
    monkeypatch.setattr(contact_panels, "list_referrals", lambda *_args, **_more: page)
    assert contact_panels.read_referrals(None, seed.MIRA_UUID)["referrals"] == own[:10]
    assert "All referrals of this customer" in panel_of(support, seed.MIRA_UUID)
