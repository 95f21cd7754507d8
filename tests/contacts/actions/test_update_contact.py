"""Changing a contact: what is sent, what is refused, and what the ledger keeps of it."""

import json
from typing import Any

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import services
from piggyadmin.contacts.actions.create_contact_attribute import DATA_TYPES, WITH_OPTIONS
from piggyadmin.contacts.types import FullContact
from piggyadmin.ledger import reconciliation, snapshots
from piggyadmin.ledger.models import Entry, EntryState, Event, Snapshot
from piggyadmin.ledger.operations import Verdict
from piggyadmin.ledger.retention import forget_contact
from piggyadmin.reference.cached import forget
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.actions.test_views import text
from tests.drawn import DrawnForm
from tests.ledger.making import make_entry, verdict

pytestmark = pytest.mark.django_db


URL = "/actions/update-contact/"


SAMPLE = SAMPLES["update-contact"]


ACTION = get_action("update-contact")


def values(sandbox):
    return sandbox.api("GET", f"contacts/{seed.MIRA_UUID}")["current_values"]


def test_look_up_fills_the_form(staff, sandbox):
    page = text(staff.post(URL, {"step": "look_up", "contact_uuid": "CARD-0001"}))
    assert 'name="firstname" value="Mira"' in page
    assert 'name="birthdate" value="1991-05-14"' in page
    assert 'value="oat_latte" selected' in page
    assert f'value="{seed.MIRA_UUID}"' in page
    assert "readonly" in page


def test_sends_just_what_changed(staff, sandbox):
    sent = {
        "contact_uuid": seed.MIRA_UUID,
        "firstname": "Mira",
        "lastname": "Jansen-Smit",
        "birthdate": "1991-05-14",
    }
    page = text(staff.post(URL, sent, follow=True))
    assert "Saved: Last name." in page
    assert values(sandbox)["lastname"] == "Jansen-Smit"
    assert Entry.objects.get().data["attributes"] == ["lastname"]


def test_the_ledger_itself_keeps_no_values(staff, sandbox):
    staff.post(URL, SAMPLE)
    entry = Entry.objects.get()
    kept = json.dumps([entry.data, entry.preview, list(Event.objects.values_list("detail"))])
    assert SAMPLE["phonenumber"] not in kept
    assert "Mira" not in kept
    assert snapshots.data_of(entry)["attributes"]["phonenumber"] == SAMPLE["phonenumber"]
    assert set(Snapshot.objects.values_list("contact_uuid", flat=True)) == {seed.MIRA_UUID}


def test_nothing_different_is_told(staff, sandbox):
    page = text(staff.post(URL, {"contact_uuid": seed.MIRA_UUID, "firstname": "Mira"}))
    assert "Nothing is different from what Piggy has." in page
    assert sandbox.calls("PUT") == []


def test_emptying_is_refused_beside_its_field(staff, sandbox):
    sent = {"contact_uuid": seed.MIRA_UUID, "firstname": "", "lastname": "Smit"}
    page = text(staff.post(URL, sent))
    assert "Piggy offers no way to empty this." in page
    assert 'value="Smit"' in page
    assert sandbox.calls("PUT") == []


def test_system_values_are_no_fields(staff, sandbox):
    sent = {"contact_uuid": seed.MIRA_UUID, "firstname": "Mirjam", "loyalty_balance": "9999"}
    staff.post(URL, sent)
    assert values(sandbox)["loyalty_balance"] == 120
    assert values(sandbox)["firstname"] == "Mirjam"


def test_same_again_sends_nothing(staff, sandbox):
    staff.post(URL, SAMPLE)
    assert "Nothing is different" in text(staff.post(URL, SAMPLE))
    assert len(sandbox.calls("PUT")) == 1


