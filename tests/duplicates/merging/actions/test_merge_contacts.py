"""A merge of two: what is kept of it, what is written after it, and what proves it."""

import re
from typing import Any

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import services
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.contacts.snapshot import ContactSnapshot
from piggyadmin.contacts.types import Contact, ContactIdentifier
from piggyadmin.duplicates.merging.actions import merge_contacts as module
from piggyadmin.duplicates.merging.actions.merge_contacts import ContactsToMerge, _not_moved
from piggyadmin.duplicates.merging.subscriptions import SubscriptionChoice
from piggyadmin.ledger.models import Entry, EntryState, Snapshot
from piggyadmin.ledger.operations import Refused, Verdict
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed, text
from tests.contacts.actions.test_update_contact_subscription import kind, mailed
from tests.ledger.making import make_entry, verdict

pytestmark = pytest.mark.django_db


DUPLICATE = "m.jansen@example.test"


def test_merge_keeps_what_was_there_before_and_after(admin, sandbox):
    sandbox.faults(merge_seconds=0)
    sample = SAMPLES["merge-contacts"]
    preview = admin.post("/actions/merge-contacts/", sample)
    sent = confirmed(preview, sample, confirmation=preview.context["confirm_with"])
    url = admin.post("/actions/merge-contacts/", sent)["Location"]
    admin.get(url)
    moments = sorted(Snapshot.objects.values_list("moment", flat=True))
    assert moments == ["after", "before", "before"]
    merge = Entry.objects.get(action="merge-contacts")
    page = text(admin.get(f"/ledger/{merge.submission_key}/"))
    assert re.search(r"/requests/\?entry=\d+", page)


def test_merge_writes_what_protects_whoever_unsubscribed(admin, sandbox):
    sandbox.faults(merge_seconds=0)
    sample = SAMPLES["merge-contacts"]
    preview = admin.post("/actions/merge-contacts/", sample)
    assert "One of these has unsubscribed from “Newsletter”" in text(preview)
    sent = confirmed(preview, sample, confirmation=preview.context["confirm_with"])
    url = admin.post("/actions/merge-contacts/", sent)["Location"]
    for _ in range(2):
        assert "Done: the source is gone" in text(admin.get(url))
    assert mailed(sandbox, seed.MIRA_UUID, "Newsletter") == "UNSUBSCRIBED"
    assert Entry.objects.filter(action="update-contact-subscription").count() == 2


def test_merge_writes_what_was_chosen(admin, sandbox):
    sandbox.faults(merge_seconds=0)
    chosen = {f"subscribe_{kind(sandbox, 'Newsletter')}": "yes"}
    sample = SAMPLES["merge-contacts"] | chosen
    preview = admin.post("/actions/merge-contacts/", sample)
    sent = confirmed(preview, sample, confirmation=preview.context["confirm_with"])
    admin.get(admin.post("/actions/merge-contacts/", sent)["Location"])
    assert mailed(sandbox, seed.MIRA_UUID, "Newsletter") == "SUBSCRIBED"


@pytest.fixture
def merge(piggy):
    contacts = (resolve_contact(piggy, query=query) for query in (DUPLICATE, seed.MIRA_EMAIL))
    data = dict(zip(("source_contact_uuid", "destination_contact_uuid"), contacts, strict=True))
    action = get_action("merge-contacts")
    preview = action.preview(piggy, data)
    return make_entry(EntryState.UNKNOWN, slug=action.slug, data=data, preview=preview)


def test_a_source_that_was_only_deleted_was_not_merged(piggy, sandbox, merge, later):
    sandbox.faults(delete_seconds=0)
    services.delete_contact(piggy, contact_uuid=merge.data["source_contact_uuid"], type="DEFAULT")
    finding = get_action(merge.action).read_back(piggy, merge)
    assert finding.verdict is Verdict.UNDECIDED
    assert "nothing of it is with the survivor" in finding.words


def test_a_source_that_was_merged_was(piggy, sandbox, merge, later):
    sandbox.faults(merge_seconds=0)
    services.merge_contacts(
        piggy,
        source_contact_uuid=merge.data["source_contact_uuid"],
        destination_contact_uuid=merge.data["destination_contact_uuid"],
    )
    assert verdict(piggy, merge) is Verdict.DONE


