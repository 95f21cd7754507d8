"""Changing teams and kinds of shift; what holds for all records is tested with them."""

import pytest

from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.sandbox.seed_dealings import SHIFT_TEAM_UUID, SHIFT_TYPE_UUID
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed, text

pytestmark = pytest.mark.django_db


def change(client, slug: str, **more: str) -> str:
    url, form = f"/actions/{slug}/", SAMPLES[slug] | more
    return text(client.post(url, confirmed(client.post(url, form), form), follow=True))


def test_a_team_is_renamed_and_offered_by_its_new_name(admin, sandbox):
    admin.get("/shifts/")  # what lists show is remembered
    assert "Bar and terrace" in change(admin, "update-shift-team")
    assert sandbox.api("GET", f"shift-teams/{SHIFT_TEAM_UUID}")["name"] == "Bar and terrace"
    assert sentence_of(Entry.objects.get()) == "Admin changed the team “Bar”"
    assert "Bar and terrace" in text(admin.get("/shifts/"))


def test_what_does_not_change_of_a_kind_stays(admin, sandbox):
    change(admin, "update-shift-type")
    kind = sandbox.api("GET", f"shift-types/{SHIFT_TYPE_UUID}")
    assert (kind["name"], kind["description"]) == ("Early", "Opens the shop")


def test_a_name_that_another_team_has_is_refused_by_piggy(admin, sandbox):
    sandbox.api("POST", "shift-teams", json={"name": "Kitchen"})
    assert "has already been taken" in change(admin, "update-shift-team", name="Kitchen")