def test_changed_by_somebody_else_right_before(piggy, sandbox):
    form = ACTION.form_class(SAMPLE, piggy=piggy)
    assert form.is_valid()
    attributes = {"phonenumber": SAMPLE["phonenumber"], "favourite_drink": "coffee"}
    sandbox.api("PUT", f"contacts/{seed.MIRA_UUID}", json={"attributes": attributes})
    result = ACTION.perform(piggy, form.action_data)
    assert result.changed == ()
    assert len(sandbox.calls("PUT")) == 1


def lost(staff, sandbox) -> Entry:
    sandbox.faults({"kind": "drop_before", "method": "PUT"})
    staff.post(URL, SAMPLE)
    sandbox.faults()
    return Entry.objects.get()


def test_lost_answer_is_found_out(staff, sandbox, piggy):
    sandbox.faults({"kind": "drop_after", "method": "PUT"})
    staff.post(URL, SAMPLE)
    sandbox.faults()
    assert reconciliation.settle(piggy, Entry.objects.get()).verdict is Verdict.DONE
    assert Entry.objects.get().state is EntryState.SETTLED_DONE


def test_lost_request_can_be_sent_again_as_it_was(staff, sandbox, piggy, monkeypatch):
    entry = lost(staff, sandbox)
    assert ACTION.read_back(piggy, entry).verdict is Verdict.UNDECIDED
    monkeypatch.setattr("piggyadmin.contacts.actions.update_contact.has_settled", lambda *_: True)
    reconciliation.settle(piggy, entry)
    assert Entry.objects.get().state is EntryState.SETTLED_NOT_DONE
    staff.post(f"/ledger/{entry.submission_key}/again/")
    assert values(sandbox)["phonenumber"] == SAMPLE["phonenumber"]
    page = text(staff.get(f"{URL}?again={entry.submission_key}"))
    assert SAMPLE["phonenumber"] in page


def test_what_is_forgotten_cannot_be_found_out(staff, sandbox, piggy, monkeypatch):
    entry = lost(staff, sandbox)
    monkeypatch.setattr("piggyadmin.contacts.actions.update_contact.has_settled", lambda *_: True)
    forget_contact(entry, seed.MIRA_UUID)
    entry = Entry.objects.get()
    assert ACTION.read_back(piggy, entry).verdict is Verdict.UNDECIDED
    assert ACTION.form_data(entry) == {"contact_uuid": seed.MIRA_UUID}


def test_changed_again_by_somebody_is_left_to_a_person(staff, sandbox, piggy, monkeypatch):
    entry = lost(staff, sandbox)
    staff.post(URL, SAMPLE | {"phonenumber": "+31600000001"})
    monkeypatch.setattr("piggyadmin.contacts.actions.update_contact.has_settled", lambda *_: True)
    assert ACTION.read_back(piggy, entry).verdict is Verdict.UNDECIDED


def test_piggy_that_fails_while_the_form_is_made_is_told(staff, sandbox):
    sandbox.faults({"kind": "status", "status": 503, "path": "^contact-attributes$"})
    response = staff.post(URL, SAMPLE)
    assert 'role="alert"' in text(response)
    assert sandbox.calls("PUT") == []


def test_piggy_that_fails_while_values_are_read_is_told(staff, sandbox):
    sandbox.faults({"kind": "status", "status": 503, "path": f"^contacts/{seed.MIRA_UUID}$"})
    response = staff.post(URL, SAMPLE)
    assert 'role="alert"' in text(response)
    assert sandbox.calls("PUT") == []


def test_some_of_several_options_survive_being_asked_again(staff, sandbox, piggy, monkeypatch):
    sandbox.faults({"kind": "drop_before", "method": "PUT"})
    several = {"contact_uuid": seed.MIRA_UUID, "attribute_allergies": ["nuts", "soy"]}
    staff.post(URL, several)
    sandbox.faults()
    monkeypatch.setattr("piggyadmin.contacts.actions.update_contact.has_settled", lambda *_: True)
    entry = Entry.objects.get()
    reconciliation.settle(piggy, entry)
    staff.post(f"/ledger/{entry.submission_key}/again/")
    assert sorted(values(sandbox)["allergies"]) == ["nuts", "soy"]


