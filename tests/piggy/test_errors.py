"""The error tree: what answers and exceptions become, and the words for people."""

import re
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils import translation
from urllib3.exceptions import (
    DecodeError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
)

from piggyadmin.piggy.errors import (
    NOT_FOUND_CODES,
    AnswerTooLarge,
    Busy,
    ErrorCode,
    Maintenance,
    Malformed,
    NotFound,
    OutcomeUnknown,
    PiggyError,
    RawAnswer,
    Rejected,
    Unauthorized,
    Unreachable,
    error_from,
    retry_after,
)
from tests.piggy.scripted import refuses

# The table of codes in the API's documents.
DOCUMENTED = """
    1000 1003 1008 1010 1013 1015 1017 1018 1019 1027 1028 1034 1041 1048 1052 1053 1100 1102 1103
    1114 3000 5001 5002 5003 5006 5007 5008 5010 6001 6003 6007 7002 7010 7011 7015 13010 55004
    55005 55007 55012 55016 55017 55018 55020 55021 55024 55025 55030 55031 55032 55045 55046 60000
    60001 60003 60004 60005 60006 60007 60009 60011 60013 60014 60016 60018 60019 80002 80003 80004
    80005 80006 80008 80012 80014 80017 80019 80020 80300 80530 80531 80540 80550 110000
"""


def answer(script) -> RawAnswer:
    return RawAnswer(script.status, script.headers, script.body)


def refused(code=None, *, is_write=True, **envelope) -> PiggyError:
    return error_from(answer(refuses(code, **envelope)), is_write=is_write, trace_id="t-1")


# --- Codes -----------------------------------------------------------------------------------


def test_every_documented_code_is_known_and_no_other():
    assert [str(code.value) for code in sorted(ErrorCode)] == sorted(DOCUMENTED.split(), key=int)


@pytest.mark.parametrize("code", ErrorCode, ids=lambda code: code.name)
def test_every_code_has_words_of_its_own(code):
    with translation.override("en"):
        words = code.words
        assert words.endswith(".")
        assert len(words.split()) >= 4
        assert [other for other in ErrorCode if other.words == words] == [code]


@pytest.mark.parametrize("code", ErrorCode, ids=lambda code: code.name)
def test_every_code_maps_to_the_tree(code):
    error = refused(code.value)
    if code is ErrorCode.INTERNAL_ERROR:
        assert type(error) is OutcomeUnknown
        assert type(refused(code.value, is_write=False)) is Unreachable
    else:
        assert type(error) is (NotFound if code in NOT_FOUND_CODES else Rejected)
        assert error.code == code
        if code is not ErrorCode.INVALID_INPUT:
            assert error.message.startswith(code.words)


@pytest.mark.parametrize("code", [1008, 13010, 55031, 60003, 60011, 60013, 80002, 80004, 110000])
def test_what_does_not_exist_is_not_found(code):
    assert type(refused(code)) is NotFound


@pytest.mark.parametrize("code", [1003, 60001, 60004, 80005, 80300, 80531, 999_999])
def test_everything_else_is_rejected(code):
    assert type(refused(code)) is Rejected


@pytest.mark.parametrize(("given", "read"), [("55031", 55031), (55031.0, None), ("x", None)])
def test_a_code_may_be_a_string(given, read):
    assert refused(given).code == read


# --- Messages --------------------------------------------------------------------------------


def test_a_message_says_what_happened_and_that_nothing_changed():
    assert refused(80008).message == (
        "The promotion has no room for so many vouchers. Make fewer, or raise its limit. "
        "Nothing was changed at Piggy."
    )


def test_of_a_look_up_nobody_asks_whether_something_changed():
    assert refused(80004, is_write=False).message == ErrorCode.VOUCHER_NOT_FOUND.words


def test_an_unlisted_code_is_shown_raw():
    error = refused(999_999, message="Computer says no", is_write=False)
    assert error.message == "Piggy refused this with code 999999. Computer says no"


def test_invalid_input_points_to_the_fields():
    error = refused(1003, errors={"email": ["bad"]}, is_write=False)
    assert error.message == ErrorCode.INVALID_INPUT.words


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("The date is odd", "Piggy did not accept one of the values. Piggy says: The date is odd"),
        ("", "Piggy did not accept one of the values."),
        (None, "Piggy did not accept one of the values."),
        (["no", "text"], "Piggy did not accept one of the values."),
    ],
)
def test_invalid_input_without_fields_shows_what_piggy_says(message, shown):
    assert refused(1003, message=message, is_write=False).message == shown


def test_a_long_message_of_piggys_is_cut():
    assert len(refused(999_999, message="x" * 10_000).message) < 400


