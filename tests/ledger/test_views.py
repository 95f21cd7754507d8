"""The ledger's pages: who sees what, filters, paging, CSV, settling and sending again."""

import csv
import html
import io
import re
from urllib.parse import unquote
from uuid import UUID

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.contacts.types import Contact
from piggyadmin.credits.actions.create_credit_reception import CreditsToGive
from piggyadmin.desk import views as desk
from piggyadmin.ledger import (
    appending,
    entries,
    filters,
    following,
    hash_chain,
    operations,
    reads,
    reconciliation,
)
from piggyadmin.ledger.filters import PAGE
from piggyadmin.ledger.models import (
    Entry,
    EntryState,
)
from piggyadmin.ledger.operations import Progress
from piggyadmin.ledger.subjects import SubjectDirectory
from piggyadmin.ledger.verification import verify
from piggyadmin.piggy.client import piggy_client
from piggyadmin.request_log.models import LoggedCall
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.duplicates.pairs import make_contact
from tests.ledger.making import make_entry, somebody
from tests.ledger.reading import main_of

pytestmark = pytest.mark.django_db
CREDITS = "create-credit-reception"


def url(entry, rest=""):
    return f"/ledger/{entry.submission_key}/{rest}"


def text(response):
    return response.content.decode()


def unknown_credits(number=25):
    data = {
        "contact_uuid": Contact(uuid=seed.MIRA_UUID),
        "shop_uuid": seed.AMSTERDAM_UUID,
        "credits": number,
        "unit_value": None,
        "unit_name": "",
    }
    preview = CreditsToGive(
        contact=data["contact_uuid"],
        shop_name="Amsterdam",
        unit_label="",
        gives=number,
        is_calculated=False,
        balance=120,
    )
    return make_entry(
        EntryState.UNKNOWN, slug=CREDITS, data=data, preview=preview, reason="Goodwill"
    )


def test_list_is_for_those_of_the_ledger(auditor, admin, staff):
    entry = make_entry(EntryState.DONE)
    for client in (auditor, admin):
        assert url(entry) in text(client.get("/ledger/"))
    assert staff.get("/ledger/").status_code == 403
    assert staff.get("/ledger/csv/").status_code == 403
    assert staff.get(url(entry)).status_code == 403
    assert auditor.get(url(entry)).status_code == 200


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 3),
        ("action=create-credit-reception", 1),
        ("entity=contacts", 2),
        ("state=done", 2),
        ("state=unknown", 1),
        ("contact_uuid=c1", 1),
        ("reason=Goodwill", 1),
        ("since=2020-01-01", 3),
        ("until=2020-01-01", 0),
        ("state=done&entity=contacts", 1),
        ("after=nonsense", 3),
        ("after=2030-01-01T00:00:00%2B00:00~5", 3),
    ],
)
def test_filters(auditor, query, number):
    data = {"credits": 1, "unit_value": None}
    make_entry(EntryState.DONE, slug=CREDITS, data=data, contact="c1", reason="Goodwill")
    make_entry(EntryState.DONE)
    make_entry(EntryState.UNKNOWN, number=1)
    response = auditor.get(f"/ledger/?{query}", follow=True)
    assert len(response.context["rows"]) == number
    file = b"".join(auditor.get(f"/ledger/csv/?{query}", follow=True)).decode()
    assert len([*csv.reader(io.StringIO(file))]) - 1 == number