@pytest.mark.parametrize("typed", ["0084-05-14", "2084-05-14"])
def test_a_birth_year_that_nobody_means_is_refused(typed, staff, sandbox):
    page = text(staff.post(URL, {"contact_uuid": seed.MIRA_UUID, "birthdate": typed}))
    assert "This cannot be right: enter a date from" in page
    assert sandbox.calls("PUT") == []


@pytest.mark.parametrize(("stored", "shown"), [("0084-05-14", "0084-05-14"), ("May 1991", "")])
def test_a_birth_date_that_was_not_touched_is_neither_sent_nor_refused(
    stored, shown, staff, sandbox, monkeypatch
):
    read = FullContact.values_of
    odd = lambda self, attributes: read(self, attributes) | {"birthdate": stored}  # noqa: E731
    monkeypatch.setattr(FullContact, "values_of", odd)
    page = staff.post(URL, {"step": "look_up", "contact_uuid": "CARD-0001"})
    assert f'name="initial-birthdate" value="{stored}"' in text(page)
    form = {
        "contact_uuid": seed.MIRA_UUID,
        "birthdate": shown,
        "initial-birthdate": stored,
        "lastname": "Smit",
    }
    assert "Saved: Last name." in text(staff.post(URL, form, follow=True))
    assert values(sandbox)["birthdate"].startswith("1991-05-14")


def test_another_contact_proves_nothing(piggy, monkeypatch, later):
    data = {"contact_uuid": seed.MIRA_UUID, "attributes": {"firstname": "Noor"}}
    entry = make_entry(EntryState.UNKNOWN, slug="update-contact", data=data, contact=seed.MIRA_UUID)
    other = FullContact(uuid="other", current_values={"firstname": "Noor"})
    monkeypatch.setattr(services, "get_full_contact", lambda *_, **__: other)
    assert verdict(piggy, entry) is Verdict.UNDECIDED


# By kind of attribute: values that cannot be typed, or that no field takes as they are.
ODD: dict[str, list[Any]] = {
    "text": ["a\x07b", "x" * 300, " padded ", "two\nlines", ["a", "b"], {"a": 1}, "\u200bunseen"],
    "long_text": ["a\x07b", "x" * 20_000, "two\r\nlines\n", "\nfirst"],
    "rich_text": ["<p>a\x07b</p>"],
    "url": ["not a\nurl"],
    "color": ["#12"],
    "identifier": ["CARD\u200b1", "a\x07b"],
    "license_plate": ["x" * 300],
    "phone": ["x" * 300, "+31 6\n1"],
    "email": ["not an address", "Mira <mira@example.test>", "a@b", " a@b.test"],
    "number": ["12.5", 12.5, "1.234", "ten", 10**15, "1e3", True],
    "float": ["ten", "1.234,5,6", "NaN", 10**15, "1e400"],
    "boolean": ["maybe", "1", "True", 0],
    "select": ["gone", "Oat", ["gone"]],
    "multi_select": ["gone", ["gone", "oat"], ["Oat"], "oat;gone", [1, 2]],
    "date": ["May 1991", "0084-05-14", "14-05-1991"],
    "birth_date": ["May 1991", "2084-01-01"],
    "date_time": ["soon", "2030-13-01T10:00", "0026-01-01T00:00:00+00:00"],
    "date_range": ["2030"],
    "time_range": ["ten"],
    "file_upload": ["https://example.test/a.pdf"],
    "media_upload": ["x"],
}
CASES = [(kind, value) for kind, several in ODD.items() for value in several]


def test_every_kind_has_odd_values():
    assert set(ODD) == set(DATA_TYPES)


