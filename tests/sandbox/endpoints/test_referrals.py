import pytest

from piggyadmin.sandbox.models import Referral

pytestmark = pytest.mark.django_db(databases=["sandbox"])


def test_referrals_by_contact_and_status(api, account):
    pair = {"referring_contact": account.mira, "referred_contact": account.double}
    made = Referral.objects.create(**pair, status="completed")
    (listed,) = api("GET", "referrals", referring_contact_uuid=account.mira.uuid)
    assert listed["uuid"] == made.uuid
    assert listed["referred_contact"]["email"] == account.double.email
    assert api("GET", "referrals", referring_contact_uuid=account.double.uuid) == []
    assert api("GET", "referrals", status="failed") == []
    assert api.wrong("GET", "referrals", status="lost") == {"status"}


def test_the_settings_are_no_referral(api):
    assert set(api("GET", "referrals/settings")) == {
        *("completion_event", "limit_per_contact"),
        *("referred_contact_incentive", "referring_contact_incentive"),
    }
