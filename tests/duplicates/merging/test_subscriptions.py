"""What contacts of one person are mailed once they are one."""

import pytest

from piggyadmin.contacts.types import Contact, Subscription, SubscriptionType
from piggyadmin.duplicates.merging.subscriptions import differing_subscriptions

NEWS = SubscriptionType(uuid="news", name="Newsletter", strategy="OPT_IN")
SERVICE = SubscriptionType(uuid="service", name="Service", strategy="OPT_OUT")
OFFERS = SubscriptionType(uuid="offers", name="Offers", strategy="DOUBLE_OPT_IN")


def contact(uuid, *, is_anonymous=False, kind=NEWS, **told):
    mailed = Subscription(subscription_type=kind, **told)
    return Contact(uuid=uuid, is_anonymous=is_anonymous, subscriptions=[mailed])


YES = {"is_subscribed": True, "status": "SUBSCRIBED"}
NO = {"is_subscribed": False, "status": "UNSUBSCRIBED"}
ASKED = {"is_subscribed": False, "status": "PENDING_CONFIRMATION"}
BY_NUMBER = {"is_subscribed": False, "status": 0}


def found(*contacts, **chosen):
    return differing_subscriptions(contacts, chosen)


@pytest.mark.parametrize("kind", [NEWS, SERVICE, OFFERS])
@pytest.mark.parametrize("no", [NO, BY_NUMBER])
def test_whoever_unsubscribed_is_protected_unless_somebody_chooses(kind, no):
    for sides in (("a", "b"), ("b", "a")):
        told = {"a": contact("a", kind=kind, **YES), "b": contact("b", kind=kind, **no)}
        both = [told[uuid] for uuid in sides]
        (choice,) = found(*both)
        assert (choice.unsubscribed, choice.is_wanted) == (("b",), False)
        (choice,) = found(*both, **{kind.uuid: "yes"})
        assert choice.is_wanted
        (choice,) = found(*both, **{kind.uuid: "nonsense"})
        assert not choice.is_wanted


def test_where_all_say_the_same_there_is_nothing_to_choose():
    assert found(contact("a", **YES), contact("b", **YES)) == ()
    assert found(contact("a", **NO), contact("b", **NO)) == ()
    assert found(contact("a", **YES), Contact(uuid="b")) == ()


def test_whoever_is_to_confirm_it_differs_from_whoever_does_not_want_it():
    (choice,) = found(contact("a", kind=OFFERS, **ASKED), contact("b", kind=OFFERS, **NO))
    assert choice.unsubscribed == ("b",)


def test_anonymous_one_was_never_asked_but_can_have_unsubscribed():
    nobody = contact("b", is_anonymous=True, **NO)
    assert found(contact("a", **YES), nobody) == ()
    nobody = contact("b", is_anonymous=True, kind=SERVICE, **NO)
    assert found(contact("a", kind=SERVICE, **YES), nobody)[0].unsubscribed == ("b",)


def test_kind_that_cannot_be_addressed_is_told_all_the_same():
    kind = SubscriptionType(id=7, name="Old news", strategy="OPT_IN")
    (choice,) = found(contact("a", kind=kind, **YES), contact("b", kind=kind, **NO))
    assert (choice.uuid, choice.name) == ("", "Old news")


def test_what_is_so_already_is_told():
    (choice,) = found(contact("a", **YES), contact("b", **NO))
    assert choice.is_so_of(contact("c", **NO))
    assert not choice.is_so_of(contact("c", **YES))
    assert not choice.is_so_of(Contact(uuid="c"))


def test_what_has_no_kind_is_nothing_to_choose():
    told = Subscription(is_subscribed=True, status="SUBSCRIBED")
    assert found(Contact(uuid="a", subscriptions=[told]), contact("b", **NO)) == ()
