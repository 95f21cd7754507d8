"""The preview beside the fields: it shows, and does nothing; what was done can be taken back."""

from uuid import uuid4

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.credits.actions.create_credit_reception import CreateCreditReception
from piggyadmin.credits.types import CreditReception
from piggyadmin.ledger.models import Entry, Reason
from tests.actions.samples import SAMPLES
from tests.actions.test_views import (
    CREDITS,
    FRAGMENT,
    balance,
    confirmed,
    credit_calls,
    hidden,
    text,
)

pytestmark = pytest.mark.django_db
REVERSING = "/actions/reverse-credit-reception/"

SAMPLE = SAMPLES["create-credit-reception"]
LIVE = {**SAMPLE, "reason": "", "step": "preview"}


def done(client, **more: str) -> Entry:
    """Have the sample done, and give its entry."""
    sample = {**SAMPLE, **more}
    response = client.post(CREDITS, confirmed(client.post(CREDITS, sample), sample))
    assert response.status_code == 302
    return Entry.objects.latest("pk")


def test_it_shows_what_would_be_done_and_does_nothing(staff, sandbox):
    response = staff.post(CREDITS, LIVE, headers=FRAGMENT)
    assert "Balance after" in text(response)
    assert "<html" not in text(response)
    assert not Entry.objects.exists()
    assert credit_calls(sandbox) == []


def test_its_button_does_what_it_shows(staff, sandbox):
    agreement = hidden(staff.post(CREDITS, LIVE, headers=FRAGMENT), "agreement")
    sent = {**SAMPLE, "step": "confirm", "agreement": agreement, "submission_key": str(uuid4())}
    assert staff.post(CREDITS, sent).status_code == 302
    assert balance(sandbox) == 145


def test_an_old_one_is_agreed_to_by_nobody(staff, sandbox):
    agreement = hidden(staff.post(CREDITS, LIVE, headers=FRAGMENT), "agreement")
    sent = {**SAMPLE, "credits": "26", "step": "confirm", "agreement": agreement}
    assert "Something has changed" in text(staff.post(CREDITS, sent))
    assert credit_calls(sandbox) == []


@pytest.mark.parametrize(
    "wrong", [{"credits": "0"}, {"credits": ""}, {"contact_uuid": "nobody@example.test"}]
)
def test_it_is_silent_about_what_is_not_right_yet(staff, sandbox, wrong):
    response = staff.post(CREDITS, {**LIVE, **wrong}, headers=FRAGMENT)
    assert (response.status_code, response.content) == (204, b"")


def test_it_is_silent_when_piggy_is(staff, sandbox):
    sandbox.faults({"kind": "status", "status": 500})
    assert staff.post(CREDITS, LIVE, headers=FRAGMENT).status_code == 204


@pytest.mark.parametrize("slug", ["update-bookings", "find-voucher-by-code"])
def test_what_has_no_preview_is_not_done_for_one(staff, sandbox, slug):
    response = staff.post(f"/actions/{slug}/", {**SAMPLES[slug], "step": "preview"})
    assert response.status_code == 204
    assert [call for call in sandbox.calls() if call["method"] != "GET"] == []


def test_it_is_for_those_who_may_do_it(support, sandbox):
    assert support.post(CREDITS, LIVE, headers=FRAGMENT).status_code == 403


def test_a_reason_is_insisted_on_before_it_is_done(staff, sandbox):
    sample = {**SAMPLE, "reason": ""}
    response = staff.post(CREDITS, confirmed(staff.post(CREDITS, sample), sample))
    assert "reason" in response.context["form"].errors
    assert "Balance after" in text(response)
    assert credit_calls(sandbox) == []


def test_taking_back_is_shown_filled_in_and_done_by_one_press(staff, sandbox):
    entry = done(staff)
    shown = staff.get(REVERSING, {"undo": str(entry.submission_key)})
    assert "Take 25 credits back" in text(shown)
    assert len(credit_calls(sandbox)) == 1  # to look does nothing
    form = shown.context["form"]
    names = ("contact_uuid", "credit_reception_uuid", "reason")
    sample = {name: str(form[name].value()) for name in names}
    assert staff.post(REVERSING, confirmed(shown, sample)).status_code == 302
    assert balance(sandbox) == 120
    assert Entry.objects.latest("pk").reason == Reason.CORRECTION


def test_without_that_reason_another_one_is_chosen(staff, sandbox):
    Reason.objects.filter(label=Reason.CORRECTION).update(is_active=False)
    shown = staff.get(REVERSING, {"undo": str(done(staff).submission_key)})
    assert shown.context["form"]["reason"].value() == ""
    assert "Take 25 credits back" in text(shown)


@pytest.mark.parametrize("key", ["nonsense", "c0ffee00-0000-4000-8000-00000000dead", ""])
def test_what_never_was_cannot_be_taken_back(staff, sandbox, key):
    assert staff.get(REVERSING, {"undo": key}).status_code == 404


def test_what_another_action_takes_back_is_not_taken_back_by_this_one(staff, sandbox):
    key = str(done(staff).submission_key)
    assert staff.get(CREDITS, {"undo": key}).status_code == 404


def test_what_is_wrong_with_taking_it_back_stands_beside_the_field(staff, sandbox, monkeypatch):
    made = done(staff)
    opposite = {"contact_uuid": "nobody", "credit_reception_uuid": "x"}
    monkeypatch.setattr(CreateCreditReception, "undo", lambda *_: opposite)
    shown = staff.get(REVERSING, {"undo": str(made.submission_key)})
    assert "preview" not in shown.context
    assert shown.context["form"].errors["contact_uuid"]


def test_an_amount_is_taken_back_by_the_reception_it_gave(staff, sandbox):
    entry = done(staff, credits="", unit_value="10.40")
    given = credit_calls(sandbox)
    assert len(given) == 1
    opposite = get_action("create-credit-reception").undo(
        entry, CreditReception(uuid="x", credits=104)
    )
    assert opposite["credit_reception_uuid"] == "x"


def test_nothing_given_is_nothing_to_take_back(staff, sandbox):
    nothing = CreditReception(uuid="x", credits=0)
    assert get_action("create-credit-reception").undo(done(staff), nothing) is None
