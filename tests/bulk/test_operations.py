"""A bulk run as the ledger tells of it."""

from piggyadmin.bulk.operations import RUN_IN_BULK
from piggyadmin.ledger.operations import find_operation
from piggyadmin.ledger.sentences import Matter


def test_its_sentence():
    sentence = RUN_IN_BULK.sentence(Matter({"action": "create-credit-reception", "rows": 3912}))
    assert sentence.told("Noor", "done") == "Noor did “Give credits” with 3,912 rows of a list"
    assert sentence.waiting("Noor") == "Noor wants to do “Give credits” with 3,912 rows of a list"


def test_of_an_action_that_has_gone():
    sentence = RUN_IN_BULK.sentence(Matter({"action": "fly", "rows": 1}))
    assert "“fly”" in sentence.told("Noor", "done")


def test_where_it_stands():
    assert find_operation("in-bulk") is RUN_IN_BULK
    assert RUN_IN_BULK.permission == "actions.run_in_bulk"
    assert RUN_IN_BULK.page_of_request({"run": 7}) == "/bulk/7/"
    assert str(RUN_IN_BULK.field_label("rows")) == "Rows"
    assert RUN_IN_BULK.field_label("else") == ""
