"""What is done with a booking at hand with one press: what these actions have in common."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.template.defaultfilters import date
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action, LookUp
from piggyadmin.bookings import services
from piggyadmin.bookings.forms import BookingForm
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bookings.seen import (
    LABELS,
    SavedBooking,
    cannot_read,
    describe,
    find_seen,
    is_status,
    known_evidence,
    remember,
    saved,
)
from piggyadmin.bookings.taking_back import BEFORE, before, typed_back
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Finding, Stored, Words
from piggyadmin.ledger.reconciliation_evidence import undecided
from piggyadmin.ledger.sentences import Matter, Pattern, Sentence
from piggyadmin.ledger.subjects import directory
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.forms import CodeField
from piggyadmin.ui.states import status_word
from piggyadmin.ui.templatetags.ui import in_words


class BookingAtHand(Stored):
    """A booking about which a step is asked, as it was last known here."""

    question: str
    name: str = ""
    seen_at: datetime | None = None
    status: str = ""
    # Why it may not be meant; empty where nothing speaks against it.
    warning: str = ""


class BookingStepForm(BookingForm):
    """A booking that was chosen already: nothing is left to be filled in."""

    # It was found first: what is shown above would be of another one.
    booking_uuid = CodeField(
        label=_("Booking"), widget=forms.TextInput(attrs={"readonly": True, "class": "mono"})
    )

    def clean(self) -> dict[str, Any]:
        """Keep where and when it is, by which people know it, and what it was before."""
        data = super().clean()
        booking = find_seen(data.get("booking_uuid", ""))
        if booking and booking.shop_uuid:
            data["shop_uuid"] = booking.shop_uuid
        if booking and booking.starts_at:
            data["starts_at"] = booking.starts_at
            data["is_today"] = timezone.localdate(booking.starts_at) == timezone.localdate()
        if was := before(data.get("booking_uuid", ""), ("status", "checked_in_at")):
            data[BEFORE] = was
        return data


class BookingStep(Action[SavedBooking, None]):
    """A change of a booking that is the same each time."""

    entity = "bookings"
    effect = Effect.WRITE
    role = Role.STAFF
    look_up_form_class = BookingForm
    form_class = BookingStepForm
    sample: ClassVar = {"booking_uuid": "c0ffee00-0000-4000-8000-000000000301"}
    found_template = "bookings/_step.html"
    result_template = "bookings/_saved.html"
    result_type = SavedBooking
    undone_by = "update-bookings"
    # The status that it has then, and what is asked before.
    status: ClassVar[str]
    question: ClassVar[Words]
    # What was done, and what somebody wants: with the time of the booking, and without it.
    patterns: ClassVar[tuple[tuple[Pattern, Pattern], tuple[Pattern, Pattern]]]

    def changes(self) -> dict[str, Any]:
        """Give what Piggy is told."""
        return {"status": self.status}

    def field_label(self, name: str) -> Words:
        """Name what the ledger keeps beside what was asked."""
        beside = {
            "shop_uuid": _("Shop"),
            "starts_at": LABELS["starts_at"],
            "is_today": _("On the day itself"),
            BEFORE: _("Before"),
        }
        return beside.get(name) or super().field_label(name)

    def deduplication_data(self, data: Data) -> list[str]:
        """The same booking, whatever is known of it."""
        return [data["booking_uuid"]]

    def subjects(self, data: Data, preview: None) -> dict[str, str]:  # noqa: ARG002
        """The contact of the booking, as far as this console knows it."""
        booking = find_seen(data["booking_uuid"])
        return {"contact": booking.contact_uuid} if booking and booking.contact_uuid else {}

    def sentence(self, matter: Matter) -> Sentence:
        """Say whose booking, of when and where; on the day itself its hour says it."""
        parts = {"customer": matter.customer(), "shop": matter.shop()}
        starts_at = parse_datetime(str(matter.asked("starts_at") or ""))
        timed, untimed = self.patterns
        if starts_at is None:
            return Sentence(*untimed, parts)
        is_today = matter.asked("is_today") is True
        parts["when"] = (
            date(timezone.localtime(starts_at), "H:i") if is_today else in_words(starts_at)
        )
        return Sentence(*timed, parts)

    def look_up(self, piggy: PiggyClient, data: Data) -> LookUp:  # noqa: ARG002
        """Show what this console knows of it; Piggy cannot be asked."""
        uuid = data["booking_uuid"]
        booking = find_seen(uuid)
        found = BookingAtHand(question=str(self.question))
        if booking:
            found = BookingAtHand(
                question=found.question,
                name=_name(booking),
                seen_at=booking.seen_at,
                status=booking.status,
                warning=self.warning(booking),
            )
        return LookUp(initial={"booking_uuid": uuid}, found=found)

    def warning(self, booking: SeenBooking) -> str:
        """Say that it is so already, as far as this console knows."""
        if not is_status(booking, self.status):
            return ""
        words = _("As far as this console knows, it is like that already: %(status)s.")
        return str(words) % {"status": status_word(booking.status)}

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:  # noqa: ARG002
        """Piggy cannot be asked; show what this console knew."""
        return undecided(cannot_read(), *known_evidence(entry.data["booking_uuid"]))

    def perform(self, piggy: PiggyClient, data: Data) -> SavedBooking:
        """Tell Piggy."""
        sent = self.changes()
        booking = services.update_booking(piggy, booking_uuid=data["booking_uuid"], **sent)
        return saved(booking, sent)

    def undo(self, entry: Entry, result: SavedBooking) -> dict[str, str] | None:
        """Give it the status again that it had; when somebody was checked in stays noted."""
        return typed_back(entry, result, ["status"])

    def after_done(self, data: Data, result: SavedBooking) -> None:
        """Remember how it is now."""
        remember(data["booking_uuid"], result)


def _name(booking: SeenBooking) -> str:
    """Name a booking with its customer and shop as they are called; Piggy is not asked."""
    known = directory()
    uuid = booking.contact_uuid
    customer = known.names([uuid]).get(uuid, "") if uuid else ""
    return describe(booking, customer, known.things().get(booking.shop_uuid, ""))
