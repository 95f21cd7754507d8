"""Forms of actions: why something is done."""

import pytest
from django.utils.translation import override

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.models import Reason


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
