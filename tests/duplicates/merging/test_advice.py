"""What has to be known before two become one: on the page of the action as on that of the pair."""

import pytest

from piggyadmin.duplicates.merging import checks
from piggyadmin.duplicates.merging.advice import Advice, advise
from piggyadmin.duplicates.models import PairStatus
from piggyadmin.duplicates.review.evidence import Point
from piggyadmin.ledger.models import Entry
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


def strangers(sandbox, **values: str) -> dict[str, str]:
    """Make two customers of whom nothing is the same, and give them as they are typed."""
    emails = ("one@example.test", "someone.else@example.test")
    uuids = [sandbox.api("POST", "contacts", json={"email": each})["uuid"] for each in emails]
    for uuid in uuids if values else ():
        sandbox.api("PUT", f"contacts/{uuid}", json={"attributes": values})
    return dict(zip(("source_contact_uuid", "destination_contact_uuid"), uuids, strict=True))


def test_two_of_whom_nothing_speaks_for_one_person_take_a_yes(admin, sandbox):
    typed = {**SAMPLES["merge-contacts"], **strangers(sandbox)}
    shown = admin.post(MERGE, typed)
    assert "Nothing that is known speaks for these two being one person" in text(shown)
    (asked,) = shown.context["preview"].advice.codes
    assert asked == f"nothing-in-common:{typed['source_contact_uuid']}"
    sent = confirmed(shown, typed, confirmation="one")
    assert "Say yes to each warning first" in text(admin.post(MERGE, sent))
    assert not Entry.objects.exists()
    assert admin.post(MERGE, {**sent, f"agreed_{asked}": "yes"}).status_code == 302


@pytest.mark.parametrize("same", [{"lastname": "Jansen"}, {"phonenumber": "+31612345678"}])
def test_what_is_the_same_speaks_for_one_person(piggy, sandbox, same):
    advice = advise(piggy, *strangers(sandbox, **same).values())
    assert advice
    assert advice.warnings == []


def test_who_differs_in_all_is_asked_about_once(piggy, sandbox):
    one, other = strangers(sandbox).values()
    for uuid, name, born in ((one, "Mira", "1990-01-02"), (other, "Daan", "1985-03-04")):
        values = {"firstname": name, "lastname": f"{name}s", "birthdate": born}
        sandbox.api("PUT", f"contacts/{uuid}", json={"attributes": values})
    advice = advise(piggy, one, other)
    assert advice
    assert [check.kind for check in advice.warnings] == ["differences"]


def test_what_the_mirror_knows_of_them_counts_too(piggy, sandbox, monkeypatch):
    monkeypatch.setattr(checks, "evidence_of", lambda pairs: [[Point("p", "one mailbox", 3.0)]])
    advice = advise(piggy, *strangers(sandbox).values())
    assert advice
    assert advice.warnings == []
