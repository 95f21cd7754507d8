"""What Piggy adds to the offers of the search box, and when it is not asked."""

import pytest

from piggyadmin.accounts.roles import Role
from piggyadmin.desk import suggestions_at_piggy
from piggyadmin.desk.suggestions_at_piggy import questions
from piggyadmin.ledger.models import PersonLookUp
from piggyadmin.piggy.circuit_breaker import CircuitBreaker, after_maintenance
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.throttle import Reservation, TokenBucket
from piggyadmin.sandbox import seed
from tests.conftest import person
from tests.desk.test_suggestions import offered as offered_here
from tests.piggy.memory_store import MemoryStore
from tests.piggy.scripted import refuses

pytestmark = pytest.mark.django_db
MIRA_PAGE = f"/contacts/{seed.MIRA_UUID}/"


def offered(client, text):
    return client.post("/search/suggestions/piggy/", {"q": text}).content.decode()


def is_asked_for(client, text):
    """Tell whether the offers of what is known here leave a place for Piggy's."""
    return 'id="suggested-at-piggy"' in offered_here(client, text)[1]


def test_a_voucher_by_its_code_which_stands_in_no_address(support, sandbox):
    html = offered(support, "WELCOME-ACTIVE")
    assert "Can be used, until" in html
    assert 'formaction="/actions/find-voucher-by-code/"' in html
    assert 'value="WELCOME-ACTIVE"' in html
    assert 'href="' not in html


@pytest.mark.parametrize("text", ["mira.jansen@example.test", "CARD-0001", seed.MIRA_UUID.upper()])
def test_a_customer_of_whom_nothing_is_told_but_what_was_typed(support, sandbox, text):
    html = offered(support, text)
    assert f'href="{MIRA_PAGE}"' in html
    assert text in html
    assert "Mira" not in html
    assert not PersonLookUp.objects.exists()


def test_whoever_opens_it_is_known_to_have_looked(support, sandbox):
    assert MIRA_PAGE in offered(support, "CARD-0001")
    support.get(MIRA_PAGE)
    assert PersonLookUp.objects.get().contact_uuid == seed.MIRA_UUID


def test_a_card_that_leads_to_nobody_is_looked_for_by_the_box(support, sandbox):
    sandbox.api("POST", "contact-identifiers", json={"contact_identifier_value": "CARD-FREE-1"})
    html = offered(support, "CARD-FREE-1")
    assert "It is nobody&#x27;s yet." in html
    assert 'formaction="/search/"' in html


@pytest.mark.parametrize(
    "text", ["NO-SUCH-CODE", "nobody@example.test", "nobody@example", "", "x" * 10_000]
)
def test_nothing_is_added_where_piggy_knows_nothing(support, sandbox, text):
    assert offered(support, text).strip() == ""


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("jansen", 0),
        ("mira jansen", 0),
        ("CARD 0001", 0),
        ("A-12", 0),
        ("mira@", 0),
        ("mira@example", 0),
        ("mira@example.test", 1),
        (seed.MIRA_UUID[:-1], 2),
        (seed.MIRA_UUID, 1),
        ("A-123", 2),
        ("SUMMER", 2),
        ("0612345678", 2),
    ],
)
def test_only_what_can_be_a_whole_code_is_asked_for(support, text, number, django_user_model):
    me = django_user_model.objects.get(username="support")
    assert len(questions(text, me)) == number
    assert is_asked_for(support, text) is bool(number)


def test_who_may_not_look_up_asks_nothing(auditor, sandbox, db):
    assert questions("WELCOME-ACTIVE", person(None)) == []
    assert not is_asked_for(auditor, "WELCOME-ACTIVE")
    assert auditor.post("/search/suggestions/piggy/", {"q": "WELCOME-ACTIVE"}).status_code == 403
    assert sandbox.calls() == []


class Full(TokenBucket):
    """A throttle in which others wait already."""

    def ask(self, most_ahead: float) -> Reservation:
        """Have no turn that is free at once."""
        return Reservation(is_taken=most_ahead >= 2, ahead=2)


def asked(scripted, **options):
    """Ask a Piggy that answers nothing; give how many calls reached it."""
    piggy = PiggyClient(scripted.url, "token", sleep=lambda _: pytest.fail("waited"), **options)
    assert suggestions_at_piggy.ask(piggy, seed.MIRA_UUID, person(Role.SUPPORT)) == []
    return len(scripted.received)


def test_others_are_not_made_to_wait(scripted):
    full = Full("a", calls_per_second=1, burst=1, sleep=lambda _: pytest.fail("waited"))
    assert asked(scripted, throttle=full) == 0


def test_a_line_that_is_down_is_left_alone(scripted):
    store = MemoryStore()
    store.change(lambda state: after_maintenance(state, 1, None))
    assert asked(scripted, line=CircuitBreaker(store, sleep=lambda _: pytest.fail("waited"))) == 0


def test_a_failure_is_not_tried_again(scripted):
    scripted.will(refuses(status=503))
    assert asked(scripted) == 1
