"""Four eyes: what one person asked for and another one has to approve, where a setting says so.

The second person sees the preview as it is at that moment. Nothing that differs from what the first
one agreed to is ever carried out: then the request lapses, and a new one is needed. An approval is
committed together with the intent, so that neither is there without the other; and so is the no
to a request (`declining.py`).

What an assistant asks for in somebody's name waits for a person's word in the same way. Where no
setting wants a second person, that person's own word is enough.

Two accounts are no two people where somebody had both in hand: who has just made an account, or
changed its password, role or e-mail, may be the one who uses it.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import APPROVE, insist_on_permission
from piggyadmin.ledger.conflicts import insist_on_same
from piggyadmin.ledger.models import HAPPENED, OPEN, Approval, ApprovalStatus, Entry, Subject
from piggyadmin.ledger.operations import (
    Data,
    Effect,
    Operation,
    Preview,
    find_operation,
    get_operation,
    operations,
)
from piggyadmin.ledger.people_events import changed_by
from piggyadmin.ledger.retention import merged_with
from piggyadmin.piggy.once import found_once

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# For so long what was given counts towards the limit.
GIVEN_WITHIN = timedelta(days=1)
# Where what waits is kept for the menu, and for how many seconds.
_COUNTED, COUNTED_FOR = "approvals-waiting", 10


class TooLate(Exception):  # noqa: N818
    """Somebody has decided already."""


class SecondPersonNeeded(Exception):  # noqa: N818
    """It is not carried out before another person has approved it.

    `words` say so of one of several things that were to be done.
    """

    words = _("A second person has to approve this one. Do it from its own page.")


# --- What needs one --------------------------------------------------------------------------


class Giver(NamedTuple):
    """Who gives, by which action: credits that concern no contact are added up for both."""

    person_id: int
    action: str


def needs_second_person(
    action: Operation[Any, Any], data: Data, preview: Preview | None, *, person: User
) -> bool:
    """Tell whether a setting demands another person's approval of what this one asks for."""
    if settings.FOUR_EYES and action.effect is Effect.IRREVERSIBLE:
        return True
    if getattr(preview, "wants_second_person", False):
        return True  # what it is made of needs one
    if getattr(preview, "gives_unknown", False):
        return bool(settings.FOUR_EYES_CREDITS_ABOVE)  # it may be above any limit
    gives = _gives(preview)
    if not gives:
        return False  # before anything is filled in there is nobody whom it concerns
    giver = Giver(person.pk, action.slug)
    return _is_above_limit(gives, action.subjects(data, preview).values(), giver)


def _is_above_limit(
    gives: int, contact_uuids: Iterable[str], giver: Giver, before: Approval | None = None
) -> bool:
    """Tell whether one person may not give so much; `before` is what `given_lately` takes."""
    limit = settings.FOUR_EYES_CREDITS_ABOVE
    if not limit or not gives:
        return False
    return bool(gives + given_lately(contact_uuids, giver, before) > limit)


def _gives(preview: Preview | None) -> int:
    """Give how many credits change hands, in whichever direction."""
    return abs(int(getattr(preview, "gives", None) or 0))


def with_gives(kept: Any, preview: Preview | None) -> Any:
    """Put what a preview gives to what is kept of it, also where it is worked out."""
    gives = getattr(preview, "gives", None)
    return kept if gives is None else {**kept, "gives": gives}


