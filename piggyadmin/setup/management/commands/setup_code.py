"""`manage.py setup_code`: another code for the set-up, where the printed one is lost."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from piggyadmin.setup.codes import is_open, new_code


class Command(BaseCommand):
    """Print a new code; the one before does not hold any more."""

    help = "Print a new code for /setup/, as long as nobody works in the console."

    def handle(self, **_options: Any) -> None:
        """Make it.

        Raises:
            CommandError: there is nothing to set up.
        """
        if not is_open():
            raise CommandError("Somebody works here already, or this is no real account.")
        self.stdout.write(new_code())
