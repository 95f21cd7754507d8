"""The page of an action when something is asked again: filled in, held back, refused."""

from uuid import UUID

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.actions.views import explain
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Refused
from tests.actions.samples import SAMPLES
from tests.actions.test_views import CREDITS, MERGE, confirmed, credit_calls

pytestmark = pytest.mark.django_db
GIFT = SAMPLES["create-credit-reception"]


def give(client, **more):
    return client.post(CREDITS, confirmed(client.post(CREDITS, GIFT), GIFT, **more))


def test_form_is_filled_in_with_what_was_asked_before(staff, sandbox):
    give(staff)
    entry = Entry.objects.get()
    form = staff.get(CREDITS, {"again": str(entry.submission_key)}).context["form"]
    assert form["credits"].value() == "25"
    assert form["reason"].value() == entry.reason
    assert len(credit_calls(sandbox)) == 1


@pytest.mark.parametrize("key", ["nonsense", str(UUID(int=0))])
def test_nothing_was_asked_before(staff, sandbox, key):
    assert staff.get(CREDITS, {"again": key}).status_code == 404


def test_entry_of_another_action_is_not_asked_again(admin, sandbox):
    give(admin)
    key = str(Entry.objects.get().submission_key)
    assert admin.get(MERGE, {"again": key}).status_code == 404


def test_yes_to_a_nonsense_entry_is_no_yes(staff, sandbox):
    give(staff)
    response = give(staff, again="yes", repeat_of="nonsense")
    assert response.context["alike"] == Entry.objects.get()
    assert len(credit_calls(sandbox)) == 1


def test_held_back_without_a_preview(admin, sandbox):
    sample, url = SAMPLES["create-visit"], "/actions/create-visit/"
    assert admin.post(url, sample).status_code == 302
    response = admin.post(url, sample)
    assert response.context["alike"] == Entry.objects.get()
    assert "preview" not in response.context


def test_refusal_of_no_field_stands_above_the_form(piggy):
    form = get_action("create-credit-reception").form_class({}, piggy=piggy)
    explain(form, Refused({"unknown": "What?"}))
    assert form.non_field_errors() == ["What?"]
