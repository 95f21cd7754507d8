"""Verification mails go to contacts alone."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.conflicts import latest_alike
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.piggy.errors import NotFound
from piggyadmin.sandbox import seed
from tests.actions.test_views import text
from tests.ledger.making import make_entry, somebody

pytestmark = pytest.mark.django_db
SEND = get_action("send-contact-verification-email")
MAIL = {"email": seed.MIRA_EMAIL}


def test_no_mail_is_promised_to_an_address_that_is_nobodys(staff, sandbox):
    page = text(
        staff.post("/actions/send-contact-verification-email/", {"email": "n@example.test"})
    )
    assert "No customer at Piggy has this address" in page
    assert "Each press sends a mail" not in page
    assert sandbox.calls("POST") == []


def test_nor_to_the_made_up_address_of_an_anonymous_contact(staff, sandbox):
    anonymous = sandbox.api("GET", f"contacts/{seed.ANONYMOUS_UUID}")
    assert anonymous["email"]
    asked = {"email": anonymous["email"]}
    page = text(staff.post("/actions/send-contact-verification-email/", asked))
    assert "Each press sends a mail" not in page


def test_a_404_that_is_not_piggys_own_says_nothing_of_the_address(piggy, sandbox):
    """A gateway on the way may say so, whether there is such a contact or not."""
    sandbox.faults({"kind": "status", "status": 404, "path": "^contacts/find-one-by$"})
    with pytest.raises(NotFound) as caught:
        get_action("send-contact-verification-email").preview(piggy, {"email": seed.MIRA_EMAIL})
    assert caught.value.code is None


@pytest.mark.parametrize(
    ("uuid", "email"), [(seed.MIRA_UUID, seed.MIRA_EMAIL), (seed.ANONYMOUS_UUID, "")]
)
def test_a_page_that_leads_here_fills_a_real_address_in(piggy, uuid, email):
    form = SEND.form_class(piggy=piggy, initial={"contact_uuid": uuid})
    assert form["email"].value() == email


def test_where_the_contact_cannot_be_read_nothing_is_filled_in(piggy, sandbox):
    sandbox.faults({"kind": "status", "status": 503, "path": "^contacts/"})
    form = SEND.form_class(piggy=piggy, initial={"contact_uuid": seed.MIRA_UUID})
    assert form["email"].value() is None


def sent(name, state=EntryState.DONE, **data):
    alike = latest_alike(SEND.deduplication_key(MAIL | data))
    again = {"repeat_of": alike.submission_key} if alike else {}
    return make_entry(state, slug=SEND.slug, data=MAIL | data, person=somebody(name), **again)


def test_who_sent_the_last_mail_and_when_is_told(piggy):
    preview = SEND.preview(piggy, MAIL)
    assert (preview.email, preview.last_sent_at, preview.last_sent_by) == (
        seed.MIRA_EMAIL,
        None,
        "",
    )
    entry = sent("joris")
    sent("daan", EntryState.REJECTED)
    sent("emma", email="other@example.test")
    preview = SEND.preview(piggy, MAIL)
    assert (preview.last_sent_at, preview.last_sent_by) == (entry.created_at, "Joris")
    assert preview.decisive() == {"email": seed.MIRA_EMAIL, "last": str(entry.created_at)}


def test_it_is_about_whose_address_it_is(piggy):
    assert SEND.subjects(MAIL, SEND.preview(piggy, MAIL)) == {"contact": seed.MIRA_UUID}
    assert SEND.subjects(MAIL, None) == {}


def test_nothing_proves_a_mail_but_those_before_are_shown(piggy):
    several = [sent("joris") for _ in range(6)]
    sent("emma", email="other@example.test")
    finding = SEND.read_back(piggy, sent("daan", EntryState.UNKNOWN))
    assert finding.verdict is Verdict.UNDECIDED
    told = [(each.what, each.value, each.at) for each in finding.evidence]
    words = ("Mail sent by Joris", "to the same address")
    assert told == [(*words, each.created_at) for each in reversed(several[1:])]


def test_what_piggy_says_of_the_mail_is_kept(piggy, sandbox):
    mail = SEND.perform(piggy, MAIL)
    assert mail.email == seed.MIRA_EMAIL
    assert len(sandbox.calls("POST", "contact-verification/send")) == 1
