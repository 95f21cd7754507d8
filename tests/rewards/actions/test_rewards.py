"""Rewards that are given, reversed, handed over and taken back."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.ledger import reconciliation_evidence
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Refused, Verdict
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.piggy.clock import Difference
from piggyadmin.rewards import forms, services
from piggyadmin.rewards.types import RewardReception
from piggyadmin.sandbox import seed
from piggyadmin.sandbox.seed_fixtures import known_uuid
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed, text
from tests.ledger.making import credits_for, make_entry

pytestmark = pytest.mark.django_db
GIVE, REVERSE = "create-reward-reception", "reverse-reward-reception"
COLLECT, TAKE_BACK = "collect-reward", "reverse-collection"
WAITING, COLLECTED = known_uuid(0x911), known_uuid(0x912)
CAPPUCCINO, MUSIC = known_uuid(0x652), known_uuid(0x654)


def filled(piggy, reward=CAPPUCCINO):
    mira = resolve_contact(piggy, query=seed.MIRA_EMAIL)
    return {"contact_uuid": mira, "reward_uuid": reward, "shop_uuid": seed.AMSTERDAM_UUID}


def of_anonymous(piggy, name, uuid=WAITING):
    return {"contact_uuid": resolve_contact(piggy, query="CARD-ANON"), name: uuid}


def balance(sandbox, contact=seed.MIRA_UUID):
    return sandbox.api("GET", f"contacts/{contact}/credit-balance")["balance"]


def is_collected(sandbox, uuid):
    page = {"contact_uuid": seed.ANONYMOUS_UUID}
    found = sandbox.api("GET", "collectable-rewards", params=page)
    return next(each["has_been_collected"] for each in found if each["uuid"] == uuid)


def done(client, slug, data, *, is_shown=True):
    address = f"/actions/{slug}/"
    page = client.post(address, data, follow=True)
    return client.post(address, confirmed(page, data), follow=True) if is_shown else page


def test_the_preview_says_what_is_left(piggy):
    preview = get_action(GIVE).preview(piggy, filled(piggy))
    assert (preview.price, preview.balance, preview.balance_after) == (50, 120, 70)
    assert (preview.shop_name, preview.reward_name) == ("Amsterdam", "A cappuccino")
    assert preview.button == "Give A cappuccino for 50 credits"
    assert preview.decisive() == {
        "contact": seed.MIRA_UUID,
        "reward": CAPPUCCINO,
        "price": 50,
        "shop": "Amsterdam",
    }


def test_too_few_credits_are_told_beside_the_reward(staff, sandbox):
    page = staff.post(f"/actions/{GIVE}/", SAMPLES[GIVE] | {"reward_uuid": MUSIC})
    (words,) = page.context["form"].errors["reward_uuid"]
    assert words == "This takes 500 credits, and the customer has 120 credits."
    assert not Entry.objects.exists()


def test_a_reward_is_given_and_told(staff, sandbox):
    page = text(done(staff, GIVE, SAMPLES[GIVE]))
    assert "Given: A cappuccino." in page
    assert balance(sandbox) == 70
    told = sentence_of(Entry.objects.get())
    assert told.startswith("Staff gave ")
    assert told.endswith(" “A cappuccino” for credits at Amsterdam")


def test_the_list_has_what_the_customer_can_have_first(staff, sandbox):
    page = staff.get(f"/actions/{GIVE}/", {"contact_uuid": seed.MIRA_UUID}).content.decode()
    places = [page.index(each) for each in ("A cookie", "A cappuccino", "A mug", "A month of")]
    assert places == sorted(places)
    assert "A month of music · 500 credits (not now)" in page
    assert "A mug · 100 credits (not now)" not in page


def test_a_gift_is_undone_by_reversing_it(staff, sandbox):
    outcome = done(staff, GIVE, SAMPLES[GIVE])
    address = f"/actions/{REVERSE}/?undo={Entry.objects.get().submission_key}"
    assert f'href="{address}"' in outcome.content.decode()
    page = staff.get(address)
    assert page.context["preview"].gives == 50
    fields = page.context["form"].fields
    asked = {name: page.context["form"][name].value() or "" for name in fields}
    staff.post(f"/actions/{REVERSE}/", confirmed(page, asked))
    assert balance(sandbox) == 120


# --- Reversing -------------------------------------------------------------------------------


def test_the_credits_of_a_reward_come_back(staff, sandbox):
    page = text(done(staff, REVERSE, SAMPLES[REVERSE]))
    assert "Booked: 25 credits" in page
    assert balance(sandbox, seed.ANONYMOUS_UUID) == 70
    assert sentence_of(Entry.objects.get()).endswith("back the credits for “A cookie”")


def test_the_preview_of_a_reversal_says_what_comes_back(piggy):
    preview = get_action(REVERSE).preview(piggy, of_anonymous(piggy, "reward_reception_uuid"))
    assert (preview.gives, preview.balance, preview.balance_after) == (25, 45, 70)
    assert (preview.reward_name, preview.button) == ("A cookie", "Give 25 credits back")
    assert preview.decisive()["reception"] == WAITING


def test_from_the_row_the_reward_is_chosen_already(staff, sandbox):
    asked = {"contact_uuid": seed.ANONYMOUS_UUID, "reward_reception_uuid": WAITING}
    page = staff.get(f"/actions/{REVERSE}/", asked)
    assert page.context["preview"].gives == 25
    assert f'<option value="{WAITING}" selected>' in page.content.decode()


@pytest.mark.parametrize("uuid", ["no-such", known_uuid(0x610)])
def test_what_the_customer_did_not_take_is_not_reversed(piggy, uuid):
    data = of_anonymous(piggy, "reward_reception_uuid", uuid)
    with pytest.raises(Refused) as refused:
        get_action(REVERSE).preview(piggy, data)
    assert "has taken no reward" in refused.value.words


def test_what_was_reversed_is_told_in_words(staff, sandbox):
    done(staff, REVERSE, SAMPLES[REVERSE])
    page = text(staff.post(f"/actions/{REVERSE}/", SAMPLES[REVERSE]))
    assert "Staff has reversed this on" in page


def test_what_was_reversed_elsewhere_is_told_in_words(staff, sandbox):
    sandbox.api("POST", f"reward-receptions/{WAITING}/reverse")
    page = text(done(staff, REVERSE, SAMPLES[REVERSE]))
    assert "already been reversed" in page


# --- Handing over ----------------------------------------------------------------------------


def test_a_reward_is_handed_over_and_taken_back(staff, sandbox):
    page = done(staff, COLLECT, SAMPLES[COLLECT], is_shown=False)
    assert "It is handed over now." in text(page)
    assert is_collected(sandbox, WAITING)
    undo = f"/actions/{TAKE_BACK}/?undo={Entry.objects.get().submission_key}"
    assert f'href="{undo}"' in page.content.decode()
    form = staff.get(undo).context["form"]
    assert form["loyalty_transaction_uuid"].value() == WAITING


def test_a_reward_can_be_collected_again(staff, sandbox):
    page = done(staff, TAKE_BACK, SAMPLES[TAKE_BACK], is_shown=False)
    assert "It can be collected again." in text(page)
    assert not is_collected(sandbox, COLLECTED)
    assert "was not handed to" in sentence_of(Entry.objects.get())


def test_what_was_collected_before_is_told(staff, sandbox):
    asked = SAMPLES[COLLECT] | {"loyalty_transaction_uuid": COLLECTED}
    assert "already been collected" in text(done(staff, COLLECT, asked, is_shown=False))


def test_each_list_has_what_it_can_be_done_with(staff, sandbox):
    for slug, own, other in ((COLLECT, WAITING, COLLECTED), (TAKE_BACK, COLLECTED, WAITING)):
        asked = {"contact_uuid": seed.ANONYMOUS_UUID}
        page = staff.get(f"/actions/{slug}/", asked).content.decode()
        assert f'<option value="{own}"' in page
        assert other not in page


@pytest.mark.parametrize(("slug", "uuid"), [(COLLECT, WAITING), (TAKE_BACK, COLLECTED)])
def test_a_reward_of_somebody_else_is_not_noted_as_theirs(slug, uuid, staff, sandbox):
    """Its UUID may be pasted: the ledger would tell of the wrong customer for ever."""
    asked = SAMPLES[slug] | {"contact_uuid": seed.MIRA_EMAIL, "loyalty_transaction_uuid": uuid}
    page = done(staff, slug, asked, is_shown=False)
    (words,) = page.context["form"].errors["loyalty_transaction_uuid"]
    assert words == "This customer has taken no reward known by this."
    assert is_collected(sandbox, uuid) is (uuid == COLLECTED)
    assert not Entry.objects.exists()


def test_where_piggy_cannot_be_asked_whose_it_is_nothing_is_noted(staff, sandbox):
    sandbox.faults({"kind": "status", "status": 503, "path": "^collectable-rewards$"})
    page = text(done(staff, COLLECT, SAMPLES[COLLECT], is_shown=False))
    assert "Piggy is being maintained" in page
    sandbox.faults()
    assert not is_collected(sandbox, WAITING)


def test_who_has_nothing_to_collect_is_told_apart_from_what_cannot_be_asked(staff, sandbox):
    asked = {"contact_uuid": seed.MIRA_EMAIL, "step": "find"}
    page = text(staff.post(f"/actions/{COLLECT}/", asked))
    assert "There is nothing to choose from for this customer." in page
    sandbox.faults({"kind": "status", "status": 503, "path": "^collectable-rewards$"})
    page = text(staff.post(f"/actions/{COLLECT}/", asked))
    assert "The list cannot be loaded now." in page
    assert "nothing to choose from" not in page


def test_what_piggy_lists_of_others_is_not_offered(piggy, sandbox, monkeypatch):
    paid = services.list_collectable_rewards(piggy, contact_uuid=seed.ANONYMOUS_UUID)
    assert {row.contact.uuid for row in paid} == {seed.ANONYMOUS_UUID}
    monkeypatch.setattr(services, "list_collectable_rewards", lambda *_args, **_more: paid)
    assert forms.collectable(piggy, seed.MIRA_UUID, is_collected=False) == []
    assert forms.collectable(piggy, seed.ANONYMOUS_UUID, is_collected=False) != []
    sandbox.faults({"kind": "filters_ignored", "path": "^loyalty-transactions$"})
    assert WAITING not in dict(forms.receptions(piggy, seed.MIRA_UUID))


def test_the_code_of_a_digital_reward_stays_out_of_the_chain(staff, sandbox, monkeypatch):
    """Whoever has it can spend it: the page shows it, and nothing keeps it that cannot forget."""
    reception = RewardReception(uuid="r1", code="MUSIC-4711")
    monkeypatch.setattr(services, "create_reward_reception", lambda *_args, **_more: reception)
    page = text(done(staff, GIVE, SAMPLES[GIVE]))
    assert "MUSIC-4711" in page
    entry = Entry.objects.get()
    assert "MUSIC-4711" not in str([event.detail for event in entry.events.all()])


# --- When the answer was lost ----------------------------------------------------------------


@pytest.fixture
def lost(piggy, monkeypatch):
    """Make entries whose answer was lost, so long ago that nothing comes any more."""

    def make(slug, data):
        action = get_action(slug)
        preview = action.preview(piggy, data) if action.has_preview else None
        made = make_entry(EntryState.UNKNOWN, slug=slug, data=data, preview=preview)
        at = timezone.now() + timedelta(hours=1)
        monkeypatch.setattr(reconciliation_evidence, "timezone", SimpleNamespace(now=lambda: at))
        return made

    return make


def look(piggy, entry):
    return get_action(entry.action).read_back(piggy, entry).verdict


def take(sandbox, reward=CAPPUCCINO, contact=seed.MIRA_UUID):
    body = {"shop_uuid": seed.AMSTERDAM_UUID, "contact_uuid": contact, "reward_uuid": reward}
    return sandbox.api("POST", "reward-receptions", json=body)["uuid"]


def test_a_reward_that_was_given_is_found_and_another_one_is_none(piggy, sandbox, lost):
    entry = lost(GIVE, filled(piggy))
    take(sandbox, known_uuid(0x651))
    assert look(piggy, entry) == Verdict.NOT_DONE
    taken = take(sandbox)
    finding = get_action(GIVE).read_back(piggy, entry)
    assert finding.verdict == Verdict.DONE
    (told,) = finding.evidence
    assert (told.what, told.value) == (f"Transaction {taken}", "A cappuccino")


def test_a_reward_without_a_uuid_cannot_be_taken_back(piggy):
    entry = make_entry(EntryState.DONE, slug=GIVE, data=filled(piggy))
    give = get_action(GIVE)
    assert give.undo(entry, RewardReception()) is None
    assert give.undo(entry, RewardReception(uuid="r1")) == {
        "contact_uuid": seed.MIRA_UUID,
        "reward_reception_uuid": "r1",
    }


def test_a_reward_of_an_unknown_moment_may_be_an_earlier_one(piggy, sandbox, lost, monkeypatch):
    entry = lost(GIVE, filled(piggy))
    take(sandbox)
    page = services.list_reward_receptions(piggy, contact_uuid=seed.MIRA_UUID)
    rows = [each.model_copy(update={"created_at": None}) for each in page.items]
    timeless = page.model_copy(update={"items": rows})
    monkeypatch.setattr(services, "list_reward_receptions", lambda *_args, **_more: timeless)
    finding = get_action(GIVE).read_back(piggy, entry)
    assert finding.verdict is Verdict.UNDECIDED
    assert "Piggy does not tell all about it" in finding.words


def test_what_is_no_reward_is_none(piggy, sandbox, lost, monkeypatch):
    """Piggy may list other transactions beside them."""
    entry = lost(GIVE, filled(piggy))
    take(sandbox)
    page = services.list_reward_receptions(piggy, contact_uuid=seed.MIRA_UUID)
    rows = [each.model_copy(update={"type": "credit_reception"}) for each in page.items]
    others = page.model_copy(update={"items": rows})
    monkeypatch.setattr(services, "list_reward_receptions", lambda *_args, **_more: others)
    assert look(piggy, entry) == Verdict.NOT_DONE


@pytest.mark.parametrize("slug", [GIVE, REVERSE])
def test_clocks_that_are_far_apart_prove_nothing(slug, piggy, sandbox, lost, monkeypatch):
    if slug == GIVE:
        entry = lost(GIVE, filled(piggy))
        take(sandbox)
    else:
        entry = lost(REVERSE, of_anonymous(piggy, "reward_reception_uuid"))
        sandbox.api("POST", f"reward-receptions/{WAITING}/reverse")
    hour = timedelta(hours=1)
    where = {
        GIVE: "piggyadmin.rewards.actions.create_reward_reception",
        REVERSE: "piggyadmin.credits.read_back",
    }
    module = where[slug]
    monkeypatch.setattr(f"{module}.difference", lambda _account: Difference(hour, hour))
    finding = get_action(slug).read_back(piggy, entry)
    assert finding.verdict is Verdict.UNDECIDED
    assert finding.words.startswith("Piggy's clock and ours are 60 minutes apart")


def test_credits_that_came_back_are_found(piggy, sandbox, lost):
    entry = lost(REVERSE, of_anonymous(piggy, "reward_reception_uuid"))
    assert look(piggy, entry) == Verdict.NOT_DONE
    sandbox.api("POST", f"reward-receptions/{WAITING}/reverse")
    assert look(piggy, entry) == Verdict.DONE


def test_of_an_unknown_shop_what_came_back_is_left_to_a_person(piggy, sandbox, lost):
    """Piggy need not tell where a reward was taken, and may tell where it was given back."""
    entry = lost(REVERSE, of_anonymous(piggy, "reward_reception_uuid"))
    entry.preview = entry.preview | {"shop_uuid": ""}
    sandbox.api("POST", f"reward-receptions/{WAITING}/reverse")
    assert look(piggy, entry) == Verdict.UNDECIDED


def test_credits_that_a_colleague_may_have_given_are_no_proof(piggy, sandbox, lost):
    """Two open entries of different kinds would both fit the one row."""
    entry = lost(REVERSE, of_anonymous(piggy, "reward_reception_uuid"))
    gave = credits_for(resolve_contact(piggy, query="CARD-ANON"), 25)
    make_entry(EntryState.UNKNOWN, slug="create-credit-reception", data=gave)
    body = {
        "shop_uuid": seed.AMSTERDAM_UUID,
        "contact_uuid": seed.ANONYMOUS_UUID,
        "credits": 25,
    }
    sandbox.api("POST", "credit-receptions", json=body)
    assert look(piggy, entry) == Verdict.UNDECIDED


def test_whether_it_was_handed_over_is_looked_up(piggy, sandbox, lost):
    entry = lost(COLLECT, of_anonymous(piggy, "loyalty_transaction_uuid"))
    assert look(piggy, entry) == Verdict.NOT_DONE
    sandbox.api("PUT", f"collectable-rewards/collect/{WAITING}")
    assert look(piggy, entry) == Verdict.DONE


def test_what_somebody_may_have_set_back_since_is_left_to_a_person(piggy, sandbox, lost):
    data = of_anonymous(piggy, "loyalty_transaction_uuid")
    entry = lost(COLLECT, data)
    make_entry(EntryState.DONE, slug=TAKE_BACK, data=data)
    assert look(piggy, entry) == Verdict.UNDECIDED


def test_what_piggy_does_not_list_is_left_to_a_person(piggy, sandbox, lost):
    entry = lost(COLLECT, of_anonymous(piggy, "loyalty_transaction_uuid", "no-such"))
    assert look(piggy, entry) == Verdict.UNDECIDED
