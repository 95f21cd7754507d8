"""What other pages show of the ledger."""

import pytest
from django.template import Context
from django.utils import timezone

from piggyadmin.accounts.roles import Role
from piggyadmin.ledger.templatetags.ledger import customer_links, entries_of_call
from piggyadmin.request_log.models import LoggedCall
from tests.conftest import person
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db


def call(**more) -> LoggedCall:
    return LoggedCall(at=timezone.now(), method="GET", path="shops", seconds=0.1, attempt=1, **more)


def test_a_call_leads_to_the_entry_it_was_made_for():
    entry, other = make_entry(number=1), make_entry(number=2)
    assert entries_of_call(call(entry_id=entry.pk, trace_id=other.trace_id)) == [entry]


def test_where_that_is_not_known_its_trace_id_leads_there():
    entry = make_entry()
    for number in (None, entry.pk + 1):
        assert entries_of_call(call(entry_id=number, trace_id=entry.trace_id)) == [entry]
    assert entries_of_call(call(trace_id="another")) == []


def test_customers_are_named_and_lead_to_their_pages_whom_they_lead_somewhere():
    customers = [("c1", "<Mira>"), ("c2", "")]
    linked = customer_links(Context({"user": person(Role.SUPPORT)}), customers)
    assert linked == ('<a href="/contacts/c1/">&lt;Mira&gt;</a>, <a href="/contacts/c2/">c2</a>')
    assert customer_links(Context({}), customers) == "&lt;Mira&gt;, c2"
    assert customer_links(Context({}), []) == ""
