"""The filter of the queue: what it leaves, in which order, in words, page by page."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from piggyadmin.duplicates.models import Pair, PairStatus
from piggyadmin.duplicates.review import filters
from piggyadmin.duplicates.review.filters import CHUNK, PAGE, QueueFilter, contacts_called, place
from tests.duplicates.pairs import make_cluster, make_contact, make_pair

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def found(**query) -> list[Pair]:
    return list(QueueFilter(query).query())


def test_usually_what_is_proposed_and_open_the_highest_first():
    low, high = make_pair(rank=0.1), make_pair(rank=0.9)
    make_pair(is_proposed=False), make_pair(status=PairStatus.DISMISSED)
    assert found() == [high, low]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({"show": "all"}, {"is_proposed": False}),
        ({"status": "later"}, {"status": "later"}),
        ({"status": "dismissed"}, {"status": "dismissed", "is_proposed": False}),
        ({"status": "merged"}, {"status": "merged"}),
        ({"certainty": "99"}, {"probability": 0.995}),
        ({"kind": "anonymous"}, {"has_anonymous": True}),
        ({"has_credits": "on"}, {"credits": 5}),
    ],
)
def test_what_a_filter_leaves(query, fields):
    others = {"status": "open", "probability": 0.98, "has_anonymous": False, "credits": 0}
    make_pair(**others)
    wanted = make_pair(**others | fields)
    assert wanted in found(**query)
    if "show" not in query:
        assert found(**query) == [wanted]


def test_neither_anonymous_and_clusters():
    named, anonymous = make_pair(), make_pair(has_anonymous=True)
    assert found(kind="named") == [named]
    large = make_cluster(4)
    assert {pair.cluster for pair in found(cluster="3")} == {large}
    assert found(cluster="5") == []
    assert anonymous in found()


@pytest.mark.parametrize(
    ("sort", "field"),
    [("certainty", "probability"), ("credits", "credits"), ("activity", "last_transaction_at")],
)
def test_orders(sort, field):
    values = {
        "probability": (0.98, 0.99),
        "credits": (1, 200),
        "last_transaction_at": (NOW - timedelta(days=9), NOW),
    }[field]
    low, high = (make_pair(rank=1 - n, **{field: value}) for n, value in enumerate(values))
    assert found(sort=sort) == [high, low]
    assert found() == [low, high]


def test_by_activity_those_who_never_bought_are_left_out():
    make_pair(last_transaction_at=None)
    assert found(sort="activity") == []


@pytest.mark.parametrize(
    "query",
    [{"status": "nonsense"}, {"certainty": "9"}, {"sort": "id"}, {"q": "x\x00y"}, {"q": "x" * 61}],
)
def test_nonsense_leaves_nothing_and_says_so(query):
    make_pair()
    form = QueueFilter(query)
    assert list(form.query()) == []
    assert form.words() == "Nothing: correct the filter first."
    assert form.is_narrowed


# --- Names -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["mira", "Mira Jan", "JANSEN", "jans", "mj@", "MJ@EXAMPLE.TEST", "mira jansen"]
)
def test_a_name_or_an_email_is_found_by_how_it_begins(text):
    mira = make_contact("Mira Jansen", email="mj@example.test")
    other = make_contact("Bo Smit", email="bo@example.test")
    pair, one_more = make_pair(mira, other), make_pair(make_contact("Ed Bos"), mira)
    make_pair(other, make_contact("An Bos"))
    assert set(found(q=text)) == {pair, one_more}
    assert contacts_called("bo smith") == []


@pytest.mark.parametrize("stored", ["Émile", "ÉMILE", "émile"])
@pytest.mark.parametrize("typed", ["Émile", "ÉMILE", "émile", "émi"])
def test_accents_are_found_however_they_are_written(stored, typed):
    contact = make_contact(f"{stored} Zola")
    assert contacts_called(typed) == [contact.uuid]


@pytest.mark.parametrize("name", ["Юлия Иванова", "李 娜", "🎉 Party", "x" * 10_000, "50% _off"])
def test_any_name_can_be_looked_for(name):
    contact = make_contact(name)
    assert contacts_called(name[:60]) == [contact.uuid]
    assert contacts_called("% ") == []


def test_a_uuid_is_found():
    contact = make_contact()
    assert contacts_called(contact.uuid) == [contact.uuid]


def test_what_too_many_are_called_wants_more(monkeypatch):
    monkeypatch.setattr(filters, "MOST_CONTACTS", 2)
    for _ in range(3):
        make_contact()
    form = QueueFilter({"q": "mira"})
    assert "Type more of it" in str(form.errors["q"])
    assert len(contacts_called("mira")) == 3


def test_who_has_too_many_pairs_wants_more(monkeypatch):
    monkeypatch.setattr(filters, "MOST_PAIRS", 1)
    mira = make_contact("Mira Jansen")
    make_pair(mira, make_contact("Ed Bos"))
    assert QueueFilter({"q": "mira"}).is_valid()
    make_pair(mira, make_contact("Bo Bos"))
    assert "Type more of it" in str(QueueFilter({"q": "mira"}).errors["q"])


# --- Words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, "To be decided · proposed. The surest with the most at stake first."),
        ({"show": "all"}, "To be decided · less sure ones too. The surest with"),
        (
            {"status": "later", "certainty": "95", "sort": "credits"},
            "Put off · Certainty: at least 95 %. The most credits first.",
        ),
        (
            {"q": "mira", "has_credits": "on", "kind": "named"},
            "To be decided · proposed · Kind: neither is anonymous · Name or e-mail: mira · "
            "With credits only.",
        ),
    ],
)
def test_the_filter_is_stated_in_words(query, words):
    assert QueueFilter(query).words().startswith(words)


# --- Pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", ["", "certainty", "credits", "activity"])
def test_pages_hold_everything_once(sort):
    numbers = range(2 * PAGE + 3)
    pairs = [
        make_pair(rank=n // 5, probability=n // 5 / 100, credits=n // 5, last_transaction_at=NOW)
        for n in numbers
    ]
    form, seen, last, pages = QueueFilter({"sort": sort}), [], None, 0
    while True:
        shown, has_more = form.page(last)
        seen += shown
        pages += 1
        if not has_more:
            break
        last = shown[-1]
    assert (pages, len(seen), set(seen)) == (3, len(pairs), set(pairs))
    assert seen == list(form.query())


def test_a_pair_without_a_place_in_the_order_begins_anew():
    never, bought = make_pair(), make_pair(last_transaction_at=NOW)
    assert list(QueueFilter({"sort": "activity"}).after(never)) == [bought]


def test_chunks_hold_everything_once(monkeypatch):
    monkeypatch.setattr(filters, "CHUNK", 2)
    pairs = {make_pair(rank=n) for n in range(5)}
    chunks = list(QueueFilter({}).chunks())
    assert [len(chunk) for chunk in chunks] == [2, 2, 1]
    assert {pair for chunk in chunks for pair in chunk} == pairs
    assert CHUNK > PAGE


def test_a_place_is_read_from_the_address():
    pair = make_pair()
    assert place(QueryDict(f"after={pair.pk}")) == pair
    for text in ("", "x", "-1", "9" * 30, "²", f"{pair.pk + 1}"):
        assert place(QueryDict(f"after={text}")) is None
