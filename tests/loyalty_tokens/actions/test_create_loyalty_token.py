"""Codes for receipts: shown once, claimed once."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.sandbox.seed import MIRA_UUID
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed
from tests.amounts import sentence_of, text
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
URL = "/actions/create-loyalty-token/"
SAMPLE = SAMPLES["create-loyalty-token"]


def address_in(page):
    return re.search(r"https://example\.test/l\?[^<\s]+", page)[0].replace("&amp;", "&")


def make(client, **changed):
    form = SAMPLE | changed
    return client.post(URL, confirmed(client.post(URL, form), form)).content.decode()


def claim(sandbox, address):
    fields = dict(parse_qsl(urlsplit(address).query))
    asked = {**fields, "contact_uuid": MIRA_UUID}
    return sandbox.request("POST", "loyalty-tokens/claim", json=asked)


def test_a_code_is_shown_once_and_claimed_once(staff, sandbox):
    address = address_in(make(staff))
    assert claim(sandbox, address).json()["data"]["credits"] == 25
    assert not claim(sandbox, address).ok
    entry = Entry.objects.get()
    kept = [entry.data, *(event.detail for event in entry.events.all())]
    assert "hash" not in str(kept)
    assert sentence_of(entry) == "Staff made a loyalty code for 25 credits at Amsterdam"


def test_beside_the_code_stands_what_it_gives_and_where(staff, sandbox):
    made = make(staff).split("The loyalty code is made.")[1]
    shown = " ".join(re.sub(r"<[^>]+>", " ", made).split())
    assert "Shop Amsterdam Gives 25 credits" in shown


def test_it_is_drawn_and_hidden_until_asked_for(staff, sandbox):
    page = make(staff)
    picture = re.search(r'src="(data:image/svg\+xml[^"]+)"', page)[1]
    assert "<svg" in unquote(picture)
    assert page.index("Show the code") < page.index("data:image/svg+xml")


def test_an_amount_is_in_the_default_unit(staff, sandbox):
    form = SAMPLE | {"credits": "", "unit_value": "10,40"}
    assert "Make a loyalty code for 10 credits?" in text(staff.post(URL, form))
    fields = dict(parse_qsl(urlsplit(address_in(make(staff, **form))).query))
    assert (fields["version"], fields["unit_name"]) == ("v2", "purchase_amount")
    assert "10.4" in sentence_of(Entry.objects.get())


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"credits": ""}, "Fill in credits or an amount: one of the two."),
        ({"unit_value": "5"}, "Fill in credits or an amount, not both."),
        ({"credits": "0"}, "Enter a whole number from 1"),
        ({"credits": "50000"}, "50,000 is unusual"),
    ],
)
def test_what_cannot_be_is_said(changed, words, staff, sandbox):
    assert words in text(staff.post(URL, SAMPLE | changed))
    assert not Entry.objects.exists()


def test_without_a_default_unit_one_must_be_chosen(staff, sandbox, monkeypatch):
    there = "piggyadmin.loyalty_tokens.actions.create_loyalty_token.cached_units"
    monkeypatch.setattr(there, lambda _piggy: [])
    page = text(staff.post(URL, SAMPLE | {"credits": "", "unit_value": "5"}))
    assert "This account has no default unit." in page


def test_units_that_cannot_be_read_are_told(staff, sandbox):
    sandbox.faults({"kind": "status", "status": 503})
    page = text(staff.post(URL, SAMPLE | {"credits": "", "unit_value": "5"}))
    assert "being maintained" in page


def test_the_menu_leads_to_where_one_is_made(staff, sandbox):
    assert staff.get("/loyalty-tokens/")["Location"] == URL


def test_a_code_whose_answer_was_lost_does_no_harm(piggy):
    make_code = get_action("create-loyalty-token")
    finding = make_code.read_back(piggy, make_entry(EntryState.UNKNOWN, slug=make_code.slug))
    assert finding.verdict == Verdict.NOT_DONE
    assert finding.words == "Nobody received the code. Making another one does no harm."
