"""Random people, actions, troubles, deaths and repeats: what the ledger says is what happened.

A few hundred steps by default, always the same ones; `MACHINE_EXAMPLES=300 MACHINE_STEPS=50` makes
it thousands, other ones each time.
"""

import os
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.services import get_contact
from piggyadmin.ledger import (
    conflicts,
    entries,
    following,
    outcomes,
    reconciliation,
    recovery,
    writes,
)
from piggyadmin.ledger.entries import key_of_again
from piggyadmin.ledger.models import HAPPENED, NOT_HAPPENED, Entry, EntryState, EntryStatus
from piggyadmin.ledger.operations import Finding, Refused, Verdict
from piggyadmin.ledger.verification import verify
from piggyadmin.piggy.errors import PiggyError
from tests.ledger.making import somebody
from tests.machine.world import CLOCK, TROUBLES, World, pretended_time

EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "7"))
STEPS = int(os.environ.get("MACHINE_STEPS", "30"))
PHASES = (Phase.generate,) if "MACHINE_EXAMPLES" in os.environ else tuple(Phase)
KEYS = UUID("5eed0000-0000-4000-8000-000000000000")
PEOPLE = ("sanne", "boris", "noor")
# Asking for a state of things: when it is so afterwards, it counts as done, whoever did it.
STATES_OF_THINGS = frozenset({"update-contact-identifiers", "find-or-create-products"})

people = st.sampled_from(PEOPLE)
troubles = st.sampled_from(TROUBLES)
numbers = st.integers(0, 5)


@dataclass
class Asked:
    """Something that was asked for: by whom, with what, and what it wants changed."""

    key: UUID
    person: str
    slug: str
    data: dict[str, Any]
    preview: Any
    wish: dict[str, Any] = field(default_factory=dict)


