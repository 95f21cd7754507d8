"""A small pretended Piggy that misbehaves at will, with a clock of its own.

It notes, by looking at its own tables and at nothing else, which submission changed something.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db.models import Sum
from django.utils import timezone
from requests import PreparedRequest, ReadTimeout, Response

from piggyadmin.ledger import writes
from piggyadmin.ledger.leases import _machine
from piggyadmin.ledger.models import EntryStatus
from piggyadmin.piggy import concurrency
from piggyadmin.piggy.client import IN_PROCESS_URL, PiggyClient
from piggyadmin.sandbox import faults, jobs, transport
from piggyadmin.sandbox.models import (
    Batch,
    Booking,
    Contact,
    ContactIdentifier,
    Job,
    LoyaltyProgram,
    LoyaltyTransaction,
    Product,
    Promotion,
    Shop,
    Unit,
)

# No process has this number: whoever it owned is dead.
DEAD = f"{_machine()}|999999999|1"
# A call that got lost on the way may arrive so many seconds later.
LATE_SECONDS = 20
BEGINNING = datetime(2030, 1, 1, tzinfo=UTC)


class Killed(BaseException):
    """The process ends here: nothing more of it happens."""


class Clock:
    """Goes on a millisecond with each look, and otherwise only when told."""

    def __init__(self) -> None:
        self.moment = BEGINNING

    def now(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment


CLOCK = Clock()


@contextmanager
def pretended_time() -> Iterator[None]:
    """Have everything ask the pretended clock, defaults of models included."""
    real = timezone.now
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", CLOCK.now)
        patch.setattr(transport, "wait", lambda _seconds: None)
        patch.setattr(concurrency, "_pool", _NoThreads)
        for model in apps.get_models():
            for each in model._meta.fields:
                if each.default is real:
                    # In this order: Django keeps the one from the other when first asked for it.
                    patch.setattr(each, "_get_default", CLOCK.now)
                    patch.setattr(each, "default", CLOCK.now)
        yield


class _NoThreads:
    """Has calls made one after the other in the caller's thread, inside its transaction."""

    def submit(self, *_: Any) -> Future[Any]:
        return Future()


@dataclass
class Plan:
    """Where the process is killed, or whether the call arrives late."""

    killed: str = ""
    is_late: bool = False


@dataclass
class Late:
    """A call that is still on its way, and whose it is."""

    due: datetime
    request: PreparedRequest
    key: str