@pytest.mark.parametrize(
    ("status", "start"),
    [
        (403, "Piggy does not let this console do that."),
        (405, "Piggy does not offer this for this account."),
        (409, "Piggy refused this. Piggy says: Nee."),
        (404, "Piggy does not have what was asked for."),
        (401, "Piggy does not accept the token of this console."),
        (429, "Piggy is getting too many questions at the moment. Nothing was changed"),
        (503, "Piggy is being maintained at the moment. Nothing was changed"),
        (502, "The answer of Piggy was lost, so it is not known whether this was done."),
    ],
)
def test_a_refusal_without_a_code_still_has_words(status, start):
    assert refused(status=status).message.startswith(start)


def test_busy_says_when_to_try_again():
    assert "in 7 seconds" in Busy(retry_after=7.2).message
    assert "in 1 seconds" in Busy(retry_after=0.2).message
    assert "Try again in a moment." in Busy().message


@pytest.mark.parametrize("kind", [Maintenance, Malformed, OutcomeUnknown, Unauthorized])
def test_every_error_says_what_to_do_next(kind):
    assert kind(is_write=True).message.endswith((".", "again."))
    assert len(re.findall(r"\.", kind(is_write=True).message)) >= 2


def test_an_unknown_outcome_never_says_that_nothing_changed():
    assert not OutcomeUnknown.nothing_changed
    assert "Nothing was changed" not in OutcomeUnknown(is_write=True).message


def test_words_for_the_log_hold_nothing_that_piggy_or_a_person_wrote():
    error = refused(1003, message="mira@example.test", errors={"email": "mira@example.test"})
    assert str(error) == "Rejected status=400 code=1003 trace=t-1"
    assert str(Unreachable()) == "Unreachable"


# --- Field errors ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("errors", "read"),
    [
        ({"email": "bad"}, {"email": ["bad"]}),
        ({"email": ["bad", "worse"]}, {"email": ["bad", "worse"]}),
        ({"options": {"0": ["bad"], "1": "worse"}}, {"options": ["bad", "worse"]}),
        ({"email": None, "n": 3}, {"email": [], "n": ["3"]}),
        (["bad", ["worse"]], {NON_FIELD_ERRORS: ["bad", "worse"]}),
        ("bad", {NON_FIELD_ERRORS: ["bad"]}),
        ([], {}),
        (None, {}),
    ],
)
def test_field_errors_in_every_shape(errors, read):
    assert refused(1003, errors=errors).field_errors == read


# --- Retry-After -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "seconds"), [("3", 3), ("-3", 0), ("", None), ("x", None), ("1.5", None)]
)
def test_retry_after_in_seconds(value, seconds):
    assert retry_after(value) == seconds


@pytest.mark.parametrize("zone", [UTC, None])
def test_retry_after_as_a_date(zone):
    moment = (datetime.now(UTC) + timedelta(seconds=60)).replace(tzinfo=zone)
    assert retry_after(format_datetime(moment)) == pytest.approx(60, abs=3)
    assert retry_after(format_datetime(moment - timedelta(hours=1))) == 0


# --- Exceptions ------------------------------------------------------------------------------

REFUSED = NewConnectionError(None, "refused")
NEVER_SENT = [
    requests.ConnectTimeout(),
    requests.ConnectionError(MaxRetryError(None, "/", REFUSED)),
    requests.exceptions.ProxyError(MaxRetryError(None, "/", ProxyError("no", OSError()))),
    requests.exceptions.SSLError(ssl.SSLCertVerificationError("self-signed")),
    requests.exceptions.InvalidURL("?"),
]
LOST = [
    requests.ReadTimeout(),
    requests.ConnectionError(ProtocolError("aborted", ConnectionResetError(104, "reset"))),
    requests.exceptions.ChunkedEncodingError(),
    requests.exceptions.SSLError(ssl.SSLEOFError(8, "EOF in the middle of it")),
    OSError(),
]


@pytest.mark.parametrize("failure", NEVER_SENT, ids=lambda failure: type(failure).__name__)
@pytest.mark.parametrize("is_write", [False, True])
def test_what_was_never_sent_changed_nothing(failure, is_write):
    error = error_from(failure, is_write=is_write)
    assert (type(error), error.is_write, error.status) == (Unreachable, is_write, None)


@pytest.mark.parametrize("failure", LOST, ids=lambda failure: type(failure).__name__)
def test_what_was_lost_is_unknown_for_a_write(failure):
    assert type(error_from(failure, is_write=False)) is Unreachable
    error = error_from(failure, is_write=True)
    assert (type(error), error.passing) == (OutcomeUnknown, True)


@pytest.mark.parametrize("failure", [AnswerTooLarge(), DecodeError()])
def test_what_cannot_be_read_is_malformed(failure):
    assert type(error_from(failure, is_write=False)) is Malformed
    assert type(error_from(failure, is_write=True)) is OutcomeUnknown


def test_exceptions_that_name_each_other_end():
    failure = requests.ConnectionError()
    failure.args = (failure,)
    assert type(error_from(failure, is_write=False)) is Unreachable
