"""What has to be known before two become one: on the page of the action as on that of the pair."""

import pytest

from piggyadmin.duplicates.merging.advice import Advice, advise
from piggyadmin.duplicates.models import PairStatus
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed, text
from tests.duplicates.merges import DUPLICATE, MIRA, make_pair

pytestmark = pytest.mark.django_db
MERGE = "/actions/merge-contacts/"


def test_who_should_survive_is_told_with_reasons(piggy):
    assert advise(piggy, DUPLICATE, MIRA).is_proposed
    other_way = advise(piggy, MIRA, DUPLICATE)
    assert not other_way.is_proposed
    assert other_way.reasons == advise(piggy, DUPLICATE, MIRA).reasons


def test_whoever_has_just_gone_has_no_advice(piggy):
    assert advise(piggy, "c0ffee00-0000-4000-8000-0000000000ff", MIRA) is None


def test_what_piggy_decides_is_named(piggy, sandbox):
    sandbox.api("PUT", f"contacts/{DUPLICATE}", json={"attributes": {"lastname": "Jansma"}})
    assert "Last name" in advise(piggy, DUPLICATE, MIRA).differing


def test_dismissed_pair_takes_a_yes_here_too(admin, sandbox):
    make_pair(MIRA, DUPLICATE, status=PairStatus.DISMISSED)
    sample = SAMPLES["merge-contacts"]
    shown = admin.post(MERGE, sample)
    assert "are not one person" in text(shown)
    sent = confirmed(shown, sample, confirmation="m.jansen")
    refused = admin.post(MERGE, sent)
    assert "Say yes to each warning first" in text(refused)
    (asked,) = shown.context["preview"].advice.codes
    assert admin.post(MERGE, {**sent, f"agreed_{asked}": "yes"}).status_code == 302


def test_advice_that_an_earlier_version_kept_is_understood(piggy):
    advice = advise(piggy, DUPLICATE, MIRA)
    kept = advice.model_dump(mode="json")
    kept["notices"] = kept.pop("checks")
    assert Advice.model_validate(kept) == advice
