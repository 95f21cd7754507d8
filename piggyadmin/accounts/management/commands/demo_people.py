"""`manage.py demo_people`: make or remove the people with a public password."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from piggyadmin.accounts.demo import make_demo_people, remove_demo_people


class Command(BaseCommand):
    """Make the demo people of the sandbox, or remove them before a real account is used."""

    help = "Make the demo people (on the sandbox only), or remove them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer `--remove`."""
        parser.add_argument("--remove", action="store_true", help="remove them instead")

    def handle(self, *, remove: bool, **_options: Any) -> None:
        """Do it and say what was done."""
        if remove:
            number = remove_demo_people()
            self.stdout.write(f"Demo people removed: {number} can no longer sign in.")
        else:
            make_demo_people()
            self.stdout.write("Demo people are there.")