@pytest.mark.parametrize("wrong", ["since=nonsense", "since=0001-01-01", "until=9999-12-31"])
def test_a_filter_that_makes_no_sense_leaves_nothing_and_makes_no_file(auditor, wrong):
    make_entry(EntryState.DONE)
    page = text(auditor.get(f"/ledger/?{wrong}"))
    assert "correct the filter first" in page
    assert auditor.get(f"/ledger/csv/?{wrong}")["Location"] == f"/ledger/?{wrong}"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("/ledger/", "Nothing yet. Whatever is changed stands here from then on."),
        ("/ledger/look-ups/", "Nobody has looked at a customer yet."),
    ],
)
def test_only_where_there_is_nothing_at_all_is_it_the_first_use(auditor, page, words):
    assert words in text(auditor.get(page))
    for query in ("since=2030-01-01", "after=2020-01-01T00:00:00%2B00:00~5"):
        narrowed = text(auditor.get(f"{page}?{query}"))
        assert words not in narrowed
        assert "Show everything" in narrowed


@pytest.mark.parametrize("query", ["since=nonsense", "since=2026-12-03&until=2026-12-02"])
def test_a_wrong_filter_is_not_told_as_if_there_were_nothing(auditor, query):
    told = text(auditor.get(f"/ledger/?{query}"))
    assert "Nothing: correct the filter first." in told
    assert "Nothing like this" not in told
    assert "Nothing yet" not in told


def test_filter_by_contact_takes_what_one_has(auditor, sandbox):
    mira = make_entry(EntryState.DONE, contact=seed.MIRA_UUID)
    make_entry(EntryState.DONE, number=1)
    for known_by in (seed.MIRA_UUID, seed.MIRA_EMAIL, "CARD-0001"):
        response = auditor.post("/ledger/", {"contact_uuid": known_by}, follow=True)
        assert url(mira) in text(response)
        assert len(response.context["rows"]) == 1
    response = auditor.post("/ledger/", {"contact_uuid": "nobody@example.test"}, follow=True)
    assert "correct the filter first" in text(response)
    assert 'value="nobody@example.test"' in text(response)


def filtered_by(client, customer):
    return client.post("/ledger/", {"contact_uuid": customer}, follow=True)


def test_filter_by_contact_takes_a_name_that_only_one_has(auditor, sandbox):
    mira = make_entry(EntryState.DONE, contact=seed.MIRA_UUID)
    make_entry(EntryState.DONE, number=1)
    named = {"search_text": " mira jansen "}
    make_contact("Mira Jansen", uuid=seed.MIRA_UUID, **named)
    response = filtered_by(auditor, "mira jans")
    assert url(mira) in text(response)
    assert len(response.context["rows"]) == 1
    make_contact("Mira Jansen", **named)
    page = filtered_by(auditor, "mira jansen")
    assert "If this is a name" in text(page)
    assert 'form="search-form"' in page.content.decode()
    assert "Search for “mira jansen”" in text(page)
    assert "If this is a name" not in text(filtered_by(auditor, "nobody@example.test"))


def test_paging_and_files_go_on_with_a_filter_that_stands_in_no_address(
    auditor, sandbox, monkeypatch
):
    monkeypatch.setattr(filters, "PAGE", 1)
    entries = [make_entry(EntryState.DONE, contact=seed.MIRA_UUID, number=n) for n in range(2)]
    make_entry(EntryState.DONE, number=9)
    response = auditor.post("/ledger/", {"contact_uuid": seed.MIRA_EMAIL}, follow=True)
    links = [
        html.unescape(each) for each in re.findall(r'href="([^"]*stored=[^"]*)"', text(response))
    ]
    older, file = (next(each for each in links if word in each) for word in ("after=", "/csv/"))
    assert url(entries[0]) in text(auditor.get(older))
    assert len(b"".join(auditor.get(file)).splitlines()) == 3
    asked_for = [response.redirect_chain[-1][0], *links]
    assert not [each for each in asked_for if "example.test" in unquote(each)]


def test_filter_by_person_is_told_in_words(auditor):
    make_entry(EntryState.DONE)
    make_entry(EntryState.DONE, number=1, person=somebody("boris"))
    page = text(auditor.get(f"/ledger/?person={User.objects.get(username='boris').pk}"))
    assert "Only this, newest first: Person: Boris." in page
    assert "Everything, newest first" in text(auditor.get("/ledger/"))


