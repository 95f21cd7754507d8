"""What can go wrong with a call to Piggy, and the one function that tells which it was.

PiggyError
├── Rejected             Piggy said no, and nothing changed: correct the input
│   └── NotFound         what was named does not exist
├── Unauthorized         Piggy does not accept the token: replace it, repeating is no use
├── Maintenance          Piggy is being maintained, and nothing changed: try later
├── Busy                 too many calls at once, and nothing was done: try later
│   └── BulkheadFull     too many calls of ours wait for slow answers: nothing was sent
├── Unreachable          nothing was sent, or it was only a look-up: try later
├── Malformed            a look-up got an answer that is not the API's: tell an admin
└── OutcomeUnknown       a write may have been carried out: find out before repeating it

Every error knows two texts: `message` for people, in their language, and `str(error)` for logs,
without anything personal.
"""
# ruff: noqa: N818  (the names say what happened; that it is an error, their base class says)

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar

import requests
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import IntegerChoices
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from urllib3.exceptions import DecodeError, NewConnectionError, ProxyError

from piggyadmin.json_text import read_json

# Piggy's own words are shown up to this many characters.
PIGGY_MESSAGE_LENGTH = 300
# Statuses after which the very same call may well succeed a moment later (inferred).
PASSING_STATUSES = frozenset({429, 502, 503, 504})

FORBIDDEN, NOT_FOUND, METHOD_NOT_ALLOWED = 403, 404, 405
UNAUTHORIZED, TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE = 401, 429, 503
CLIENT_ERRORS = range(400, 500)
SERVER_ERRORS = range(500, 600)
# The keys of Piggy's error envelope (docs), and its lowest code: gateways repeat the status there.
ENVELOPE_KEYS = frozenset({"message", "code", "status_code", "errors"})
LOWEST_CODE = 1000


