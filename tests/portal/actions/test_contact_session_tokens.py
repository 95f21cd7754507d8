"""Session tokens: whose they are, and that they stand nowhere."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.models import Entry, EntryState, Event, Snapshot
from piggyadmin.ledger.operations import Verdict
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.sandbox import seed
from piggyadmin.sandbox.seed_dealings import SESSION_TOKEN
from tests.actions.test_views import text
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
FIND, USE = "/actions/find-session-token/", "/actions/use-session-token/"
SAMPLE = {"contact_session_token": SESSION_TOKEN}
DOTS = f'type="password" name="contact_session_token" value="{SESSION_TOKEN}"'


def test_looking_at_one_does_not_use_it(support, sandbox):
    for _time in range(2):
        response = support.post(FIND, SAMPLE)
        page = text(response)
        assert "Can be used" in page
        assert seed.MIRA_EMAIL in page
        assert SESSION_TOKEN not in page.replace(DOTS, "")


def test_one_is_used_once(staff, sandbox):
    page = text(staff.post(USE, SAMPLE, follow=True))
    assert "The token is used. This is who is there:" in page
    assert seed.MIRA_EMAIL in page
    assert "Used" in text(staff.post(FIND, SAMPLE))
    assert "already been used" in text(staff.post(USE, SAMPLE, follow=True))
    first, second = Entry.objects.order_by("pk")
    assert (first.state, second.state) == (EntryState.DONE, EntryState.REJECTED)
    assert sentence_of(first) == "Staff used a session token"


def test_the_token_stands_nowhere(staff, sandbox):
    response = staff.post(USE, SAMPLE)
    staff.get(response["Location"])
    kept = [model.objects.values() for model in (Entry, Event, Snapshot)]
    assert SESSION_TOKEN not in str([list(rows) for rows in kept])
    assert SESSION_TOKEN not in response["Location"]
    asked = [call["path"] for call in sandbox.calls()]
    assert "/api/v3/oauth/clients/contact-session-tokens/…/use" in asked
    assert not [path for path in asked if SESSION_TOKEN in path]


@pytest.mark.parametrize("token", ["session-of-nobody", "a/../b", "…"])
def test_one_that_is_not_there_is_told(token, support, sandbox):
    page = text(support.post(FIND, {"contact_session_token": token}))
    assert "Status" not in page
    assert "Piggy" in page


def test_what_nobody_has_heard_recognises_nobody(piggy):
    entry = make_entry(EntryState.UNKNOWN, slug="use-session-token")
    finding = get_action("use-session-token").read_back(piggy, entry)
    assert finding.verdict is Verdict.NOT_DONE
