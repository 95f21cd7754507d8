"""Referrals, against a sandbox behind a socket."""

from piggyadmin.contacts.types import Contact
from piggyadmin.referrals import services
from piggyadmin.referrals.types import Referral
from piggyadmin.sandbox.seed import DUPLICATE_UUID, MIRA_UUID
from tests.piggy.scripted import answers


def test_list_referrals(piggy):
    page = services.list_referrals(piggy, referring_contact_uuid=MIRA_UUID, status="completed")
    (referral,) = page.items
    assert referral.referring_contact.uuid == MIRA_UUID
    assert (referral.referred_contact.uuid, referral.status) == (DUPLICATE_UUID, "completed")
    assert not page.has_more
    assert services.list_referrals(piggy, status="failed").items == []


def test_settings(piggy):
    settings = services.get_referral_settings(piggy)
    assert settings.completion_event.type == "contact_created"
    assert settings.referring_contact_incentive.data == {"credits": 25}


def test_settings_with_odd_data(scripted, scripted_piggy):
    scripted.will(answers({"completion_event": {"type": "visit_created", "data": []}}))
    settings = services.get_referral_settings(scripted_piggy)
    assert (settings.completion_event.type, settings.completion_event.data) == (
        "visit_created",
        None,
    )


def test_whom_others_have_brought_is_left_out():
    own, unsaid = Referral(referring_contact=Contact(uuid=MIRA_UUID)), Referral()
    others = Referral(referring_contact=Contact(uuid=DUPLICATE_UUID))
    assert services.brought_by([others, own, unsaid], MIRA_UUID) == [own, unsaid]
