"""Making contacts by their addresses; what serves as proof of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import likely, services
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.piggy import clock
from piggyadmin.piggy.errors import Maintenance
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.actions.test_views import text
from tests.ledger.making import make_entry, somebody, verdict

pytestmark = pytest.mark.django_db
URL = "/actions/create-contact/"
NEW = "somebody.new@example.test"
CREATE = get_action("create-contact")


def lost(email: str = NEW) -> Entry:
    data = {"email": email, "referral_code": ""}
    return make_entry(EntryState.UNKNOWN, slug=CREATE.slug, data=data)


def test_a_contact_is_made_and_what_follows_is_offered(staff, sandbox):
    page = text(staff.post(URL, SAMPLES[CREATE.slug], follow=True))
    made = sandbox.api("GET", "contacts/find-one-by", params=SAMPLES[CREATE.slug])
    assert f"/contacts/{made['uuid']}/" in page
    assert f"/actions/update-contact/?contact_uuid={made['uuid']}" in page
    assert f"/actions/create-contact-identifier/?contact_uuid={made['uuid']}" in page
    assert "email" in Entry.objects.get().data
    assert SAMPLES[CREATE.slug]["email"] not in str(Entry.objects.get().data)


def test_a_taken_address_leads_to_whose_it_is(admin, sandbox):
    page = text(admin.post(URL, {"email": seed.MIRA_EMAIL.upper()}))
    assert "This is somebody&#x27;s already. Nothing was sent." in page
    assert "It belongs to" in page
    assert f'href="/contacts/{seed.MIRA_UUID}/"' in page
    assert f'href="/duplicates/compare/?first={seed.MIRA_UUID}"' in page
    assert sandbox.calls("POST") == []
    assert not Entry.objects.exists()


def test_who_may_not_merge_is_only_led_to_the_page(staff, sandbox):
    page = text(staff.post(URL, {"email": seed.MIRA_EMAIL}))
    assert f'href="/contacts/{seed.MIRA_UUID}/"' in page
    assert "Compare and merge" not in page


def test_what_is_no_address_is_looked_for_nowhere(piggy, sandbox):
    form: Any = CREATE.form_class({"email": "no address"}, piggy=piggy)
    assert list(form.errors) == ["email"]
    assert sandbox.calls() == []


def test_where_piggy_does_not_tell_whose_an_address_is_nobody_is_made(piggy, sandbox):
    sandbox.faults({"kind": "status", "status": 503})
    form: Any = CREATE.form_class({"email": NEW}, piggy=piggy)
    with pytest.raises(Maintenance):
        form.is_valid()
    assert not form.errors


@pytest.mark.parametrize(("probability", "how"), [(0.5, "Probably"), (0.49, "Perhaps")])
@pytest.mark.parametrize(
    ("known", "name"),
    [({"firstname": "Mira", "lastname": "Jansen"}, "Mira Jansen"), ({}, seed.MIRA_EMAIL)],
)
def test_who_may_be_the_same_is_asked_about(piggy, monkeypatch, probability, how, known, name):
    """By the name, or else by the address; a yes to it lets the new one be made."""
    mira = Contact(uuid=seed.MIRA_UUID, email=seed.MIRA_EMAIL, **known)
    found = likely.LikelyContact(mira, probability)
    monkeypatch.setattr(likely, "finders", [lambda email, owner: found if email == NEW else None])
    form: Any = CREATE.form_class({"email": NEW}, piggy=piggy)
    assert form.errors == {"email": [f"{how} the same as {name}. Is this somebody else?"]}
    assert form.other == mira
    assert CREATE.form_class({"email": NEW, "agreed_email": NEW}, piggy=piggy).is_valid()


def test_the_code_of_who_brought_them_goes_along(piggy, monkeypatch):
    asked = []

    def create(_piggy, **given):
        asked.append(given)
        return "u1"

    monkeypatch.setattr(services, "create_contact", create)
    for code in ("FRIEND", ""):
        CREATE.perform(piggy, {"email": NEW, "referral_code": code})
    assert [each["referral_code"] for each in asked] == ["FRIEND", None]


def test_one_that_is_there_since_then_is_it(piggy, sandbox):
    entry = lost()
    made = services.create_contact(piggy, email=NEW)
    finding = CREATE.read_back(piggy, entry)
    assert (finding.verdict, finding.result.uuid) == (Verdict.DONE, made)
    assert finding.words == "Piggy has this customer, made at that time."


def test_one_that_was_made_long_before_is_not(piggy, monkeypatch):
    entry = lost()
    before = Contact(uuid="c1", email=NEW, created_at=datetime.now(UTC) - timedelta(days=1))
    monkeypatch.setattr(services, "find_contact_by_email", lambda *_, **__: before)
    finding = CREATE.read_back(piggy, entry)
    assert finding.verdict is Verdict.NOT_DONE
    assert finding.words == "Somebody else has made this customer."


def test_one_that_another_entry_has_made_is_not(piggy, sandbox, staff):
    entry = lost(SAMPLES[CREATE.slug]["email"])
    wish = {"again": "on", "repeat_of": str(entry.submission_key)}
    staff.post(URL, SAMPLES[CREATE.slug] | wish)
    assert Entry.objects.count() == 2
    assert verdict(piggy, entry) is Verdict.NOT_DONE


def test_what_another_one_may_have_asked_for_too_is_left_to_a_person(piggy, sandbox):
    first = lost()
    data = {"email": NEW, "referral_code": ""}
    wish = {"person": somebody("joris"), "repeat_of": first.submission_key}
    make_entry(EntryState.UNKNOWN, slug=CREATE.slug, data=data, **wish)
    services.create_contact(piggy, email=NEW)
    assert verdict(piggy, first) is Verdict.UNDECIDED


def test_without_knowing_since_when_a_person_decides(piggy, monkeypatch):
    entry = lost()
    nameless = Contact(uuid="c1", email=NEW)
    monkeypatch.setattr(services, "find_contact_by_email", lambda *_, **__: nameless)
    assert verdict(piggy, entry) is Verdict.UNDECIDED


def test_moments_of_clocks_that_are_far_apart_prove_nothing(piggy, monkeypatch):
    entry = lost()
    services.create_contact(piggy, email=NEW)
    far = clock.Difference(timedelta(hours=1), timedelta(hours=1))
    monkeypatch.setattr("piggyadmin.contacts.creation.difference", lambda _account: far)
    assert verdict(piggy, entry) is Verdict.UNDECIDED


def test_what_is_not_there_yet_may_still_come(piggy):
    finding = CREATE.read_back(piggy, lost())
    assert finding.verdict is Verdict.UNDECIDED
    assert finding.words == "Piggy has no such customer yet. It may still be at it."


def test_what_did_not_come_is_not_done(piggy, later):
    assert verdict(piggy, lost()) is Verdict.NOT_DONE


def test_an_address_that_is_no_longer_kept_is_not_looked_for(piggy, monkeypatch):
    module = "piggyadmin.contacts.actions.create_contact"
    monkeypatch.setattr(f"{module}.data_of", lambda _entry: {"email": True})
    finding = CREATE.read_back(piggy, lost())
    assert finding.words == "The address that was typed is no longer kept."
