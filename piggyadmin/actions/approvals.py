"""Four eyes: what one person asked for and another one has to approve, where a setting says so.

The second person sees the preview as it is at that moment. Nothing that differs from what the first
one agreed to is ever carried out: then the request lapses, and a new one is needed. An approval is
committed together with the intent, so that neither is there without the other.
"""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext

from piggyadmin.accounts.models import User
from piggyadmin.actions.base import Action, Effect, Preview
from piggyadmin.actions.models import Approval
from piggyadmin.actions.registry import actions

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class TooLate(Exception):  # noqa: N818
    """Somebody has decided already."""


def needs_second_person(action: Action[Any, Any], preview: Preview | None) -> bool:
    """Tell whether a setting demands another person's approval."""
    if settings.FOUR_EYES and action.effect is Effect.IRREVERSIBLE:
        return True
    limit = settings.FOUR_EYES_CREDITS_ABOVE
    return bool(limit) and abs(getattr(preview, "gives", 0) or 0) > limit


def ask(
    action: Action[Any, Any],
    *,
    person: User,
    form_data: dict[str, str],
    agreement: str,
    submission_key: UUID,
) -> Approval:
    """Keep what was asked until somebody else decides; the same form again gives the same one."""
    approval, _is_new = Approval.objects.get_or_create(
        submission_key=submission_key,
        defaults={
            "asked_by": person,
            "asked_by_name": person.name,
            "action": action.slug,
            "form_data": form_data,
            "agreement": agreement,
        },
    )
    if (approval.asked_by_id, approval.action) != (person.pk, action.slug):
        raise PermissionDenied(gettext("This form is not yours."))
    return approval


def waiting_about(uuids: Iterable[str]) -> dict[str, Approval]:
    """Find what waits for a second person and would end a contact, by each of these it names."""
    wanted = set(uuids)
    ending = [action.slug for action in actions() if action.ends_contacts]
    found: dict[str, Approval] = {}
    for approval in Approval.objects.filter(status=Approval.Status.WAITING, action__in=ending):
        named = _UUID.findall(" ".join(map(str, approval.form_data.values())).lower())
        found |= dict.fromkeys(wanted.intersection(named), approval)
    return found


def decide(approval: Approval, status: Approval.Status, *, person: User, note: str = "") -> bool:
    """Decide about a waiting request; False when somebody was faster.

    Raises:
        PermissionDenied: nobody approves their own.
    """
    if status != Approval.Status.WITHDRAWN and approval.asked_by_id == person.pk:
        raise PermissionDenied(gettext("Somebody else has to approve what you asked for."))
    waiting = Approval.objects.filter(pk=approval.pk, status=Approval.Status.WAITING)
    return bool(
        waiting.update(
            status=status,
            decided_by_name=person.name,
            decided_by_id_copy=person.pk,
            decided_at=timezone.now(),
            note=note,
        )
    )


def approve(approval: Approval, *, person: User, note: str) -> dict[str, Any]:
    """Approve, and give what the ledger keeps of it; called while the intent is committed.

    Raises:
        PermissionDenied: nobody approves their own.
        TooLate: somebody was faster.
    """
    if not decide(approval, Approval.Status.APPROVED, person=person, note=note):
        raise TooLate
    return {
        "approved_by": person.pk,
        "approved_by_name": person.name,
        "asked_at": approval.created_at,
        "approved_at": timezone.now(),
        "note": note,
    }