class ErrorCode(IntegerChoices):
    """Piggy's numeric error codes (docs), with our own words for people."""

    INTERNAL_ERROR = 1000, _("Something went wrong inside Piggy.")
    INVALID_INPUT = (
        1003,
        _("Piggy did not accept one of the values. Correct what is marked and try again."),
    )
    SHOP_NOT_FOUND = 1008, _("This account has no such shop. Choose a shop from the list.")
    CARD_NOT_ACTIVATED = (
        1010,
        _("This card is not active yet. Activate the card before you use it."),
    )
    CARD_NOT_REGISTERED = (
        1013,
        _("This card does not belong to anybody yet. Link it to a customer first."),
    )
    MAXIMUM_CREDITS_REACHED = (
        1015,
        _("This is more than may be given at once. Give fewer credits or enter a lower amount."),
    )
    NOT_ENOUGH_CREDITS = 1017, _("The customer does not have enough credits for this.")
    REWARD_OUT_OF_STOCK = 1018, _("This reward is sold out. Offer the customer another one.")
    REWARD_CLAIM_LIMIT_REACHED = (
        1019,
        _("The customer has already had this reward as often as is allowed."),
    )
    POS_TRANSACTION_NOT_FOUND = (
        1027,
        _("The till does not know this transaction. Check its number, or leave it out."),
    )
    CREDIT_RECEPTION_NOT_FOUND = (
        1028,
        _("These credits were never given. Look them up in the customer's history."),
    )
    STAGED_CREDIT_RECEPTION_REDEEMED = 1034, _("The credits of this code were collected already.")
    STAGED_CREDIT_RECEPTION_NOT_FOUND = (
        1041,
        _("No credits are waiting under this code. Check the code."),
    )
    CARD_NOT_FOUND = 1048, _("There is no such card. Scan or type it once more.")
    REWARD_INACTIVE = 1052, _("This reward is not offered at the moment.")
    ACCOUNT_SECRET_INVALID = (
        1053,
        _("Piggy refused the secret of this account. An admin has to check it at Piggy."),
    )
    GIFTCARD_PROGRAM_NOT_FOUND = 1100, _("There is no such gift card program in this account.")
    SHOP_WITHOUT_LOYALTY_PROGRAM = (
        1102,
        _("This shop takes no part in the loyalty program. Choose another shop."),
    )
    LOYALTY_PROGRAM_NOT_FOUND = 1103, _("This account has no loyalty program yet.")
    REINCREMENTABLE_GIFTCARD = (
        1114,
        _("Gift cards that can be topped up cannot be used for this."),
    )
    TOKEN_EXPIRED = 3000, _("The token is no longer valid. Ask for a new one.")
    GIFTCARD_NOT_FOUND = 5001, _("There is no such gift card. Scan or type it once more.")
    GIFTCARD_EXPIRED = 5002, _("This gift card is past its date and can no longer be used.")
    GIFTCARD_AMOUNT_TOO_LOW = (
        5003,
        _("There is not enough on this gift card. Look up what is left on it."),
    )
    GIFTCARD_NOT_UPGRADEABLE = 5006, _("Nothing more can be put on this gift card.")
    GIFTCARD_WITHOUT_PROGRAM = 5007, _("This gift card does not belong to any program.")
    GIFTCARD_MAXIMUM_EXCEEDED = (
        5008,
        _("That is more than fits on this gift card. Enter a lower amount."),
    )
    GIFTCARD_TRANSACTION_NOT_FOUND = 5010, _("There is no such gift card transaction.")
    POS_TRANSACTION_USED = (
        6001,
        _("This till transaction was used already. Check whether the credits were given before."),
    )
    REWARD_NOT_FOUND = 6003, _("There is no such reward in this account.")
    MAIL_TEMPLATE_INCOMPLETE = (
        6007,
        _("The mail lacks something it needs. An admin has to complete the mail at Piggy."),
    )
    ACCOUNT_INACTIVE = (
        7002,
        _("This Piggy account is not active. An admin has to contact Piggy."),
    )
    GIFTCARD_INVALID = 7010, _("This gift card cannot be used.")
    NO_ACCESS_TO_ACCOUNT = (
        7011,
        _("The token of this console has no access to this account. Tell an admin."),
    )
    SHOP_MAY_NOT_USE_GIFTCARD_PROGRAM = (
        7015,
        _("This shop may not take gift cards of this program."),
    )
    PASSCODE_NOT_FOUND = (
        13010,
        _("This code is wrong or too old. Check the code, or send a new one."),
    )
    MARKETING_PROGRAM_NOT_FOUND = 55004, _("This account has no marketing program.")
    MARKETING_CUSTOMER_EXISTS = 55005, _("This person is in the marketing program already.")
    LOYALTY_CARD_NOT_FOUND = 55007, _("There is no such loyalty card. Scan or type it once more.")
    MEMBER_NOT_FOUND = 55012, _("There is no such member in this account.")
    CARD_ALREADY_LINKED = (
        55016,
        _("This card belongs to somebody already. Look up whose it is before you go on."),
    )
    MEMBER_EXISTS = 55017, _("There is such a member already. Look them up instead.")
    LOYALTY_PROGRAM_INACTIVE = (
        55018,
        _("The loyalty program is switched off. An admin can switch it on at Piggy."),
    )
    MARKETING_RECIPIENT_NOT_FOUND = 55020, _("There is no such recipient of mailings.")
    ONLY_DIGITAL_GIFTCARDS = 55021, _("Only digital gift cards can be made here.")
    CREDIT_RECEPTION_OF_ANOTHER_SHOP = (
        55024,
        _("These credits were given in another shop. Only that shop can take them back."),
    )
    NOT_LAST_GIFTCARD_TRANSACTION = (
        55025,
        _("Only the last transaction of a gift card can be undone."),
    )
    SUBSCRIPTION_TYPE_NOT_FOUND = 55030, _("There is no such subscription in this account.")
    CONTACT_NOT_FOUND = (
        55031,
        _("Piggy does not know this customer. Check the address or number, or search once more."),
    )
    NO_CONTACTS_PORTAL = (
        55032,
        _("This account has no portal for customers, so no codes can be sent or checked."),
    )
    UNIT_EXISTS = 55045, _("There is a unit with this name already. Choose another name.")
    NO_DEFAULT_UNIT = (
        55046,
        _("No unit is set as the usual one. Choose a unit, or let an admin set one at Piggy."),
    )
    USAGE_LIMIT_REACHED = (
        60000,
        _("This account has reached what its subscription allows. Tell an admin."),
    )
    CREDIT_RECEPTION_IN_PROGRESS = (
        60001,
        _(
            "Credits are being given to this customer at this very moment. "
            "Look at the customer's history before you try again."
        ),
    )
    CONTACT_IDENTIFIER_NOT_FOUND = (
        60003,
        _("There is no such card or identifier. Scan or type it once more."),
    )
    CONTACT_IDENTIFIER_INACTIVE = (
        60004,
        _("This card or identifier is switched off. Switch it on before you use it."),
    )
    CONTACT_EXISTS = 60005, _("There is a customer with this e-mail address already. Look it up.")
    CONTACT_IDENTIFIER_EXISTS = (
        60006,
        _("This card or identifier exists already. Look up whose it is, or use another."),
    )
    UNIT_NOT_FOUND = 60007, _("There is no such unit. Choose a unit from the list.")
    ATTRIBUTE_EXISTS = (
        60009,
        _("There is an attribute with this name already. Choose another name."),
    )
    CONTACT_IDENTIFIER_WITHOUT_CONTACT = (
        60011,
        _("This card or identifier belongs to nobody yet. Link it to a customer first."),
    )
    RECORD_NOT_FOUND = 60013, _("Piggy does not have this record. Check its number.")
    CONTACT_IDENTIFIER_LINKED = (
        60014,
        _("This card or identifier belongs to somebody already. Unlink it there first."),
    )
    CONTACT_NOT_ANONYMOUS = (
        60016,
        _("This customer is not anonymous: it has an e-mail address of its own already."),
    )
    LOYALTY_TOKEN_NEEDS_CREDITS = 60018, _("This kind of loyalty token needs a number of credits.")
    LOYALTY_TOKEN_NEEDS_UNITS = 60019, _("This kind of loyalty token needs a unit and an amount.")
    PROMOTION_NOT_FOUND = (
        80002,
        _("There is no such promotion. Choose a promotion from the list."),
    )
    VOUCHER_EXISTS = 80003, _("There is a voucher with this code already. Choose another code.")
    VOUCHER_NOT_FOUND = 80004, _("No voucher has this code. Scan or type it once more.")
    VOUCHER_REDEEMED = 80005, _("This voucher was used already.")
    VOUCHER_EXPIRED = 80006, _("This voucher is past its date and can no longer be used.")
    VOUCHER_LIMIT_REACHED = (
        80008,
        _("The promotion has no room for so many vouchers. Make fewer, or raise its limit."),
    )
    VOUCHER_DEACTIVATED = 80012, _("This voucher was switched off and cannot be used.")
    VOUCHER_INACTIVE = 80014, _("This voucher cannot be used yet. Look at the day it starts.")
    VOUCHER_LOCKED = (
        80017,
        _("Somebody else is using this voucher right now. Wait until it is free again."),
    )
    TOO_FEW_REDEMPTIONS_LEFT = 80019, _("This voucher cannot be used so many times any more.")
    PROMOTION_INACTIVE = 80020, _("This promotion is not running at the moment.")
    SUBSCRIPTION_OR_REWARD_GONE = (
        80300,
        _("What this is about does not exist, or is past its date."),
    )
    SHIFT_NOT_FOUND = 80530, _("There is no such shift.")
    SHIFT_STATUS_OR_NUMBER = (
        80531,
        _("The status of the shift is unknown, or its number is in use already."),
    )
    SHIFT_TEAM_NOT_FOUND = 80540, _("There is no such team.")
    SHIFT_TYPE_NOT_FOUND = 80550, _("There is no such kind of shift.")
    PERK_NOT_FOUND = 110000, _("There is no such perk. Choose a perk from the list.")

    @property
    def words(self) -> str:
        """What the code means for the person at the counter, and what to do next."""
        return str(self.label)


