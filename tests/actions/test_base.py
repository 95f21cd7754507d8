import pytest
from django.contrib.auth.models import AnonymousUser

from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Refused


@pytest.mark.parametrize("method", ["perform", "preview", "look_up"])
def test_what_a_subclass_does_not_say_cannot_be_done(method):
    with pytest.raises(NotImplementedError):
        getattr(Action(), method)(None, {})


def test_what_is_not_watched_has_no_progress(piggy):
    with pytest.raises(NotImplementedError):
        Action().watch(piggy, Entry())


def test_nothing_has_to_be_typed_unless_said():
    assert Action().confirm_with({}) is None


def test_nobody_may_do_anything_without_signing_in():
    assert not get_action("list-perks").is_allowed_for(AnonymousUser())


def test_refusal_says_where_and_why():
    assert Refused({"quantity": "No room."}).field_errors == {"quantity": ["No room."]}
