"""Making a promotion: for good, under a name that is still free."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.vouchers.services import cached_promotions
from tests.actions.samples import SAMPLES
from tests.actions.test_records import do
from tests.actions.test_views import text
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db

SLUG = "create-promotion"
DAY = 24 * 60 * 60


def promotions(sandbox, name):
    found = sandbox.api("GET", "promotions", params={"limit": 100})
    return [each for each in found if each["name"] == name]


def test_it_is_made_as_it_was_filled_in(sandbox):
    _browser, page = do(SLUG)
    (made,) = promotions(sandbox, "Second scoop")
    assert made["description"] == "A second scoop of ice cream"
    assert made["voucher_limit"] == 250
    assert made["limit_per_contact"] == 2
    assert made["expiration_duration"] == 30 * DAY
    assert f"/promotions/{made['uuid']}/" in page
    assert "30 days" in page
    assert Entry.objects.get().state == EntryState.DONE


def test_what_is_left_open_is_not_limited(sandbox):
    do(SLUG, voucher_limit="", expiration_days="", limit_per_contact="")
    (made,) = promotions(sandbox, "Second scoop")
    assert made["voucher_limit"] is made["limit_per_contact"] is None
    assert made["expiration_duration"] is None


def test_it_is_asked_before_what_cannot_be_undone(admin, sandbox):
    page = admin.post(f"/actions/{SLUG}/", SAMPLES[SLUG]).content.decode()
    assert "Create “Second scoop” for good?" in page
    assert "no way to change or delete a promotion" in page
    assert not promotions(sandbox, "Second scoop")


def test_a_name_that_is_taken_is_told_beside_it(admin, sandbox):
    sample = SAMPLES[SLUG] | {"name": "Welcome coffee"}
    page = admin.post(f"/actions/{SLUG}/", sample).content.decode()
    assert "There is a promotion of this name already." in page
    assert "A second scoop of ice cream" in page
    assert len(promotions(sandbox, "Welcome coffee")) == 1


@pytest.mark.parametrize("field", ["voucher_limit", "expiration_days", "limit_per_contact"])
@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "99999999"])
def test_nonsense_is_told_beside_its_field(admin, sandbox, field, text):
    page = admin.post(f"/actions/{SLUG}/", SAMPLES[SLUG] | {field: text}).content.decode()
    assert "Enter a whole number from 1 to" in page
    assert not promotions(sandbox, "Second scoop")


def rows(**attributes):
    return {
        f"custom_attributes-{place}-{part}": text
        for place, pair in enumerate(attributes.items())
        for part, text in zip(("label", "value"), pair, strict=True)
    }


def make_attributes(sandbox, *names):
    for name in names:
        body = {"name": name, "label": name, "type": "text"}
        sandbox.api("POST", "promotion-attributes", json=body)


def test_attributes_are_written_and_shown(sandbox):
    make_attributes(sandbox, "plu", "discount")
    browser, page = do(SLUG, **rows(plu="10", discount="10"))
    (made,) = promotions(sandbox, "Second scoop")
    assert made["attributes"] == {"plu": "10", "discount": "10"}
    assert "discount" in page
    assert "discount" in browser.get(f"/promotions/{made['uuid']}/").content.decode()


def test_the_preview_tells_attributes(admin, sandbox):
    make_attributes(sandbox, "plu", "discount")
    sample = SAMPLES[SLUG] | rows(plu="4711", discount="10 %")
    page = admin.post(f"/actions/{SLUG}/", sample).content.decode()
    assert "discount: 10 %<br>plu: 4711" in page


@pytest.mark.parametrize("name", ["colour", "name", "type", "expiration_duration"])
def test_attributes_that_promotions_do_not_have_are_refused(admin, sandbox, name):
    if name != "colour":
        make_attributes(sandbox, name)
    sample = SAMPLES[SLUG] | rows(**{name: "red"})
    page = admin.post(f"/actions/{SLUG}/", sample).content.decode()
    assert f"Promotions have no attribute called “{name}”." in page
    assert 'value="red"' in page


def test_an_attribute_has_one_value(admin, sandbox):
    twice = rows(plu="1") | {"custom_attributes-1-label": "plu", "custom_attributes-1-value": "2"}
    page = admin.post(f"/actions/{SLUG}/", SAMPLES[SLUG] | twice).content.decode()
    assert "“plu” stands here twice." in page


def test_a_lost_one_is_compared_in_its_attributes(piggy, sandbox):
    make_attributes(sandbox, "plu")
    action, data = get_action(SLUG), {"name": "Second scoop", "description": "One more"}
    sandbox.api("POST", "promotions", json={**data, "plu": "1"})
    for value, verdict in (("1", Verdict.DONE), ("2", Verdict.UNDECIDED)):
        asked = {**data, "custom_attributes": [{"label": "plu", "value": value}]}
        entry = make_entry(EntryState.UNKNOWN, slug=SLUG, data=asked)
        assert action.read_back(piggy, entry).verdict == verdict


def test_forms_offer_it_at_once(piggy, sandbox):
    assert "Second scoop" not in {each.name for each in cached_promotions(piggy)}
    do(SLUG)
    assert "Second scoop" in {each.name for each in cached_promotions(piggy)}


def test_a_lost_one_is_compared_in_all_that_was_asked(piggy, sandbox):
    action, data = get_action(SLUG), {"name": "Second scoop", "description": "One more"}
    sandbox.api("POST", "promotions", json={**data, "expiration_duration": 7 * DAY})
    for days, verdict in ((7, Verdict.DONE), (30, Verdict.UNDECIDED)):
        entry = make_entry(EntryState.UNKNOWN, slug=SLUG, data={**data, "expiration_days": days})
        assert action.read_back(piggy, entry).verdict == verdict


def test_where_attributes_cannot_be_read_nothing_is_made(admin, sandbox):
    url = f"/actions/{SLUG}/"
    admin.get(url)
    sandbox.faults({"kind": "status", "status": 500, "path": "^promotion-attributes"})
    typed = rows(plu="1")
    page = text(admin.post(url, SAMPLES[SLUG] | typed))
    assert "Nothing was changed at Piggy" in page
    assert sandbox.calls("POST") == []