def given_lately(contact_uuids: Iterable[str], giver: Giver, before: Approval | None = None) -> int:
    """Add up what was given or taken within a day, and what still may be.

    It is what contacts were given or lost, by whomever, and what those brought along that have
    become one with them, or may have: else it would begin anew with each merge. What is about no
    contact (codes for receipts, a run over a list) is what its giver gave by the same action.

    What is open, or waits for a second person, counts as if it had been done; of what waits just
    that which was asked before a request, where one is named.
    """
    named = set(contact_uuids)
    wanted = named | merged_with(*named, or_may_be=True)
    entries = _about(wanted) if wanted else _about_nobody(giver)
    entries = entries.filter(status__state__in=OPEN | HAPPENED)
    given = [(preview or {}).get("gives") for preview in entries.values_list("preview", flat=True)]
    waiting = all_waiting().filter(pk__lt=before.pk) if before else all_waiting()
    if not wanted:
        waiting = waiting.filter(asked_by_id=giver.person_id, action=giver.action)
    asked = waiting.exclude(gives=None).values_list("gives", "subjects")
    given += [gives for gives, subjects in asked if _is_about(wanted, subjects)]
    return sum(abs(number or 0) for number in given)


def _about(contact_uuids: set[str]) -> QuerySet[Entry]:
    since = timezone.now() - GIVEN_WITHIN
    about = Subject.objects.filter(contact_uuid__in=contact_uuids, entry__created_at__gte=since)
    return Entry.objects.filter(pk__in=about.values("entry"))


def _about_nobody(giver: Giver) -> QuerySet[Entry]:
    since = timezone.now() - GIVEN_WITHIN
    own = Entry.objects.filter(person_id=giver.person_id, action=giver.action)
    return own.filter(created_at__gte=since, subjects=None)


def _is_about(contact_uuids: set[str], subjects: Mapping[str, str]) -> bool:
    """Tell whether a request is about one of these; of none, whether it is about nobody."""
    if not contact_uuids:
        return not subjects
    return not contact_uuids.isdisjoint(subjects.values())


def is_approved(submission_key: UUID) -> bool:
    """Tell whether another person has approved what was asked for with this key."""
    approved = Approval.objects.filter(status=ApprovalStatus.APPROVED)
    by_another = approved.exclude(decided_by_id_copy=F("asked_by"))
    return by_another.filter(submission_key=submission_key).exists()


# --- Asking ----------------------------------------------------------------------------------


def ask(
    action: Operation[Any, Any],
    *,
    person: User,
    form_data: dict[str, str],
    agreement: str,
    submission_key: UUID,
    **about: Any,
) -> Approval:
    """Keep what was asked until somebody else decides; the same form again gives the same one.

    Where another press of it stands in the ledger by now, nothing waits any more.

    `about` is what the ledger would say of it: its `data`, its `subjects`, and what it `gives`; and
    the `fingerprint` of a program's request.

    Raises:
        KeyReused: a program has asked for something else with this key.
        PermissionDenied: they may not do it themselves, or the form is somebody else's.
    """
    insist_on_permission(person, action.permission)
    approval, _is_new = Approval.objects.get_or_create(
        submission_key=submission_key,
        defaults={
            "asked_by": person,
            "asked_by_name": person.name,
            "action": action.slug,
            "form_data": form_data,
            "agreement": agreement,
            **about,
        },
    )
    if (approval.asked_by_id, approval.action) != (person.pk, action.slug):
        raise PermissionDenied(gettext("This form is not yours."))
    insist_on_same(str(about.get("fingerprint", "")), approval.fingerprint)
    if Entry.objects.filter(submission_key=submission_key).exists():
        withdraw_sent(submission_key)
        approval.refresh_from_db()
    return approval


def all_waiting() -> QuerySet[Approval]:
    """Select what nobody has decided about."""
    return Approval.objects.filter(status=ApprovalStatus.WAITING)


class _Waiting(NamedTuple):
    """Of a request that nobody has decided about, what says who may."""

    pk: int
    action: str
    asked_by_id: int
    is_own_word_enough: bool


def _waiting() -> list[_Waiting]:
    """Read them; mostly there are none."""
    return [_Waiting(*row) for row in all_waiting().values_list(*_Waiting._fields)]


def _decided_by(person: User | AnonymousUser, waiting: Iterable[_Waiting]) -> list[int]:
    """Pick those that a person may decide about, by their keys."""
    writes = (find_operation(slug) for slug in {each.action for each in waiting})
    theirs = {each.slug for each in writes if each and each.is_allowed_for(person)}
    may_approve = bool(theirs) and person.has_perm(APPROVE)
    return [
        each.pk
        for each in waiting
        if each.action in theirs
        and (each.is_own_word_enough if each.asked_by_id == person.pk else may_approve)
    ]