class Machine(RuleBasedStateMachine):
    """People at work, and Piggy at its worst."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = [transaction.atomic(using=alias) for alias in ("default", "sandbox")]
        for block in self.blocks:
            # Undone in the end as a test's is, so that the ledger takes it for no transaction.
            block._from_testcase = True  # type: ignore[attr-defined]
            block.__enter__()
        self.world = World()
        self.asked: list[Asked] = []
        self.number = 0

    def teardown(self) -> None:
        """See how it all ends, and forget it."""
        try:
            self._end()
        finally:
            for alias, block in zip(("sandbox", "default"), reversed(self.blocks), strict=True):
                transaction.set_rollback(True, using=alias)
                block.__exit__(None, None, None)

    def _end(self) -> None:
        """After an hour without anybody, what can be found out is found out."""
        recovery.recover(CLOCK.now())
        self._pass(3600)
        for status in EntryStatus.objects.filter(state=EntryState.UNKNOWN).select_related("entry"):
            reconciliation.settle(self.world.piggy, status.entry)
        self._follow()
        self.the_ledger_says_what_happened()
        assert not EntryStatus.objects.filter(state__in=recovery.UNDER_WAY).exists()
        assert list(verify()) == []

    # --- People ---

    @rule(person=people, contact=numbers, amount=st.sampled_from((5, 25, -10)), trouble=troubles)
    def give_credits(self, person, contact, amount, trouble):
        what = {"credits": amount, "unit_value": None, "unit_name": ""}
        data = {"shop_uuid": self.world.shop.uuid, **what}
        self._ask(person, "create-credit-reception", data, trouble, contact_uuid=contact)

    @rule(person=people, source=numbers, destination=numbers, trouble=troubles)
    def merge(self, person, source, destination, trouble):
        if source != destination:
            both = {"source_contact_uuid": source, "destination_contact_uuid": destination}
            self._ask(person, "merge-contacts", {}, trouble, **both)

    @rule(person=people, which=numbers, address=numbers, trouble=troubles)
    def claim(self, person, which, address, trouble):
        anonymous = self.world.uuids(is_anonymous=True)
        if anonymous:
            uuid = anonymous[which % len(anonymous)]
            number = self.world.uuids().index(uuid)
            data = {"email": f"person-{address}@example.test"}
            slug = "claim-anonymous-contact"
            self._ask(person, slug, data, trouble, anonymous_contact_uuid=number)

    @rule(person=people, quantity=st.sampled_from((2, 3)), trouble=troubles)
    def make_batch(self, person, quantity, trouble):
        data = {
            "promotion_uuid": self.world.promotion.uuid,
            "quantity": quantity,
            "contact_uuid": None,
            "activation_date": None,
            "expiration_date": None,
            "custom_attributes": [],
        }
        self._ask(person, "create-vouchers-batch", data, trouble)

    @rule(
        person=people,
        card=st.integers(1, 2),
        name=st.sampled_from(("", "Gold", "Blue")),
        active=st.sampled_from(("", "true")),
        trouble=troubles,
    )
    def change_identifier(self, person, card, name, active, trouble):
        data = {
            "contact_identifier_value": f"CARD-{card}",
            "contact_identifier_name": name,
            "contact_identifier_active": active,
        }
        if name or active:
            self._ask(person, "update-contact-identifiers", data, trouble)

    @rule(person=people, number=numbers, trouble=troubles)
    def make_product(self, person, number, trouble):
        data: dict[str, Any] = {"external_identifier": f"SKU-{number}", "name": "Flat white"}
        data |= {"description": "", "categories": []}
        self._ask(person, "find-or-create-products", data, trouble)

    @precondition(lambda self: self.asked)
    @rule(which=st.integers(0, 50), trouble=troubles)
    def press_again(self, which, trouble):
        """The very same form once more: nothing new is sent, and the outcome is the same."""
        asked = self.asked[which % len(self.asked)]
        before = self.world.effects[str(asked.key)]
        first = Entry.objects.get(submission_key=asked.key)
        was = first.state
        self._carry_out(asked, trouble)
        assert self.world.effects[str(asked.key)] == before
        if was not in recovery.UNDER_WAY:
            assert first.state == was

    @precondition(lambda self: self.asked)
    @rule(which=st.integers(0, 50))
    def press_somebody_elses(self, which):
        asked = self.asked[which % len(self.asked)]
        other = next(name for name in PEOPLE if name != asked.person)
        with pytest.raises(SuspiciousOperation):
            self._send(Asked(asked.key, other, asked.slug, asked.data, asked.preview))

    @precondition(lambda self: self.asked)
    @rule(which=st.integers(0, 50), person=people, knows=st.booleans(), trouble=troubles)
    def ask_the_same_anew(self, which, person, knows, trouble):
        """A fresh form with the same in it: held back, unless somebody means it."""
        asked = self.asked[which % len(self.asked)]
        action = get_action(asked.slug)
        deduplication_key = Entry.objects.get(submission_key=asked.key).deduplication_key
        alike = conflicts.latest_alike(deduplication_key) if action.is_deduplicated else None
        fresh = self._new(person, asked.slug, asked.data)
        if fresh is None:
            return
        if alike and not knows:
            with pytest.raises(conflicts.DuplicateRequest):
                self._send_or_be_refused(fresh)
            return
        fresh.wish = {"repeat_of": alike.submission_key} if alike else {}
        self._carry_out(fresh, trouble)

    @rule(which=st.integers(0, 50), trouble=troubles)
    def send_again(self, which, trouble):
        """What was found not to be done may be sent again, once."""
        keys = EntryStatus.objects.filter(state=EntryState.SETTLED_NOT_DONE).order_by("pk")
        entries = [status.entry for status in keys.select_related("entry")]
        if not entries:
            return
        entry = entries[which % len(entries)]
        asked = next(each for each in self.asked if each.key == entry.submission_key)
        fresh = self._new(asked.person, asked.slug, asked.data)
        if fresh:
            fresh.key, fresh.wish = key_of_again(entry), {"repeat_of": entry.submission_key}
            self._carry_out(fresh, trouble)

    # --- Time, and what is done beside people ---

    @rule(seconds=st.sampled_from((1, 5, 40, 301, 1000)))
    def time_passes(self, seconds):
        self._pass(seconds)

    @rule()
    def recover(self):
        recovery.recover(CLOCK.now())

    @rule(trouble=st.sampled_from(("none", "none", "drop", "garbage")))
    def settle_all(self, trouble):
        for status in EntryStatus.objects.filter(state=EntryState.UNKNOWN).select_related("entry"):
            self._settle(status.entry, trouble)

    @rule(which=st.integers(0, 20))
    def settle_one(self, which):
        unknown = list(EntryStatus.objects.filter(state=EntryState.UNKNOWN).select_related("entry"))
        if unknown:
            self._settle(unknown[which % len(unknown)].entry, "none")

    @rule(which=st.integers(0, 20))
    def decide(self, which):
        """A person, who has seen what happened, settles it."""
        unknown = list(EntryStatus.objects.filter(state=EntryState.UNKNOWN).select_related("entry"))
        if not unknown or self.world.late:
            return
        entry = unknown[which % len(unknown)].entry
        seen = reconciliation.last_finding(entry) or Finding(
            verdict=Verdict.UNDECIDED, words="Seen."
        )
        is_done = self.world.effects[str(entry.submission_key)] > 0
        reconciliation.decide(entry, person=somebody(), is_done=is_done, why="I looked.", seen=seen)

    @rule()
    def follow(self):
        self._follow()

    # --- What must always be true ---

    @invariant()
    def the_ledger_says_what_happened(self):
        given = 0
        for entry in Entry.objects.select_related("status").prefetch_related("events"):
            number = self.world.effects[str(entry.submission_key)]
            state = entry.state
            about = f"{entry.action} {entry.data} {[each.kind for each in entry.events.all()]}"
            assert state == entry.status.state
            assert number <= 1, f"done {number} times: {about}"
            if state in NOT_HAPPENED or state == EntryState.INTENDED:
                assert number == 0, f"done, and the ledger denies it: {about}"
            if state in HAPPENED and entry.action not in STATES_OF_THINGS:
                assert number == 1, f"not done, and the ledger says it was: {about}"
            if entry.action == "create-credit-reception":
                given += number * entry.data["credits"]
        assert self.world.credits() == self.world.credits_before + given, "credits got lost"

    # --- How ---

    def _ask(self, person, slug, data, trouble, **contacts):
        uuids = self.world.uuids()
        found = {}
        for name, number in contacts.items():
            found[name] = get_contact(self.world.piggy, contact_uuid=uuids[number % len(uuids)])
        if len({contact.uuid for contact in found.values()}) < len(found):
            return
        asked = self._new(person, slug, data | found)
        if asked:
            self._carry_out(asked, trouble)

    def _new(self, person, slug, data) -> Asked | None:
        """Fill in a form and see the preview; None when that shows that it cannot be."""
        self.number += 1
        action, preview = get_action(slug), None
        if action.has_preview:
            try:
                preview = action.preview(self.world.piggy, data)
            except (PiggyError, Refused):
                return None
        return Asked(uuid5(KEYS, str(self.number)), person, slug, data, preview)

    def _carry_out(self, asked: Asked, trouble: str) -> None:
        with self.world.going_wrong(str(asked.key), trouble):
            try:
                self._send(asked)
            except (conflicts.DuplicateRequest, Refused):
                return
            finally:
                is_kept = Entry.objects.filter(submission_key=asked.key).exists()
                if is_kept and asked.key not in {each.key for each in self.asked}:
                    self.asked.append(asked)

    def _send(self, asked: Asked) -> outcomes.Outcome:
        request = writes.WriteRequest(
            action=get_action(asked.slug),
            person=somebody(asked.person),
            data=asked.data,
            submission_key=asked.key,
            preview=asked.preview,
            **asked.wish,
        )
        return writes.carry_out(self.world.piggy, request)

    def _send_or_be_refused(self, asked: Asked) -> None:
        try:
            self._send(asked)
        except Refused:  # overlaps, which is told first
            raise conflicts.DuplicateRequest(Entry()) from None

    def _settle(self, entry: Entry, trouble: str) -> None:
        if trouble != "none":
            with self.world.unreachable(trouble):
                reconciliation.settle(self.world.piggy, entry)
            assert entries.reread(entry).state == EntryState.UNKNOWN
            return
        reconciliation.settle(self.world.piggy, entry)

    def _follow(self) -> None:
        for status in EntryStatus.objects.filter(is_followed=True).select_related("entry"):
            action = get_action(status.action)
            try:
                progress = action.watch(self.world.piggy, status.entry)
            except PiggyError:
                continue
            if progress.finished:
                following.follow_up(status.entry, progress)

    def _pass(self, seconds: int) -> None:
        """Let time pass; what is late arrives when it is due, not after."""
        end = CLOCK.moment + timedelta(seconds=seconds)
        for due in sorted(each.due for each in self.world.late):
            CLOCK.moment = min(max(CLOCK.moment, due), end)
            self.world.deliver()
        CLOCK.moment = end
        self.world.deliver()


@pytest.mark.django_db(databases=["default", "sandbox"])
def test_the_ledger_says_what_happened(caplog):
    with pretended_time(), caplog.at_level("ERROR"):
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                derandomize="MACHINE_EXAMPLES" not in os.environ,
                deadline=None,
                phases=PHASES,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
