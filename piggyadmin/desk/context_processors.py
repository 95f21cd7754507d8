"""What every page's layout needs to know."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts import drafts, locked_pages
from piggyadmin.actions.registry import find_action
from piggyadmin.desk.navigation import navigation
from piggyadmin.desk.search_results import way_back
from piggyadmin.ledger.approvals import waiting_approvals
from piggyadmin.piggy.trace import current_trace_id
from piggyadmin.request_log.banner import connection_state
from piggyadmin.setup import codes as setup_codes
from piggyadmin.ui.themes import DENSITY_LABELS, THEME_LABELS, density, theme


def layout(request: HttpRequest) -> dict[str, Any]:
    """Give the theme, the menu, the trace id, which Piggy the console works on, and so on."""
    return {
        "theme": theme(request),
        "themes": THEME_LABELS,
        "density": density(request),
        "densities": DENSITY_LABELS,
        "navigation": navigation(request, place_of_action(request)),
        "trace_id": current_trace_id(),
        "workplace": workplace(),
        "line_state": SimpleLazyObject(partial(connection_state, request)),
        "all_found": way_back(request),
        "csrf_cookie_name": settings.CSRF_COOKIE_NAME,
        "drawn_for": SimpleLazyObject(partial(locked_pages.mark_of, request)),
        "locked_page": partial(locked_pages.take, request),
        "typed_before": SimpleLazyObject(partial(drafts.sentences, request)),
        "is_setup_open": setup_codes.is_open,
        "waiting_approvals": partial(waiting_approvals, request),
    }


def place_of_action(request: HttpRequest) -> str:
    """Give the list of the entity to which an action's page belongs; empty on other pages."""
    match = request.resolver_match
    if match is None or match.namespace != "actions":
        return ""
    action = find_action(str(match.kwargs.get("slug", "")))
    return f"/{action.entity}/" if action else ""


def workplace() -> dict[str, str | bool | Promise]:
    """Tell on which Piggy the console works, so that people always know it."""
    if settings.PIGGY_IS_REAL:
        host = urlsplit(settings.PIGGY_API_URL).hostname or ""
        return {"is_real": True, "label": _("Live account"), "host": host}
    if settings.PIGGY_IN_PROCESS_SANDBOX:
        return {"is_real": False, "label": _("Sandbox"), "host": ""}
    return {"is_real": False, "label": _("Sandbox (socket)"), "host": settings.PIGGY_API_URL}
