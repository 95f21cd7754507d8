"""Whether contacts get messages."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import services
from piggyadmin.contacts.actions import update_contact_subscription as module
from piggyadmin.contacts.types import Contact, Subscription, SubscriptionType
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.ledger.sentences import Matter
from piggyadmin.sandbox import seed
from tests.actions.test_views import text
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
SUBSCRIPTION = "/actions/update-contact-subscription/"


def kind(sandbox, name):
    kinds = sandbox.api("GET", "subscription-types")
    return next(each["uuid"] for each in kinds if each["name"] == name)


def mailed(sandbox, uuid, name):
    told = sandbox.api("GET", f"contact-subscriptions/{uuid}")
    return next(each["status"] for each in told if each["subscription_type"]["name"] == name)


@pytest.mark.parametrize(
    ("name", "choice", "status", "words"),
    [
        ("Newsletter", "false", "UNSUBSCRIBED", "Does not get it"),
        ("Service", "true", "SUBSCRIBED", "Gets it"),
    ],
)
def test_subscription_is_changed(staff, sandbox, name, choice, status, words):
    sent = {
        "contact_uuid": "mira.jansen@example.test",
        "subscription_type_uuid": kind(sandbox, name),
        "is_subscribed": choice,
    }
    assert words in text(staff.post(SUBSCRIPTION, sent, follow=True))
    assert mailed(sandbox, seed.MIRA_UUID, name) == status


def test_subscribing_is_not_sent_again_as_it_would_mail_the_contact(staff, sandbox):
    sent = {
        "contact_uuid": seed.DUPLICATE_UUID,
        "subscription_type_uuid": kind(sandbox, "Offers"),
        "is_subscribed": "true",
    }
    for _ in range(2):
        assert "asked the customer to confirm" in text(staff.post(SUBSCRIPTION, sent, follow=True))
    assert len(sandbox.calls("PUT")) == 1


SUBSCRIBE = get_action("update-contact-subscription")


def asks(sandbox, choice, *, name="Newsletter", state=EntryState.UNKNOWN):
    data = {"subscription_type_uuid": kind(sandbox, name), "is_subscribed": choice}
    return make_entry(state, slug=SUBSCRIBE.slug, data=data, contact=seed.MIRA_UUID)


def shown(finding):
    (evidence,) = finding.evidence
    return [evidence.what, evidence.value, evidence.fits]


def test_it_is_as_it_was_asked_to_be(piggy, sandbox):
    finding = SUBSCRIBE.read_back(piggy, asks(sandbox, "true"))
    assert (finding.verdict, finding.words) == (Verdict.DONE, "It is as it was asked to be.")
    assert shown(finding) == ["Newsletter", "Gets it", True]
    assert finding.result.is_wanted


def test_it_is_not_as_it_was_asked_to_be(piggy, sandbox, later):
    finding = SUBSCRIBE.read_back(piggy, asks(sandbox, "false"))
    words = "It is not as it was asked to be."
    assert (finding.verdict, finding.words) == (Verdict.NOT_DONE, words)
    assert shown(finding) == ["Newsletter", "Gets it", False]


def test_what_is_not_so_yet_may_still_come(piggy, sandbox):
    finding = SUBSCRIBE.read_back(piggy, asks(sandbox, "false"))
    words = "It is not so yet. Piggy may still be at it."
    assert (finding.verdict, finding.words) == (Verdict.UNDECIDED, words)
    assert shown(finding) == ["Newsletter", "Gets it", False]


def test_what_another_one_changed_since_does_not_tell(piggy, sandbox, later):
    entry = asks(sandbox, "false")
    asks(sandbox, "true", name="Offers", state=EntryState.DONE)
    assert SUBSCRIBE.read_back(piggy, entry).verdict is Verdict.NOT_DONE
    asks(sandbox, "true", state=EntryState.DONE)
    finding = SUBSCRIBE.read_back(piggy, entry)
    words = "It is not so, but somebody may have changed it again since."
    assert (finding.verdict, finding.words) == (Verdict.UNDECIDED, words)
    assert shown(finding) == ["Newsletter", "Gets it", False]


@pytest.mark.parametrize("found", [None, Subscription()])
def test_what_piggy_does_not_tell_is_not_known(piggy, sandbox, monkeypatch, later, found):
    monkeypatch.setattr(services, "get_contact_subscription", lambda *_, **__: found)
    finding = SUBSCRIBE.read_back(piggy, asks(sandbox, "false"))
    words = "Piggy does not tell whether the customer gets it."
    assert (finding.verdict, finding.words) == (Verdict.UNDECIDED, words)


def test_kinds_without_a_uuid_are_not_offered(piggy, monkeypatch):
    kinds = [SubscriptionType(uuid="a", name="News"), SubscriptionType(uuid="b")]
    unaddressed = SubscriptionType(id=7, name="Old news")
    monkeypatch.setattr(services, "cached_subscription_types", lambda _: [*kinds, unaddressed])
    assert module._kinds_of_messages(piggy) == [("a", "News"), ("b", "b")]


def test_the_same_kind_for_the_same_contact_is_the_same(piggy):
    data = {"contact_uuid": Contact(uuid="c"), "subscription_type_uuid": "k"}
    assert SUBSCRIBE.deduplication_data(data | {"is_subscribed": "true"}) == ["c", "k"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("true", "Daan subscribed Mira to “News”"),
        ("false", "Daan unsubscribed Mira from “News”"),
    ],
)
def test_what_a_colleague_did_is_told(asked, words):
    data = {"subscription_type_uuid": "k", "is_subscribed": asked}
    matter = Matter(data, customers={"contact": "Mira"}, things={"k": "News"})
    assert SUBSCRIBE.sentence(matter).told("Daan", EntryState.DONE) == words
