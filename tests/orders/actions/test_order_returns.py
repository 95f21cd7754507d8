"""Noting what came back of an order, and taking the credits for it later."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.orders.known_returns import waiting_returns
from piggyadmin.sandbox.seed import MIRA_UUID
from piggyadmin.sandbox.seed_dealings import ORDER_RETURN_UUID, ORDER_UUID
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed
from tests.amounts import sentence_of, text

pytestmark = pytest.mark.django_db
NOTE, PROCESS = "/actions/create-order-return/", "/actions/process-order-return/"
NOTED, ELSEWHERE = SAMPLES["create-order-return"], SAMPLES["process-order-return"]
WHY = {"reason": NOTED["reason"]}


def do(client, url: str, form: dict[str, str]):
    return client.post(url, confirmed(client.post(url, form), form), follow=True)


def noted(client) -> str:
    """Note a return, and give by what Piggy knows it."""
    page = text(do(client, NOTE, NOTED))
    assert "It is noted. The credits for it are not taken yet." in page
    (waiting,) = waiting_returns()
    return waiting.uuid


def credits_of_mira(sandbox) -> int:
    balance = sandbox.api("GET", f"contacts/{MIRA_UUID}")["credit_balance"]["balance"]
    assert isinstance(balance, int)
    return balance


def test_what_is_noted_takes_nothing_yet(staff, sandbox):
    sandbox.api("POST", f"orders/{ORDER_UUID}/process")
    page = text(staff.post(NOTE, NOTED))
    assert "Note that € 4.25 of order 1001 came back?" in page
    assert "Takes back when it is processed" in page
    noted(staff)
    assert credits_of_mira(sandbox) == 128
    words = "Staff noted that € 4.25 of order 1001 came back from mira.jansen@example.test"
    assert sentence_of(Entry.objects.get()) == words


def test_its_credits_are_taken_once_from_the_page_of_the_order(staff, sandbox):
    sandbox.api("POST", f"orders/{ORDER_UUID}/process")
    uuid = noted(staff)
    leads_to = f"{PROCESS}?order_return_uuid={uuid}"
    assert leads_to in staff.get(f"/orders/{ORDER_UUID}/").content.decode()
    form = {"order_return_uuid": uuid, **WHY}
    asked = text(staff.post(PROCESS, form))
    assert "Take the credits for € 4.25 of order 1001?" in asked
    assert "Take up to 4 credits" in asked
    assert "The credits for it are taken." in text(do(staff, PROCESS, form))
    assert credits_of_mira(sandbox) == 124
    words = "Staff took the credits for what came back of order 1001 from mira.jansen@example.test"
    assert sentence_of(Entry.objects.latest("pk")) == words
    assert "were taken already, by Staff on" in text(staff.post(PROCESS, form))
    assert waiting_returns() == []
    assert leads_to not in staff.get(f"/orders/{ORDER_UUID}/").content.decode()


def test_those_noted_here_are_offered(staff, sandbox):
    uuid = noted(staff)
    page = staff.get(PROCESS).content.decode()
    assert f'value="{uuid}"' in page
    assert "came back from" in page
    assert waiting_returns("another-order") == []


def test_one_noted_elsewhere_says_what_is_not_known(staff, sandbox):
    page = text(staff.post(PROCESS, ELSEWHERE))
    assert "This return was not made here" in page
    do(staff, PROCESS, ELSEWHERE)
    assert sentence_of(Entry.objects.get()) == (
        f"Staff took the credits for the return {ORDER_RETURN_UUID}"
    )


def test_what_others_processed_is_refused_by_piggy(staff, sandbox):
    shown = staff.post(PROCESS, ELSEWHERE)
    sandbox.api("POST", f"order-returns/{ORDER_RETURN_UUID}/process")
    page = text(staff.post(PROCESS, confirmed(shown, ELSEWHERE), follow=True))
    assert "The return has already been processed." in page
    assert Entry.objects.get().state is EntryState.REJECTED


def test_who_may_not_is_offered_nothing(staff, support, sandbox):
    uuid = noted(staff)
    page = support.get(f"/orders/{ORDER_UUID}/").content.decode()
    assert uuid not in page
    assert NOTE not in page


@pytest.mark.parametrize(("url", "form"), [(NOTE, NOTED), (PROCESS, ELSEWHERE)])
def test_a_lost_answer_is_for_a_person(url, form, staff, sandbox, piggy):
    shown = staff.post(url, form)
    sandbox.faults({"kind": "drop_after", "path": "order-returns"})
    staff.post(url, confirmed(shown, form))
    sandbox.faults()
    entry = Entry.objects.get()
    finding = get_action(entry.action).read_back(piggy, entry)
    assert finding.verdict is Verdict.UNDECIDED


def test_without_a_number_of_its_own_it_gets_the_consoles(staff, sandbox, piggy):
    form = NOTED | {"external_identifier": ""}
    shown = staff.post(NOTE, form)
    sandbox.faults({"kind": "drop_after", "path": "order-returns"})
    staff.post(NOTE, confirmed(shown, form))
    sandbox.faults()
    entry = Entry.objects.get()
    finding = get_action(entry.action).read_back(piggy, entry)
    assert [each.value for each in finding.evidence] == [str(entry.submission_key)]
