"""`manage.py prepare`: everything that must be there before the console serves."""

import fcntl
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from piggyadmin.accounts.demo import demo_people, make_demo_people
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.ledger import recovery
from piggyadmin.private import keep_new_files_private
from piggyadmin.status.startup import ensure_safe_start, remember_real_account
from piggyadmin.ui.catalogs import compile_catalogs


class Command(BaseCommand):
    """Bring databases, static files and, on the sandbox, people and data up to date.

    Safe to repeat: what is there is kept.
    """

    help = "Prepare databases and static files; on the sandbox also its data and the demo people."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer `--sandbox-only`."""
        parser.add_argument(
            "--sandbox-only", action="store_true", help="prepare what `make sandbox` serves"
        )

    def handle(self, *, sandbox_only: bool, **_options: Any) -> None:
        """Prepare, one process after the other, and say who can sign in."""
        keep_new_files_private()
        if not sandbox_only:
            ensure_safe_start()
        with (settings.DATA_DIR / "prepare.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._prepare(sandbox_only=sandbox_only)
        if not sandbox_only and not settings.PIGGY_IS_REAL:
            self._introduce_demo_people()

    def _prepare(self, *, sandbox_only: bool) -> None:
        compile_catalogs()
        if "sandbox" in settings.DATABASES and (sandbox_only or settings.PIGGY_IN_PROCESS_SANDBOX):
            self._prepare_sandbox()
        if sandbox_only:
            return
        call_command("migrate", verbosity=0)
        remember_real_account()
        call_command("collectstatic", interactive=False, verbosity=0)
        # Whoever was at it here before is not any more.
        recovery.recover()
        if settings.PIGGY_IN_PROCESS_SANDBOX:
            self._remember_booking()
        if not settings.PIGGY_IS_REAL:
            make_demo_people()

    def _prepare_sandbox(self) -> None:
        # Not there at all on a real account.
        from piggyadmin.sandbox import pristine  # noqa: PLC0415

        self.stdout.write("Preparing the sandbox; the first time it is filled with contacts …")
        pristine.prepare()

    def _remember_booking(self) -> None:
        """Have the console know the sandbox's booking: it could not be found otherwise."""
        from piggyadmin.sandbox.models import Booking  # noqa: PLC0415
        from piggyadmin.sandbox.seed import BOOKING_UUID  # noqa: PLC0415

        for row in Booking.objects.filter(uuid=BOOKING_UUID).select_related("contact", "shop"):
            seen = {
                "contact_uuid": row.contact.uuid,
                "contact_email": row.contact.email,
                "shop_uuid": row.shop.uuid,
                "external_id": row.external_id,
                "starts_at": row.starts_at,
                "ends_at": row.ends_at,
                "number_of_people": row.number_of_people,
                "status": row.status,
                "learned_from": SeenBooking.LearnedFrom.TOLD,
            }
            SeenBooking.objects.get_or_create(uuid=row.uuid, defaults=seen)

    def _introduce_demo_people(self) -> None:
        self.stdout.write("\n  Sign in as one of these people:")
        for person in demo_people():
            self.stdout.write(f"    {person['username']:<8}  password {person['password']}")