def waiting_for(person: User | AnonymousUser) -> QuerySet[Approval]:
    """List what others asked for and this person may decide about."""
    theirs = _decided_by(person, _waiting())
    return all_waiting().filter(pk__in=theirs) if theirs else Approval.objects.none()


@found_once
def _actions_waiting() -> set[str]:
    """Name the actions that somebody has to decide about; mostly there are none."""
    return set(all_waiting().values_list("action", flat=True))


def waiting_about(uuids: Iterable[str]) -> dict[str, Approval]:
    """Find what waits for a second person and would end a contact, by each of these it names."""
    wanted = set(uuids)
    ending = {action.slug for action in operations() if action.ends_contacts}
    found: dict[str, Approval] = {}
    if ending.isdisjoint(_actions_waiting()):
        return found
    for approval in all_waiting().filter(action__in=ending):
        named = _UUID.findall(" ".join(map(str, approval.form_data.values())).lower())
        found |= dict.fromkeys(wanted.intersection([*named, *approval.subjects.values()]), approval)
    return found


# --- Who may be the second one ---------------------------------------------------------------


class Change(NamedTuple):
    """What one person did to another one's account."""

    actor: User
    person: User
    kind: str

    def __str__(self) -> str:
        """Say it; an account that was changed in an unknown way was changed."""
        words = _CHANGES.get(self.kind, _CHANGES["role-changed"])
        return str(words) % {"actor": self.actor.name, "person": self.person.name}


_CHANGES = {
    "created": _("%(actor)s made the account of %(person)s."),
    "password-changed": _("%(actor)s set the password of %(person)s."),
    "role-changed": _("%(actor)s changed what %(person)s may do."),
    "email-changed": _("%(actor)s changed the e-mail address of %(person)s."),
}


def is_own_word_enough(approval: Approval, person: User) -> bool:
    """Tell whether somebody may approve what an assistant asked for in their own name.

    It was enough when that was asked, and may be no longer: settings change, and so does what the
    contact was given since.
    """
    if not approval.is_own_word_enough or approval.asked_by_id != person.pk:
        return False
    if settings.FOUR_EYES and get_operation(approval.action).effect is Effect.IRREVERSIBLE:
        return False
    giver, gives = Giver(approval.asked_by_id, approval.action), abs(approval.gives or 0)
    return not _is_above_limit(gives, approval.subjects.values(), giver, approval)


def rights_to_decide(approval: Approval, person: User) -> tuple[str, ...]:
    """Give the permissions that deciding about a request takes."""
    own = get_operation(approval.action).permission
    return (own,) if is_own_word_enough(approval, person) else (APPROVE, own)


def objection(approval: Approval, person: User) -> str:
    """Say why somebody cannot be the second person; nothing where they can."""
    if is_own_word_enough(approval, person):
        return ""
    if approval.asked_by_id == person.pk:
        return gettext("Somebody else has to approve what you asked for.")
    asker = User.objects.filter(pk=approval.asked_by_id).first()
    days = settings.FOUR_EYES_INDEPENDENT_DAYS
    if asker is None or not days:
        return ""
    # Counted from when it was asked, so that it cannot be waited out.
    changes = _in_one_hand(asker, person, approval.created_at - timedelta(days=days))
    if not changes:
        return ""
    words = gettext(
        "%(changes)s That was less than %(days)d days before this was asked, so that you cannot be "
        "the second person for it. Nothing was changed. Somebody else has to approve it."
    )
    return words % {"changes": " ".join(map(str, changes)), "days": days}


