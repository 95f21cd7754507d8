"""What holds for all records: how they are made, changed, deleted and found again."""

from typing import Any

import pytest

from piggyadmin.actions.records import (
    CreateRecord,
    DeleteRecord,
    RecordAction,
    RecordToChange,
    UpdateRecord,
    filled,
    said,
)
from piggyadmin.actions.registry import actions, get_action
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Refused, Verdict
from piggyadmin.ledger.sentences import Matter
from piggyadmin.piggy.errors import Maintenance
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed
from tests.conftest import person, signed_in
from tests.ledger.making import make_entry
from tests.ledger.reading import chosen_in, main_of, typed_in

pytestmark = pytest.mark.django_db


def action_of(slug: str) -> Any:
    """Give the action of a record, with all that its kind has."""
    return get_action(slug)


def slugs(kind: type[RecordAction[Any, Any]]) -> list[str]:
    return [action.slug for action in actions() if isinstance(action, kind)]


CREATES, UPDATES, DELETES = slugs(CreateRecord), slugs(UpdateRecord), slugs(DeleteRecord)


def asked(slug: str, piggy, **more: str) -> dict[str, Any]:
    """Give what a form makes of what is filled in."""
    form: Any = action_of(slug).form_class(SAMPLES[slug] | more, piggy=piggy)
    assert form.is_valid(), form.errors
    data: dict[str, Any] = form.action_data
    return data


def do(slug: str, **more: str) -> tuple[Any, str]:
    """Do it as a person would, and give the browser with the page that came of it."""
    sample, browser = SAMPLES[slug] | more, signed_in(person(action_of(slug).role))
    response = browser.post(f"/actions/{slug}/", sample, follow=True)
    if "agreement" in typed_in(response.content.decode()):
        sent = confirmed(response, sample)
        response = browser.post(f"/actions/{slug}/", sent, follow=True)
    return browser, main_of(response.content.decode())


def verdict_of(slug: str, piggy, data: dict[str, Any]) -> Verdict:
    alike = Entry.objects.last()
    again = {"repeat_of": alike.submission_key} if alike else {}
    entry = make_entry(EntryState.UNKNOWN, slug=slug, data=data, **again)
    verdict: Verdict = action_of(slug).read_back(piggy, entry).verdict
    return verdict


# --- Making ------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", CREATES)
def test_it_is_made_and_shown(slug, sandbox):
    _browser, page = do(slug)
    assert "Made: Piggy has it now" in page
    assert Entry.objects.get().state is EntryState.DONE


@pytest.mark.parametrize("slug", CREATES)
def test_a_key_that_is_taken_is_told_beside_it_and_nothing_is_sent(slug, sandbox):
    browser, _page = do(slug)
    before = len(sandbox.calls())
    form = browser.post(f"/actions/{slug}/", SAMPLES[slug]).context["form"]
    assert list(form.errors) == [action_of(slug).form_class.key]
    sent = sandbox.calls()[: len(sandbox.calls()) - before]
    assert {call["method"] for call in sent} <= {"GET"}


def test_where_piggy_does_not_tell_whether_a_key_is_taken_it_is_not_said_to_be(piggy, sandbox):
    slug = "create-custom-attribute"
    sandbox.faults({"kind": "status", "status": 503})
    form: Any = action_of(slug).form_class(SAMPLES[slug], piggy=piggy)
    with pytest.raises(Maintenance):
        form.is_valid()
    assert not form.errors


@pytest.mark.parametrize("slug", CREATES)
def test_what_was_made_is_found_with_all_that_was_asked(slug, piggy):
    data = asked(slug, piggy)
    action_of(slug).perform(piggy, data)
    assert verdict_of(slug, piggy, data) is Verdict.DONE
    # Somebody else asked for the same since: whose it is cannot be told.
    assert verdict_of(slug, piggy, data) is Verdict.UNDECIDED


@pytest.mark.parametrize("slug", CREATES)
def test_another_one_with_the_same_key_proves_nothing(slug, piggy):
    action, data = action_of(slug), asked(slug, piggy)
    action.perform(piggy, data)
    compared = {each.what for each in action.evidence(data, _held(slug, piggy, data))}
    name = next(
        name
        for name, value in data.items()
        if name != action.form_class.key
        and isinstance(value, str)
        and str(action.field_label(name)) in compared
    )
    assert verdict_of(slug, piggy, data | {name: "something else"}) is Verdict.UNDECIDED