@dataclass
class World(transport.SandboxAdapter):
    """The pretended Piggy, as the client reaches it."""

    plan: Plan = field(default_factory=Plan)
    # Whose calls come now, and how often each changed something.
    key: str = ""
    effects: Counter[str] = field(default_factory=Counter)
    late: list[Late] = field(default_factory=list)

    def __post_init__(self) -> None:
        CLOCK.moment = BEGINNING
        cache.clear()
        self.shop = Shop.objects.create(name="Amsterdam", address={"city": "Amsterdam"})
        Unit.objects.create(name="purchase_amount", label="Purchase", prefix="€", is_default=True)
        LoyaltyProgram.objects.create(name="Beans", max_amount=1000)
        self.promotion = Promotion.objects.create(
            name="Coffee", description="One", voucher_limit=10_000
        )
        for number in range(1, 7):
            is_anonymous = number > 4
            email = f"{'anonymous' if is_anonymous else 'person'}-{number}@example.test"
            contact = Contact.objects.create(
                email=email, credits=100 * number, is_anonymous=is_anonymous
            )
            LoyaltyTransaction.objects.create(
                contact=contact, shop=self.shop, credits=100 * number, created_at=BEGINNING
            )
            ContactIdentifier.objects.create(value=f"CARD-{number}", name="Card", contact=contact)
        self.credits_before = self.credits()
        self.piggy = PiggyClient(
            IN_PROCESS_URL, "sandbox", adapter=self, sleep=lambda _seconds: None
        )

    # --- What is true

    @staticmethod
    def credits() -> int:
        """All credits of all contacts."""
        return int(Contact.objects.aggregate(sum=Sum("credits"))["sum"] or 0)

    @staticmethod
    def uuids(*, is_anonymous: bool | None = None) -> list[str]:
        """The contacts that are there, in their order."""
        rows = Contact.objects.order_by("pk")
        if is_anonymous is not None:
            rows = rows.filter(is_anonymous=is_anonymous)
        return list(rows.values_list("uuid", flat=True))

    @staticmethod
    def _print() -> tuple[Any, ...]:
        """Everything that an action can change at once."""
        return (
            LoyaltyTransaction.objects.count(),
            Job.objects.count(),
            Batch.objects.count(),
            Booking.objects.count(),
            Product.objects.count(),
            list(ContactIdentifier.objects.order_by("pk").values_list("name", "active")),
            list(Contact.objects.order_by("pk").values_list("email", flat=True)),
        )

    # --- What arrives

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Carry a call out as planned."""
        self.deliver()
        is_write = request.method != "GET"
        if is_write and self.plan.killed == "leaving":
            raise Killed
        if is_write and self.plan.is_late:
            self.plan.is_late = False
            due = CLOCK.moment + timedelta(seconds=LATE_SECONDS)
            self.late.append(Late(due, request, self.key))
            raise ReadTimeout("Read timed out.", request=request)
        if not is_write:
            return self._arrive(request, *args, **kwargs)
        response = self._noted(self.key, lambda: self._arrive(request, *args, **kwargs))
        if self.plan.killed == "waiting":
            raise Killed
        return response

    def _arrive(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        return super().send(request, *args, **kwargs)

    def _noted(self, key: str, call: Callable[[], Response]) -> Response:
        before = self._print()
        try:
            return call()
        finally:
            self.effects[key] += self._print() != before

    def deliver(self) -> None:
        """Let what was late and is due arrive, and what was promised and is due happen."""
        jobs.run_due()
        due = [each for each in self.late if each.due <= CLOCK.moment]
        self.late = [each for each in self.late if each.due > CLOCK.moment]
        for each in due:
            self._noted(each.key, lambda request=each.request: self._arrive(request))  # type: ignore[misc]

    # --- What goes wrong

    @contextmanager
    def going_wrong(self, key: str, trouble: str) -> Iterator[None]:
        """Have the calls made inside the block meet a trouble, and be counted for `key`."""
        kind, _colon, what = trouble.partition(":")
        self.key = key
        if kind == "killed":
            self.plan.killed = what
        elif kind == "late":
            self.plan.is_late = True
        elif kind != "none":
            self._misbehave(kind, int(what or 500))
        try:
            with self._dying():
                yield
        finally:
            self.key, self.plan = "", Plan()
            faults.clear()

    @staticmethod
    def _misbehave(kind: str, status: int) -> None:
        methods = ("POST", "PUT", "DELETE")
        wrong = [faults.Fault(kind, method=m, status=status, times=3) for m in methods]
        faults.store(faults.Settings(faults=wrong))

    @contextmanager
    def unreachable(self, kind: str) -> Iterator[None]:
        """Have look-ups fail inside the block."""
        kind = {"drop": "drop_before"}.get(kind, kind)
        faults.store(faults.Settings(faults=[faults.Fault(kind, method="GET")]))
        try:
            yield
        finally:
            faults.clear()

    @contextmanager
    def _dying(self) -> Iterator[None]:
        """End the process where that is planned, and leave behind what a dead one leaves."""
        begin, conclude = writes._Sending.begin, writes._conclude
        killed = self.plan.killed

        def dying_begin(sending: writes._Sending) -> None:
            if killed == "intended":
                raise Killed
            begin(sending)
            if killed == "sent":
                raise Killed

        def dying_conclude(*args: Any) -> None:
            if killed:
                raise Killed
            conclude(*args)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(writes._Sending, "begin", dying_begin)
            patch.setattr(writes, "_conclude", dying_conclude)
            try:
                yield
            except Killed:
                EntryStatus.objects.exclude(owner="").update(owner=DEAD)


# Not among them: "no_data", a plain lie. Where any JSON will do for an answer, 200 means done.
TROUBLES = (
    *("none",) * 8,
    "drop_before",
    "drop_after",
    "garbage",
    "garbage_after",
    "no_data_after",
    "status:500",
    "status:503",
    "status_after:500",
    "status_after:502",
    "status_after:504",
    "throttled",
    "redirect",
    "timeout_before",
    "timeout_after",
    "code",
    "late",
    "killed:intended",
    "killed:sent",
    "killed:leaving",
    "killed:waiting",
    "killed:storing",
)
