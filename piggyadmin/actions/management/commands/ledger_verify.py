"""`manage.py ledger_verify`: proves that nothing in the ledger was changed, inserted or removed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from piggyadmin.actions.chain import HEAD
from piggyadmin.actions.models import Event, Head
from piggyadmin.actions.verify import verify


class Command(BaseCommand):
    """Walk the chain of hashes.

    The last line is the chain's end. Whoever keeps that line elsewhere can prove later, with
    `--head`, that not even somebody with all rights to the database has written history anew.
    """

    help = "Prove by the chain of hashes that the ledger is as it was written."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer `--head`."""
        parser.add_argument(
            "--head", default="", help="an end of the chain noted earlier, as number:hash"
        )

    def handle(self, *, head: str, **_options: Any) -> None:
        """Say what does not fit, or that all does."""
        faults = [*verify(), *_check_noted(head)]
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"The ledger does not verify: {len(faults)} findings.")
        self.stdout.write(f"The ledger is whole. {Head.objects.filter(pk=HEAD).first() or '0:'}")


def _check_noted(noted: str) -> list[str]:
    if not noted:
        return []
    sequence, _colon, noted_hash = noted.partition(":")
    if not sequence.isdecimal():
        raise CommandError("Give --head as it was printed: number:hash.")
    is_there = Event.objects.filter(sequence=int(sequence), hash=noted_hash).exists()
    return [] if is_there else [f"The chain does not hold the end that was noted: {noted}."]
