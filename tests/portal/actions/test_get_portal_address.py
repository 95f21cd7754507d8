"""A link that signs a customer in."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.models import Entry, EntryState, Event, Snapshot
from piggyadmin.ledger.operations import Verdict
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.actions.test_views import text
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
URL = "/actions/get-portal-address/"
LINK = get_action("get-portal-address")


def test_the_link_is_shown_when_asked_for_and_kept_nowhere(admin, sandbox):
    page = text(admin.post(URL, SAMPLES[LINK.slug]))
    hidden = page.split("<details>")[-1].split("</details>")[0]
    secret = hidden.split("token=")[1].split("<")[0]
    assert "Show the link" in hidden
    assert len(secret) > 20
    entry = Entry.objects.get()
    kept = [entry.data, *Event.objects.values_list("detail"), *Snapshot.objects.values_list("data")]
    assert secret not in str(kept)
    assert secret not in text(admin.get(f"{URL}{entry.submission_key}/"))
    assert sentence_of(entry).endswith("got a link that signs a customer in")


def test_a_reason_is_asked_for(admin, sandbox):
    page = text(admin.post(URL, {"contact_uuid": seed.MIRA_EMAIL}))
    assert 'name="reason"' in page
    assert not Entry.objects.exists()


def test_a_link_whose_answer_was_lost_is_nobodys(piggy):
    entry = make_entry(EntryState.UNKNOWN, slug=LINK.slug, data={}, contact=seed.MIRA_UUID)
    finding = LINK.read_back(piggy, entry)
    assert finding.verdict is Verdict.NOT_DONE
    assert finding.words == "Nobody received a link. Getting another one does no harm."
