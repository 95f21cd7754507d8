"""Merging whoever is one person, as the action that is asked for."""

import re

import pytest

from piggyadmin.accounts.roles import Role
from piggyadmin.duplicates.merging.views import PairPage
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.rows import sentence_of
from tests.actions.test_views import FRAGMENT, text
from tests.conftest import person
from tests.duplicates.merges import MIRA, PAIR, merge
from tests.duplicates.merging.test_runs import three

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "may"), [(Role.SUPPORT, False), (Role.STAFF, False), (Role.ADMIN, True)]
)
def test_only_admins_are_led_to_its_pages(role, may):
    assert PairPage.allows(person(role)) is may


@pytest.mark.parametrize("typed", ["", MIRA])
def test_one_alone_is_no_merge(admin, sandbox, typed):
    response = admin.post("/actions/merge-duplicates/", {"contact_uuids": typed})
    assert "contact_uuids" in response.context["form"].errors
    assert sandbox.calls("POST") == []


def test_two_are_called_by_name(admin, sandbox):
    merge(admin)
    words = sentence_of(Entry.objects.get(action="merge-duplicates"))
    assert re.search(r"merged .*Jansen into Mira Jansen", words)


def test_several_are_counted(admin, sandbox):
    three(admin)
    assert "merged 2 customers into Mira Jansen" in sentence_of(
        Entry.objects.get(action="merge-duplicates")
    )


def test_a_fragment_asks_nothing_about_the_pair(admin, sandbox):
    assert "pair" not in admin.get(PAIR, headers=FRAGMENT).context


def test_a_queue_that_is_not_kept_any_more_has_no_place(admin, sandbox):
    response = admin.get(f"{PAIR}?stored=gone")
    assert response.context["place"] is None
    assert "Mira Jansen" in text(response)
