"""Every action that says that it can be done with many rows is, with what it is tried with."""

import pytest

from piggyadmin.actions.registry import actions, get_action
from piggyadmin.bulk import actions as bulk_actions
from piggyadmin.bulk import running
from piggyadmin.bulk.models import BulkRunStatus
from tests.bulk.making import carried, checked, confirmed, states

IN_BULK = [action.slug for action in actions() if action.is_bulk]


def test_there_are_some():
    assert len(IN_BULK) > 8
    assert not any(get_action(slug).look_up_form_class for slug in IN_BULK)


@pytest.mark.parametrize("slug", IN_BULK)
def test_a_row(slug, sandbox, maker):
    action = get_action(slug)
    sample = {name: text for name, text in action.sample.items() if text}
    text = "\n".join(["\t".join(sample), "\t".join(sample.values())])
    run = checked(text, maker, action=slug)
    assert states(run) == ["ready"], run.rows.get().words
    run.refresh_from_db()
    if action.is_read:
        running.begin_look_ups(run, by=maker)
    else:
        run = confirmed(run)
    run = carried(run)
    assert states(run) == ["done"], run.rows.get().words
    assert run.status == BulkRunStatus.DONE


def test_who_may(maker, sandbox):
    slug = IN_BULK[0]
    assert {each.slug for each in bulk_actions.bulk_actions(maker)} == set(IN_BULK)
    assert bulk_actions.find_bulk_action(slug, maker) is get_action(slug)
    assert bulk_actions.find_bulk_action("merge-contacts", maker) is None
    maker.groups.clear()
    nobody = type(maker).objects.get(pk=maker.pk)
    assert bulk_actions.bulk_actions(nobody) == []
    assert bulk_actions.find_bulk_action(slug, nobody) is None


def test_choices_by_what_people_call_them(sandbox, maker):
    choices = bulk_actions.choices_of("create-credit-reception")
    assert choices["shop_uuid"]["amsterdam"] == "c0ffee00-0000-4000-8000-000000000101"
    yes = bulk_actions.choices_of("update-contact-subscription")["is_subscribed"]
    assert (yes["ja"], yes["nee"]) == ("true", "false")


def test_what_a_row_fills_in(sandbox, maker):
    fields = bulk_actions.fields_of("create-booking")
    chosen = {"starts_at": 0, "shop_uuid": 1, "source": "Website", "note": 7}
    choices = bulk_actions.choices_of("create-booking")
    filled = bulk_actions.filled_in([46359, "AMSTERDAM "], chosen, fields, choices)
    assert filled == {
        "starts_at": "2026-12-03",
        "shop_uuid": "c0ffee00-0000-4000-8000-000000000101",
        "source": "Website",
        "note": "",
    }
