"""A reception that is reversed: which one, what it takes, once, and when its answer was lost."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.credits import read_back
from piggyadmin.credits.actions import reverse_credit_reception
from piggyadmin.ledger import reconciliation_evidence
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Refused, Verdict
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.rewards.actions.reverse_reward_reception import RewardToReverse
from piggyadmin.sandbox import seed
from piggyadmin.sandbox.seed_fixtures import known_uuid
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed, text
from tests.ledger.making import make_entry
from tests.piggy.scripted import answers

pytestmark = pytest.mark.django_db
SLUG = "reverse-credit-reception"
REVERSE = get_action(SLUG)
URL = f"/actions/{SLUG}/"
GIVE = "/actions/create-credit-reception/"
NEWEST, OLDER = known_uuid(0x612), known_uuid(0x611)


def asked_for(piggy, uuid=NEWEST):
    mira = resolve_contact(piggy, query=seed.MIRA_EMAIL)
    return {"contact_uuid": mira, "credit_reception_uuid": uuid}


def given(sandbox, number, contact=seed.MIRA_UUID, shop=seed.AMSTERDAM_UUID):
    body = {"shop_uuid": shop, "contact_uuid": contact, "credits": number}
    return sandbox.api("POST", "credit-receptions", json=body)["uuid"]


def balance(sandbox):
    params = {"email": seed.MIRA_EMAIL}
    return sandbox.api("GET", "contacts/find-one-by", params=params)["credit_balance"]["balance"]


def done(client, address, data):
    page = client.post(address, data)
    return client.post(address, confirmed(page, data), follow=True)


def test_the_preview_says_what_is_taken_back(piggy):
    preview = REVERSE.preview(piggy, asked_for(piggy))
    assert (preview.credits, preview.gives, preview.takes) == (30, -30, 30)
    assert (preview.balance, preview.balance_after) == (120, 90)
    assert (preview.shop_name, preview.button) == ("Amsterdam", "Take 30 credits back")
    assert preview.decisive() == {
        "reception": NEWEST,
        "contact": seed.MIRA_UUID,
        "credits": 30,
    }


def test_what_was_taken_is_given_back(piggy, sandbox):
    preview = REVERSE.preview(piggy, asked_for(piggy, given(sandbox, -1)))
    assert (preview.gives, preview.button) == (1, "Give 1 credit back")


@pytest.mark.parametrize("uuid", ["no-such-reception", known_uuid(0x620)])
def test_what_the_contact_was_not_given_is_not_reversed(piggy, uuid):
    """Of these two one is nobody's and one is somebody else's."""
    with pytest.raises(Refused) as refused:
        REVERSE.preview(piggy, asked_for(piggy, uuid))
    assert "was given nothing" in refused.value.words


def test_of_another_contact_nothing_is_reversed_even_where_piggy_lists_it(piggy, sandbox):
    other = given(sandbox, 5, contact=seed.DUPLICATE_UUID)
    data = asked_for(piggy, other)
    sandbox.faults({"kind": "filters_ignored", "path": "^loyalty-transactions$"})
    with pytest.raises(Refused) as refused:
        REVERSE.preview(piggy, data)
    assert "was given nothing" in refused.value.words
    assert REVERSE.preview(piggy, data | {"credit_reception_uuid": NEWEST}).credits == 30


def test_it_is_booked_and_told(staff, sandbox):
    page = text(done(staff, URL, SAMPLES[SLUG]))
    assert "Booked: -30 credits" in page
    assert balance(sandbox) == 90
    entry = Entry.objects.get()
    words = "Staff took back 30 credits that mira.jansen@example.test had been given at Amsterdam"
    assert sentence_of(entry) == words


def test_what_was_reversed_here_says_who_did_and_sends_nothing(staff, sandbox):
    done(staff, URL, SAMPLES[SLUG])
    page = text(staff.post(URL, SAMPLES[SLUG]))
    assert "Staff has reversed this on" in page
    assert balance(sandbox) == 90
    assert Entry.objects.count() == 1


def test_what_was_reversed_elsewhere_is_told_in_words(staff, sandbox):
    sandbox.api("POST", f"credit-receptions/{NEWEST}/reverse")
    page = text(done(staff, URL, SAMPLES[SLUG]))
    assert "already been reversed" in page
    assert balance(sandbox) == 90


def test_from_the_row_the_reception_is_chosen_already(staff, sandbox):
    page = staff.get(URL, {"contact_uuid": seed.MIRA_UUID, "credit_reception_uuid": OLDER})
    assert page.context["preview"].takes == 40
    assert f'<option value="{OLDER}" selected>' in page.content.decode()
    assert "+40 · " in page.content.decode()


def test_what_was_reversed_here_is_not_in_the_list_any_more(staff, sandbox):
    def listed(uuid):
        page = staff.get(f"{URL}?contact_uuid={seed.MIRA_UUID}&credit_reception_uuid={OLDER}")
        return f'<option value="{uuid}"' in page.content.decode()

    assert listed(NEWEST)
    staff.post(URL, confirmed(staff.post(URL, SAMPLES[SLUG]), SAMPLES[SLUG]))
    assert not listed(NEWEST)
    assert not listed(Entry.objects.get().last_event.detail["result"]["uuid"])
    assert listed(OLDER)


def test_what_was_reversed_meanwhile_is_told_as_soon_as_it_is_opened(staff, sandbox):
    done(staff, URL, SAMPLES[SLUG])
    page = staff.get(URL, {"contact_uuid": seed.MIRA_UUID, "credit_reception_uuid": NEWEST})
    assert "has reversed this on" in text(page)
    assert "preview" not in page.context


def test_the_list_is_of_the_contact_that_was_found_even_when_something_is_wrong(staff, sandbox):
    page = staff.post(URL, SAMPLES[SLUG] | {"credit_reception_uuid": ""}).content.decode()
    assert "+30 · " in page
    sandbox.faults({"kind": "status", "status": 503, "path": "^loyalty-transactions$"})
    page = staff.get(URL, {"contact_uuid": seed.MIRA_UUID}).content.decode()
    assert 'name="credit_reception_uuid"' in page


def test_the_undo_of_a_gift_reverses_it(staff, sandbox):
    gave = SAMPLES["create-credit-reception"] | {"credits": "37"}
    outcome = done(staff, GIVE, gave)
    entry = Entry.objects.get()
    address = f"{URL}?undo={entry.submission_key}"
    assert f'href="{address}"' in outcome.content.decode()
    page = staff.get(address)
    assert "Take 37 credits back" in text(page)
    fields = page.context["form"].fields
    asked = {name: page.context["form"][name].value() or "" for name in fields}
    staff.post(URL, confirmed(page, asked))
    assert balance(sandbox) == 120
    paths = [call["path"] for call in sandbox.calls("POST")]
    assert sum(path.endswith("/reverse") for path in paths) == 1


def test_the_undo_of_what_is_not_undone_by_it_is_not_there(staff, sandbox):
    entry = make_entry(EntryState.DONE, slug="create-contact-attribute")
    assert staff.get(f"{URL}?undo={entry.submission_key}").status_code == 404
    assert staff.get(f"{URL}?undo=nonsense").status_code == 404


def test_the_ledger_says_it_without_a_preview():
    data = {"credit_reception_uuid": NEWEST}
    entry = make_entry(EntryState.DONE, slug=SLUG, data=data, contact=seed.MIRA_UUID)
    words = "Sanne took back credits that a customer had been given at a shop"
    assert sentence_of(entry) == words


def test_what_was_given_back_is_told_so(piggy, sandbox):
    data = asked_for(piggy, given(sandbox, -4))
    preview = REVERSE.preview(piggy, data)
    entry = make_entry(EntryState.DONE, slug=SLUG, data=data, preview=preview)
    words = "Sanne gave Mira Jansen back 4 credits that had been taken at Amsterdam"
    assert sentence_of(entry) == words


# --- What may be reversed --------------------------------------------------------------------

MIXED = [
    {"uuid": "spent", "type": "reward_reception", "credits": -5},
    {"uuid": "another's", "type": "credit_reception", "contact": {"uuid": "another"}},
    {"type": "credit_reception", "credits": 1},
    {"uuid": "mine", "type": "credit_reception", "contact": {"uuid": "me"}, "credits": 12},
    {"uuid": "untold", "credits": -3},
]


def test_only_what_this_contact_was_given_can_be_reversed(scripted, scripted_piggy):
    scripted.will(answers(MIXED))
    found = list(reverse_credit_reception.receptions(scripted_piggy, "me"))
    assert [row.uuid for row in found] == ["mine", "untold"]
    query = scripted.received[0].query
    assert (query["contact_uuid"], query["page"], query["limit"]) == ("me", "1", "100")


def test_the_list_names_how_many_when_and_where(scripted, scripted_piggy):
    rows = [
        {"uuid": "a", "credits": 1200, "shop": {"name": "Web shop"}},
        {"uuid": "b", "credits": -3, "created_at": "2030-01-02T10:00:00+00:00"},
        {"uuid": "c", "credits": 0},
        {"credits": 9},
    ]
    scripted.will(answers(rows))
    offered = reverse_credit_reception._offered(scripted_piggy, "me")
    assert [uuid for uuid, _ in offered] == ["a", "b", "c"]
    assert [words for _, words in offered] == ["+1,200 · Web shop", "-3 · 2 Jan 2030 11:00", "0"]
    query = scripted.received[0].query
    assert (query["contact_uuid"], query["limit"]) == ("me", "50")
    assert query["type"] == "credit_receptions"


# --- When the answer was lost ----------------------------------------------------------------


@pytest.fixture
def lost(piggy, monkeypatch):
    """Make an entry whose answer was lost, so long ago that nothing comes any more."""
    data = asked_for(piggy)
    preview = REVERSE.preview(piggy, data)
    made = make_entry(EntryState.UNKNOWN, slug=SLUG, data=data, preview=preview)
    at = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(reconciliation_evidence, "timezone", SimpleNamespace(now=lambda: at))
    return made


def test_the_opposite_is_found(piggy, sandbox, lost):
    uuid = sandbox.api("POST", f"credit-receptions/{NEWEST}/reverse")["uuid"]
    finding = REVERSE.read_back(piggy, lost)
    assert (finding.verdict, finding.result.uuid) == (Verdict.DONE, uuid)


@pytest.mark.parametrize(("beyond", "verdict"), [(0, Verdict.NOT_DONE), (1, Verdict.UNDECIDED)])
def test_nothing_is_denied_beyond_what_can_be_looked_through(
    piggy, lost, monkeypatch, beyond, verdict
):
    there = len(read_back.transactions(piggy, lost))
    monkeypatch.setattr(read_back, "MOST_TRANSACTIONS", there - beyond)
    assert REVERSE.read_back(piggy, lost).verdict == verdict


def test_another_number_contact_or_shop_is_no_opposite(piggy, sandbox, lost):
    given(sandbox, -29)
    given(sandbox, -30, shop=seed.WEB_SHOP_UUID)
    given(sandbox, 30)
    given(sandbox, -30, contact=seed.DUPLICATE_UUID)
    assert REVERSE.read_back(piggy, lost).verdict == Verdict.NOT_DONE


def test_what_a_colleague_may_have_taken_by_hand_is_no_proof(piggy, sandbox, lost):
    asked = {"shop_uuid": seed.AMSTERDAM_UUID, "credits": -30, "unit_value": None, "unit_name": ""}
    taken = "create-credit-reception"
    make_entry(EntryState.UNKNOWN, slug=taken, data=asked, contact=seed.MIRA_UUID)
    given(sandbox, -30)
    assert REVERSE.read_back(piggy, lost).verdict == Verdict.UNDECIDED


def test_two_that_fit_are_left_to_a_person(piggy, sandbox, lost):
    given(sandbox, -30)
    given(sandbox, -30)
    assert REVERSE.read_back(piggy, lost).verdict == Verdict.UNDECIDED


def test_of_an_unknown_shop_the_opposite_is_left_to_a_person(piggy, sandbox, lost):
    """Piggy need not tell where something was given, and may tell where it was taken back."""
    shown = REVERSE.preview(piggy, asked_for(piggy)).model_copy(update={"shop_uuid": ""})
    lost.preview = shown.model_dump(mode="json")
    sandbox.api("POST", f"credit-receptions/{NEWEST}/reverse")
    assert REVERSE.read_back(piggy, lost).verdict == Verdict.UNDECIDED


def test_credits_that_came_back_for_a_reward_are_no_proof(piggy, sandbox, monkeypatch):
    """Two open entries of different kinds would both fit the one row."""
    data = asked_for(piggy, given(sandbox, -30))
    preview = REVERSE.preview(piggy, data)
    entry = make_entry(EntryState.UNKNOWN, slug=SLUG, data=data, preview=preview)
    reward = {"contact_uuid": data["contact_uuid"], "reward_reception_uuid": "r1"}
    gave_back = RewardToReverse(
        contact=data["contact_uuid"],
        reception_uuid="r1",
        reward_name="",
        gives=30,
        shop_uuid=seed.AMSTERDAM_UUID,
        shop_name="",
        balance=0,
    )
    other = "reverse-reward-reception"
    make_entry(EntryState.UNKNOWN, slug=other, data=reward, preview=gave_back)
    given(sandbox, 30)
    assert REVERSE.read_back(piggy, entry).verdict == Verdict.UNDECIDED


def test_what_piggy_lists_of_others_is_not_offered(piggy, sandbox):
    other = given(sandbox, 5, contact=seed.DUPLICATE_UUID)
    sandbox.faults({"kind": "filters_ignored", "path": "^loyalty-transactions$"})
    offered = dict(reverse_credit_reception._offered(piggy, seed.MIRA_UUID))
    assert other not in offered


def test_what_was_reversed_says_so_on_its_own_page_and_offers_it_no_more(staff, admin, sandbox):
    outcome = done(staff, GIVE, SAMPLES["create-credit-reception"] | {"credits": "37"})
    entry = Entry.objects.get()
    address, offered = f"{GIVE}{entry.submission_key}/", f"{URL}?undo={entry.submission_key}"
    assert f'href="{offered}"' in outcome.content.decode()
    done(staff, URL, SAMPLES[SLUG])  # another one
    before = staff.get(address).content.decode()
    assert f'href="{offered}"' in before
    assert "Reversed" not in before
    page = staff.get(offered)
    asked = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
    staff.post(URL, confirmed(page, asked))
    after = staff.get(address).content.decode()
    assert f'href="{offered}"' not in after
    assert "Reversed" in after
    reversal = Entry.objects.filter(action=SLUG).latest("pk")
    assert f'href="/ledger/{reversal.submission_key}/"' in admin.get(address).content.decode()
