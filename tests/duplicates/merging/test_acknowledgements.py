"""A yes to each warning that needs one."""

from typing import Any

from piggyadmin.duplicates.merging.acknowledgements import AgreedField, missing_yes
from piggyadmin.duplicates.merging.checks import Check, Level

ASKED = Check(kind="booking", level=Level.ASK, words="It has bookings.", about="c1")
TOLD = Check(kind="prepaid", level=Level.TELL, words="Money goes along.")


def test_each_warning_that_asks_needs_its_own_yes():
    other = ASKED.model_copy(update={"about": "c2"})
    assert missing_yes([TOLD], []) == {}
    assert missing_yes([ASKED, TOLD], [ASKED.code]) == {}
    assert "agreed" in missing_yes([ASKED, other], [ASKED.code])
    assert "agreed" in missing_yes([ASKED], [other.code])


def test_codes_are_ticked_or_listed():
    widget: Any = AgreedField().widget
    ticked = {"agreed_booking:c1": "yes", "agreed": '["claim:c2", "prepaid:"]'}
    found = widget.value_from_datadict(ticked, {}, "agreed")
    assert sorted(found) == ["booking:c1", "claim:c2", "prepaid:"]
