"""`manage.py backup`: the console's database as a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from piggyadmin.status.backups import BackupError, back_up, checksum_path, new_backup


class Command(BaseCommand):
    """Write a backup while the console is used; PostgreSQL's is made by pg_dump."""

    help = "Write the console's database to a file, also while it is used."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where to."""
        parser.add_argument(
            "path",
            nargs="?",
            type=Path,
            help="the file to write; without one, a new one in BACKUP_DIR",
        )

    def handle(self, *, path: Path | None, **_options: Any) -> None:
        """Write it, and say where it is.

        Raises:
            CommandError: it could not be written.
        """
        path = path or new_backup(settings.BACKUP_DIR)
        try:
            back_up(path)
        except BackupError as error:
            raise CommandError(str(error)) from None
        key = "DATA_KEY" if settings.DATA_KEY else "SECRET_KEY"
        self.stdout.write(
            f"Written: {path}, and {checksum_path(path).name}, which proves its bytes: keep both "
            f"together. {key} is not in it: keep that elsewhere."
        )