def test_filter_knows_what_is_gone(auditor, monkeypatch):
    """Rows outlive people, actions and reasons, and are found by them all the same."""
    gone = somebody("gone")
    make_entry(EntryState.DONE, person=gone, reason="Once upon a time")
    make_entry(EntryState.DONE, number=1)
    pk = gone.pk
    gone.groups.clear()
    # As people could be deleted once.
    User.objects.filter(pk=pk)._raw_delete("default")
    monkeypatch.delitem(operations._operations, "create-contact-attribute")
    page = text(auditor.get("/ledger/"))
    for choice in (f'value="{pk}">Gone', "Once upon a time", 'value="create-contact-attribute"'):
        assert choice in page
    for query in (f"person={pk}", "reason=Once+upon+a+time"):
        response = auditor.get(f"/ledger/?{query}")
        assert (len(response.context["rows"]), response.status_code) == (1, 200)
    assert "Person: Gone." in text(auditor.get(f"/ledger/?person={pk}"))
    assert len(auditor.get("/ledger/?action=create-contact-attribute").context["rows"]) == 2


def test_pages_hold_everything_once(auditor):
    keys = {str(make_entry(number=number).submission_key) for number in range(PAGE + 5)}
    first = text(auditor.get("/ledger/"))
    older = first.split("after=")[1].split('"')[0]
    second = text(auditor.get(f"/ledger/?after={older}"))
    on_first = {key for key in keys if key in first}
    on_second = {key for key in keys if key in second}
    assert (len(on_first), on_first & on_second, on_first | on_second) == (PAGE, set(), keys)
    assert "Older" in first
    assert "Older" not in second


def test_csv_asks_the_database_by_chunks(auditor, django_assert_max_num_queries):
    for number in range(20):
        make_entry(EntryState.DONE, number=number, contact=f"c{number}")
    response = auditor.get("/ledger/csv/")
    with django_assert_max_num_queries(6):
        lines = b"".join(response).decode().splitlines()
    assert len(lines) == 21
    assert all("contact c" in line for line in lines[1:])


def test_csv_is_harmless_in_a_spreadsheet(auditor):
    make_entry(EntryState.DONE, comment="=HYPERLINK(1)")
    lines = b"".join(auditor.get("/ledger/csv/")).decode()
    assert "'=HYPERLINK(1)" in lines


def test_desk_tells_what_needs_attention(staff, support):
    entry = unknown_credits()
    assert url(entry) in text(staff.get("/"))
    assert "Needs attention" not in text(support.get("/"))


def test_desk_tells_what_is_known_and_when_there_is_more(staff, sandbox, monkeypatch):
    entry = unknown_credits()
    reconciliation.settle(piggy_client(), entry)
    assert "Piggy has no such reception yet" in text(staff.get("/"))
    monkeypatch.setattr(desk, "MOST_ATTENTION", 1)
    assert "more of this than can be shown" not in text(staff.get("/"))
    another = {"credits": 7, "unit_value": None}
    make_entry(EntryState.UNKNOWN, slug=CREDITS, data=another, contact="c1")
    assert "more of this than can be shown" in text(staff.get("/"))


def test_a_surprise_stays_on_the_desk_until_somebody_has_looked(staff, admin):
    entry = make_entry(EntryState.DONE)
    progress = Progress(finished=True, as_expected=False, words="Credits are missing.")
    following.follow_up(entry, progress)
    hash_chain.rebuild(set())
    assert url(entry) in text(admin.get("/"))
    assert "Credits are missing." in text(admin.get("/"))
    assert url(entry) not in text(staff.get("/"))  # not an action of theirs
    assert "Credits are missing." in text(admin.get(url(entry)))
    assert "required" in text(admin.post(url(entry, "acknowledge/"), {"comment": ""})).lower()
    for comment in ("Booked by hand.", "Pressed twice."):
        admin.post(url(entry, "acknowledge/"), {"comment": comment})
    hash_chain.rebuild(set())
    assert url(entry) not in text(admin.get("/")).split("recent-work")[0]
    detail = entry.events.get(kind="acknowledged").detail
    assert (detail["person_name"], detail["comment"]) == ("Admin", "Booked by hand.")
    assert list(verify()) == []