def _held(slug: str, piggy, data: dict[str, Any]) -> Any:
    return action_of(slug).form_class(piggy=piggy).find_same(data)


@pytest.mark.parametrize(("seconds", "verdict"), [(3600, Verdict.UNDECIDED), (0, Verdict.NOT_DONE)])
@pytest.mark.parametrize("slug", CREATES)
def test_what_is_not_there_may_still_come(slug, seconds, verdict, piggy, settings):
    settings.PIGGY_LATE_SECONDS = seconds
    assert verdict_of(slug, piggy, asked(slug, piggy)) is verdict


# --- Changing ----------------------------------------------------------------------------------


def keys_of(slug: str) -> dict[str, str]:
    return {key: SAMPLES[slug][key] for key in action_of(slug).keys}


@pytest.mark.parametrize("slug", UPDATES)
def test_it_is_changed_and_can_be_taken_back_where_something_was_there(slug, sandbox, piggy):
    action = action_of(slug)
    before = action.as_filled(action.find(piggy, keys_of(slug)))
    browser, page = do(slug)
    assert "Saved: this is how it is now" in page
    entry = Entry.objects.get()
    assert entry.state is EntryState.DONE
    changed = {name: before[name] for name in entry.preview["before"]}
    assert changed == {name: before[name] for name in filled(entry.data) if name not in action.keys}
    assert (f"?undo={entry.submission_key}" in page) == all(changed.values())
    if all(changed.values()):
        shown = browser.get(f"{action.url}?undo={entry.submission_key}")
        assert {each.after for each in shown.context["preview"].changes} == {
            action._said(name, value) for name, value in changed.items()
        }
        page = shown.content.decode()
        sent = {**typed_in(page), **chosen_in(page), "step": "confirm"}
        assert browser.post(action.url, sent).status_code == 302
        assert action.as_filled(action.find(piggy, keys_of(slug))) == before


@pytest.mark.parametrize(
    ("before", "can_be_taken_back"),
    [
        ({"label": "Free coffee"}, True),
        ({"label": "Free coffee", "name": ""}, False),
        ({"options": "[]"}, False),
        ({}, False),
    ],
)
def test_what_was_empty_cannot_be_made_empty_again(before, can_be_taken_back):
    slug = UPDATES[0]
    preview = RecordToChange(name="Coffee", changes=[], before=before)
    keys = keys_of(slug)
    entry = make_entry(EntryState.DONE, slug=slug, data=keys, preview=preview)
    expected = {**before, **keys} if can_be_taken_back else None
    assert action_of(slug).undo(entry, None) == expected


@pytest.mark.parametrize("slug", UPDATES)
def test_what_is_so_already_is_not_sent(slug, piggy, sandbox):
    action, data = action_of(slug), asked(slug, piggy)
    record = action.perform(piggy, data)
    writes = len(sandbox.calls("PUT"))
    assert action.perform(piggy, data) == action.find(piggy, data)
    assert len(sandbox.calls("PUT")) == writes
    assert action.name_of(record)
    with pytest.raises(Refused):
        action.preview(piggy, data)


@pytest.mark.parametrize("slug", UPDATES)
def test_a_form_that_comes_back_as_it_was_shown_changes_nothing(slug, sandbox):
    """What somebody else changed meanwhile is not put back by who did not touch it."""
    browser = signed_in(person(action_of(slug).role))
    page = browser.get(f"/actions/{slug}/", keys_of(slug)).content.decode()
    typed = typed_in(page)
    response = browser.post(f"/actions/{slug}/", {**typed, **chosen_in(page), "step": "run"})
    assert "Nothing is different from what Piggy has" in response.content.decode()
    assert sandbox.calls("PUT") == []


@pytest.mark.parametrize("slug", UPDATES)
def test_a_form_that_was_just_opened_asks_for_nothing_yet(slug, sandbox):
    browser = signed_in(person(action_of(slug).role))
    shown = browser.get(f"/actions/{slug}/", keys_of(slug))
    assert "Nothing is different" not in shown.content.decode()
    assert not shown.context["form"].is_bound