@pytest.fixture
def stored(sandbox, monkeypatch):
    """Have attributes of kinds, for each of which Piggy has a value that it would not take."""

    def store(*cases):
        options = [{"label": "Oat", "value": "oat"}, {"label": "Soy", "value": "soy"}]
        for number, (kind, _value) in enumerate(cases):
            given = {"name": f"odd_{number}", "label": f"Odd {number}", "data_type": kind}
            given |= {"options": options} if kind in WITH_OPTIONS else {}
            sandbox.api("POST", "contact-attributes", json=given)
        forget()
        read = FullContact.values_of
        odd = {f"odd_{number}": value for number, (_kind, value) in enumerate(cases)}
        monkeypatch.setattr(FullContact, "values_of", lambda *asked: read(*asked) | odd)

    return store


def test_what_was_not_touched_is_neither_sent_nor_refused(staff, sandbox, stored):
    stored(*CASES)
    page = staff.post(URL, {"step": "look_up", "contact_uuid": "CARD-0001"})
    sent = DrawnForm(text(page).partition('id="action"')[2]).sent
    assert sum(name.startswith("attribute_odd_") for name in sent) > len(CASES) * 0.8
    sent["lastname"] = ["Smit"]
    saved = text(staff.post(URL, sent, follow=True))
    assert "Saved: Last name." in saved
    (call,) = sandbox.calls("PUT")
    assert "odd" not in json.dumps(call)


def test_it_is_neither_when_the_form_comes_back_for_another_reason(staff, stored):
    stored(*CASES)
    page = staff.post(URL, {"step": "look_up", "contact_uuid": "CARD-0001"})
    sent = DrawnForm(text(page).partition('id="action"')[2]).sent
    sent["birthdate"] = ["2084-01-01"]
    refused = text(staff.post(URL, sent))
    assert "Please check one thing." in refused
    again = DrawnForm(refused.partition('id="action"')[2]).sent
    again["birthdate"] = ["1991-05-15"]
    assert "Saved: Date of birth." in text(staff.post(URL, again, follow=True))


@pytest.mark.parametrize(
    ("kind", "value", "typed"),
    [
        ("number", "12.5", "12,5"),
        ("email", "not an address", "not an address either"),
        ("text", "a\x07b", "a\x07c"),
        ("date", "May 1991", "0084-05-14"),
        ("boolean", "true", ""),
        ("select", "oat", ""),
    ],
)
def test_what_was_touched_is_looked_at(kind, value, typed, staff, sandbox, stored):
    stored((kind, value))
    page = staff.post(URL, {"step": "look_up", "contact_uuid": "CARD-0001"})
    sent = DrawnForm(text(page).partition('id="action"')[2]).sent
    sent["attribute_odd_0"] = [typed]
    assert "Please check one thing." in text(staff.post(URL, sent))
    assert sandbox.calls("PUT") == []


def drawn(staff) -> str:
    page = staff.post(URL, {"step": "look_up", "contact_uuid": "CARD-0001"})
    return text(page).partition('id="action"')[2]


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("select", "gone", ["gone"]),
        ("multi_select", ["gone", "oat"], ["gone", "oat"]),
        ("multi_select", "oat;<b>", ["<b>", "oat"]),
    ],
)
def test_an_option_that_is_no_more_is_shown_and_named(kind, value, kept, staff, sandbox, stored):
    stored((kind, value))
    form = drawn(staff)
    gone = "&lt;b&gt;" if "<b>" in kept else "gone"
    assert form.count(f"{gone} (no longer offered)") == 1
    assert "Oat (no longer offered)" not in form
    assert sorted(DrawnForm(form).sent["attribute_odd_0"]) == kept


def test_an_option_that_is_no_more_goes_when_another_is_chosen(staff, sandbox, stored):
    stored(("select", "gone"))
    sent = DrawnForm(drawn(staff)).sent | {"attribute_odd_0": ["soy"]}
    assert "Saved: odd_0." in text(staff.post(URL, sent, follow=True))
    assert '"soy"' in json.dumps(sandbox.api("GET", f"contacts/{seed.MIRA_UUID}"))


