"""`manage.py piggy_token`: keeps the token for Piggy, where nobody can do so in a browser yet."""

import sys
from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from piggyadmin.preferences.services import TokenRefused, replace_token


class Command(BaseCommand):
    """Read it from a terminal, where it is not shown, or from standard input."""

    help = "Try a token for Piggy and keep it, sealed; it is read from standard input."

    def handle(self, **_options: Any) -> None:
        """Keep it.

        Raises:
            CommandError: there is no use for one here, or Piggy does not take it.
        """
        if settings.PIGGY_IN_PROCESS_SANDBOX:
            raise CommandError(
                "The embedded sandbox needs no token. Set PIGGY_SANDBOX=false first."
            )
        token = getpass("Token: ") if sys.stdin.isatty() else sys.stdin.readline()
        try:
            self.stdout.write(replace_token(token.strip(), by=None))
        except TokenRefused as refused:
            raise CommandError(refused.words) from None
