"""Finding a lost batch: by the console's reference, or by counting all that was made."""

from datetime import timedelta

import pytest
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import appending, entries
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Refused, Verdict
from piggyadmin.ledger.own_reference import NAME
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.piggy.types import Page
from piggyadmin.sandbox import seed
from piggyadmin.vouchers import services
from piggyadmin.vouchers.actions import create_vouchers_batch as module
from piggyadmin.vouchers.types import Promotion, Voucher
from tests.actions.samples import SAMPLES
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
BATCH = get_action("create-vouchers-batch")
UNFILTERED = {"kind": "filters_ignored", "path": "^vouchers$"}


def asked(quantity, contact=""):
    return {
        "promotion_uuid": seed.WELCOME_COFFEE_UUID,
        "quantity": quantity,
        "contact_uuid": Contact(uuid=contact) if contact else None,
        "activation_date": None,
        "expiration_date": None,
        "custom_attributes": [],
    }


def lost(piggy, quantity=3, *, refers=False, contact="", state=EntryState.UNKNOWN) -> Entry:
    data = asked(quantity, contact)
    entry = make_entry(slug=BATCH.slug, data=data, preview=BATCH.preview(piggy, data))
    reference = {"reference": str(entry.submission_key)} if refers else {}
    appending.append(entry, EntryState.SENT, reference)
    appending.append(entry, state)
    return entry


def make(sandbox, number, *, promotion=seed.WELCOME_COFFEE_UUID, reference="", **more):
    attributes = {NAME: reference} if reference else {}
    body = {"promotion_uuid": promotion, "custom_attributes": attributes, **more}
    for _ in range(number):
        sandbox.api("POST", "vouchers", json=body)


def verdict(piggy, entry):
    return BATCH.read_back(piggy, entries.reread(entry)).verdict


# --- By the reference ------------------------------------------------------------------------


@pytest.fixture
def entry(piggy, sandbox):
    """Make an entry that has written its reference where Piggy keeps it."""
    module.REFERENCE_PLACE.make(piggy)
    return lost(piggy, refers=True)


def test_its_own_vouchers_are_proof_beside_any_others(piggy, sandbox, entry):
    make(sandbox, 4)
    make(sandbox, 3, reference=str(entry.submission_key))
    finding = BATCH.read_back(piggy, entry)
    assert (finding.verdict, finding.result.quantity) == (Verdict.DONE, 3)


def test_a_part_of_them_is_no_proof(piggy, sandbox, entry, later):
    make(sandbox, 2, reference=str(entry.submission_key))
    assert verdict(piggy, entry) == Verdict.UNDECIDED


def test_none_of_them_is_proof_after_a_time(piggy, sandbox, entry):
    make(sandbox, 3)
    assert verdict(piggy, entry) == Verdict.UNDECIDED


def test_none_of_them_is_proof(piggy, sandbox, entry, later):
    make(sandbox, 3)
    assert verdict(piggy, entry) == Verdict.NOT_DONE


def test_vouchers_of_somebody_else_are_not_what_was_asked(piggy, sandbox, later):
    module.REFERENCE_PLACE.make(piggy)
    entry = lost(piggy, refers=True, contact=seed.MIRA_UUID)
    make(sandbox, 3, reference=str(entry.submission_key))
    assert verdict(piggy, entry) == Verdict.UNDECIDED


def test_they_are_followed_by_it_too(piggy, sandbox, entry):
    make(sandbox, 5)
    assert not BATCH.watch(piggy, entry).finished
    make(sandbox, 3, reference=str(entry.submission_key))
    assert BATCH.watch(piggy, entry).finished


def test_a_person_s_own_attribute_of_that_name_stays(piggy):
    data = asked(1) | {"custom_attributes": [{"label": NAME, "value": "Mine"}]}
    assert module._attributes(piggy, data) == {NAME: "Mine"}


# --- By counting -----------------------------------------------------------------------------


