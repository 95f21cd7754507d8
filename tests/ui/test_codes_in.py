"""Codes out of lists, spreadsheets and mails."""

import pytest

from piggyadmin.ui.query_parsing import codes_in

MAIL = """Hi Sanne,

Could you look at these? My code WELCOME-10 does not work (and nor does «COFFEE-2026»).
I got them on 2026-11-27 at 10:42, 3 of them, the last is: ABC12345.

Best, Mira <mira@example.test>
"""


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("A-1\nB-2\r\nC-3", ["A-1", "B-2", "C-3"]),
        ("welcome;coffee;tea", ["welcome", "coffee", "tea"]),
        ("A-1\tB-2\n\n A-1 |C-3,,", ["A-1", "B-2", "C-3"]),
        ("12\n345", ["12", "345"]),
        (MAIL, ["WELCOME-10", "COFFEE-2026", "ABC12345"]),
        ("Mira Jansen\tA-1\t2026-01-01\nNoor de Wit\tB-2\t2026-01-02", ["A-1", "B-2"]),
        ("all the best", []),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_codes_are_taken_out_in_order_and_each_once(text, codes):
    assert codes_in(text) == codes
