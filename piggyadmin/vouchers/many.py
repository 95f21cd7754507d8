"""Many vouchers at once: codes out of any text, and what Piggy says of each, as it is answered."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from django.core import signing
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.contacts.naming import with_names
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import THREADS, gather_in_turn
from piggyadmin.piggy.errors import NotFound, PiggyError, Rejected
from piggyadmin.piggy.throttle import in_background
from piggyadmin.vouchers.services import find_voucher
from piggyadmin.vouchers.steps import for_many
from piggyadmin.vouchers.types import Voucher
from piggyadmin.vouchers.wording import in_words, uses_in_words

# What stands for a status where Piggy has no such voucher, and where it could not be asked.
NOWHERE, NOT_ASKED = "NOWHERE", "NOT-ASKED"
# For so long what was answered can be sorted, filtered and sent as a file, in seconds.
ANSWERS_LAST_SECONDS = 4 * 60 * 60
_SALT = "piggyadmin.vouchers.many"


class CheckedCode(NamedTuple):
    """A code, and what Piggy says of it; plain, so that it can be signed and sent along."""

    place: int
    code: str
    status: str
    words: str
    gives: str = ""
    contact_uuid: str = ""
    contact: str = ""
    uses: str = ""
    until: str = ""
    # The slugs of what can be done with it, as far as its state tells.
    can: str = ""

    @property
    def good_until(self) -> datetime | None:
        """When it ends; None where it does not, or where that is not known."""
        return parse_datetime(self.until) if self.until else None


ORDERS = {
    "place": _("As pasted"),
    "status": _("Status"),
    "contact": _("Customer"),
    "until": _("Good until"),
}


class CodeAnswer(NamedTuple):
    """What Piggy answered of a code: its voucher, or the words for why there is none."""

    code: str
    voucher: Voucher | None = None
    status: str = ""
    words: str = ""

    @property
    def contact_uuid(self) -> str:
        """Whose the voucher is; empty where it is nobody's, or where that is not known."""
        contact = self.voucher and self.voucher.contact
        return contact.person_uuid if contact else ""


def check(piggy: PiggyClient, codes: Sequence[str]) -> Iterator[list[CheckedCode]]:
    """Ask for codes, and say of each what Piggy says of it; a part at a time."""
    place = 0
    for answers in ask(piggy, codes):
        named = iter(with_names([each.voucher for each in answers if each.voucher]))
        told = [each._replace(voucher=next(named)) if each.voucher else each for each in answers]
        yield [_told(number, answer) for number, answer in enumerate(told, place + 1)]
        place += len(answers)


def ask(piggy: PiggyClient, codes: Sequence[str]) -> Iterator[list[CodeAnswer]]:
    """Ask for codes side by side, as many at a time as there are threads; a part at a time.

    Other people's calls go first. Once Piggy answers nothing any more, the rest is not asked for.
    """
    is_answered = True

    def asks() -> Iterator[Callable[[], CodeAnswer]]:
        for code in codes:
            yield partial(_ask if is_answered else _not_asked, piggy, code)

    answers = gather_in_turn(asks())
    while part := list(islice(answers, THREADS)):
        is_answered = any(answer.status != NOT_ASKED for answer in part)
        yield part


def _ask(piggy: PiggyClient, code: str) -> CodeAnswer:
    try:
        with in_background():
            return CodeAnswer(code, find_voucher(piggy, code=code))
    except NotFound:
        return CodeAnswer(code, None, NOWHERE, gettext("No voucher has this code."))
    except Rejected as error:
        return CodeAnswer(code, None, NOWHERE, str(error.message))
    except PiggyError as error:
        return CodeAnswer(code, None, NOT_ASKED, str(error.message))


def _not_asked(_piggy: PiggyClient, code: str) -> CodeAnswer:
    words = gettext("Not asked, as Piggy did not answer before. Try again in a moment.")
    return CodeAnswer(code, None, NOT_ASKED, words)


def _told(place: int, answer: CodeAnswer) -> CheckedCode:
    code, voucher = answer.code, answer.voucher
    if voucher is None:
        return CheckedCode(place, code, answer.status, answer.words)
    contact, end = voucher.contact, voucher.expiration_date
    return CheckedCode(
        place=place,
        code=code,
        status=voucher.status or "",
        words=in_words(voucher),
        gives=voucher.name or (voucher.promotion and voucher.promotion.name) or "",
        contact_uuid=answer.contact_uuid,
        contact=contact.called if contact else "",
        uses=uses_in_words(voucher),
        until=end.isoformat() if end else "",
        can=" ".join(for_many(voucher)),
    )


# --- What was answered, sent along with the page ---------------------------------------------


def signed(rows: Sequence[CheckedCode], person_id: int) -> str:
    """Give what was answered as one text that only whoever asked can send back."""
    return signing.dumps([person_id, *map(list, rows)], salt=_SALT, compress=True)


def unsigned(text: str, person_id: int) -> list[CheckedCode] | None:
    """Give what was answered back; None where it is too old, another person's, or not ours."""
    try:
        owner, *rows = signing.loads(text, salt=_SALT, max_age=ANSWERS_LAST_SECONDS)
    except signing.BadSignature:
        return None
    return [CheckedCode(*row) for row in rows] if owner == person_id else None


def totals(rows: Sequence[Any], by: str = "status") -> list[tuple[str, int]]:
    """Count the codes of each status, the most frequent first."""
    return Counter(getattr(row, by) for row in rows).most_common()


def narrowed(rows: Sequence[CheckedCode], status: str, order: str) -> list[CheckedCode]:
    """Give the rows of a status, or all, in an order; what has nothing to go by comes last."""
    chosen = [row for row in rows if status in {"", row.status}]
    if order not in ORDERS or order == "place":
        return chosen
    return sorted(chosen, key=lambda row: (not getattr(row, order), getattr(row, order), row.place))