def test_what_is_there_is_counted(piggy, sandbox):
    entry = lost(piggy)
    assert verdict(piggy, entry) == Verdict.UNDECIDED
    make(sandbox, 3)
    assert verdict(piggy, entry) == Verdict.DONE


def test_vouchers_of_another_promotion_are_not_counted(piggy, sandbox, later):
    entry = lost(piggy)
    promotion = sandbox.api("POST", "promotions", json={"name": "Tea", "description": "One"})
    make(sandbox, 3, promotion=promotion["uuid"])
    sandbox.faults(UNFILTERED)
    assert verdict(piggy, entry) == Verdict.NOT_DONE
    sandbox.faults()
    make(sandbox, 3)
    sandbox.faults(UNFILTERED)
    assert verdict(piggy, entry) == Verdict.DONE


def test_more_than_can_be_looked_at_proves_nothing(piggy, sandbox, later, monkeypatch):
    entry = lost(piggy)
    monkeypatch.setattr(module, "MOST_VOUCHERS", 2)
    assert verdict(piggy, entry) == Verdict.UNDECIDED
    assert BATCH.watch(piggy, entry).words == "Piggy does not tell how many there are."


@pytest.mark.parametrize(("made", "found"), [(5, Verdict.DONE), (0, Verdict.NOT_DONE)])
def test_all_of_a_shared_promotion_are_settled_together(piggy, sandbox, later, made, found):
    entries = [lost(piggy, 3), lost(piggy, 2)]
    make(sandbox, made)
    for entry in entries:
        assert verdict(piggy, entry) == found
        kind = EntryState.SETTLED_DONE if found == Verdict.DONE else EntryState.SETTLED_NOT_DONE
        appending.append(entry, kind)


def test_what_is_known_to_be_done_is_counted_off(piggy, sandbox, later):
    known = lost(piggy, 2, state=EntryState.DONE)
    entry = lost(piggy, 3)
    make(sandbox, 2)
    assert verdict(piggy, entry) == Verdict.NOT_DONE
    make(sandbox, 3)
    assert verdict(piggy, entry) == Verdict.DONE
    assert entries.reread(known).state is EntryState.DONE


def test_a_part_of_all_settles_none(piggy, sandbox, later):
    entries = [lost(piggy, 3), lost(piggy, 4)]
    make(sandbox, 3)
    assert {verdict(piggy, entry) for entry in entries} == {Verdict.UNDECIDED}


def test_nothing_of_a_shared_promotion_is_settled_too_early(piggy, sandbox):
    entries = [lost(piggy, 3), lost(piggy, 2)]
    make(sandbox, 5)
    assert {verdict(piggy, entry) for entry in entries} == {Verdict.UNDECIDED}


def test_what_was_long_before_is_in_the_count_before(piggy, sandbox, later):
    make(sandbox, 2)
    old = lost(piggy, 2, state=EntryState.DONE)
    entry = lost(piggy, 3)
    entry.created_at += timedelta(hours=2)
    assert module._of_the_same_time(entry) == [entry]
    assert module._of_the_same_time(old)[0] == old


def test_without_a_count_before_nothing_is_told(piggy, sandbox, later):
    entry = lost(piggy)
    entry.preview["vouchers_before"] = None
    assert BATCH.read_back(piggy, entry).words == "Piggy does not tell how many there are."


# --- What will happen, and what is said ------------------------------------------------------


def test_the_preview_says_how_much_room_there_is(piggy, sandbox):
    before = sandbox.api("GET", f"vouchers?promotion_uuid={seed.WELCOME_COFFEE_UUID}&limit=100")
    preview = BATCH.preview(piggy, asked(3))
    assert (preview.promotion_name, preview.quantity) == ("Welcome coffee", 3)
    assert preview.vouchers_before == len(before)
    assert preview.button == "Make 3 vouchers"
    assert preview.decisive() == {"promotion": "Welcome coffee", "quantity": 3}


