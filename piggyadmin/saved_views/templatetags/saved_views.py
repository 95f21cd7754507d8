"""The saved views of a list, above it: `{% saved_views "ledger:list" %}`."""

from typing import Any

from django import template
from django.template import Context

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import SHARE_VIEWS
from piggyadmin.saved_views import services
from piggyadmin.saved_views.models import LONGEST_NAME
from piggyadmin.ui import stored

register = template.Library()


@register.inclusion_tag("saved_views/_bar.html", takes_context=True)
def saved_views(context: Context, list_name: str) -> dict[str, Any]:
    """Give the views of a list, and what is on now where it can be saved."""
    request = context["request"]
    person = request.user
    if not isinstance(person, User):
        return {}
    now = services.narrowing(list_name, stored.parameters(request))
    buttons = services.buttons(person, list_name, now)
    return {
        "buttons": buttons,
        "can_save": bool(now) and not any(each.is_on for each in buttons),
        "list_name": list_name,
        # What the address names: where it is a key of what is kept, nothing personal stands here.
        "query": request.GET.urlencode(),
        "may_share": person.has_perm(SHARE_VIEWS),
        "longest_name": LONGEST_NAME,
        # The form says whose it is, and by whom it was opened.
        "csrf_token": context.get("csrf_token"),
        "request": request,
        "user": person,
    }
