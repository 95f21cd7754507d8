"""`manage.py api_coverage`: writes docs/coverage.md."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from piggyadmin.status.api_coverage import written


class Command(BaseCommand):
    """Write down what of Piggy's API is covered, read off the code."""

    help = "Write docs/coverage.md: every endpoint of Piggy's API, and what leads to it."

    def handle(self, **_options: Any) -> None:
        """Write it.

        Raises:
            CommandError: there is no sandbox here to compare with.
        """
        if not apps.is_installed("piggyadmin.sandbox"):
            raise CommandError("This is for a console on the sandbox: unset PIGGY_API_TOKEN.")
        path = settings.BASE_DIR / "docs" / "coverage.md"
        path.write_text(written())
        self.stdout.write(f"Wrote {path}.")
