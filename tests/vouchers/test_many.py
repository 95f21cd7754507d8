"""Many codes at once: out of any text, in the pasted order, sorted and sent as a file."""

import pytest
from django.core import signing

from piggyadmin.vouchers.many import CheckedCode, check, narrowed, signed, totals, unsigned
from tests.piggy.scripted import answers, refuses

pytestmark = pytest.mark.django_db
URL = "/vouchers/codes/"
CODES = ["WELCOME-EXPIRED", "WELCOME-ACTIVE", "NO-SUCH-CODE", "WELCOME-LOCKED"]


def paste(person, text):
    response = person.post(URL, {"codes": text})
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode()


def shown(page):
    """Give the codes of the table, in order."""
    table = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        part.partition('"')[0]
        for part in table.split('name="code"')[1:]
        for part in [part.partition('value="')[2]]
    ]


def signed_answers(page):
    return page.partition('name="answers" value="')[2].partition('"')[0]


def test_the_table_has_the_pasted_order(support, sandbox):
    page = paste(support, "\n".join(CODES))
    assert shown(page) == CODES
    assert "Can be used, until" in page
    assert "No voucher has this code." in page
    assert "mira.jansen@example.test" in page
    assert page.rstrip().endswith("</html>")


def test_what_was_found_is_summed_up_and_narrowed_down(support, sandbox):
    page = paste(support, " , ".join([*CODES, "WELCOME-ACTIVE"]))
    assert " ".join(page.split()).count("Can be used 1 </button>") == 1
    calls = len(sandbox.calls())
    answers_given = signed_answers(page)
    narrow = {"answers": answers_given, "status": "LOCKED", "order": "place"}
    assert shown(support.post(URL, narrow).content.decode()) == ["WELCOME-LOCKED"]
    by_status = {"answers": answers_given, "status": "", "order": "status"}
    page = support.post(URL, by_status).content.decode()
    assert shown(page) == ["WELCOME-ACTIVE", "WELCOME-EXPIRED", "WELCOME-LOCKED", "NO-SUCH-CODE"]
    assert len(sandbox.calls()) == calls


def test_all_of_it_as_a_file(support, sandbox):
    asked = {"answers": signed_answers(paste(support, "\n".join([*CODES, "=1+1"]))), "as": "csv"}
    response = support.post(URL, asked)
    text = b"".join(response.streaming_content).decode()
    lines = text.splitlines()
    assert len(lines) == 6
    assert lines[0].startswith('\ufeff"Voucher code","Status"')
    assert lines[1].startswith('"WELCOME-EXPIRED","Expired","Expired')
    assert lines[5].startswith('"\'=1+1","Not found"')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("\n".join(f"CODE-{number}" for number in range(501)), "These are 501 codes. At most 500"),
        ("PNG\0\x01\x02", "This is no text but the inside of a file."),
        ("PK\ufffd\ufffd WELCOME-ACTIVE", "This is no text but the inside of a file."),
        ("Hi there, all the best", "There is no code in this."),
        ("", "This field is required."),
    ],
)
def test_what_makes_no_sense_is_told_and_stays(support, sandbox, text, words):
    page = paste(support, text)
    assert words in page
    assert "<tbody>" not in page
    assert sandbox.calls() == []
    if "\0" not in text:
        assert text.split("\n")[-1][:10] in page


def test_five_hundred_are_not_too_many(support, sandbox):
    page = paste(support, "\n".join(f"CODE-{number}" for number in range(500)))
    assert shown(page) == [f"CODE-{number}" for number in range(500)]


def test_answers_that_are_not_ours_are_not_shown(support):
    for text in ("", "nonsense", signing.dumps([1, 2])):
        response = support.post(URL, {"answers": text}, follow=True)
        assert "These answers are not kept any more." in response.content.decode()


def test_answers_are_their_owner_s_alone():
    rows = [CheckedCode(1, "A", "ACTIVE", "Can be used")]
    text = signed(rows, 7)
    assert unsigned(text, 7) == rows
    assert unsigned(text, 8) is None


def test_what_has_nothing_to_go_by_comes_last():
    rows = [
        CheckedCode(1, "A", "ACTIVE", ""),
        CheckedCode(2, "B", "LOCKED", "", contact="Zoe", until="2027-01-01T00:00:00+00:00"),
        CheckedCode(3, "C", "ACTIVE", "", contact="Anna", until="2026-01-01T00:00:00+00:00"),
    ]

    def codes(status, order):
        return "".join(row.code for row in narrowed(rows, status, order))

    assert codes("", "contact") == "CBA"
    assert codes("", "until") == "CBA"
    assert codes("ACTIVE", "") == "AC"
    assert codes("", "nonsense") == "ABC"
    assert totals(rows) == [("ACTIVE", 2), ("LOCKED", 1)]


def test_once_piggy_is_away_it_is_not_asked_again_and_again(scripted, scripted_piggy):
    for _ in range(3 * 32):
        scripted.will(refuses(503))
    rows = [
        row
        for part in check(scripted_piggy, [f"C{number}" for number in range(70)])
        for row in part
    ]
    assert {row.status for row in rows} == {"NOT-ASKED"}
    assert rows[-1].words.startswith("Not asked, as Piggy did not answer before.")


def test_a_voucher_without_much_is_shown(scripted, scripted_piggy):
    scripted.will(answers({"uuid": "v"}), refuses(1003))
    rows = [row for code in ("A", "B") for part in check(scripted_piggy, [code]) for row in part]
    assert [row.status for row in rows] == ["", "NOWHERE"]
    assert rows[0].good_until is None