def test_acknowledging_is_done_on_the_entry_itself(admin, staff):
    entry = make_entry(EntryState.DONE)
    assert admin.get(url(entry, "acknowledge/")).url == url(entry)
    assert staff.post(url(entry, "acknowledge/"), {"comment": "Mine."}).status_code == 403


def test_an_action_that_is_gone_leaves_its_entries_readable(staff, admin, monkeypatch):
    entry = make_entry(EntryState.UNKNOWN, person=User.objects.get(username="admin"))
    monkeypatch.delitem(operations._operations, entry.action)
    assert "can no longer do this" in reconciliation.look(piggy_client(), entry).words
    assert admin.get(url(entry)).status_code == 200
    _before, _heading, attention = text(admin.get("/")).partition('id="attention"')
    assert url(entry) in attention.split("<h2")[0]
    assert url(entry) not in text(staff.get("/"))


def test_entry_shows_the_whole_story(auditor):
    entry = make_entry(EntryState.REJECTED, comment="Spilt coffee.")
    page = text(auditor.get(url(entry)))
    for word in ("Spilt coffee.", entry.trace_id, "Intended", "Sent", "Rejected"):
        assert word in page


def test_entry_shows_its_calls_to_those_who_may_see_them(auditor, staff):
    entry = make_entry(EntryState.DONE, slug="create-booking", person=somebody())
    LoggedCall.objects.create(
        at=entry.created_at,
        method="POST",
        path="credit-receptions",
        seconds=0.1,
        attempt=1,
        entry_id=entry.pk,
    )
    assert "POST credit-receptions" in text(auditor.get(url(entry)))
    assert "POST credit-receptions" not in text(staff.get(url(entry)))


def test_entry_that_needs_a_worker_says_so_where_there_is_none(auditor):
    words = "Nobody is doing the background work"
    entry = make_entry(EntryState.UNKNOWN)
    assert words in text(auditor.get(url(entry)))
    appending.append(entry, EntryState.SETTLED_DONE)
    assert words not in text(auditor.get(url(entry)))


def test_look_finds_it_not_done(staff, sandbox, settings):
    entry = unknown_credits()
    staff.post(url(entry, "look/"))
    assert entries.reread(entry).state == EntryState.UNKNOWN  # too early to be certain
    settings.PIGGY_LATE_SECONDS = 0
    staff.post(url(entry, "look/"))
    assert entries.reread(entry).state == EntryState.SETTLED_NOT_DONE


def test_look_finds_it_done(staff, sandbox):
    entry = unknown_credits()
    body = {"shop_uuid": seed.AMSTERDAM_UUID, "contact_uuid": seed.MIRA_UUID, "credits": 25}
    sandbox.api("POST", "credit-receptions", json=body)
    staff.post(url(entry, "look/"))
    entry = entries.reread(entry)
    assert entry.state == EntryState.SETTLED_DONE
    assert entry.events.get(kind="settled-done").detail["result"]["credits"] == 25
    assert "settled" in text(staff.get(f"/actions/{CREDITS}/{entry.submission_key}/")).lower() or (
        staff.get(f"/actions/{CREDITS}/{entry.submission_key}/").status_code == 403
    )