def test_an_option_that_is_no_more_stays_beside_one_that_is_added(staff, sandbox, stored):
    stored(("multi_select", ["gone", "oat"]))
    sent = DrawnForm(drawn(staff)).sent
    sent["attribute_odd_0"] = [*sent["attribute_odd_0"], "soy"]
    refused = text(staff.post(URL, sent | {"birthdate": ["2084-01-01"]}))
    assert refused.count("gone (no longer offered)") == 1
    again = DrawnForm(refused.partition('id="action"')[2]).sent
    assert sorted(again["attribute_odd_0"]) == ["gone", "oat", "soy"]


def test_each_value_that_was_asked_is_told_of(piggy, sandbox, later):
    known = {"firstname": "Mira", "lastname": "Smit"}
    data = {"contact_uuid": seed.MIRA_UUID, "attributes": known}
    entry = make_entry(EntryState.UNKNOWN, slug=ACTION.slug, data=data, contact=seed.MIRA_UUID)
    finding = ACTION.read_back(piggy, entry)
    assert finding.verdict is Verdict.NOT_DONE
    told = [(each.what, each.value, each.fits) for each in finding.evidence]
    assert told == [
        ("First name", "as it was asked", True),
        ("Last name", "something else", False),
    ]
    sandbox.api("PUT", f"contacts/{seed.MIRA_UUID}", json={"attributes": {"lastname": "Smit"}})
    finding = ACTION.read_back(piggy, entry)
    assert (finding.verdict, finding.result.changed) == (Verdict.DONE, ("firstname", "lastname"))
    assert [each.fits for each in finding.evidence] == [True, True]


def test_what_a_later_change_does_not_explain_was_not_done(piggy, later):
    data = {"contact_uuid": seed.MIRA_UUID, "attributes": {"firstname": "Noor"}}
    entry = make_entry(EntryState.UNKNOWN, slug=ACTION.slug, data=data, contact=seed.MIRA_UUID)
    other = data | {"attributes": {"lastname": "Smit"}}
    make_entry(EntryState.DONE, slug=ACTION.slug, data=other, contact=seed.MIRA_UUID)
    assert verdict(piggy, entry) is Verdict.NOT_DONE


def test_it_is_the_same_whatever_is_changed_of_the_same_contact(piggy):
    contact = services.get_contact(piggy, contact_uuid=seed.MIRA_UUID)
    assert ACTION.deduplication_data({"contact_uuid": contact}) == [seed.MIRA_UUID]


def test_only_what_differs_is_written_and_told(piggy, sandbox):
    contact = services.get_contact(piggy, contact_uuid=seed.MIRA_UUID)
    wanted = {"firstname": "Mira", "lastname": "Smit"}
    updated = ACTION.perform(piggy, {"contact_uuid": contact, "attributes": wanted})
    assert (updated.changed, updated.labels) == (("lastname",), ["Last name"])
    assert (updated.contact.uuid, updated.contact.lastname) == (seed.MIRA_UUID, "Smit")


def test_a_page_that_leads_to_one_attribute_asks_for_it_alone(piggy):
    def fields(only):
        given = {"contact_uuid": seed.MIRA_UUID, "only": only}
        form: Any = ACTION.form_class(given, piggy=piggy)
        return set(form.attributes)

    assert fields("birthdate") == {"birthdate"}
    assert {"firstname", "birthdate"} <= fields("no-such") == fields("")


def test_a_number_is_filled_in_again_as_it_was_typed(piggy):
    data = {"contact_uuid": seed.MIRA_UUID, "attributes": {"firstname": "Mo", "height": 1.5}}
    entry = make_entry(slug=ACTION.slug, data=data, contact=seed.MIRA_UUID)
    assert ACTION.form_data(entry) == {
        "contact_uuid": seed.MIRA_UUID,
        "firstname": "Mo",
        "attribute_height": "1.5",
    }
