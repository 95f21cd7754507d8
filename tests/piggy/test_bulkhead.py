"""How many may wait for Piggy: the rules, and a console of few threads before one that waits."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial

import pytest
import requests

from piggyadmin.piggy.bulkhead import SLOW_SECONDS, STALL_SECONDS, Bulkhead, bulkhead_from_settings
from piggyadmin.piggy.client import PiggyClient, forget_client, piggy_client
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import BulkheadFull, Busy
from piggyadmin.piggy.throttle import in_background, without_waiting
from piggyadmin.piggy.trace import use_trace_id
from tests.bench.ledger_timing import signed_in
from tests.browser.console import ConsoleServer
from tests.faults.test_matrix import wait_until
from tests.piggy.scripted import Handler, Script, Server, answers

SLOWLY = "Piggy answers slowly at the moment, so this was not sent."


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bulkhead(clock) -> Bulkhead:
    """Room for six pages, three of them with calls of one kind."""
    return Bulkhead(8, clock=clock)


@pytest.fixture
def under_way(bulkhead) -> Iterator[ExitStack]:
    """Calls of other pages, which end with the test or when it closes this."""
    with ExitStack() as stack:
        yield stack


def begin(bulkhead: Bulkhead, stack: ExitStack, *paths: str) -> None:
    """Have a page each begin a call."""
    for path in paths:
        with use_trace_id():
            stack.enter_context(bulkhead.admit(path, is_write=False))


def is_let_in(bulkhead: Bulkhead, path: str) -> bool:
    try:
        with use_trace_id(), bulkhead.admit(path, is_write=False):
            return True
    except BulkheadFull:
        return False


# --- The rules -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("threads", "most", "of_a_kind"), [(1, 1, 1), (2, 1, 1), (4, 3, 2), (8, 6, 3), (16, 12, 6)]
)
def test_some_threads_are_kept_free_and_some_room_for_other_kinds(threads, most, of_a_kind):
    bulkhead = Bulkhead(threads)
    assert (bulkhead.most, bulkhead.most_of_a_kind) == (most, of_a_kind)


def test_one_slow_kind_leaves_room_for_others(bulkhead, under_way, clock):
    begin(bulkhead, under_way, "contacts/a", "contacts/b/credit-balance", "contacts")
    clock.now += STALL_SECONDS
    assert not is_let_in(bulkhead, "contacts/find-one-by")
    assert is_let_in(bulkhead, "vouchers/find")


def test_what_is_worth_no_waiting_waits_for_no_place(bulkhead, under_way):
    with without_waiting():
        begin(bulkhead, under_way, "contacts", "contacts", "contacts")
        assert not is_let_in(bulkhead, "contacts")
        assert is_let_in(bulkhead, "vouchers/find")


def test_all_kinds_together_leave_threads_free(bulkhead, under_way, clock):
    begin(bulkhead, under_way, *(["contacts"] * 3), *(["vouchers"] * 2), "shops")
    clock.now += STALL_SECONDS
    assert not is_let_in(bulkhead, "perks")
    under_way.close()
    assert is_let_in(bulkhead, "perks")


def test_the_calls_of_one_page_count_once(bulkhead, under_way, clock):
    with use_trace_id("page"), bulkhead.admit("contacts/a", is_write=False):
        begin(bulkhead, under_way, "contacts", "contacts", "vouchers", "vouchers", "shops")
        with bulkhead.admit("contacts/b", is_write=False), bulkhead.admit("perks", is_write=False):
            clock.now += STALL_SECONDS
            assert not is_let_in(bulkhead, "perks")


def test_whoever_is_refused_reads_that_nothing_was_sent(bulkhead, under_way, clock):
    begin(bulkhead, under_way, *(["credit-receptions"] * 3))
    clock.now += STALL_SECONDS
    with use_trace_id("t-1"), pytest.raises(BulkheadFull) as caught:
        bulkhead.admit("credit-receptions", is_write=True).__enter__()
    assert caught.value.message == f"{SLOWLY} Nothing was changed at Piggy. Try again in a moment."
    assert (caught.value.trace_id, caught.value.nothing_changed) == ("t-1", True)
    assert isinstance(caught.value, Busy)


def test_work_in_the_background_is_not_counted(bulkhead, under_way, clock):
    with in_background():
        begin(bulkhead, under_way, *(["contacts"] * 9))
    begin(bulkhead, under_way, *(["contacts"] * 3))
    clock.now += STALL_SECONDS
    with in_background():
        assert is_let_in(bulkhead, "contacts")
    assert not is_let_in(bulkhead, "contacts")


def test_while_calls_are_answered_it_is_worth_waiting(bulkhead, under_way, clock):
    """One that is slow does not make all slow; here another one ends."""
    begin(bulkhead, under_way, "contacts")
    clock.now += 10 * SLOW_SECONDS
    quick = under_way.enter_context(ExitStack())
    begin(bulkhead, quick, "contacts", "contacts")
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(is_let_in, bulkhead, "contacts")
        wait_until(lambda: bulkhead._changed._waiters)
        assert not waits.done()
        quick.close()
        assert waits.result(10)


def test_where_most_are_slow_nobody_waits_for_the_one_that_is_about_to_end(
    bulkhead, under_way, clock
):
    begin(bulkhead, under_way, "contacts", "contacts")
    clock.now += SLOW_SECONDS
    begin(bulkhead, under_way, "contacts")
    assert not is_let_in(bulkhead, "contacts")


def test_answers_of_another_kind_are_no_reason_to_wait(bulkhead, under_way, clock):
    begin(bulkhead, under_way, *(["contacts"] * 3))
    clock.now += STALL_SECONDS
    assert is_let_in(bulkhead, "vouchers")
    assert not is_let_in(bulkhead, "contacts")


def test_whoever_waits_is_told_when_calls_turn_out_to_be_slow():
    bulkhead = Bulkhead(1)
    with use_trace_id(), bulkhead.admit("contacts", is_write=False), ThreadPoolExecutor(1) as pool:
        assert pool.submit(is_let_in, bulkhead, "contacts").result(10) is False


def test_a_place_is_given_back_whatever_happens(bulkhead):
    for _ in range(bulkhead.most + 1):
        with pytest.raises(ZeroDivisionError), bulkhead.admit("contacts", is_write=False):
            1 / 0  # noqa: B018
    assert is_let_in(bulkhead, "contacts")


def test_it_goes_by_the_threads_of_the_web_server(settings):
    settings.WEB_THREADS = 40
    assert bulkhead_from_settings().most == 30
    forget_client()
    bulkhead = piggy_client()._bulkhead
    assert bulkhead
    assert bulkhead.most == 30
    forget_client()


# --- The client ------------------------------------------------------------------------------


def test_nothing_is_sent_without_a_place(server, bulkhead, under_way, clock):
    client = PiggyClient(server.url, "t", bulkhead=bulkhead)
    client.get("contacts")
    begin(bulkhead, under_way, *(["contacts"] * 3))
    clock.now += STALL_SECONDS
    for call in (client.get, client.post):
        with pytest.raises(BulkheadFull):
            call("contacts")
    assert len(server.received) == 1


@pytest.mark.django_db  # its threads may have a connection to give back
def test_calls_made_side_by_side_are_of_one_page(server):
    client = PiggyClient(server.url, "t", bulkhead=Bulkhead(1))
    server.will(answers([], wait=0.01))
    with use_trace_id():
        gather(*[partial(client.get, "contacts")] * 4)
    assert len(server.received) == 4


# --- A console of few threads ----------------------------------------------------------------


class Held(Handler):
    """Answers nothing while its server holds it."""

    server: "HoldingServer"

    def play(self, script: Script) -> None:
        self.server.gate.wait(60)
        super().play(script)


class HoldingServer(Server):
    token = "held"

    def __init__(self) -> None:
        super().__init__()
        self.RequestHandlerClass = Held
        self.gate = threading.Event()
        self.will(answers([]))

    def asked(self, path: str) -> int:
        return sum(request.path == path for request in list(self.received))


@pytest.fixture(scope="module")
def piggy_that_waits() -> Iterator[HoldingServer]:
    with HoldingServer() as server:
        yield server
        server.gate.set()


QUIET = {"WORKER_BESIDE_WEB": "false", "REQUEST_LOG_DAYS": "0"}


@pytest.fixture(scope="module")
def console(piggy_that_waits, tmp_path_factory) -> Iterator[ConsoleServer]:
    directory = tmp_path_factory.mktemp("few-threads")
    with ConsoleServer(directory, piggy_that_waits, THREADS="4", **QUIET) as console:
        yield console


def look_up(console: ConsoleServer, session: requests.Session, slug: str) -> str:
    """Look something up on its page, in a connection of its own, and give what it says."""
    with requests.Session() as connection:
        connection.trust_env = False
        connection.cookies.update(session.cookies)
        form = {"csrfmiddlewaretoken": session.cookies["csrftoken"]}
        answer = connection.post(f"{console.url}/actions/{slug}/", form, timeout=90)
    answer.raise_for_status()
    return answer.text


def test_health_and_sign_in_answer_while_everything_waits_for_piggy(console, piggy_that_waits):
    piggy = piggy_that_waits
    session = signed_in(console, "support")
    with ThreadPoolExecutor(8) as pool, ExitStack() as stack:
        stack.callback(piggy.gate.set)

        def ask(slug: str) -> list[Future[str]]:
            return [pool.submit(look_up, console, session, slug) for _ in range(4)]

        perks = ask("list-perks")
        wait_until(lambda: sum(each.done() for each in perks) == 2)
        assert piggy.asked("perks") == 2  # one kind takes only so much
        forms = ask("list-forms")
        wait_until(lambda: sum(each.done() for each in forms) == 3)
        assert piggy.asked("forms") == 1  # and all kinds together leave a thread free
        told = [each.result() for each in (*perks, *forms) if each.done()]
        assert all(SLOWLY in page for page in told)
        assert requests.get(f"{console.url}/healthz", timeout=30).text == "ok"
        assert requests.get(f"{console.url}/readyz", timeout=30).ok
        assert signed_in(console, "staff").get(console.url, timeout=30).ok
        assert sum(each.done() for each in (*perks, *forms)) == 5
        piggy.gate.set()
        pages = [each.result(60) for each in (*perks, *forms)]
    assert sum(SLOWLY in page for page in pages) == 5


def test_what_needs_nothing_of_piggy_has_threads_of_its_own(piggy_that_waits, tmp_path):
    """The only thread there is for pages waits, and so would whoever came after it."""
    piggy_that_waits.gate.clear()
    with ConsoleServer(tmp_path, piggy_that_waits, THREADS="1", **QUIET) as console:
        session = signed_in(console, "support")
        before = piggy_that_waits.asked("perks")
        with ThreadPoolExecutor(1) as pool, ExitStack() as stack:
            stack.callback(piggy_that_waits.gate.set)
            perks = pool.submit(look_up, console, session, "list-perks")
            wait_until(lambda: piggy_that_waits.asked("perks") == before + 1)
            for path in ("/healthz", "/readyz", "/accounts/login/"):
                assert requests.get(f"{console.url}{path}", timeout=30).ok
            assert not perks.done()
