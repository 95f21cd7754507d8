"""The pages of an approval: what they say of odd requests, and what comes of deciding late."""

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from piggyadmin.accounts.models import User
from piggyadmin.actions import approvals
from piggyadmin.actions.models import Approval, Entry
from piggyadmin.actions.registry import get_action
from tests.actions.making import somebody
from tests.actions.samples import SAMPLES
from tests.actions.test_approvals import CREDITS, MERGE, ask
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
APPROVE = {"decision": "approve"}


@pytest.fixture
def second(db):
    return signed_in(User.objects.create_superuser("second", first_name="Second"))


@pytest.fixture
def request_url(admin, sandbox, settings):
    settings.FOUR_EYES = True
    return ask(admin)["Location"]


def test_action_that_is_no_longer_there(second, request_url):
    Approval.objects.update(action="no-such-action")
    assert second.get(request_url).status_code == 404


def test_decided_request_is_shown_without_a_preview(second, request_url):
    second.post(request_url, {"decision": "decline"})
    response = second.get(request_url)
    assert response.status_code == 200
    assert "preview" not in response.context
    assert second.post(request_url, {"decision": "decline"})["Location"] == request_url


@pytest.mark.parametrize("is_piggy_down", [False, True])
def test_what_cannot_be_done_any_more_lapses(second, request_url, sandbox, is_piggy_down):
    if is_piggy_down:
        sandbox.faults({"kind": "status", "status": 503})
    else:
        Approval.objects.update(form_data={})
    response = second.get(request_url)
    assert response.context["has_changed"]
    assert "preview" not in response.context
    assert second.post(request_url, APPROVE)["Location"] == request_url
    assert Approval.objects.get().status == Approval.Status.WITHDRAWN
    assert not Entry.objects.exists()


def test_the_same_done_meanwhile_is_not_sent_again(admin, second, sandbox, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 1
    urls = [ask(admin, CREDITS)["Location"] for _ in range(2)]
    # What has been given meanwhile must not show in what was agreed to.
    sandbox.faults({"kind": "drop_before", "method": "POST"})
    answers = [second.post(url, APPROVE) for url in urls]
    assert answers[1]["Location"] == urls[1]
    assert Entry.objects.count() == 1


def test_action_that_asks_no_reason(admin, second, sandbox, settings, monkeypatch):
    settings.FOUR_EYES = True
    monkeypatch.setattr(type(get_action(MERGE)), "asks_reason", False)
    second.post(ask(admin)["Location"], APPROVE)
    assert len(sandbox.calls("POST", "contacts/merge")) == 1
    assert Entry.objects.get().reason == ""


def test_form_of_somebody_else(db):
    key, action = uuid4(), get_action(MERGE)
    asked = {"form_data": SAMPLES[MERGE], "agreement": "signed", "submission_key": key}
    first = approvals.ask(action, person=somebody(), **asked)
    assert approvals.ask(action, person=somebody(), **asked) == first
    with pytest.raises(PermissionDenied):
        approvals.ask(action, person=somebody("other"), **asked)
