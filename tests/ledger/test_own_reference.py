"""The console's own reference: made once, written where it can be, and never in the way."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.credits.actions.create_credit_reception import REFERENCE_PLACE as TRANSACTION
from piggyadmin.ledger import own_reference, writes
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.own_reference import NAME, Reference, referring
from piggyadmin.piggy.client import PiggyClient, about_to_write
from piggyadmin.piggy.errors import Busy, ErrorCode, Rejected
from piggyadmin.piggy.models import OwnAttribute
from piggyadmin.sandbox import seed
from piggyadmin.vouchers.actions.create_vouchers_batch import REFERENCE_PLACE as VOUCHER
from tests.ledger.making import make_entry, somebody

pytestmark = pytest.mark.django_db
ATTRIBUTES = "loyalty-transaction-attributes"
MAKES = {TRANSACTION: ATTRIBUTES, VOUCHER: "custom-attributes"}


def give(piggy, number=25):
    data = {
        "contact_uuid": resolve_contact(piggy, query=seed.MIRA_EMAIL),
        "shop_uuid": seed.AMSTERDAM_UUID,
        "credits": number,
        "unit_value": None,
        "unit_name": "",
    }
    action = get_action("create-credit-reception")
    request = writes.WriteRequest(
        action=action, person=somebody(), data=data, submission_key=uuid4()
    )
    outcome = writes.carry_out(piggy, request)
    return Entry.objects.get(pk=outcome.entry.pk)


def newest(sandbox):
    page = {"contact_uuid": seed.MIRA_UUID, "limit": 1}
    return sandbox.api("GET", "loyalty-transactions", params=page)[0]


def taken(piggy, place):
    reference = Reference(uuid4())
    with referring(reference):
        return own_reference.take(piggy, place), str(reference.key)


def test_what_is_booked_carries_the_key_of_its_entry(piggy, sandbox):
    entry = give(piggy)
    assert entry.state == EntryState.DONE
    assert newest(sandbox)[NAME] == str(entry.submission_key) == own_reference.written(entry)


def test_the_attribute_costs_one_call_ever(piggy, sandbox):
    """Also where the process that made it, and all that it remembered, is gone."""
    for number in (1, 2, 3):
        cache.clear()
        give(piggy, number)
    assert len(sandbox.calls("POST", ATTRIBUTES)) == 1
    assert newest(sandbox)[NAME]


@pytest.mark.parametrize("place", MAKES)
def test_an_attribute_that_is_there_is_fine(piggy, sandbox, place):
    place.make(piggy)
    reference, key = taken(piggy, place)
    assert reference == key
    assert OwnAttribute.objects.get().entity == place.entity
    assert str(OwnAttribute.objects.get()) == f"{place.entity} {piggy.account}"


def test_where_it_cannot_be_made_all_goes_on_without(piggy, sandbox):
    """It is asked for again later, and not with every write."""
    sandbox.faults({"kind": "code", "code": 1003, "path": f"^{ATTRIBUTES}$"})
    entries = [give(piggy, number) for number in (1, 2)]
    assert [entry.state for entry in entries] == [EntryState.DONE] * 2
    assert not any(map(own_reference.written, entries))
    assert len(sandbox.calls("POST", ATTRIBUTES)) == 1
    sandbox.faults()
    cache.clear()
    assert own_reference.written(give(piggy, 3))


def test_what_passes_is_tried_again_at_once(piggy, sandbox):
    sandbox.faults({"kind": "drop_before", "path": f"^{ATTRIBUTES}$", "times": 1})
    assert own_reference.written(give(piggy, 1)) is None
    assert own_reference.written(give(piggy, 2))


def test_making_it_is_no_part_of_what_was_asked(piggy, monkeypatch):
    """Whoever dies over it has sent nothing."""
    seen = []

    def make(client):
        client.post(ATTRIBUTES, json={"name": "other", "data_type": "text"})
        seen.append(Entry.objects.get().state)

    place = own_reference.ReferenceAttribute("other", make, TRANSACTION.attributes)
    monkeypatch.setattr("piggyadmin.credits.actions.create_credit_reception.REFERENCE_PLACE", place)
    entry = give(piggy)
    assert seen == [EntryState.INTENDED]
    assert [event.kind for event in entry.events.all()] == ["intended", "sent", "done"]


def test_a_setting_switches_it_off(piggy, sandbox, settings):
    settings.PIGGY_OWN_REFERENCE = False
    entry = give(piggy)
    assert (entry.state, own_reference.written(entry)) == (EntryState.DONE, None)
    assert sandbox.calls("POST", ATTRIBUTES) == []


def test_nothing_is_written_for_nobody(piggy, sandbox):
    assert own_reference.take(piggy, TRANSACTION) is None
    assert sandbox.calls("POST", ATTRIBUTES) == []


@pytest.mark.parametrize("place", MAKES)
def test_whether_it_is_kept_is_asked(piggy, sandbox, place):
    assert not own_reference.is_kept(piggy, place)
    taken(piggy, place)
    assert own_reference.is_kept(piggy, place)


def test_what_has_gone_is_made_anew(piggy, sandbox):
    taken(piggy, TRANSACTION)
    sandbox.reset()
    assert not own_reference.is_kept(piggy, TRANSACTION)
    taken(piggy, TRANSACTION)
    assert own_reference.is_kept(piggy, TRANSACTION)


def test_a_write_that_is_refused_because_of_it_is_not_refused_twice(piggy, sandbox, monkeypatch):
    refusal = Rejected(is_write=True, field_errors={NAME: ["is unknown"]})
    real = PiggyClient.post

    def post(client, path, **options):
        if NAME in (options.get("json") or {}):
            raise refusal
        return real(client, path, **options)

    monkeypatch.setattr(PiggyClient, "post", post)
    assert give(piggy, 1).state is EntryState.REJECTED
    entry = give(piggy, 1)
    assert (entry.state, own_reference.written(entry)) == (EntryState.DONE, None)
    assert not OwnAttribute.objects.exists()


def test_where_it_cannot_be_asked_for_it_is_not_kept(piggy, sandbox):
    taken(piggy, TRANSACTION)
    sandbox.faults({"kind": "code", "code": 60013, "path": f"^{ATTRIBUTES}$"})
    assert not own_reference.is_kept(piggy, TRANSACTION)


def test_our_own_are_known():
    entry = make_entry()
    assert own_reference.is_ours(str(entry.submission_key))
    assert not any(map(own_reference.is_ours, [None, "", "R-100", str(uuid4())]))
    assert own_reference.written(SimpleNamespace(events=entry.events)) is None


# --- Without Piggy ----------------------------------------------------------------------------

PIGGY = SimpleNamespace(account="account-1")


def place(make=lambda _piggy: None, names=()):
    """Give a place of an attribute of which so much is there."""
    listed = [SimpleNamespace(name=name) for name in names]
    return own_reference.ReferenceAttribute("thing", make, lambda _piggy: listed)


def known():
    return cache.get("own-attribute-account-1-thing")


@pytest.fixture(autouse=True)
def nothing_remembered():
    cache.clear()
    yield
    cache.clear()


def test_what_was_written_is_noted_with_its_place():
    reference, there = Reference(uuid4()), place()
    assert reference.detail() == {}
    with referring(reference):
        assert own_reference.take(PIGGY, there) == str(reference.key)
    assert (reference.is_written, reference.place) == (True, there)
    assert reference.detail() == {"reference": str(reference.key)}
    assert own_reference.take(PIGGY, there) is None


def test_a_field_that_is_always_there_needs_no_attribute():
    reference = Reference(uuid4())
    with referring(reference):
        assert own_reference.take(PIGGY) == str(reference.key)
    assert (reference.is_written, reference.place) == (True, None)


def test_that_it_is_made_is_remembered_for_ever_and_in_the_database():
    made: list[Any] = []
    there = place(make=made.append)
    assert own_reference._has_attribute(PIGGY, there)
    assert (known(), made) == (True, [PIGGY])
    attribute = OwnAttribute.objects.get()
    assert (attribute.account, attribute.entity) == ("account-1", "thing")
    cache.clear()
    assert own_reference._has_attribute(PIGGY, there)
    assert (known(), len(made), OwnAttribute.objects.count()) == (True, 1, 1)
    cache.clear()
    assert own_reference._has_attribute(SimpleNamespace(account="account-2"), there)
    assert len(made) == 2


def fails(kind=Rejected, **error):
    """Give what makes an attribute, and fails: no part of what was asked for, it is no write."""

    def make(_piggy):
        assert about_to_write.get() is None
        raise kind(**error)

    return make


def test_what_piggy_would_not_have_is_asked_for_again_after_a_while(monkeypatch, caplog):
    kept = []
    monkeypatch.setattr(cache, "set", lambda *key, **how: kept.append((key, how)))
    token = about_to_write.set(print)
    try:
        assert own_reference._has_attribute(PIGGY, place(fails(code=1003))) is False
        assert about_to_write.get() is print
    finally:
        about_to_write.reset(token)
    key = ("own-attribute-account-1-thing",)
    assert kept == [(key, {"value": False, "timeout": 600})]
    assert caplog.messages[-1].startswith("The attribute console_reference of thing was not made: ")
    assert not OwnAttribute.objects.exists()


def test_what_passes_is_not_remembered():
    there = place(fails(Busy, passing=True, is_write=True))
    assert own_reference._has_attribute(PIGGY, there) is False
    assert known() is None
    reference = Reference(uuid4())
    with referring(reference):
        assert own_reference.take(PIGGY, there) is None
    assert (reference.is_written, reference.detail()) == (False, {})


def test_one_that_is_there_already_is_as_good():
    there = place(fails(code=ErrorCode.ATTRIBUTE_EXISTS))
    assert own_reference._has_attribute(PIGGY, there)
    assert known() is True


def test_who_is_refused_because_of_it_writes_none_for_a_while(monkeypatch):
    there, reference = place(), Reference(uuid4())
    own_reference._has_attribute(PIGGY, there)
    of_another = Rejected(field_errors={"name": ["is taken"]})
    reference.learn(PIGGY, Rejected(field_errors={NAME: ["is unknown"]}))  # it wrote none
    reference.place = there
    reference.learn(PIGGY, of_another)
    assert (known(), OwnAttribute.objects.count()) == (True, 1)
    OwnAttribute.objects.create(account="account-2", entity="thing")
    OwnAttribute.objects.create(account="account-1", entity="other")
    kept = []
    monkeypatch.setattr(cache, "set", lambda *key, **how: kept.append((key, how)))
    reference.learn(PIGGY, Rejected(field_errors={f"attributes.{NAME}": ["is unknown"]}))
    assert known() is None
    assert kept == [(("own-attribute-account-1-thing",), {"value": False, "timeout": 600})]
    left = set(OwnAttribute.objects.values_list("account", "entity"))
    assert left == {("account-2", "thing"), ("account-1", "other")}


def test_an_attribute_that_is_gone_is_forgotten():
    own_reference._has_attribute(PIGGY, place())
    assert own_reference.is_kept(PIGGY, place(names=[None, "other", NAME]))
    assert known() is True
    assert not own_reference.is_kept(PIGGY, place(names=["other"]))
    assert (known(), OwnAttribute.objects.count()) == (None, 0)


def test_of_several_sendings_the_last_one_tells():
    def sent(kind, **detail):
        return SimpleNamespace(kind=kind, detail=detail)

    def written(*events):
        return own_reference.written(SimpleNamespace(events=SimpleNamespace(all=lambda: events)))

    assert written(sent("sent", reference="a"), sent("sent", reference="b")) == "b"
    assert written(sent("sent", reference="a"), sent("unknown", reference="x")) == "a"
    assert written(sent("sent", reference="a"), sent("sent")) is None
    assert written(sent("done", reference="x")) is None