def test_where_two_fit_a_person_decides(staff, sandbox):
    entry = unknown_credits()
    body = {"shop_uuid": seed.AMSTERDAM_UUID, "contact_uuid": seed.MIRA_UUID, "credits": 25}
    for _ in range(2):
        sandbox.api("POST", "credit-receptions", json=body)
    staff.post(url(entry, "look/"))
    page = text(staff.get(url(entry)))
    assert "More than one answer fits" in page
    assert page.count("Transaction ") >= 2
    assert "required" in text(staff.post(url(entry, "decide/"), {"is_done": "yes"})).lower()
    staff.post(url(entry, "decide/"), {"is_done": "yes", "why": "The till says so."})
    detail = entry.events.get(kind="settled-done").detail
    assert (detail["by"], detail["person_name"], detail["why"]) == (
        "person",
        "Staff",
        "The till says so.",
    )
    assert len(detail["evidence"]) == 2
    assert list(verify()) == []


def test_a_secret_is_not_sent_for_where_it_cannot_be_shown(admin, sandbox):
    slug = "get-contact-auth-token"
    entry = make_entry(EntryState.SETTLED_NOT_DONE, slug=slug, contact=seed.MIRA_UUID, data={})
    response = admin.post(url(entry, "again/"), follow=True)
    assert response.redirect_chain[0][0] == f"/actions/{slug}/?again={entry.submission_key}"
    assert seed.MIRA_UUID in text(response)
    assert Entry.objects.count() == 1


def test_held_back_in_the_browser(staff, admin, sandbox):
    def give(client, **fields):
        checked = client.post(f"/actions/{CREDITS}/", SAMPLES[CREDITS])
        agreement = checked.context["agreement"]
        key = checked.context["submission_key"]
        typed = {"step": "confirm", "agreement": agreement, "submission_key": key}
        return client.post(f"/actions/{CREDITS}/", SAMPLES[CREDITS] | typed | fields)

    assert give(staff).status_code == 302
    held = give(admin)
    assert re.search(
        r"Staff gave mira\.jansen@example\.test 25 credits at Amsterdam, (just now|\d+ sec)",
        text(held),
    )
    assert len(sandbox.calls("POST", "credit-receptions")) == 1
    first = Entry.objects.get()
    assert give(admin, repeat_of=first.submission_key).status_code == 200
    assert give(admin, repeat_of=first.submission_key, again="yes").status_code == 302
    assert len(sandbox.calls("POST", "credit-receptions")) == 2


# --- Look-ups, and a contact by the ledger ----------------------------------------------------


# Other texts than UUIDs are kept out of the address of a list.
FIRST, OTHER = str(UUID(int=1)), str(UUID(int=2))


@pytest.fixture
def looked(db):
    """Two people who looked at two contacts."""
    for name, where, uuid in (
        ("sanne", "contact-page", FIRST),
        ("sanne", "get-contact-credit-balance", OTHER),
        ("daan", "peek", FIRST),
    ):
        reads.log_look_up(somebody(name), where, uuid)


@pytest.mark.parametrize(
    ("query", "contacts"),
    [
        ({}, [FIRST, OTHER, FIRST]),
        ({"contact_uuid": OTHER}, [OTHER]),
        ({"action": "peek"}, [FIRST]),
        ({"since": "2020-01-01", "until": "2020-01-02"}, []),
        ({"since": "nonsense"}, []),
        ({"after": "x"}, []),
    ],
)
def test_auditors_read_who_looked_at_whom(auditor, looked, query, contacts):
    response = auditor.get("/ledger/look-ups/", query)
    assert [row.contact_uuid for row, *_ in response.context["rows"]] == contacts


@pytest.mark.parametrize("named", [seed.MIRA_EMAIL, "CARD-0001", seed.MIRA_UUID.upper()])
def test_look_ups_of_a_contact_by_what_one_has_of_it(auditor, looked, sandbox, named):
    reads.log_look_up(somebody("daan"), "peek", seed.MIRA_UUID)
    response = auditor.get("/ledger/look-ups/", {"contact_uuid": named}, follow=True)
    assert [row.contact_uuid for row, *_ in response.context["rows"]] == [seed.MIRA_UUID]


