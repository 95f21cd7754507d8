"""A token that acts for a contact."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import services
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.sandbox import seed
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
TOKEN = get_action("get-contact-auth-token")


def test_the_token_is_that_of_the_contact(piggy, monkeypatch):
    asked = {}
    monkeypatch.setattr(services, "get_auth_token", lambda _, **given: asked.update(given) or "t")
    assert TOKEN.perform(piggy, {"contact_uuid": Contact(uuid=seed.MIRA_UUID)}) == "t"
    assert asked == {"contact_uuid": seed.MIRA_UUID}


def test_piggy_gives_one(piggy):
    assert TOKEN.perform(piggy, {"contact_uuid": Contact(uuid=seed.MIRA_UUID)})


def test_a_token_whose_answer_was_lost_is_nobodys(piggy, sandbox):
    entry = make_entry(EntryState.UNKNOWN, slug=TOKEN.slug, data={}, contact=seed.MIRA_UUID)
    finding = TOKEN.read_back(piggy, entry)
    assert finding.verdict is Verdict.NOT_DONE
    assert finding.words == "Nobody received a token. Getting another one does no harm."
    assert sandbox.calls("POST") == []
