"""Pairs and decisions as CSV."""

import csv
import io

import pytest

from piggyadmin.duplicates.models import MirroredContact
from piggyadmin.duplicates.review import decisions, filters
from piggyadmin.duplicates.review.exports import DECISION_COLUMNS, PAIR_COLUMNS
from tests.duplicates.pairs import make_contact, make_pair, reviewer

pytestmark = pytest.mark.django_db


def rows(client, url: str) -> list[dict[str, str]]:
    response = client.get(url)
    assert response.streaming
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_pairs_that_the_filter_leaves(admin, evidence, monkeypatch):
    monkeypatch.setattr(filters, "CHUNK", 1)
    pair = make_pair(make_contact("Mira Jansen"), credits=150, rank=0.9)
    make_pair(credits=10, rank=0.8)
    make_pair(credits=0)
    first, second = rows(admin, "/duplicates/csv/?has_credits=on&after=5")
    assert tuple(first) == PAIR_COLUMNS
    assert (first["first_uuid"], first["second_uuid"]) == (pair.first, pair.second)
    assert (first["first_firstname"], first["second_firstname"]) == ("Mira", "Mirra")
    assert (first["probability"], first["credits"], first["status"]) == ("0.97", "150", "open")
    assert first["evidence"] == "same phone, written differently · first names differ"
    assert (first["last_transaction_at"], first["cluster"]) == ("", "")
    assert second["credits"] == "10"


def test_contacts_that_left_the_mirror_have_no_names(admin):
    make_pair()
    MirroredContact.objects.all().delete()
    (row,) = rows(admin, "/duplicates/csv/")
    assert (row["first_email"], row["second_lastname"]) == ("", "")


def test_names_are_harmless_in_a_spreadsheet(admin):
    make_pair(make_contact("=HYPERLINK(1) +31"))
    (row,) = rows(admin, "/duplicates/csv/")
    assert row["first_firstname"] == "'=HYPERLINK(1)"
    assert row["first_lastname"] == "'+31"


def test_decisions_the_newest_first(admin, evidence):
    noor, pair = reviewer("noor"), make_pair()
    decisions.dismiss(pair, noor, comment="@twins")
    decisions.reopen(pair, noor)
    last, first = rows(admin, "/duplicates/decisions/csv/")
    assert tuple(first) == DECISION_COLUMNS
    assert (first["kind"], last["kind"]) == ("dismiss", "reopen")
    assert (first["person"], first["comment"]) == ("Noor", "'@twins")
    assert (first["first_uuid"], first["probability"]) == (pair.first, "0.97")
    assert first["evidence"] == "same phone, written differently · first names differ"


def test_exports_are_for_those_who_review(staff):
    assert staff.get("/duplicates/csv/").status_code == 403
    assert staff.get("/duplicates/decisions/csv/").status_code == 403
