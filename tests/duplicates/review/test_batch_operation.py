"""Many pairs decided at once, as the ledger has it."""

from uuid import uuid4

import pytest

from piggyadmin.duplicates.models import DecisionKind
from piggyadmin.duplicates.review import batch_deciding
from piggyadmin.duplicates.review.batch_deciding import BulkDecision
from piggyadmin.duplicates.review.batch_operation import DECIDE_ON_PAIRS
from piggyadmin.ledger.sentences import Matter
from tests.duplicates.pairs import make_pair

pytestmark = pytest.mark.django_db


def test_tells_what_it_is(noor):
    entry = batch_deciding.decide(
        [make_pair()], BulkDecision(DecisionKind.DISMISS), person=noor, key=uuid4()
    )
    assert DECIDE_ON_PAIRS.page_of(entry) == f"/duplicates/many/{entry.submission_key}/"
    assert DECIDE_ON_PAIRS.permission == "actions.review_duplicates"
    assert str(DECIDE_ON_PAIRS.entity_label) == "Customers"
    assert str(DECIDE_ON_PAIRS.field_label("pairs")) == "Pair"
    assert DECIDE_ON_PAIRS.deduplication_data(entry.data)[0] == "dismiss"


def test_an_entry_that_lacks_everything_can_be_told():
    told = DECIDE_ON_PAIRS.sentence(Matter({}))
    assert told.waiting("Noor") == "Noor wants to take the customers of 0 pairs for two people each"
