"""What taking a merge back would do, and what cannot come back."""

from uuid import uuid4

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import services
from piggyadmin.contacts.services import get_contact
from piggyadmin.contacts.types import Subscription
from piggyadmin.duplicates.repairing.operations import make_plan
from piggyadmin.duplicates.repairing.plan import RepairPlan, both_before
from piggyadmin.ledger import entries, following, writes
from piggyadmin.ledger.models import Entry, EntryState, Snapshot
from piggyadmin.ledger.operations import Refused
from piggyadmin.piggy.client import piggy_client
from tests.duplicates.merges import ANONYMOUS, DUPLICATE_EMAIL, work
from tests.duplicates.merges import merge as merge_by_hand
from tests.duplicates.repairing.making import (
    CENTS,
    CREDITS,
    DUPLICATE,
    MIRA,
    SHOP,
    begin,
    fill,
    looked,
    merged,
)
from tests.ledger.making import make_entry, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def wrong_merge(admin, sandbox) -> Entry:
    """A merge of two who are two people."""
    fill(sandbox)
    return merged(admin, sandbox, keep_birthdate=DUPLICATE)


def plan_of(merge: Entry) -> RepairPlan:
    return make_plan(piggy_client(), merge, SHOP)


def why_not(merge: Entry) -> str:
    with pytest.raises(Refused) as refused:
        plan_of(merge)
    return refused.value.words


def test_what_comes_back(sandbox, wrong_merge):
    plan = plan_of(wrong_merge)
    assert plan.source.contact.email == DUPLICATE_EMAIL
    assert (plan.credits - CREDITS, plan.prepaid_cents) == (30, CENTS)
    assert plan.gives == plan.credits
    assert plan.cards == ["CARD-0002"]
    assert plan.values["company"] == "Beans"
    assert plan.survivor_values == {"birthdate": "1991-05-14"}
    assert plan.button == "Make 1 customer anew"
    assert plan.shop_name != plan.shop_uuid
    assert plan.decisive()["credits"] == plan.credits


def test_what_does_not(sandbox, wrong_merge):
    told = " ".join(plan_of(wrong_merge).losses)
    for words in ("another UUID", "Its history stays", "What was not kept", "voucher stays"):
        assert words in told, words
    assert "no way to empty: company" in told
    assert "spent meanwhile" not in told


def test_what_was_spent_meanwhile(sandbox, wrong_merge):
    about = {"contact_uuid": MIRA, "shop_uuid": SHOP}
    sandbox.api("POST", "credit-receptions", json={**about, "credits": -185})
    sandbox.api("POST", "prepaid-transactions", json={**about, "amount_in_cents": -1700})
    sandbox.api("PUT", "contact-identifiers/unlink", json={"contact_identifier_value": "CARD-0002"})
    plan = plan_of(wrong_merge)
    assert (plan.credits, plan.prepaid_cents, plan.cards) == (5, 50, [])
    told = " ".join(plan.losses)
    for words in ("65 credits were spent", "of prepaid was spent", "do not move: CARD-0002"):
        assert words in told, words


def test_messages_that_need_a_confirmation(sandbox, wrong_merge):
    plan = plan_of(wrong_merge)
    given = {
        "status": "SUBSCRIBED",
        "subscription_type": {"uuid": "u", "strategy": "DOUBLE_OPT_IN"},
    }
    contact = plan.source.contact.model_copy(
        update={"subscriptions": [Subscription.model_validate(given)]}
    )
    source = plan.source.model_copy(update={"contact": contact})
    asking = plan.model_copy(update={"source": source})
    assert [each.name for each in asking.subscriptions] == ["u"]
    assert "mails the customer" in " ".join(asking.losses)


def test_one_merged_by_hand_tells_less(admin, sandbox):
    fill(sandbox)
    sandbox.faults(merge_seconds=0)
    run = work(merge_by_hand(admin))
    entry = Entry.objects.get(submission_key=run.steps.exclude(source="").get().submission_key)
    whole = Entry.objects.get(action="merge-duplicates")
    Snapshot.objects.filter(entry=whole).delete()
    source, _survivor = both_before(entry)
    assert source.values["firstname"] == "Mo"
    assert "company" not in source.values


def merge_of(source: str, survivor: str) -> Entry:
    """Have two merged at Piggy, and give the entry, which nobody has followed."""
    piggy, action = piggy_client(), get_action("merge-contacts")
    data = {
        "source_contact_uuid": get_contact(piggy, contact_uuid=source),
        "destination_contact_uuid": get_contact(piggy, contact_uuid=survivor),
    }
    request = writes.WriteRequest(
        action=action,
        person=somebody(),
        data=data,
        submission_key=uuid4(),
        preview=action.preview(piggy, data),
    )
    return writes.carry_out(piggy, request).entry


def test_only_what_is_done(sandbox):
    sandbox.faults(merge_seconds=60)
    assert "still at it" in why_not(merge_of(DUPLICATE, MIRA))


def test_only_the_latest_merge_of_either(sandbox, wrong_merge):
    merge_of(ANONYMOUS, MIRA)
    assert "merged again since" in why_not(wrong_merge)


def test_one_that_was_typed_by_hand(sandbox):
    fill(sandbox)
    sandbox.faults(merge_seconds=0)
    entry = merge_of(DUPLICATE, MIRA)
    following.follow_up(entry, get_action("merge-contacts").watch(piggy_client(), entry))
    plan = plan_of(entries.reread(entry))
    assert plan.values["firstname"] == "Mo"
    assert "company" not in plan.values


def test_where_who_should_be_gone_is_there(sandbox, wrong_merge, monkeypatch):
    monkeypatch.setattr(services, "find_contact", lambda *_, **__: True)
    assert "still there" in why_not(wrong_merge)


def test_not_twice(sandbox, wrong_merge):
    repair = begin(wrong_merge)
    assert "taken back already" in why_not(wrong_merge)  # or is about to be
    looked(repair)
    assert "taken back already" in why_not(wrong_merge)


def test_not_while_something_else_is_under_way(sandbox, wrong_merge):
    make_entry(EntryState.UNKNOWN, slug="delete-contact", contact=MIRA)
    assert "how that ends is not known" in why_not(wrong_merge)


def test_whose_address_is_taken(sandbox, wrong_merge):
    sandbox.api("POST", "contacts", json={"email": DUPLICATE_EMAIL})
    assert "somebody's by now" in why_not(wrong_merge)


def test_where_the_other_one_is_gone_too(sandbox, wrong_merge):
    sandbox.faults(delete_seconds=0)
    sandbox.api("POST", f"contacts/{MIRA}/delete", json={"type": "DEFAULT"})
    assert "is gone, too" in why_not(wrong_merge)


def test_what_is_no_longer_kept(sandbox, wrong_merge):
    Snapshot.objects.all().delete()
    assert "no longer kept" in why_not(wrong_merge)
