"""Products: found, made, or there after an answer was lost, and perhaps somebody else's."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger import reconciliation
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Finding, Verdict
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import Unreachable
from piggyadmin.products import services
from piggyadmin.products.types import Product
from tests.actions.samples import SAMPLES
from tests.ledger.making import make_entry
from tests.ledger.reading import main_of

pytestmark = pytest.mark.django_db
SLUG = "find-or-create-products"
URL = f"/actions/{SLUG}/"
SAMPLE = SAMPLES[SLUG]
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


def ask(staff) -> str:
    return main_of(staff.post(URL, SAMPLE, follow=True).content.decode())


def test_made_and_then_found(staff, sandbox):
    assert "Made: this product is new at Piggy" in ask(staff)
    assert "Found: Piggy had this product already" in ask(staff)
    assert len(sandbox.calls("POST", "products/find-or-create")) == 1


def test_after_a_lost_answer_nobody_claims_to_know_who_made_it(staff, sandbox, piggy):
    sandbox.faults({"kind": "drop_after", "method": "POST"})
    assert "It is not known whether Piggy did this" in ask(staff)
    sandbox.faults()
    entry = Entry.objects.get()
    reconciliation.settle(piggy, entry)
    assert Entry.objects.get().state is EntryState.SETTLED_DONE
    page = main_of(staff.get(f"{URL}{entry.submission_key}/").content.decode())
    assert "made by this or by somebody else" in page
    assert "Flat white" in page


def test_a_new_product_needs_a_name_and_one_that_is_there_does_not(staff, sandbox):
    nameless = SAMPLE | {"name": ""}
    form = staff.post(URL, nameless).context["form"]
    words = "There is no such product yet, and a new one needs a name."
    assert dict(form.errors) == {"name": [words]}
    assert sandbox.calls("POST") == []
    ask(staff)
    page = main_of(staff.post(URL, nameless, follow=True).content.decode())
    assert "Found: Piggy had this product already" in page


def test_where_piggy_does_not_tell_whether_it_is_new_nothing_is_made(staff, sandbox):
    sandbox.faults({"kind": "drop_before"})
    form = staff.post(URL, SAMPLE | {"name": ""}).context["form"]
    assert isinstance(form.failure, Unreachable)
    assert not form.errors
    assert not Entry.objects.exists()


def test_categories_are_read_and_written_one_a_line(staff, sandbox):
    sandbox.faults({"kind": "drop_before", "method": "POST"})
    staff.post(URL, SAMPLE | {"categories": " coffee \n\n tea"})
    entry = Entry.objects.get()
    wanted = [{"external_identifier": "coffee"}, {"external_identifier": "tea"}]
    assert entry.data["categories"] == wanted
    filled = get_action(entry.action).form_data(entry)
    assert (filled["categories"], filled["name"]) == ("coffee\ntea", "Flat white")


def test_what_is_left_open_is_not_sent(piggy, monkeypatch):
    sent = []

    def make(_piggy, **given):
        sent.append(given)
        return Product(uuid="p")

    monkeypatch.setattr(services, "find_or_create_product", make)
    action = get_action(SLUG)
    data = {"external_identifier": "SKU-1", "name": "", "description": "", "categories": []}
    assert action.perform(piggy, data).was_made
    full = {"name": "Tea", "description": "Hot", "categories": [{"external_identifier": "tea"}]}
    action.perform(piggy, data | full)
    nothing = {"name": None, "description": None, "categories": None}
    assert sent == [{"external_identifier": "SKU-1"} | each for each in (nothing, full)]
