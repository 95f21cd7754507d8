"""What is hashed is written alike from objects and from the rows that databases hold."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.test import override_settings

from piggyadmin.ledger import hash_chain, snapshots, stored
from piggyadmin.ledger.models import Entry, EntryState, Event, Snapshot, Subject
from piggyadmin.ledger.snapshots import Personal
from tests.ledger.making import make_entry, somebody

ODD = "\"é\\\ufffd\u2028\U0001f437\x7f\n', 'person': 1}"
DOCUMENTS = [
    {},
    {"b": 1.0, "a": [1e3, 1.5, -0.0, 1e22, 10**30, {"c": None, "B": True}]},
    {"é": ODD, "e": ODD, ODD: [[], {}, "", 0]},
]


@pytest.mark.usefixtures("any_kind_of_event")
@pytest.mark.django_db
@pytest.mark.parametrize("document", DOCUMENTS)
def test_events(document):
    entry = make_entry()
    with hash_chain.locked_head() as head:
        hash_chain.keep(hash_chain.link(head, entry, ODD[:20], document))
        hash_chain.keep(hash_chain.link(head, None, EntryState.DONE, document))
    read = list(stored.events("sequence > %s ORDER BY sequence", [0]))
    assert [(event.entry_id, event.is_unchanged) for event in read] == [
        (entry.pk, True),
        (entry.pk, True),
        (None, True),
    ]
    assert read[1].detail == hash_chain.plain(document)
    assert read[2].kind == EntryState.DONE


@pytest.mark.django_db
@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("repeat_of", [None, UUID(int=7)])
def test_entries(document, repeat_of):
    texts = ("person_name", "action", "reason", "comment", "trace_id")
    entry = Entry.objects.create(
        **{name: f"{name} {ODD}" for name in texts},
        entity=ODD,
        deduplication_key=ODD,
        created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        person=somebody(),
        repeat_of=repeat_of,
        data=document,
        preview=document or None,
        submission_key=UUID(int=9),
    )
    Subject.objects.create(entry=entry, role="b", contact_uuid="c")
    Subject.objects.create(entry=entry, role="a", contact_uuid=ODD)
    (row,) = stored.entries("id = %s", [entry.pk])
    pairs = [(role, contact) for _entry, role, contact in stored.subjects("id > %s", [0])]
    read = stored.entry(row, pairs)
    assert {"entry": read.digest} == hash_chain.summary(entry, [("a", ODD), ("b", "c")])
    assert (read.pk, read.submission_key) == (entry.pk, str(entry.submission_key))
    assert read.copied[1:] == (entry.person_id, entry.action, entry.entity, entry.reason)


@pytest.mark.django_db
@pytest.mark.parametrize("document", DOCUMENTS)
def test_snapshots(document):
    (snapshot,) = snapshots.rows(
        make_entry(), Snapshot.Moment.BEFORE, [Personal(ODD, ODD, document)]
    )
    snapshot.save()
    (read,) = stored.snapshots("id = %s", [snapshot.pk])
    assert read == (snapshot.entry_id, snapshot.pk, hash_chain.seal_of(snapshot))


@pytest.mark.django_db
def test_a_snapshot_that_no_key_opens_keeps_no_other_from_being_read():
    asked = [Personal("c", place, {"n": 1}) for place in ("lost", "there")]
    lost, there = snapshots.rows(make_entry(), Snapshot.Moment.BEFORE, asked)
    with override_settings(SECRET_KEY="another"):
        lost.save()
    there.save()
    assert list(stored.snapshots("id > %s ORDER BY id", [0])) == [
        (lost.entry_id, lost.pk, stored.UNREADABLE),
        (there.entry_id, there.pk, hash_chain.seal_of(there)),
    ]


@pytest.mark.django_db
def test_the_list_of_states():
    entry = make_entry(EntryState.DONE)
    (read,) = stored.statuses("entry_id = %s", [entry.pk])
    assert read.known == ("done", False, False)
    assert read.copied == (
        entry.created_at.isoformat(timespec="microseconds"),
        *(entry.person_id, entry.action, entry.entity, entry.reason),
    )
    last = Event.objects.latest("sequence")
    assert read.updated_at == last.at.isoformat(timespec="microseconds")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-02 03:04:05", "2026-01-02T03:04:05.000000+00:00"),
        ("2026-01-02 03:04:05.12", "2026-01-02T03:04:05.120000+00:00"),
        ("2026-01-02 03:04:05.123456", "2026-01-02T03:04:05.123456+00:00"),
        ("2026-01-02 03:04:05.123456+00", "2026-01-02T03:04:05.123456+00:00"),
    ],
)
def test_moments(text, moment):
    assert stored.moment(text) == moment


@pytest.mark.parametrize("text", ["a" * 32, "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"])
def test_uuids(text):
    assert stored.uuid(text) == "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"


@pytest.mark.parametrize("value", [1.0, 1e3, 1.5, -0.0, 1e400, "é\ufffd", [1.0, {"b": 2, "a": 1}]])
def test_json_hashes_as_what_was_stored(value):
    decoded = stored.decode(json.dumps({"n": value}))
    assert hash_chain.steady_digest(decoded) == hash_chain.digest({"n": value})


def test_what_is_no_json_stays_text():
    assert stored.decode("{") == "{"
    assert stored.decode(None) is None
    assert stored.decode("{}") == {}
