"""Making single vouchers under codes that follow from the ledger, by which they are found again."""

from hashlib import sha256

from piggyadmin.ledger import own_reference
from piggyadmin.ledger.models import Entry
from piggyadmin.piggy.client import PiggyClient

# Neither 0, 1, I, L, O nor U: what is read out over the telephone is not mistaken.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12  # 59 bits: nobody guesses one


def own_code(piggy: PiggyClient) -> str | None:
    """Give the code of a voucher that is made now; None where Piggy has to think one up.

    It follows from the key of the entry, which is random: when the answer gets lost, the voucher is
    found by it, and the same one cannot be made twice. It has to be asked for before anything is
    sent.
    """
    reference = own_reference.take(piggy)
    return code_from(reference) if reference else None


def code_of(entry: Entry) -> str | None:
    """Give the code under which an entry made its voucher, as far as that is known."""
    reference = own_reference.written(entry)
    return code_from(reference) if reference else None


def code_from(reference: str) -> str:
    """Make a code of a reference, always the same one."""
    number = int.from_bytes(sha256(reference.encode()).digest(), "big")
    letters = []
    for _place in range(CODE_LENGTH):
        number, letter = divmod(number, len(LETTERS))
        letters.append(LETTERS[letter])
    return "".join(letters)
