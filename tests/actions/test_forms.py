"""Forms of actions: why something is done, and what is meant by what was typed."""

from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.utils.translation import override

from piggyadmin.actions.forms import listed, offered
from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.models import Reason
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.shops.services import list_shops


def test_the_usual_reason_is_meant_where_none_was_sent(db, piggy):
    form = get_action("merge-contacts").form_class({}, piggy=piggy)
    form.ask_why("Double account")
    form.is_valid()
    assert form.why["reason"] == "Double account"
    shown = str(form["reason"])
    assert '<option value="Double account" selected>Double account (usual)</option>' in shown
    assert shown.count("(usual)") == 1


@pytest.mark.parametrize("usual", ["", "Not offered any more"])
def test_without_a_usual_reason_a_person_has_to_choose(db, piggy, usual):
    form = get_action("merge-contacts").form_class({}, piggy=piggy)
    form.ask_why(usual)
    assert "reason" not in form.errors  # nobody needs one to see what would happen
    assert form.missing_why == {"reason": "This field is required."}
    assert '<option value="" selected>Choose…</option>' in str(form["reason"])
    assert "(usual)" not in str(form["reason"])


def test_the_owner_says_what_is_usual_for_an_action(settings):
    action = get_action("merge-contacts")
    assert action.usual_reason == ""
    settings.USUAL_REASONS = {"merge-contacts": "Double account"}
    assert action.usual_reason == "Double account"


def test_reasons_are_read_in_ones_own_language_and_kept_as_they_are(db, piggy):
    Reason.objects.create(label="Birthday of the shop")
    with override("nl"):
        form = get_action("merge-contacts").form_class({}, piggy=piggy)
        form.ask_why("Double account")
        shown = str(form["reason"])
    assert '<option value="Double account" selected>Dubbel account' in shown
    assert '<option value="Birthday of the shop">Birthday of the shop</option>' in shown


def test_a_new_console_offers_the_reasons_that_are_translated(db):
    labels = Reason.objects.values_list("label", flat=True)
    assert tuple(labels) == Reason.OFFERED_FIRST


def test_a_reason_that_is_not_offered_is_refused(db, piggy):
    form = get_action("merge-contacts").form_class({"reason": "Because"}, piggy=piggy)
    form.ask_why("Double account")
    assert "reason" in form.errors


def test_without_reasons_nobody_has_to_choose_one(db, piggy):
    Reason.objects.all().delete()
    form = get_action("merge-contacts").form_class({}, piggy=piggy)
    form.ask_why("Double account")
    form.is_valid()
    assert form.missing_why == {}


@pytest.mark.parametrize("sent", [dict, lambda typed: QueryDict(urlencode(typed))])
def test_the_code_whose_button_was_pressed_takes_the_place_of_what_was_typed(sent, piggy):
    typed = sent({"contact_uuid": "card-0001", "meant": "contact_uuid=CARD-0001"})
    form = get_action("get-contact-credit-balance").form_class(typed, piggy=piggy)
    assert form.is_valid(), form.errors
    assert form["contact_uuid"].value() == "CARD-0001"
    assert typed["contact_uuid"] == "card-0001"


def test_what_is_meant_by_a_code_that_there_is_not_is_offered(db, piggy):
    form = get_action("get-contact-credit-balance").form_class(
        {"contact_uuid": "card-0001"}, piggy=piggy
    )
    assert list(form.errors) == ["contact_uuid"]
    assert form.meant == {"contact_uuid": ["CARD-0001"]}


def test_what_cannot_be_listed_is_not_offered_and_a_list_says_why(db, sandbox):
    def choices(piggy):
        return [(each.uuid, each.name) for each in list_shops(piggy)]

    assert offered(choices) == listed(choices) != []
    sandbox.faults({"kind": "status", "status": 503, "path": "^shops$"})
    assert offered(choices) == []
    with pytest.raises(PiggyError):
        listed(choices)
