"""`manage.py ledger_verify`: proves that nothing in the ledger was changed, inserted or removed."""

import gc
import multiprocessing
import os
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import connection, connections

from piggyadmin.ledger.hash_chain import HEAD
from piggyadmin.ledger.head_seals import newest_seal, seal_faults
from piggyadmin.ledger.models import Event, Head
from piggyadmin.ledger.verification import SPAN, Map, verify

# Between two lines about how far it is.
PROGRESS_SECONDS = 2.0


class Command(BaseCommand):
    """Walk the chain of hashes.

    The last line is the chain's end. Whoever keeps that line elsewhere can prove later, with
    `--head`, that not even somebody with all rights to the database has written history anew; the
    daily seals (`head_seals.py`) do so by themselves.
    """

    help = "Prove by the chain of hashes that the ledger is as it was written."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer `--head` and `--progress`."""
        parser.add_argument(
            "--head", default="", help="an end of the chain noted earlier, as number:hash"
        )
        parser.add_argument(
            "--progress", action="store_true", help="tell how far it is, also without a terminal"
        )

    def handle(self, *, head: str, progress: bool, **_options: Any) -> None:
        """Say what does not fit, or that all does."""
        tell = _Progress(self.stderr, is_wanted=progress or self.stderr.isatty())
        number = 0
        with _processes() as each:
            for fault in chain(verify(tell, each), _check_noted(head), seal_faults()):
                self.stderr.write(fault)
                number += 1
        if number:
            raise CommandError(f"The ledger does not verify: {number} findings.")
        if seal := newest_seal():
            self.stdout.write(f"It holds all {seal.number} ends that were sealed.")
        self.stdout.write(f"The ledger is whole. {Head.objects.filter(pk=HEAD).first() or '0:'}")


@contextmanager
def _processes() -> Iterator[Map]:
    """Give what shares a long ledger out among as many processes as there are processors."""
    if connection.in_atomic_block or Event.objects.count() <= SPAN:
        yield map
        return
    # A connection belongs to the process that opened it: the others begin while there is none.
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    # Rows hold no cycles: looking for garbage among them takes a sixth of the time.
    with ProcessPoolExecutor(_process_count(), mp_context=fork, initializer=gc.disable) as pool:
        pool.submit(gc.isenabled).result()
        yield pool.map


def _process_count() -> int:
    """Take one for each processor, and one more where a server reads, while the others compute."""
    return (os.cpu_count() or 1) + (connection.vendor != "sqlite")


class _Progress:
    """Says now and then how far the verification is, and how fast."""

    def __init__(self, stream: OutputWrapper, *, is_wanted: bool) -> None:
        self.stream, self.is_wanted = stream, is_wanted
        self.begun = self.told = time.monotonic()

    def __call__(self, done: int, everything: int) -> None:
        """Tell that so many of all events and entries have been looked at."""
        now = time.monotonic()
        if not self.is_wanted or now - self.told < PROGRESS_SECONDS:
            return
        self.told = now
        rate = done / (now - self.begun)
        self.stream.write(
            f"{done:,} of {everything:,} events and entries ({done * 100 // everything} %), "
            f"{rate:,.0f} a second"
        )


def _check_noted(noted: str) -> list[str]:
    if not noted:
        return []
    sequence, _colon, noted_hash = noted.partition(":")
    if not sequence.isdecimal():
        raise CommandError("Give --head as it was printed: number:hash.")
    is_there = Event.objects.filter(sequence=int(sequence), hash=noted_hash).exists()
    return [] if is_there else [f"The chain does not hold the end that was noted: {noted}."]