NOT_FOUND_CODES = frozenset(
    {
        *(code for code in ErrorCode if code.name.endswith("_NOT_FOUND")),
        ErrorCode.CONTACT_IDENTIFIER_WITHOUT_CONTACT,
    }
)


# Refusals that tell that the identifier is there.
KNOWN_IDENTIFIER = frozenset(
    {
        ErrorCode.CONTACT_IDENTIFIER_INACTIVE,
        ErrorCode.CONTACT_IDENTIFIER_WITHOUT_CONTACT,
    }
)


class PiggyError(Exception):
    """A call to Piggy that did not bring what was asked for."""

    nothing_changed: ClassVar[bool] = True
    happened: ClassVar[str | Promise] = ""
    next_step: ClassVar[str | Promise] = ""

    def __init__(
        self,
        *,
        status: int | None = None,
        code: int | None = None,
        trace_id: str = "",
        piggy_message: str = "",
        field_errors: Mapping[str, list[str]] | None = None,
        is_write: bool = False,
        passing: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__()
        self.status = status
        self.code = code
        self.trace_id = trace_id
        self.piggy_message = piggy_message[:PIGGY_MESSAGE_LENGTH]
        self.field_errors = dict(field_errors or {})
        self.is_write = is_write
        self.passing = passing  # the very same call may succeed a moment later
        self.retry_after = retry_after  # seconds Piggy asked to wait

    @property
    def message(self) -> str:
        """What happened, whether anything changed at Piggy, and what to do next."""
        return " ".join(str(text) for text in self._sentences() if text)

    def _sentences(self) -> Iterator[str | Promise]:
        yield self._what_happened()
        if self.is_write and self.nothing_changed:
            yield _("Nothing was changed at Piggy.")
        yield self._what_next()

    def _what_happened(self) -> str | Promise:
        return self.happened

    def _what_next(self) -> str | Promise:
        return self.next_step

    def __str__(self) -> str:
        """Words for the log: nothing that Piggy or a person wrote."""
        facts = {"status": self.status, "code": self.code, "trace": self.trace_id or None}
        known = " ".join(f"{name}={value}" for name, value in facts.items() if value is not None)
        return f"{type(self).__name__} {known}".strip()


class Rejected(PiggyError):
    """Piggy said no; nothing changed. The code says why, the field errors say where."""

    happened = _("Piggy refused this.")

    def _what_happened(self) -> str | Promise:
        if self.code is None:
            return self._without_code()
        if self.code not in ErrorCode:
            return _("Piggy refused this with code %(code)s. %(message)s") % {
                "code": self.code,
                "message": self.piggy_message,
            }
        if self.code == ErrorCode.INVALID_INPUT and not self.field_errors:
            return self._with_words_of_piggy(_("Piggy did not accept one of the values."))
        return ErrorCode(self.code).words

    def _without_code(self) -> str | Promise:
        if self.status == FORBIDDEN:
            return _(
                "Piggy does not let this console do that. "
                "An admin can check what its token is allowed to do."
            )
        if self.status == METHOD_NOT_ALLOWED:
            return _("Piggy does not offer this for this account.")
        return self._with_words_of_piggy(self.happened)

    def _with_words_of_piggy(self, text: str | Promise) -> str:
        if not self.piggy_message:
            return str(text)
        said = gettext("Piggy says: %(message)s") % {"message": self.piggy_message}
        return f"{text} {said}"


class NotFound(Rejected):
    """What was named does not exist at Piggy."""

    happened = _("Piggy does not have what was asked for. Check what you entered.")


class Unauthorized(PiggyError):
    """Piggy does not accept the token. Repeating the call is no use."""

    happened = _("Piggy does not accept the token of this console.")
    next_step = _(
        "Tell an admin: a new token has to be made at Piggy, and be put in under “Settings”, "
        "“Piggy's token”."
    )


class Maintenance(PiggyError):
    """Piggy is being maintained; nothing changed."""

    happened = _("Piggy is being maintained at the moment.")
    next_step = _("Try again in a few minutes.")


class Busy(PiggyError):
    """Too many calls at once; this one was not carried out."""

    happened = _("Piggy is getting too many questions at the moment.")

    def _what_next(self) -> str | Promise:
        if not self.retry_after:
            return _("Try again in a moment.")
        return _("Try again in %(seconds)d seconds.") % {"seconds": max(1, round(self.retry_after))}


class BulkheadFull(Busy):
    """So many calls wait for Piggy already that this one was not sent."""

    happened = _("Piggy answers slowly at the moment, so this was not sent.")


class Unreachable(PiggyError):
    """The call did not reach Piggy, or was a look-up that got no answer."""

    happened = _("Piggy cannot be reached at the moment.")
    next_step = _("Try again in a moment. If it goes on, tell an admin.")


class Malformed(PiggyError):
    """A look-up got an answer that is not the API's."""

    happened = _("Piggy sent an answer that makes no sense.")
    next_step = _("Try again. If it goes on, tell an admin.")


class Unfiltered(PiggyError):
    """A list gives everybody's where one customer's were asked for."""

    happened = _("Piggy gives everybody's here, so that this customer's cannot be told apart.")


class OutcomeUnknown(PiggyError):
    """A write may have been carried out; its answer was lost or made no sense."""

    nothing_changed = False
    happened = _("The answer of Piggy was lost, so it is not known whether this was done.")
    next_step = _("Look whether it was done before you try it again.")


# Nothing was changed, and the very same may well be done a while later.
PASSING = (Busy, Maintenance, Unauthorized, Unreachable)


class AnswerTooLarge(requests.RequestException):
    """An answer so large that it was not read to its end."""


@dataclass(frozen=True)
class RawAnswer:
    """An answer as it came over the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Read the body as JSON in which every text is one; None where it is none.

        What is no number (NaN, Infinity), which is no JSON either, is null.
        """
        try:
            return read_json(self.body, parse_constant=lambda _name: None)
        except (ValueError, RecursionError):
            return None

    @property
    def is_from_piggy(self) -> bool:
        """Whether this is an error in Piggy's own words rather than a gateway's.

        Piggy's codes and `status_code` are certain signs. Its framework refuses some calls with
        nothing but a message (429, 404 for a route, 405), and its OAuth layer has an envelope of
        its own; in front of an API that has booked already, no gateway answers like that.
        """
        payload = self.json()
        if not isinstance(payload, dict):
            return False
        code = payload.get("code")
        if code is not None:
            return (_whole_number(code) or 0) >= LOWEST_CODE
        if self.status == UNAUTHORIZED and isinstance(payload.get("error"), str):
            return True
        if not isinstance(payload.get("message"), str):
            return False
        is_plain_refusal = self.status in CLIENT_ERRORS and payload.keys() <= ENVELOPE_KEYS
        return is_plain_refusal or _whole_number(payload.get("status_code")) == self.status


def error_from(failure: RawAnswer | Exception, *, is_write: bool, trace_id: str = "") -> PiggyError:
    """Map an answer that was no success, or what broke on the way, to the error tree."""
    if isinstance(failure, RawAnswer):
        facts = _facts(failure)
        kind = _kind_of_answer(failure, facts["code"], is_write=is_write)
    else:
        facts = {"passing": not isinstance(failure, AnswerTooLarge | ValueError)}
        kind = _kind_of_exception(failure, is_write=is_write)
    return kind(is_write=is_write, trace_id=trace_id, **facts)


# What these statuses say about Piggy, whoever answers a look-up with them.
STATES: dict[int, type[PiggyError]] = {
    UNAUTHORIZED: Unauthorized,
    TOO_MANY_REQUESTS: Busy,
    SERVICE_UNAVAILABLE: Maintenance,
}


def _kind_of_answer(answer: RawAnswer, code: int | None, *, is_write: bool) -> type[PiggyError]:
    """Believe Piggy alone that a write was not carried out; a gateway cannot know."""
    if answer.is_from_piggy and (refusal := _refusal(answer.status, code)):
        return refusal
    if is_write:
        return OutcomeUnknown
    if answer.status in STATES:
        return STATES[answer.status]
    is_breakdown = answer.status in SERVER_ERRORS or answer.is_from_piggy
    return Unreachable if is_breakdown else Malformed


def _refusal(status: int, code: int | None) -> type[PiggyError] | None:
    """Tell how Piggy refuses with this; None where it broke down in the middle of it."""
    if code == ErrorCode.INTERNAL_ERROR:
        return None
    if status in STATES:
        return STATES[status]
    if status not in CLIENT_ERRORS:
        return None
    return NotFound if status == NOT_FOUND or code in NOT_FOUND_CODES else Rejected


def _facts(answer: RawAnswer) -> dict[str, Any]:
    """Collect what an answer tells; its body need not be the error envelope, nor JSON."""
    payload = answer.json()
    envelope = payload if isinstance(payload, dict) else {}
    message = envelope.get("message")
    return {
        "status": answer.status,
        "code": _whole_number(envelope.get("code")),
        "piggy_message": message.strip() if isinstance(message, str) else "",
        "field_errors": _field_errors(envelope.get("errors")),
        "passing": answer.status in PASSING_STATUSES,
        "retry_after": retry_after(answer.headers.get("Retry-After", "")),
    }


def _whole_number(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None


def _field_errors(errors: object) -> dict[str, list[str]]:
    """Read `errors`: field to string or list of strings (SDK); a bare list has no field."""
    if isinstance(errors, dict):
        return {str(field): list(_texts(value)) for field, value in errors.items()}
    texts = list(_texts(errors))
    return {NON_FIELD_ERRORS: texts} if texts else {}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif value is not None:
        yield str(value)[:PIGGY_MESSAGE_LENGTH]


def retry_after(value: str) -> float | None:
    """Read a Retry-After header, seconds or an HTTP date, as seconds from now."""
    try:
        return max(0.0, float(int(value)))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _kind_of_exception(failure: Exception, *, is_write: bool) -> type[PiggyError]:
    if was_never_sent(failure):
        return Unreachable
    if is_write:
        return OutcomeUnknown
    if isinstance(failure, AnswerTooLarge | DecodeError):
        return Malformed
    return Unreachable


def was_never_sent(failure: Exception) -> bool:
    """Tell whether a call broke so early that Piggy cannot have seen it."""
    if isinstance(failure, requests.ConnectTimeout | ValueError):
        return True
    return any(
        isinstance(cause, NewConnectionError | ProxyError | ssl.SSLCertVerificationError)
        for cause in _causes(failure)
    )


def _causes(failure: BaseException) -> Iterator[BaseException]:
    """Walk down to what really happened: requests and urllib3 wrap it several times."""
    seen: set[int] = set()
    waiting: list[object] = [failure]
    while waiting:
        cause = waiting.pop()
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [getattr(cause, "reason", None), *cause.args]