def test_look_ups_of_one_person(auditor, looked):
    page = auditor.get("/ledger/look-ups/", {"person": somebody("daan").pk}).content.decode()
    assert "Only this, newest first: Person: Daan." in page
    assert FIRST in page
    assert OTHER not in page


def test_look_ups_are_told_by_names_of_pages_and_people(auditor, looked, monkeypatch):
    known = type("Known", (SubjectDirectory,), {"names": lambda *_: {FIRST: "Mira Jansen"}})
    monkeypatch.setattr("piggyadmin.ledger.views.directory", known)
    rows = auditor.get("/ledger/look-ups/").context["rows"]
    told = [(str(place), customer) for _row, place, customer in rows]
    assert told == [
        ("A form that asks for a customer", "Mira Jansen"),
        ("Look up a credit balance", ""),
        ("The customer's page", "Mira Jansen"),
    ]


def test_look_ups_page_by_page(auditor, looked, monkeypatch):
    monkeypatch.setattr("piggyadmin.ledger.views.LOOK_UPS_PER_PAGE", 2)
    first = auditor.get("/ledger/look-ups/", {"person": somebody("sanne").pk})
    assert first.context["following"] is None
    first = auditor.get("/ledger/look-ups/")
    following = auditor.get("/ledger/look-ups/", {"after": first.context["following"]})
    names = [row.person_name for page in (first, following) for row, *_ in page.context["rows"]]
    assert names == ["Daan", "Sanne", "Sanne"]


def test_a_contact_by_the_ledger(auditor, sandbox):
    entry = make_entry(EntryState.DONE, contact="uuid-1")
    other = make_entry(EntryState.DONE, number=2, contact="uuid-2")
    response = auditor.get("/contacts/uuid-1/", follow=True)
    assert response.redirect_chain == [("/ledger/contacts/uuid-1/", 302)]
    page = response.content.decode()
    assert str(entry.submission_key) in page
    assert str(other.submission_key) not in page
    assert sandbox.calls() == []


@pytest.fixture
def vanished(monkeypatch):
    entry = make_entry(EntryState.SETTLED_NOT_DONE)
    monkeypatch.delitem(operations._operations, entry.action)
    return entry


def test_an_entry_outlives_its_action(auditor, staff, vanished):
    page = text(auditor.get(url(vanished)))
    assert vanished.trace_id in page
    assert "Send it again" not in page
    assert staff.get(url(vanished)).status_code == 403


def test_what_is_known_is_not_looked_for(admin, sandbox):
    entry = make_entry(EntryState.DONE)
    response = admin.post(url(entry, "look/"))
    assert response.url == url(entry)
    assert [event.kind for event in entry.events.all()] == ["intended", "sent", "done"]
    assert sandbox.calls("GET") == []


def test_the_form_to_decide_is_on_the_entrys_page(staff):
    entry = unknown_credits()
    assert staff.get(url(entry, "decide/")).url == url(entry)


def test_who_decides_too_late_is_told(staff, sandbox):
    entry = unknown_credits()
    appending.append(entry, EntryState.SETTLED_NOT_DONE)
    typed = {"is_done": "yes", "why": "The till says so."}
    page = text(staff.post(url(entry, "decide/"), typed, follow=True))
    assert "It was settled meanwhile" in page
    assert entries.reread(entry).state == EntryState.SETTLED_NOT_DONE


def test_the_list_says_whom_each_entry_is_about(admin, auditor):
    make_contact("Mira Jansen", uuid=seed.MIRA_UUID)
    make_entry(EntryState.DONE, slug="update-contact", contact=seed.MIRA_UUID)
    make_entry(EntryState.DONE, slug="update-contact", number=1, contact="nobody-here")
    for browser in (admin, auditor):
        shown = main_of(browser.get("/ledger/").content.decode())
        assert f'<a href="/contacts/{seed.MIRA_UUID}/">Mira Jansen</a>' in shown
        assert '<a href="/contacts/nobody-here/">nobody-here</a>' in shown
