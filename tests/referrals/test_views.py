"""The pages of referrals."""

import pytest

from tests.actions.test_views import text

pytestmark = pytest.mark.django_db


def test_who_brought_whom(support, sandbox):
    page = text(support.get("/referrals/"))
    assert "mira.jansen@example.test" in page
    assert "m.jansen@example.test" in page
    assert "Completed" in page


def test_it_can_be_narrowed_down_by_status(support, sandbox):
    led = support.post("/referrals/", {"status": "pending"})
    page = text(support.get(led["Location"]))
    assert "No referrals here." in page
    assert "Status: Pending" in page


def test_what_is_given_for_it(support, sandbox):
    page = text(support.get("/referrals/settings/"))
    assert "A customer was created" in page
    assert "25 credits" in page


def test_what_piggy_does_not_say_is_told(support, sandbox):
    sandbox.faults({"kind": "status", "status": 503})
    assert "being maintained" in text(support.get("/referrals/settings/"))


def test_it_can_be_narrowed_down_to_who_brought_others(support, sandbox):
    led = support.post("/referrals/", {"contact_uuid": "m.jansen@example.test"})
    assert "No referrals here." in text(support.get(led["Location"]))
    led = support.post("/referrals/", {"contact_uuid": "nobody@example.test"})
    wrong = text(support.get(led["Location"]))
    assert "mira.jansen@example.test" not in wrong