def _in_one_hand(one: User, other: User, since: datetime) -> list[Change]:
    """Give the changes by which a single person has had both accounts in hand, if any."""
    hands, others = _hands_on(one, since), _hands_on(other, since)
    ways = [[*hands[pk], *others[pk]] for pk in hands.keys() & others.keys()]
    return min(ways, key=len, default=[])


def _hands_on(person: User, since: datetime) -> dict[int, list[Change]]:
    """Give by which changes people have had an account in hand, themselves or through others."""
    everybody = list(User.objects.all())
    hands: dict[int, list[Change]] = {person.pk: []}
    held = [person]
    for each in held:
        for actor in everybody:
            kind = None if actor.pk in hands else changed_by(actor, each, since)
            if kind:
                hands[actor.pk] = [Change(actor, each, kind), *hands[each.pk]]
                held.append(actor)
    return hands


# --- Deciding --------------------------------------------------------------------------------


def decide(approval: Approval, status: ApprovalStatus, *, person: User, note: str = "") -> bool:
    """Decide about a waiting request; False when somebody was faster.

    Raises:
        PermissionDenied: nobody decides about their own, or about what they may not do themselves,
            or approves with somebody else's hand.
    """
    is_own = approval.asked_by_id == person.pk
    is_withdrawn = is_own and status == ApprovalStatus.WITHDRAWN
    insist_on_permission(person, *(() if is_withdrawn else rights_to_decide(approval, person)))
    if status == ApprovalStatus.APPROVED or (is_own and status == ApprovalStatus.DECLINED):
        insist_on_independence(approval, person)
    return _end(
        all_waiting().filter(pk=approval.pk),
        status=status,
        decided_by_name=person.name,
        decided_by_id_copy=person.pk,
        note=note,
    )


def _end(waiting: QuerySet[Approval], **values: Any) -> bool:
    """Keep what became of a request; False where it does not wait any more."""
    ended = waiting.update(decided_at=timezone.now(), **values)
    _count_anew()
    return bool(ended)


def insist_on_independence(approval: Approval, person: User) -> None:
    """Refuse a second person who may be the first one.

    Raises:
        PermissionDenied: it says why.
    """
    if words := objection(approval, person):
        raise PermissionDenied(words)


def approve(approval: Approval, *, person: User, note: str) -> dict[str, Any]:
    """Approve, and give what the ledger keeps of it; called while the intent is committed.

    Raises:
        PermissionDenied: it needs somebody else, who may.
        TooLate: somebody was faster.
    """
    if not decide(approval, ApprovalStatus.APPROVED, person=person, note=note):
        raise TooLate
    return {
        "approved_by": person.pk,
        "approved_by_name": person.name,
        "asked_at": approval.created_at,
        "approved_at": timezone.now(),
        "note": note,
        **({"program": approval.program} if approval.program else {}),
    }


def withdraw_sent(submission_key: UUID) -> bool:
    """End a request whose key another press has used, which needed nobody else; False for none."""
    words = gettext("Another press of the same form went ahead meanwhile, and needed nobody else.")
    return _end(
        all_waiting().filter(submission_key=submission_key),
        status=ApprovalStatus.WITHDRAWN,
        decided_by_name=F("asked_by_name"),
        decided_by_id_copy=F("asked_by"),
        note=words,
    )


def waiting_approvals(request: HttpRequest) -> int:
    """Count what waits for this person's approval, for the menu that stands on every page.

    What another process was asked meanwhile counts some seconds later.
    """
    if not hasattr(request, "waiting_approvals"):
        waiting = cache.get_or_set(_COUNTED, _waiting, COUNTED_FOR)
        keep_waiting_approvals(request, len(_decided_by(request.user, waiting or [])))
    return int(request.waiting_approvals)  # type: ignore[attr-defined]


@receiver(post_save, sender=Approval)
def _count_anew(**_more: Any) -> None:
    cache.delete(_COUNTED)


def keep_waiting_approvals(request: HttpRequest, number: int) -> None:
    """Have a request know how many they are: its page has asked already."""
    request.waiting_approvals = number  # type: ignore[attr-defined]
