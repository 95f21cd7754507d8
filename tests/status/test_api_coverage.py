"""What is covered of the API: that the page in docs is what the code is, and has no gap below."""

import re
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.orders.services import simulate_order
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.portal.services import create_portal_session
from piggyadmin.status import api_calls, api_coverage
from piggyadmin.status.api_calls import endpoints_of, services
from piggyadmin.vouchers.services import reverse_redemption, update_voucher

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "coverage.md"


@pytest.fixture(scope="module")
def rows():
    return {row.endpoint.name: row for row in api_coverage.rows()}


def test_the_document_is_up_to_date():
    """Make it anew with `manage.py api_coverage`."""
    assert DOCUMENT.read_text() == api_coverage.written()


def test_the_sandbox_answers_every_endpoint(rows):
    assert [name for name, row in rows.items() if not row.is_in_sandbox] == []


def test_every_documented_endpoint_has_a_service(rows):
    lacking = [n for n, row in rows.items() if row.endpoint.is_documented and not row.services]
    assert lacking == []


def test_nothing_documented_is_left_without_an_action_or_a_page_or_a_reason(rows):
    assert [name for name, row in rows.items() if not row.uses and not row.is_left_out] == []


def test_every_service_calls_what_is_listed():
    assert len(services()) > 150
    assert [name for each, name in services().items() if not endpoints_of(each)] == []


def test_every_service_is_used_or_says_why_not(rows):
    """What nothing calls is there for its endpoint alone, and the document tells the reason."""
    told = {name for name, row in rows.items() if row.is_left_out}
    modules = [*Path(api_coverage.__file__).parents[1].rglob("*.py")]
    words = Counter(chain(*(re.findall(r"\w+", m.read_text()) for m in modules if not apart(m))))
    uncalled = [each for each in services() if words[each.__name__] == 1]
    idle = [each.__name__ for each in uncalled if not {e.name for e in endpoints_of(each)} <= told]
    assert idle == []


def apart(module: Path) -> bool:
    """Tell whether a module is the sandbox's, which names things as the console does."""
    return "sandbox" in module.parts


@pytest.mark.parametrize(
    ("service", "names"),
    [
        (simulate_order, {"POST orders/simulate"}),
        (update_voucher, {"PUT vouchers/{voucher_uuid}", "PUT vouchers/update/{voucher_uuid}"}),
        (reverse_redemption, {"POST vouchers/{redemption_uuid}/reverse"}),
        (resolve_contact, {"GET contact-identifiers/find", "GET contacts/{contact_uuid}"}),
        (
            create_portal_session,
            {
                "POST portal-sessions",
                "POST portal-sessions/credit-reception",
                "POST portal-sessions/top-up-giftcards",
                "POST portal-sessions/redeem-giftcards",
                "POST portal-sessions/pay-prepaid",
                "POST portal-sessions/top-up-prepaid",
                "POST portal-sessions/vouchers",
            },
        ),
    ],
)
def test_where_a_service_goes(service, names):
    assert {each.name for each in endpoints_of(service)} == names


def test_a_service_that_calls_what_nobody_knows(monkeypatch):
    def guess(piggy: PiggyClient) -> None:
        piggy.get("guesses")

    monkeypatch.setattr(api_calls, "services", lambda: {guess: "guesses.guess"})
    with pytest.raises(ValueError, match=r"guesses\.guess calls GET guesses"):
        endpoints_of(guess)


def test_what_leads_to_an_endpoint(rows):
    find = rows["GET vouchers/find"]
    assert "vouchers.find_voucher" in find.services
    action = get_action("find-voucher-by-code")
    use = next(use for use in find.uses if use.name == action.slug)
    assert (use.role, use.effect, use.read_back) == ("Support", "read", "not needed")
    merge = next(use for use in rows["POST contacts/merge"].uses if use.name == "merge-contacts")
    assert (merge.role, merge.effect, merge.read_back) == ("Admin", "irreversible", "yes")
    # A panel of another app, and a page.
    pages = {use.name for use in rows["GET loyalty-transactions"].uses}
    assert "`/contacts/<id:contact_uuid>/`" in pages
    assert "`/perks/`" in {use.name for use in rows["GET perks"].uses}


@pytest.mark.parametrize(
    ("endpoint", "page"),
    [
        # A source of the timeline, and what a panel reads.
        ("GET prepaid-transactions", "`/contacts/<id:contact_uuid>/timeline/`"),
        ("GET collectable-rewards", "`/contacts/<id:contact_uuid>/`"),
        # What stands in a list of functions, under a name of another module.
        ("GET contacts/{contact_uuid}/tier", "`/contacts/<id:contact_uuid>/held/`"),
        # A service that is remembered goes by another name.
        ("GET giftcard-programs", "`/giftcards/`"),
    ],
)
def test_what_a_page_reads_by_way_of_others(rows, endpoint, page):
    assert page in {use.name for use in rows[endpoint].uses}


def test_what_is_in_no_docs_is_left_out(rows):
    cells = rows["POST visits/batch"].cells()
    assert cells[2:] == ["left out", "left out", "left out", "left out", "yes", "left out"]


def test_what_no_page_needs_says_why(rows):
    assert set(api_coverage.NOT_OFFERED) <= set(rows)
    for name, reason in api_coverage.NOT_OFFERED.items():
        cells = rows[name].cells()
        assert cells[3] == f"left out: {reason}"
        assert {cells[4], cells[5], cells[7]} == {"left out"}
    # Whoever offers it after all takes the reason away.
    assert [name for name in api_coverage.NOT_OFFERED if rows[name].uses] == []


def test_a_form_may_be_what_asks_piggy(rows):
    assert "create-product" in {use.name for use in rows["GET products/find"].uses}


def test_a_page_for_those_who_may_do_something_is_for_their_role(rows):
    uses = {use.name: use.role for use in rows["GET webhook-subscriptions"].uses}
    assert uses["`/webhooks/`"] == "Admin"


def test_the_command_writes_the_document(tmp_path, settings, capsys):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    call_command("api_coverage")
    assert (tmp_path / "docs" / "coverage.md").read_text() == api_coverage.written()
    assert "coverage.md" in capsys.readouterr().out


def test_the_command_wants_a_sandbox(monkeypatch):
    monkeypatch.setattr(apps, "is_installed", lambda _name: False)
    with pytest.raises(CommandError, match="PIGGY_API_TOKEN"):
        call_command("api_coverage")
