"""A run of certain pairs in the ledger."""

import pytest

from piggyadmin.duplicates.certain import running
from piggyadmin.duplicates.certain.operations import MERGE_CERTAIN
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.rows import sentence_of
from tests.duplicates.certain.making import carried, checked, confirmed, twins

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("certain")]


def test_tells_what_it_is(sandbox):
    twins(sandbox, 1)
    run = confirmed(checked())
    entry = running.entry_of(run)
    assert "merged 1 certain pair" in sentence_of(entry)
    assert MERGE_CERTAIN.page_of(entry) == run.get_absolute_url()
    assert MERGE_CERTAIN.page_of_request(entry.data) == run.get_absolute_url()
    assert str(MERGE_CERTAIN.field_label("pairs")) == "Pairs"
    assert MERGE_CERTAIN.field_label("other") == ""
    assert str(MERGE_CERTAIN.entity_label) == "Customers"
    assert MERGE_CERTAIN.permission == "actions.run_merge_duplicates"


def test_followed_to_its_end(sandbox, piggy):
    twins(sandbox, 1)
    run = confirmed(checked())
    entry = running.entry_of(run)
    progress = MERGE_CERTAIN.watch(piggy, entry)
    assert (progress.finished, progress.words) == (False, "1 pair is left.")
    carried(run)
    assert MERGE_CERTAIN.watch(piggy, entry).words == "1 pair was merged."
    followed = Entry.objects.get(pk=entry.pk).follow_up
    assert followed.detail["words"] == "1 pair was merged."
