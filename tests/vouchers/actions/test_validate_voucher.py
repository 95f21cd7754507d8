"""Asking whether a voucher may be used, which changes nothing."""

import pytest

from piggyadmin.ledger.models import Entry
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES

pytestmark = pytest.mark.django_db
URL = "/actions/validate-voucher/"


def ask(person, **typed):
    return person.post(URL, SAMPLES["validate-voucher"] | typed).content.decode()


def test_it_may_be_used(support, sandbox):
    before = sandbox.known()
    assert "It may be used now, at Amsterdam." in ask(support)
    assert "It may be used now, at Amsterdam." in ask(support, contact_uuid="")
    assert sandbox.known() == before
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"code": "WELCOME-REDEEMED"}, "This voucher was used already."),
        ({"code": "WELCOME-LOCKED"}, "Somebody else is using this voucher right now."),
        ({"code": "NO-SUCH-CODE"}, "No voucher has this code."),
        ({"contact_uuid": seed.DUPLICATE_EMAIL}, "The voucher belongs to another contact."),
    ],
)
def test_why_it_may_not_is_said(support, sandbox, typed, words):
    assert words in ask(support, **typed)
    assert not Entry.objects.exists()
