"""`manage.py sandbox_seed`: fill the sandbox anew."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from piggyadmin.sandbox import locks
from piggyadmin.sandbox.models import Contact, ContactIdentifier, LoyaltyTransaction, Voucher
from piggyadmin.sandbox.seed import seed

_COUNTED = (Contact, ContactIdentifier, LoyaltyTransaction, Voucher)


class Command(BaseCommand):
    """Throw the sandbox's records away and make new ones."""

    help = "Fill the sandbox anew; the same figures give the same records."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer the number of contacts and the seed."""
        parser.add_argument("--contacts", type=int, default=2000, help="how many (2000)")
        parser.add_argument("--seed", type=int, default=1, help="which ones (1)")

    def handle(self, *, contacts: int, **options: Any) -> None:
        """Fill it, and say what there is and how long it took."""
        if contacts < 0:
            raise CommandError("--contacts must be 0 or more.")
        begun = time.monotonic()
        with locks.write_alone():
            seed(contacts, options["seed"])
        seconds = time.monotonic() - begun
        for model in _COUNTED:
            name = model._meta.verbose_name_plural
            self.stdout.write(f"{model.objects.count():>10,} {name}")
        self.stdout.write(f"{seconds:>10.1f} seconds")