@pytest.mark.parametrize("slug", UPDATES)
def test_what_was_filled_cannot_be_emptied(slug, sandbox):
    action, browser = action_of(slug), signed_in(person(action_of(slug).role))
    page = browser.get(f"/actions/{slug}/", keys_of(slug)).content.decode()
    typed = {**typed_in(page), **chosen_in(page)}
    name = next(n for n in SAMPLES[slug] if n not in action.keys and typed.get(f"initial-{n}"))
    form = browser.post(f"/actions/{slug}/", typed | {name: "", "step": "run"}).context["form"]
    assert form.errors[name] == ["Piggy offers no way to empty this. Enter another value."]
    assert sandbox.calls("PUT") == []


@pytest.mark.parametrize("slug", UPDATES)
def test_a_change_is_read_back(slug, piggy, settings):
    action, data = action_of(slug), asked(slug, piggy)
    settings.PIGGY_LATE_SECONDS = 3600
    assert verdict_of(slug, piggy, data) is Verdict.UNDECIDED
    settings.PIGGY_LATE_SECONDS = 0
    assert verdict_of(slug, piggy, data) is Verdict.UNDECIDED
    action.perform(piggy, data)
    assert verdict_of(slug, piggy, data) is Verdict.DONE


@pytest.mark.parametrize("slug", UPDATES)
def test_a_change_that_is_not_there_was_not_made(slug, piggy, settings):
    settings.PIGGY_LATE_SECONDS = 0
    assert verdict_of(slug, piggy, asked(slug, piggy)) is Verdict.NOT_DONE


# --- Deleting ----------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", DELETES)
def test_it_is_named_before_and_after_it_is_gone(slug, sandbox, piggy):
    action = action_of(slug)
    name = action.name_of(action.find(piggy, keys_of(slug)))
    _browser, page = do(slug)
    entry = Entry.objects.get()
    assert entry.preview["name"] == name
    assert f"Deleted: “{name}” is gone" in page
    assert name in action.sentence(Matter(entry.data, entry.preview)).told("Daan", entry.state)
    assert verdict_of(slug, piggy, entry.data) is Verdict.DONE


@pytest.mark.parametrize(("seconds", "verdict"), [(3600, Verdict.UNDECIDED), (0, Verdict.NOT_DONE)])
@pytest.mark.parametrize("slug", DELETES)
def test_what_is_still_there_may_still_go(slug, seconds, verdict, piggy, settings):
    settings.PIGGY_LATE_SECONDS = seconds
    assert verdict_of(slug, piggy, asked(slug, piggy)) is verdict


@pytest.mark.parametrize("slug", [*UPDATES, *DELETES])
def test_what_is_not_there_is_told(slug, sandbox):
    action, browser = action_of(slug), signed_in(person(action_of(slug).role))
    nothing = dict.fromkeys(action.keys, "c0ffee00-0000-4000-8000-00000000dead")
    page = browser.post(f"/actions/{slug}/", SAMPLES[slug] | nothing).content.decode()
    assert "data-error-summary" in page
    assert not Entry.objects.exists()


# --- Filled in again ---------------------------------------------------------------------------


@pytest.mark.parametrize("slug", [*CREATES, *UPDATES, *DELETES])
def test_what_was_asked_can_be_filled_in_again(slug, piggy):
    data = asked(slug, piggy)
    entry = make_entry(EntryState.REJECTED, slug=slug, data=data)
    again = action_of(slug).form_class(action_of(slug).form_data(entry), piggy=piggy)
    assert again.is_valid(), again.errors
    assert filled(again.action_data) == filled(data)


def test_values_are_said_as_people_read_them():
    assert list(map(said, [True, False, "tea"])) == ["Yes", "No", "tea"]
    assert said([{"label": "One", "value": "1"}, {"external_identifier": "TEA"}]) == "One, TEA"
    assert (said({}), said(None)) == ("", "")
    field = action_of("create-perk").form_class.base_fields["data_type"]
    assert said("boolean", field) == "Yes or no"
