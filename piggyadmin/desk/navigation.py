"""Where a person can go: the entries of the menu, by section."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.models import User as AnyUser
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.permissions import (
    LOOK_UP,
    READ_LEDGER,
    REVIEW_DUPLICATES,
    RUN_IN_BULK,
    VIEW_REQUESTS,
    VIEW_TASKS,
)
from piggyadmin.actions.entities import ENTITIES
from piggyadmin.actions.registry import find_action
from piggyadmin.ui.links import may_open

if TYPE_CHECKING:
    from piggyadmin.accounts.admin_site import ConsoleSite


@dataclass(frozen=True)
class MenuEntry:
    """One line of the menu; `permission` is what a person needs to see it, if anything."""

    label: str | Promise
    path: str
    icon: str
    permission: str = ""
    is_current: bool = False
    # How many wait for the person stands beside it.
    has_count: bool = False
    # The letter that leads there from every page; those of a page itself come first.
    key: str = ""


@dataclass(frozen=True, eq=False)
class Section:
    """Entries that belong together, under a heading (the first section has none)."""

    label: str | Promise
    entries: tuple[MenuEntry, ...]


SECTIONS = (
    Section(
        "",
        (
            MenuEntry(_("Desk"), "/", "house", key="d"),
            MenuEntry(_("Actions"), "/actions/", "zap", key="a"),
            MenuEntry(_("Bulk runs"), "/bulk/", "list-plus", RUN_IN_BULK),
        ),
    ),
    Section(
        _("Customers"),
        (
            MenuEntry(_("Customers"), "/contacts/", "users-round", LOOK_UP, key="c"),
            MenuEntry(_("Duplicates"), "/duplicates/", "users", REVIEW_DUPLICATES),
            MenuEntry(_("Credits"), "/credits/", "coins", LOOK_UP),
            MenuEntry(_("Bookings"), "/bookings/", "calendar-days", LOOK_UP, key="b"),
            MenuEntry(_("Visits"), "/visits/", "footprints", LOOK_UP),
            MenuEntry(_("Orders"), "/orders/", "receipt", LOOK_UP),
            MenuEntry(_("Referrals"), "/referrals/", "megaphone", LOOK_UP),
            MenuEntry(_("Kinds of messages"), "/contacts/subscription-types/", "mails", LOOK_UP),
            MenuEntry(_("Forms"), "/forms/", "clipboard-list", LOOK_UP),
        ),
    ),
    Section(
        _("Rewards"),
        (
            MenuEntry(_("Rewards"), "/rewards/", "gift", LOOK_UP),
            MenuEntry(_("Vouchers"), "/vouchers/", "ticket", LOOK_UP, key="v"),
            MenuEntry(_("Promotions"), "/promotions/", "tags", LOOK_UP),
            MenuEntry(_("Gift cards"), "/giftcards/", "gift", LOOK_UP),
            MenuEntry(_("Loyalty program"), "/loyalty-program/", "sprout", LOOK_UP),
            MenuEntry(_("Loyalty codes"), "/loyalty-tokens/", "qr-code", LOOK_UP),
            MenuEntry(_("Perks"), "/perks/", "gem", LOOK_UP),
            MenuEntry(_("Products"), "/products/", "package", LOOK_UP),
            MenuEntry(_("Product categories"), "/product-categories/", "folder", LOOK_UP),
            MenuEntry(_("Shops"), "/shops/", "store", LOOK_UP),
            MenuEntry(_("Shifts"), "/shifts/", "calendar-clock", LOOK_UP),
        ),
    ),
    Section(
        _("Behind the scenes"),
        (
            MenuEntry(_("Ledger"), "/ledger/", "book-open-check", READ_LEDGER, key="l"),
            MenuEntry(_("Approvals"), "/ledger/approvals/", "stamp", has_count=True),
            MenuEntry(_("Look-ups"), "/ledger/look-ups/", "eye", READ_LEDGER),
            MenuEntry(_("Requests"), "/requests/", "activity", VIEW_REQUESTS),
            MenuEntry(_("Background work"), "/tasks/", "list-checks", VIEW_TASKS),
            MenuEntry(_("Automations"), "/automations/", "workflow", LOOK_UP),
            MenuEntry(_("Webhooks"), "/webhooks/", "webhook"),
            MenuEntry(_("Attributes"), "/attributes/", "list-plus", LOOK_UP),
            MenuEntry(_("Sandbox"), "/sandbox/", "flask-conical"),
            MenuEntry(_("People"), "/people/", "contact-round"),
            MenuEntry(_("Settings"), "/settings/", "settings-2"),
            MenuEntry(_("Admin site"), "/admin/", "wrench"),
        ),
    ),
)


def navigation(request: HttpRequest, place: str = "") -> tuple[Section, ...]:
    """List what the person of this request may open, with the current entry marked.

    Args:
        request: of the page.
        place: where the page belongs, when its own address does not tell.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ()
    entries = (entry for section in SECTIONS for entry in section.entries)
    visible = frozenset(entry.path for entry in entries if may_see(user, entry))
    return _menu(visible, current_path(place) or current_path(request.path))


@lru_cache(maxsize=256)
def _menu(visible: frozenset[str], current: str) -> tuple[Section, ...]:
    """Make the menu of all who see the same entries, once; then it is also drawn only once."""
    sections = (
        Section(
            section.label,
            tuple(
                replace(entry, is_current=entry.path == current)
                for entry in section.entries
                if entry.path in visible
            ),
        )
        for section in SECTIONS
    )
    return tuple(section for section in sections if section.entries)


def current_path(path: str) -> str:
    """Find the path of the menu's entry under which `path` lies; empty when there is none.

    An action's page lies under its entity, wherever its address is.
    """
    slug = path.removeprefix("/actions/").partition("/")[0] if path.startswith("/actions/") else ""
    if action := find_action(slug):
        path = ENTITIES[action.entity].place
    entries = (entry.path for section in SECTIONS for entry in section.entries)
    above = [
        entry for entry in entries if path == entry or (entry != "/" and path.startswith(entry))
    ]
    return max(above, key=len, default="")


def place_label(path: str) -> str | Promise:
    """Give what the menu calls the place under which a path lies."""
    entries = (entry for section in SECTIONS for entry in section.entries)
    return next((each.label for each in entries if each.path == current_path(path)), path)


def may_see(user: AnyUser | AnonymousUser, entry: MenuEntry) -> bool:
    """Tell whether an entry leads somewhere for this person."""
    if entry.path == "/admin/" and not cast("ConsoleSite", admin.site).is_for(user):
        return False
    if entry.path == "/sandbox/" and not settings.PIGGY_IN_PROCESS_SANDBOX:
        return False
    if entry.permission and not user.has_perm(entry.permission):
        return False
    return may_open(user, entry.path)
