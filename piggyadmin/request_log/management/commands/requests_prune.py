"""Forget old calls."""

from typing import Any

from django.core.management.base import BaseCommand

from piggyadmin.request_log.retention import prune


class Command(BaseCommand):
    """`manage.py requests_prune`."""

    help = "Deletes calls of the request log that are older than REQUEST_LOG_DAYS."

    def handle(self, **_options: Any) -> None:
        """Delete them."""
        self.stdout.write(f"{prune()} calls deleted")
