"""Making promotions; what holds for all records is tested with them."""

import pytest

from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.rows import sentence_of
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed, text

pytestmark = pytest.mark.django_db
URL = "/actions/create-promotion/"
SAMPLE = SAMPLES["create-promotion"]


def make(client, **more: str):
    form = SAMPLE | more
    return client.post(URL, confirmed(client.post(URL, form), form), follow=True)


def made(sandbox):
    return next(p for p in sandbox.api("GET", "promotions") if p["name"] == SAMPLE["name"])


def test_it_is_made_as_it_was_asked_for_and_offered_at_once(admin, sandbox):
    admin.get("/actions/create-voucher/")  # what forms offer is remembered
    page = text(make(admin, redemptions_per_voucher="5"))
    assert "Made: Piggy has it now." in page
    promotion = made(sandbox)
    assert promotion["expiration_duration"] == 30 * 24 * 60 * 60
    assert (promotion["type"], promotion["redemptions_per_voucher"]) == ("MULTI_USE", 5)
    assert promotion["voucher_limit"] is None
    assert f"/actions/create-voucher/?promotion_uuid={promotion['uuid']}" in page
    assert "Ice cream week" in text(admin.get("/actions/create-voucher/"))
    assert sentence_of(Entry.objects.get()) == "Admin created the promotion “Ice cream week”"


def test_without_more_it_has_no_limit_and_is_used_once(admin, sandbox):
    make(admin, limit_per_contact="", days_valid="")
    promotion = made(sandbox)
    assert promotion["type"] == "SINGLE_USE"
    assert (promotion["limit_per_contact"], promotion["expiration_duration"]) == (None, None)


def test_that_it_is_for_good_is_said_before(admin, sandbox):
    page = text(admin.post(URL, SAMPLE))
    assert "Piggy offers no way to change or to delete a promotion." in page
    assert not Entry.objects.exists()


def test_it_is_offered_where_promotions_stand(admin, support, sandbox):
    assert URL in admin.get("/promotions/").content.decode()
    assert URL not in support.get("/promotions/").content.decode()
