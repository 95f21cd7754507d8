"""`manage.py ledger_seal`: seals where the ledger ends, as workers do every day."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from piggyadmin.ledger.hash_chain import EndUnknown
from piggyadmin.ledger.head_seals import SealFileDamaged
from piggyadmin.ledger.seal_delivery import seal_and_send


class Command(BaseCommand):
    """Seal the ledger's end now; the line that it prints can be kept elsewhere as well."""

    help = "Seal where the ledger ends, add that to the file of seals, and have it sent."

    def handle(self, **_options: Any) -> None:
        """Seal it.

        Raises:
            CommandError: says what to do.
        """
        if not settings.LEDGER_SEAL_KEY:
            raise CommandError("Set LEDGER_SEAL_KEY: a long random key that no database holds.")
        try:
            seal = seal_and_send()
        except SealFileDamaged as error:
            words = f"The last line of {error} is no seal. Look why, then put the file aside."
            raise CommandError(words) from None
        except EndUnknown:
            words = "The row of the chain's end is gone: run ledger_verify first."
            raise CommandError(words) from None
        self.stdout.write(seal.model_dump_json())
