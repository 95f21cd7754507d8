"""The dry run: what is wrong with rows."""

import pytest

from piggyadmin.bulk import checking
from piggyadmin.bulk.models import BulkRun, BulkRunStatus
from piggyadmin.bulk.totals import totals_of
from tests.bulk.making import SHOP, checked, states

MIRA = "mira.jansen@example.test"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (f"{MIRA};5;x", "more cells than columns"),
        ("mi\ufffdra@example.test;5", "letters that cannot be read"),
        ("8,71234E+12;5", "shortened a long number"),
        (f"{MIRA};many", "Enter a whole number"),
        (f"{MIRA};0", "Zero credits would change nothing"),
        (";5", "required"),
        ("nobody@example.test;5", "No customer with this e-mail"),
    ],
)
def test_what_is_wrong_with_a_row(row, words, sandbox, maker):
    run = checked(f"e-mail;credits\n{row}\n", maker, shop_uuid=SHOP)
    assert states(run) == ["faulty"]
    assert words in run.rows.get().words
    ((told, number),) = checking.problems_of(run)
    assert (told, number) == (run.rows.get().words, 1)


def test_decimal_commas_and_shops_by_name(sandbox, maker):
    text = f"e-mail;bedrag;winkel\n{MIRA};10,40;Amsterdam\n"
    run = checked(text, maker, action="top-up-prepaid")
    assert states(run) == ["ready"]
    assert run.totals["sums"] == {"amount": ["10.40", "10.40"]}


def test_what_a_row_gives_may_be_as_much_as_an_entry_s(sandbox, maker):
    run = checked(f"e-mail;credits\n{MIRA};5\n", maker, shop_uuid=SHOP)
    run.rows.update(gives=-(2**40))
    assert totals_of(run)["gives"] == 2**40


def test_a_row_goes_on_where_it_was(sandbox, maker):
    run = checked(f"e-mail;credits\n{MIRA};5\n", maker, shop_uuid=SHOP)
    run.rows.update(words="kept")
    BulkRun.objects.update(status=BulkRunStatus.CHECKING)

    class Work:
        def heartbeat(self, **_more):
            raise AssertionError("Nothing is left to be checked.")

    checking.check(Work(), BulkRun.objects.get())
    assert run.rows.get().words == "kept"
