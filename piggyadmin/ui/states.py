"""The words for what state something is in: the same in badges, filters and sentences."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy


class State(NamedTuple):
    """How a status is shown: its tone (a colour of the style sheet), an icon and a word."""

    tone: str
    icon: str
    label: str | Promise


STATES = {
    # Vouchers, contact identifiers and session tokens
    "ACTIVE": State("success", "circle-check", gettext_lazy("Can be used")),
    "INACTIVE": State("neutral", "circle-pause", gettext_lazy("Not yet usable")),
    "REDEEMED": State("info", "badge-check", gettext_lazy("Used")),
    "USED": State("info", "badge-check", gettext_lazy("Used")),
    "EXPIRED": State("warning", "clock-alert", gettext_lazy("Expired")),
    "DEACTIVATED": State("danger", "ban", gettext_lazy("Switched off")),
    "LOCKED": State("warning", "lock", gettext_lazy("Locked")),
    "NOWHERE": State("danger", "search-x", pgettext_lazy("status", "Not found")),
    "NOT-ASKED": State("warning", "unplug", pgettext_lazy("status", "Not asked")),
    "YES": State("success", "circle-check", pgettext_lazy("status", "Active")),
    "NO": State("neutral", "circle-off", pgettext_lazy("status", "Switched off")),
    # What the console needs
    "WELL": State("success", "circle-check", pgettext_lazy("status", "Well")),
    "DOUBTFUL": State("warning", "circle-alert", pgettext_lazy("status", "Doubtful")),
    "UNWELL": State("danger", "circle-x", pgettext_lazy("status", "To be mended")),
    # Forms
    "PUBLISHED": State("success", "globe", pgettext_lazy("status", "Published")),
    "DRAFT": State("neutral", "pencil", pgettext_lazy("status", "Draft")),
    "BIN": State("danger", "trash-2", pgettext_lazy("status", "In the bin")),
    "PUBLIC": State("neutral", "eye", pgettext_lazy("form", "Public")),
    "PRIVATE": State("neutral", "eye-off", pgettext_lazy("form", "Private")),
    # Bookings (Piggy does not fix these words)
    "CREATED": State("info", "calendar", pgettext_lazy("status", "Created")),
    "IN PROGRESS": State("success", "user-check", pgettext_lazy("status", "In progress")),
    "PENDING": State("warning", "hourglass", pgettext_lazy("status", "Pending")),
    "PROCESSING": State("warning", "hourglass", pgettext_lazy("status", "Processing")),
    "CONFIRMED": State("success", "calendar-check", pgettext_lazy("status", "Confirmed")),
    "CANCELLED": State("danger", "calendar-x", pgettext_lazy("status", "Cancelled")),
    "CANCELED": State("danger", "calendar-x", pgettext_lazy("status", "Cancelled")),
    "COMPLETED": State("success", "check-check", pgettext_lazy("status", "Completed")),
    # Orders
    "PAID": State("success", "circle-check", pgettext_lazy("status", "Paid")),
    "UNPAID": State("warning", "circle-dashed", pgettext_lazy("status", "Not paid")),
    # The ledger
    "INTENDED": State("neutral", "circle-dashed", pgettext_lazy("status", "Intended")),
    "SENT": State("info", "send", pgettext_lazy("status", "Sent")),
    "DONE": State("success", "circle-check", pgettext_lazy("status", "Done")),
    "REJECTED": State("danger", "circle-x", pgettext_lazy("status", "Rejected")),
    "UNKNOWN": State("warning", "circle-question-mark", pgettext_lazy("status", "Outcome unknown")),
    "SETTLED-DONE": State("success", "gavel", pgettext_lazy("status", "Settled: done")),
    "SETTLED-NOT-DONE": State("danger", "gavel", pgettext_lazy("status", "Settled: not done")),
    "FOLLOWED": State("info", "loader", pgettext_lazy("status", "Under way")),
    "LOOKED": State("neutral", "search", pgettext_lazy("status", "Looked at Piggy")),
    "VERIFIED": State("success", "check-check", pgettext_lazy("status", "Seen to its end")),
    "FLAGGED": State("warning", "flag", pgettext_lazy("status", "Not as expected")),
    "ACKNOWLEDGED": State("neutral", "eye", pgettext_lazy("status", "Looked at by a person")),
    "RESUMED": State("info", "play", pgettext_lazy("status", "Settled, and resumed")),
    # Approvals
    "APPROVED": State("success", "check-check", pgettext_lazy("status", "Approved")),
    "DECLINED": State("danger", "circle-x", pgettext_lazy("status", "Declined")),
    "WITHDRAWN": State("neutral", "circle-off", pgettext_lazy("status", "Withdrawn")),
    # Background work
    "WAITING": State("neutral", "hourglass", pgettext_lazy("status", "Waiting")),
    "UNTOUCHED": State("neutral", "circle-off", pgettext_lazy("status", "Not touched")),
    "RUNNING": State("info", "loader", pgettext_lazy("status", "Running")),
    "FAILED": State("danger", "circle-x", pgettext_lazy("status", "Failed")),
    # What Piggy tells by webhooks
    "TAKEN": State("success", "circle-check", pgettext_lazy("webhook", "Taken in")),
    "OUTDATED": State("neutral", "history", pgettext_lazy("webhook", "Older than what is known")),
    "NOTHING": State("neutral", "circle-check", pgettext_lazy("webhook", "Nothing to do")),
    "UNKNOWN-EVENT": State(
        "neutral", "circle-question-mark", pgettext_lazy("webhook", "Not known here")
    ),
    "UNREADABLE": State(
        "warning", "file-exclamation-point", pgettext_lazy("webhook", "Cannot be read")
    ),
    "REFUSED": State("danger", "shield-alert", pgettext_lazy("webhook", "Wrong signature")),
    # Merges of duplicates
    "STOPPED": State("warning", "octagon-pause", pgettext_lazy("status", "Stopped")),
    "MERGING": State("info", "loader", pgettext_lazy("status", "Being merged")),
    "MERGED": State("success", "merge", pgettext_lazy("status", "Merged")),
    "NOT-MERGED": State("warning", "circle-minus", pgettext_lazy("status", "Not merged")),
    "ABANDONED": State("neutral", "circle-x", pgettext_lazy("status", "Given up")),
    # Bulk runs and their rows
    "CHECKING": State("info", "loader", pgettext_lazy("status", "Being checked")),
    "CHECKED": State("warning", "list-checks", pgettext_lazy("status", "To be confirmed")),
    "PAUSED": State("warning", "circle-pause", pgettext_lazy("status", "Paused")),
    "UNCHECKED": State("neutral", "circle-dashed", pgettext_lazy("status", "To be checked")),
    "READY": State("info", "circle-dashed", pgettext_lazy("status", "Can be done")),
    "NOT-DONE": State("danger", "circle-x", pgettext_lazy("status", "Not done")),
    "FAULTY": State("danger", "circle-x", pgettext_lazy("status", "Cannot be done")),
    "REPEATED": State("warning", "copy", pgettext_lazy("status", "Repeated in the list")),
    "DONE-BEFORE": State("warning", "history", pgettext_lazy("status", "Done before")),
    # Mails with vouchers
    "READY-TO-MAIL": State("info", "mail", pgettext_lazy("mail", "Can be mailed")),
    "LEFT-OUT": State("neutral", "circle-minus", pgettext_lazy("mail", "Left out")),
    "LEAVING": State("info", "loader", pgettext_lazy("mail", "Being mailed")),
    "MAILED": State("success", "mail-check", pgettext_lazy("mail", "Mailed")),
    "MAIL-REFUSED": State("danger", "mail-x", pgettext_lazy("mail", "Refused by the mail server")),
    "MAIL-UNKNOWN": State(
        "warning", "mail-question-mark", pgettext_lazy("mail", "Not known whether it left")
    ),
    # People
    "MAY-SIGN-IN": State("success", "circle-check", pgettext_lazy("person", "May sign in")),
    "DISABLED": State("neutral", "ban", pgettext_lazy("person", "Disabled")),
    # How much an action changes
    "READ": State("neutral", "eye", gettext_lazy("Looks up")),
    "WRITE": State("info", "pencil", gettext_lazy("Changes")),
    "IRREVERSIBLE": State("danger", "triangle-alert", gettext_lazy("Cannot be undone")),
}


def state_of(status: Any) -> State:
    """Give how a status is shown; an unknown one keeps its own word."""
    name = {True: "YES", False: "NO"}.get(status) if isinstance(status, bool) else str(status)
    return STATES.get(str(name).upper().replace("_", "-")) or State("neutral", "", str(status))


def status_word(status: Any) -> str:
    """Give the word for a status alone."""
    return str(state_of(status).label)


def status_choices(statuses: Iterable[str]) -> list[tuple[str, str | Promise]]:
    """Give what a filter offers: each status with its word."""
    return [(str(status), state_of(status).label) for status in statuses]
