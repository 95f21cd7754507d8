"""Auditors have the ledger verified, and read how it goes and what was found."""

import pytest
from django.db import connection

from piggyadmin.ledger import triggers
from piggyadmin.ledger.head_seals import seal_head
from piggyadmin.ledger.models import EntryState, Event
from piggyadmin.tasks.models import Run
from piggyadmin.tasks.runs import cancel, carry, claim
from tests.ledger.making import make_entry
from tests.ledger.test_head_seals import sealed

__all__ = ["sealed"]
pytestmark = pytest.mark.django_db
ADDRESS = "/ledger/verification/"


def page_of(client, **sent):
    return client.get(ADDRESS, **sent).content.decode()


def test_it_is_begun_carried_and_told(auditor, sealed):
    make_entry(EntryState.DONE)
    assert "It has not been verified from here lately." in page_of(auditor)
    response = auditor.post(ADDRESS)
    assert (response.status_code, response["Location"]) == (302, ADDRESS)
    page = page_of(auditor)
    assert "It begins in a moment." in page
    assert 'hx-trigger="load delay:2s"' in page
    assert "Verify the whole ledger" not in page
    Run.objects.update(progress=2, of=4)
    assert "2 of 4 events and entries" in page_of(auditor)
    carry(claim("me"))
    page = page_of(auditor)
    assert "The ledger is whole." in page
    assert "hx-trigger" not in page.partition('id="verification"')[2].partition("</section>")[0]
    assert "Asked for by" in page
    assert "Auditor" in page


def test_a_fragment_is_the_part_that_changes(auditor):
    page = page_of(auditor, headers={"HX-Request": "true"})
    assert page.lstrip().startswith("<section")
    assert "The chain at a glance" not in page


def test_what_does_not_fit_is_told(auditor):
    make_entry(EntryState.DONE)
    triggers.take_down(connection)
    Event.objects.filter(sequence=2).update(kind="done")
    triggers.put_up(connection)
    auditor.post(ADDRESS)
    carry(claim("me"))
    page = page_of(auditor)
    assert "The ledger does not verify" in page
    assert "Event 2 was changed." in page
    assert "The newest links do not fit" in page


def test_one_that_was_cancelled_says_so(auditor):
    auditor.post(ADDRESS)
    cancel(Run.objects.get())
    page = page_of(auditor)
    assert "did not come to its end" in page
    assert "Verify the whole ledger" in page


def test_the_seals(auditor, sealed):
    assert "the first is made within an hour" in page_of(auditor)
    make_entry()
    seal_head()
    assert "1 seal, of" in page_of(auditor)
    sealed.LEDGER_SEAL_KEY = "another"
    page = page_of(auditor)
    assert "The seals do not fit" in page
    assert "no seal made with our key" in page
    sealed.LEDGER_SEALS.unlink()
    sealed.LEDGER_SEAL_KEY = ""
    assert "It is not sealed" in page_of(auditor)


def test_only_for_those_who_read_the_ledger(staff):
    assert staff.get(ADDRESS).status_code == 403
    assert staff.post(ADDRESS).status_code == 403
    assert not Run.objects.exists()