def test_a_contact_is_not_merged_with_itself(admin, piggy, sandbox):
    sample = SAMPLES["merge-contacts"] | {"source_contact_uuid": seed.MIRA_EMAIL}
    sample |= {"destination_contact_uuid": seed.MIRA_UUID}
    form = admin.post("/actions/merge-contacts/", sample).context["form"]
    words = "This is the same customer. A customer cannot be merged with itself."
    assert dict(form.errors) == {"destination_contact_uuid": [words]}
    mira = resolve_contact(piggy, query=seed.MIRA_EMAIL)
    data = {"source_contact_uuid": mira, "destination_contact_uuid": mira}
    with pytest.raises(Refused) as caught:
        get_action("merge-contacts").perform(piggy, data)
    assert caught.value.field_errors == {"destination_contact_uuid": ["This is the same customer."]}
    assert sandbox.calls("POST") == []


# --- The books afterwards --------------------------------------------------------------------


def has(uuid, *cards, prepaid=0, vouchers=0, **more):
    contact = Contact(uuid=uuid, prepaid_cents=prepaid, **more)
    identifiers = [ContactIdentifier(value=card) for card in cards]
    return ContactSnapshot(contact=contact, identifiers=identifiers, vouchers=vouchers)


TWO = ContactsToMerge(
    source=has("source", "CARD-2", credits=30, prepaid=250, vouchers=1),
    destination=has("survivor", "CARD-1", credits=120, prepaid=1000, vouchers=2),
)


@pytest.mark.parametrize(
    ("after", "missing"),
    [
        (has("survivor", "CARD-1", "CARD-2", prepaid=1250, vouchers=3), []),
        (has("survivor", "CARD-1", "CARD-2", "CARD-3", prepaid=1300, vouchers=4), []),
        (has("survivor", prepaid=1250, vouchers=3), ["CARD-1", "CARD-2"]),
        (has("survivor", "CARD-1", "CARD-2", prepaid=1250, vouchers=2), ["1 voucher"]),
        (has("survivor", "CARD-1", "CARD-2", prepaid=1250, vouchers=1), ["2 vouchers"]),
        (has("survivor", "CARD-1", "CARD-2", prepaid=1250, vouchers=None), []),
        (has("survivor", "CARD-1", "CARD-2", prepaid=1150, vouchers=3), ["€1.00 prepaid"]),
    ],
)
def test_what_did_not_move_is_named(after, missing):
    assert [each.replace("\xa0", "") for each in _not_moved(TWO, after)] == missing


def test_what_the_survivor_will_have_is_what_both_have():
    assert (TWO.credits_after, TWO.prepaid_after, TWO.identifiers_after) == (150, 1250, 2)


@pytest.mark.parametrize(
    ("after", "is_expected", "words"),
    [
        (None, False, "The source is gone, and so is the survivor. Piggy knows neither."),
        (
            has("survivor", "CARD-1", credits=150, prepaid=1250, vouchers=3),
            False,
            "The source is gone, but these are missing: CARD-2.",
        ),
        (
            has("survivor", "CARD-1", "CARD-2", credits=150, prepaid=1250, vouchers=3),
            True,
            "Done: the source is gone; the survivor has all 150 credits.",
        ),
        (
            has("survivor", "CARD-1", "CARD-2", credits=149, prepaid=1250, vouchers=3),
            False,
            "The source is gone, but the survivor has 149 credits where 150 were expected. "
            "Look at its transactions: it may have earned or spent meanwhile.",
        ),
    ],
)
def test_the_end_of_a_merge_is_told(monkeypatch, after, is_expected, words):
    monkeypatch.setattr(module, "take_snapshot", lambda *_, **__: after)
    survivor = after and after.contact
    progress = module.MergeContacts._compare(None, TWO, survivor)
    assert (progress.finished, progress.as_expected) == (True, is_expected)
    assert (progress.words, progress.after) == (words, after)


# --- What is agreed to, and what proves it ---------------------------------------------------

MERGE: Any = get_action("merge-contacts")
BEFORE = has("survivor", "CARD-1", credits=120, prepaid=1000, vouchers=2)


@pytest.mark.parametrize(
    ("source", "after", "moved"),
    [
        (has("source", credits=30), BEFORE, False),
        (has("source", prepaid=5), BEFORE, False),
        (has("source", "CARD-2"), BEFORE, False),
        (has("source", vouchers=1), BEFORE, False),
        (has("source"), BEFORE, True),
        (has("source", credits=30), has("survivor", credits=150, prepaid=1000, vouchers=2), True),
        (has("source", prepaid=5), has("survivor", credits=120, prepaid=1005, vouchers=2), True),
        (has("source", vouchers=1), has("survivor", credits=120, prepaid=1000, vouchers=3), True),
        (
            has("source", "CARD-2"),
            has("survivor", "CARD-1", "CARD-2", credits=120, prepaid=1000, vouchers=2),
            True,
        ),
    ],
)
def test_whatever_moved_tells_a_merge_from_a_deletion(monkeypatch, source, after, moved):
    data = {"source_contact_uuid": source.contact, "destination_contact_uuid": BEFORE.contact}
    preview = ContactsToMerge(source=source, destination=BEFORE)
    entry = make_entry(EntryState.UNKNOWN, slug=MERGE.slug, data=data, preview=preview)
    monkeypatch.setattr(module, "take_snapshot", lambda *_, **__: after)
    assert MERGE._has_moved(None, entry, after.contact) is moved


