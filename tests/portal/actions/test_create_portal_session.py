"""Sessions at a till."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.models import Entry, EntryState, Event
from piggyadmin.ledger.operations import Verdict
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.portal import services
from piggyadmin.portal.types import PortalSession
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.actions.test_views import text
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
URL = "/actions/create-portal-session/"
BEGIN = get_action("create-portal-session")
SAMPLE = SAMPLES[BEGIN.slug]


def test_the_address_is_shown_when_asked_for_and_kept_nowhere(staff, sandbox):
    page = text(staff.post(URL, SAMPLE))
    assert "The session has begun." in page
    assert "Amsterdam" in page
    assert "https://example.test/portal-sessions/" in page
    assert "portal-sessions/" not in str(list(Event.objects.values_list("detail")))
    assert sentence_of(Entry.objects.get()).endswith("began a session at Amsterdam for a customer")


def test_nobody_has_to_be_known(staff, sandbox):
    page = text(staff.post(URL, SAMPLE | {"contact_uuid": ""}))
    assert "The session has begun." in page
    assert sentence_of(Entry.objects.get()).endswith("began a session at Amsterdam")


def test_what_is_paid_goes_along_in_cents(staff, sandbox, monkeypatch):
    asked = {}

    def begin(_piggy, **given):
        asked.update(given)
        return PortalSession(uuid="p1")

    monkeypatch.setattr(services, "create_portal_session", begin)
    page = text(staff.post(URL, SAMPLE | {"purpose": "redeem-giftcards", "amount": "12,50"}))
    assert "The session has begun." in page
    assert (asked["purpose"], asked["amount_in_cents"]) == ("redeem-giftcards", 1250)


@pytest.mark.parametrize(
    ("purpose", "amount", "words"),
    [
        ("redeem-giftcards", "", "Say how much is to be paid."),
        ("vouchers", "5", "An amount is only for paying with gift cards."),
        ("", "five", "Enter an amount in euros"),
    ],
)
def test_the_amount_has_to_go_with_what_it_is_for(staff, sandbox, purpose, amount, words):
    page = text(staff.post(URL, SAMPLE | {"purpose": purpose, "amount": amount}))
    assert words in page
    assert sandbox.calls("POST") == []


def test_a_session_whose_answer_was_lost_is_of_use_to_nobody(piggy):
    data = {"shop_uuid": seed.AMSTERDAM_UUID, "purpose": "", "amount": None}
    entry = make_entry(EntryState.UNKNOWN, slug=BEGIN.slug, data=data)
    assert BEGIN.read_back(piggy, entry).verdict is Verdict.NOT_DONE
