"""Where the chain ended, sealed and kept outside of the database, so that cutting it off is found.

The chain proves itself, but not that its end is still its end: whoever may do everything to the
database could remove the last events and say that it ends before them. A seal says where it ended
at some moment, and carries an HMAC with a key that stands in the environment alone. The seals are
lines of a file, each of which names the one before; each is also sent elsewhere where that is set,
so that cutting the file off is found too.
"""

import fcntl
import hmac
import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from io import SEEK_END
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone
from pydantic import BaseModel, ConfigDict, ValidationError

from piggyadmin.bulk_insert import batches
from piggyadmin.ledger.hash_chain import HEAD, EndUnknown
from piggyadmin.ledger.models import Event, Head

EVERY = timedelta(days=1)
# A line is about 330 bytes long; the last of them is looked for in so many.
TAIL_BYTES = 4096
SEALED = ("number", "at", "sequence", "hash", "previous")


class HeadSeal(BaseModel):
    """Where the chain ended at some moment: one line of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int
    at: datetime
    sequence: int
    hash: str
    # The seal of the line before.
    previous: str
    seal: str = ""

    def sealed_with(self, key: str) -> str:
        """Give the seal that a key makes of all the rest."""
        text = json.dumps([self.model_dump(mode="json")[name] for name in SEALED])
        return hmac.new(key.encode(), text.encode(), sha256).hexdigest()

    def is_genuine(self) -> bool:
        """Tell whether one of our keys made the seal, of what stands here."""
        keys = (settings.LEDGER_SEAL_KEY, *settings.LEDGER_SEAL_KEY_FALLBACKS)
        return any(hmac.compare_digest(self.sealed_with(key), self.seal) for key in keys)


class SealFileDamaged(Exception):  # noqa: N818  (named as a person would)
    """The last line of the file is no seal, so that none can follow it."""


# --- Sealing ---------------------------------------------------------------------------------


def seal_head() -> HeadSeal:
    """Seal where the chain ends now, and add that to the file.

    Raises:
        SealFileDamaged: the last line of the file is no seal.
        EndUnknown: the row of the end is gone; what is left must not be taken for the whole.
        OSError: the file cannot be written.
    """
    path = settings.LEDGER_SEALS
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # one process after the other
        seal = _next_seal(_last_line(path))
        file.write(seal.model_dump_json().encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return seal


def _next_seal(line: bytes) -> HeadSeal:
    last = _read_seal(line) if line else None
    if line and last is None:
        raise SealFileDamaged(settings.LEDGER_SEALS)
    head = Head.objects.filter(pk=HEAD).first()
    if head is None and Event.objects.exists():
        raise EndUnknown
    seal = HeadSeal(
        number=last.number + 1 if last else 1,
        at=timezone.now(),
        sequence=head.sequence if head else 0,
        hash=head.hash if head else "",
        previous=last.seal if last else "",
    )
    return seal.model_copy(update={"seal": seal.sealed_with(settings.LEDGER_SEAL_KEY)})


def is_due() -> bool:
    """Tell whether there is a key, and no seal of the last day."""
    if not settings.LEDGER_SEAL_KEY:
        return False
    newest = newest_seal()
    return newest is None or timezone.now() - newest.at >= EVERY


# --- Reading ---------------------------------------------------------------------------------


def newest_seal() -> HeadSeal | None:
    """Give the last line of the file, if it is a seal; whether it is genuine is not looked at."""
    return _read_seal(_last_line(settings.LEDGER_SEALS))


def _last_line(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            length = file.seek(0, SEEK_END)
            file.seek(max(0, length - TAIL_BYTES))
            return (file.read().splitlines() or [b""])[-1]
    except FileNotFoundError:
        return b""


def _read_seal(line: bytes) -> HeadSeal | None:
    try:
        return HeadSeal.model_validate_json(line)
    except ValidationError:
        return None


class SealState(NamedTuple):
    """How the ledger's seals are: how many, the newest, and what does not fit."""

    number: int
    newest: HeadSeal | None
    faults: list[str]


def seal_state() -> SealState:
    """Look at all seals, and at the events that they name."""
    newest = newest_seal()
    return SealState(newest.number if newest else 0, newest, list(seal_faults()))


def seal_faults() -> Iterator[str]:
    """Say, in words for an admin, what does not fit among the seals, and with the chain."""
    lines = _lines()
    if not lines:
        return
    if not settings.LEDGER_SEAL_KEY:
        yield f"LEDGER_SEAL_KEY is not set: the seals in {settings.LEDGER_SEALS} prove nothing."
        return
    seals = []
    for number, line in enumerate(lines, 1):
        seal = _read_seal(line)
        if seal is None or not seal.is_genuine():
            yield f"Line {number} of {settings.LEDGER_SEALS} is no seal made with our key."
        else:
            seals.append(seal)
            yield from _follows(seal, number, seals[-2] if len(seals) > 1 else None)
    yield from _missing(seals)


def _lines() -> list[bytes]:
    try:
        return settings.LEDGER_SEALS.read_bytes().splitlines()
    except FileNotFoundError:
        return []


def _follows(seal: HeadSeal, number: int, before: HeadSeal | None) -> Iterator[str]:
    """Say what is missing before a seal."""
    if seal.number != number or seal.previous != (before.seal if before else ""):
        yield f"Seal {seal.number} does not follow the line before it: seals were removed or added."


def _missing(seals: list[HeadSeal]) -> Iterator[str]:
    """Say which ends, that were once sealed, the chain does not hold any more."""
    for some in batches([seal for seal in seals if seal.sequence]):
        numbers = [seal.sequence for seal in some]
        there = dict(Event.objects.filter(sequence__in=numbers).values_list("sequence", "hash"))
        for seal in some:
            if there.get(seal.sequence) != seal.hash:
                yield (
                    f"The chain does not hold event {seal.sequence}, at which it ended on "
                    f"{seal.at:%Y-%m-%d} (seal {seal.number}): it was cut off, or made anew."
                )
