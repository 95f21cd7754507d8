"""`manage.py doctor`: how the console is, and what to mend."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from piggyadmin.status.health import HealthCheck, HealthState, check_health, is_well

MARKS = {HealthState.WELL: "ok", HealthState.DOUBTFUL: "?", HealthState.UNWELL: "!"}


class Command(BaseCommand):
    """Look at everything that the console needs; the exit status is 1 where something is amiss."""

    help = "Say how database, worker, Piggy, token, clock, settings and disk are, and what to mend."
    # What these would find is among what is told.
    requires_system_checks: list[str] = []

    def handle(self, **_options: Any) -> None:
        """Print a line for each check.

        Raises:
            CommandError: something has to be mended.
        """
        checks = check_health()
        for each in checks:
            self._tell(each)
        if not is_well(checks):
            raise CommandError("Something has to be mended, see above.")

    def _tell(self, check: HealthCheck) -> None:
        self.stdout.write(f"{MARKS[check.state]:>2}  {check.label}: {check.words}")
        if check.cure:
            self.stdout.write(f"      {check.cure}")
