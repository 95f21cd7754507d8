"""A product whose answer was lost: it is there, and perhaps somebody else made it."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.operations import Finding, Verdict
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.products.types import Product
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
SLUG = "find-or-create-products"
ASKED = {
    "external_identifier": "SKU-NEW",
    "name": "Flat white",
    "description": "",
    "categories": [],
}


def read_back(piggy: PiggyClient) -> Finding:
    return get_action(SLUG).read_back(piggy, make_entry(EntryState.UNKNOWN, slug=SLUG, data=ASKED))


@pytest.mark.parametrize("other", [None, EntryState.DONE, EntryState.UNKNOWN, EntryState.REJECTED])
def test_nobody_is_said_to_have_made_what_another_may_have_made(piggy, other):
    """Even where nobody asked for it here, a till may have made it."""
    if other:
        make_entry(other, slug=SLUG, data=ASKED)
    get_action(SLUG).perform(piggy, ASKED)
    found = read_back(piggy)
    assert (found.verdict, found.result.product.name) == (Verdict.DONE, "Flat white")
    assert found.result.was_made is None


@pytest.mark.parametrize(("seconds", "verdict"), [(3600, Verdict.UNDECIDED), (0, Verdict.NOT_DONE)])
def test_what_is_not_there_may_still_come(piggy, settings, seconds, verdict):
    settings.PIGGY_LATE_SECONDS = seconds
    assert read_back(piggy).verdict is verdict


def test_another_product_proves_nothing(piggy, monkeypatch):
    other = Product(uuid="p2", external_identifier="SKU-OTHER", name="Flat white")
    monkeypatch.setattr("piggyadmin.products.services.find_product", lambda *_, **__: other)
    assert read_back(piggy).verdict is Verdict.UNDECIDED
