"""Help pages: what to do when, who may what, and which word means what."""

from typing import NamedTuple

from django.contrib.auth.models import Group
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import role_label
from piggyadmin.actions.rights import all_rights, held_by_each


class HelpTopic(NamedTuple):
    """A page of the help; its slug names the template too."""

    slug: str
    title: Promise
    summary: Promise
    icon: str


TOPICS = (
    HelpTopic(
        "vouchers", _("Look up a voucher"), _("Is this code still good, and for whom?"), "ticket"
    ),
    HelpTopic(
        "credits",
        _("Give credits, and take them back"),
        _("By credits or by amount, and what to do after a mistake."),
        "coins",
    ),
    HelpTopic(
        "unknown",
        _("The outcome is unknown"),
        _("What that means, why not to press again, and how it is found out."),
        "circle-question-mark",
    ),
    HelpTopic(
        "merging",
        _("Merge one customer's accounts"),
        _("Find duplicates, decide, and merge what belongs together."),
        "users",
    ),
    HelpTopic(
        "second-person",
        _("When a second person has to agree"),
        _("What waits, who may approve it, and for how long."),
        "stamp",
    ),
    HelpTopic("keys", _("Keys"), _("Everything without a mouse."), "keyboard"),
    HelpTopic("roles", _("Who may what"), _("All roles side by side."), "shield-check"),
    HelpTopic("words", _("Words"), _("What the words on these pages mean."), "book-a"),
)


def overview(request: HttpRequest) -> HttpResponse:
    """List the topics."""
    return render(request, "help/overview.html", {"topics": TOPICS})


def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one topic.

    Raises:
        Http404: there is none of this name.
    """
    for each in TOPICS:
        if each.slug == slug:
            more = who_may_what() if slug == "roles" else {}
            return render(request, f"help/{slug}.html", {"topic": each, "topics": TOPICS, **more})
    raise Http404


def who_may_what() -> dict[str, object]:
    """Put all roles beside each other, as they are in this console now."""
    groups = list(Group.objects.order_by("pk"))
    held = held_by_each(groups)
    areas = [
        (
            area.label,
            [
                (right.label, [right.permission in permissions for permissions in held])
                for right in area.rights
            ],
        )
        for area in all_rights()
    ]
    return {"roles": [role_label(group.name) for group in groups], "areas": areas}