@pytest.mark.parametrize(
    ("limit", "before", "room"),
    [(25, 20, 5), (25, 25, 0), (25, 30, 0), (None, 20, None), (25, None, None)],
)
def test_room_is_what_the_limit_leaves(limit, before, room):
    batch = module.BatchToMake(
        promotion_name="Tea", quantity=1, voucher_limit=limit, vouchers_before=before
    )
    assert (batch.room, batch.button) == (room, "Make 1 voucher")


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (20, "This promotion has no room left for vouchers."),
        (21, "This promotion has room for 1 more voucher."),
        (22, "This promotion has room for 2 more vouchers."),
    ],
)
def test_more_than_there_is_room_for_is_refused(piggy, monkeypatch, limit, words):
    promotion = Promotion(uuid="p", voucher_limit=limit)
    page: Page[Voucher] = Page(items=[], page=1, last_page=1, total=20)
    monkeypatch.setattr(services, "get_promotion", lambda *_, **__: promotion)
    monkeypatch.setattr(services, "list_vouchers", lambda *_, **__: page)
    with pytest.raises(Refused) as caught:
        BATCH.preview(piggy, asked(limit - 19))
    assert caught.value.field_errors == {"quantity": [words]}
    if limit > 20:
        assert BATCH.preview(piggy, asked(limit - 20)).quantity == limit - 20


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"activation_date": "", "expiration_date": "2020-01-01T00:00"},
            "This moment is past. Nobody could use them.",
        ),
        (
            {"activation_date": "2030-06-01T00:00", "expiration_date": "2030-01-01T00:00"},
            "This is before “Good from”.",
        ),
        (
            {"activation_date": "2030-06-01T00:00", "expiration_date": "2030-06-01T00:00"},
            "This is before “Good from”.",
        ),
    ],
)
def test_vouchers_that_nobody_could_use_are_refused(admin, sandbox, changed, words):
    page = admin.post(f"/actions/{BATCH.slug}/", SAMPLES[BATCH.slug] | changed)
    assert dict(page.context["form"].errors) == {"expiration_date": [words]}


def test_it_is_done_when_all_are_there_and_no_sooner(piggy, sandbox):
    entry = lost(piggy, 3)
    told = []
    for number in (0, 2, 1):
        make(sandbox, number)
        progress = BATCH.watch(piggy, entry)
        told.append((progress.finished, progress.words))
    assert told == [
        (False, "Pending: 0 of 3 vouchers are there."),
        (False, "Pending: 2 of 3 vouchers are there."),
        (True, "Done: all 3 vouchers are there."),
    ]
    single = lost(piggy, 1)
    make(sandbox, 1)
    assert BATCH.watch(piggy, single).words == "Done: the voucher is there."


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        (1, "1 voucher of "),
        (3, "3 vouchers of "),
    ],
)
def test_the_ledger_says_who_asked_for_how_many(piggy, quantity, words):
    assert words in sentence_of(lost(piggy, quantity))


def test_what_was_filled_in_is_sent(piggy, monkeypatch):
    sent = {}
    monkeypatch.setattr(services, "create_vouchers_batch", lambda _, **given: sent.update(given))
    rows = [{"label": "table", "value": "4"}, {"label": NAME, "value": "Mine"}]
    start, end = timezone.now(), timezone.now() + timedelta(days=1)
    more = {"custom_attributes": rows, "activation_date": start, "expiration_date": end}
    BATCH.perform(piggy, asked(3, "c") | more)
    assert sent == {
        "promotion_uuid": seed.WELCOME_COFFEE_UUID,
        "quantity": 3,
        "contact_uuid": "c",
        "activation_date": start,
        "expiration_date": end,
        "custom_attributes": {"table": "4", NAME: "Mine"},
    }
    BATCH.perform(piggy, asked(3))
    assert (sent["contact_uuid"], sent["custom_attributes"]) == (None, None)


def test_as_many_of_the_same_for_the_same_contact_are_the_same():
    promotion = seed.WELCOME_COFFEE_UUID
    assert BATCH.deduplication_data(asked(3, "c")) == [promotion, 3, "c"]
    assert BATCH.deduplication_data(asked(3)) == [promotion, 3, None]
