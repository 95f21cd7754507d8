"""Mailing gift cards: nobody gets one twice by accident."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.giftcards.actions.send_giftcard import tags
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Verdict
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed
from tests.amounts import sentence_of, text

pytestmark = pytest.mark.django_db
SLUG = "send-giftcard"
URL = f"/actions/{SLUG}/"
SAMPLE = SAMPLES[SLUG]


def send(client, form=SAMPLE):
    return client.post(URL, confirmed(client.post(URL, form), form))


def test_it_is_shown_and_sent(staff, sandbox):
    page = text(staff.post(URL, SAMPLE))
    assert "Mail gift card …0001 to Mira Jansen?" in page
    response = send(staff)
    assert "Whether it arrives is not known" in text(staff.get(response["Location"]))
    (mail,) = sandbox.mailbox()
    assert "GIFT-0001" in mail["body"]
    assert sentence_of(Entry.objects.get()) == "Staff mailed gift card …0001 to Mira Jansen"


def test_a_second_time_needs_a_yes(staff, sandbox):
    send(staff)
    page = text(staff.post(URL, SAMPLE))
    assert "This gift card was mailed from here already, by Staff on" in page
    assert len(sandbox.mailbox()) == 1
    agreed = SAMPLE | {"agreed_giftcard_uuid": SAMPLE["giftcard_uuid"]}
    assert "Mail gift card …0001 to Mira Jansen?" in text(staff.post(URL, agreed))


def test_a_card_with_nothing_on_it_says_so(staff, sandbox):
    page = text(staff.post(URL, SAMPLE | {"giftcard_uuid": "GIFT-0003"}))
    assert "There is nothing on this gift card." in page


def test_who_has_no_address_is_sent_nothing(staff, sandbox):
    page = text(staff.post(URL, SAMPLE | {"contact_uuid": "CARD-ANON"}))
    assert "to Anonymous customer?" not in page
    assert "The customer has no e-mail address." in page
    assert sandbox.mailbox() == []
    assert not Entry.objects.exists()


def test_texts_go_along_under_the_names_that_piggy_wants(staff, sandbox):
    rows = [{"label": "greeting", "value": "Hello"}, {"label": "custom.from", "value": "Us"}]
    assert tags(rows) == {"custom.greeting": "Hello", "custom.from": "Us"}
    assert tags([]) is None
    send(staff, SAMPLE | {"merge_tags-0-label": "greeting", "merge_tags-0-value": "Hello"})
    assert len(sandbox.mailbox()) == 1
    assert "Hello" not in str(Entry.objects.get().data)


def test_a_lost_mail_is_for_a_person(staff, sandbox, piggy):
    shown = staff.post(URL, SAMPLE)
    sandbox.faults({"kind": "drop_after", "path": "send-by-email$"})
    staff.post(URL, confirmed(shown, SAMPLE))
    sandbox.faults()
    finding = get_action(SLUG).read_back(piggy, Entry.objects.get())
    assert finding.verdict == Verdict.UNDECIDED
    assert finding.evidence == ()


def test_what_was_sent_before_is_shown_beside_a_lost_one(staff, sandbox, piggy):
    send(staff)
    finding = get_action(SLUG).read_back(piggy, Entry.objects.get())
    assert [each.what for each in finding.evidence] == ["Mail sent by Staff"]