def test_a_merge_that_was_found_tells_of_both(piggy, sandbox, merge, later):
    source, destination = (merge.data[f"{role}_contact_uuid"] for role in ("source", "destination"))
    sandbox.faults(merge_seconds=0)
    services.merge_contacts(piggy, source_contact_uuid=source, destination_contact_uuid=destination)
    finding = MERGE.read_back(piggy, merge)
    assert finding.words == "The source is gone."
    assert (finding.result.source_uuid, finding.result.destination_uuid) == (source, destination)
    told = [(each.what, each.value) for each in finding.evidence]
    assert told == [
        ("Ceases to exist", "is not there"),
        ("Survives", f"{destination}, with 150 credits"),
    ]


@pytest.mark.parametrize(
    ("there", "verdict_now", "words"),
    [
        ({"s", "d"}, Verdict.UNDECIDED, "Both are still there. A merge takes Piggy minutes."),
        ({"s"}, Verdict.UNDECIDED, "Both are still there. A merge takes Piggy minutes."),
        (set(), Verdict.UNDECIDED, "Neither can be found."),
    ],
)
def test_what_is_not_so_yet_may_still_come(monkeypatch, there, verdict_now, words):
    data = {f"{role}_contact_uuid": Contact(uuid=role[0]) for role in ("source", "destination")}
    entry = make_entry(EntryState.UNKNOWN, slug=MERGE.slug, data=data, preview=TWO)
    monkeypatch.setattr(
        services,
        "find_contact",
        lambda _, *, contact_uuid: Contact(uuid=contact_uuid) if contact_uuid in there else None,
    )
    finding = MERGE.read_back(None, entry)
    assert (finding.verdict, finding.words) == (verdict_now, words)


def test_both_that_are_there_for_long_were_not_merged(piggy, merge, later):
    finding = MERGE.read_back(piggy, merge)
    assert (finding.verdict, finding.words) == (Verdict.NOT_DONE, "Both are still there.")


def test_the_same_pair_is_the_same_either_way_round():
    one, other = Contact(uuid="b"), Contact(uuid="a")
    pairs = [(one, other), (other, one)]
    keys = [
        MERGE.deduplication_data({"source_contact_uuid": s, "destination_contact_uuid": d})
        for s, d in pairs
    ]
    assert keys == [["a", "b"], ["a", "b"]]


def test_the_end_of_the_address_that_ceases_is_typed():
    source = Contact(uuid="source", email="mira.old@example.test")
    survivor = Contact(uuid="survivor", email="mira@example.test")
    data = {"source_contact_uuid": source, "destination_contact_uuid": survivor}
    assert MERGE.confirm_with(data) == ".old"
    unnamed = {
        "source_contact_uuid": Contact(uuid="the-uuid"),
        "destination_contact_uuid": survivor,
    }
    assert MERGE.confirm_with(unnamed) == "uuid"


def test_what_is_agreed_to_is_both_and_what_was_told():
    agreed = TWO.decisive()
    assert agreed["source"]["contact"]["uuid"] == "source"
    assert agreed["destination"]["contact"]["uuid"] == "survivor"
    assert agreed["told"] == []
    news = SubscriptionChoice(uuid="n", name="News", unsubscribed=("source",), is_opt_out=False)
    told = TWO.model_copy(update={"subscriptions": (news,)}).decisive()["told"]
    assert told == [["n", "News", "source"]]


def test_a_subscription_that_is_not_certain_is_left_to_a_person():
    news = SubscriptionChoice(uuid="n", name="News", unsubscribed=(), is_opt_out=False)
    progress = module._not_subscribed(news, "Not allowed.", is_final=True)
    assert (progress.finished, progress.as_expected) == (True, False)
    assert progress.words.endswith("on the survivor's page. Not allowed.")
    waiting = module._not_subscribed(news, is_final=False)
    assert not waiting.finished
    assert waiting.words.endswith("“News” is as it was chosen. See to it on the survivor's page.")
