"""The no to a request: it stands in the ledger as rejected, with who said so and why."""

from typing import Any

from django.utils.translation import gettext

from piggyadmin.accounts.models import User
from piggyadmin.ledger import appending, approvals, hash_chain, snapshots
from piggyadmin.ledger.models import Approval, ApprovalStatus, Entry, EntryState, Snapshot, Subject
from piggyadmin.ledger.operations import Operation
from piggyadmin.piggy.trace import current_trace_id


def close(
    action: Operation[Any, Any],
    approval: Approval,
    status: ApprovalStatus,
    *,
    person: User,
    note: str = "",
) -> bool:
    """Decline or withdraw what waits, and keep that; False when somebody was faster.

    Raises:
        PermissionDenied: nobody declines their own, or what they may not do themselves.
    """
    asked, private = snapshots.part_data(approval.data, action.private, approval.subjects)
    entry = _entry(action, approval, asked)
    pairs = list(approval.subjects.items())
    with hash_chain.locked_head() as head:
        if not approvals.decide(approval, status, person=person, note=note):
            return False
        if Entry.objects.filter(submission_key=approval.submission_key).exists():
            return True  # of another press, which stands there as what it is
        entry.save(force_insert=True)
        concerned = [Subject(entry=entry, role=role, contact_uuid=uuid) for role, uuid in pairs]
        kept = snapshots.rows(entry, Snapshot.Moment.ASKED, private)
        detail = hash_chain.summary(entry, pairs) | {"asked_at": approval.created_at}
        if approval.fingerprint:
            detail["fingerprint"] = approval.fingerprint
        appending.append_inside(
            head, entry, EntryState.INTENDED, detail, subjects=concerned, kept=kept
        )
        said = {"person": person.pk, "person_name": person.name, "note": note}
        words = _words(approval, status, person, note)
        appending.append_inside(head, entry, EntryState.REJECTED, {"message": words, **said})
    return True


def refuse(action: Operation[Any, Any], approval: Approval, *, person: User, note: str) -> bool:
    """Decline what somebody else asked for, or withdraw one's own; False when too late.

    Raises:
        PermissionDenied: nobody declines what they may not do themselves.
    """
    is_own = approval.asked_by_id == person.pk
    status = ApprovalStatus.WITHDRAWN if is_own else ApprovalStatus.DECLINED
    return close(action, approval, status, person=person, note=note)


def _entry(action: Operation[Any, Any], approval: Approval, asked: dict[str, Any]) -> Entry:
    return Entry(
        person_id=approval.asked_by_id,
        person_name=approval.asked_by_name,
        action=action.slug,
        entity=action.entity,
        reason=approval.form_data.get("reason", ""),
        comment=approval.form_data.get("comment", ""),
        data=asked,
        trace_id=current_trace_id(),
        submission_key=approval.submission_key,
    )


def _words(approval: Approval, status: ApprovalStatus, person: User, note: str) -> str:
    """Say who ended it and why."""
    if status == ApprovalStatus.DECLINED:
        words = gettext("%(name)s declined it: %(note)s Nothing was changed at Piggy.")
        return words % {"name": person.name, "note": _sentence(note)}
    if approval.asked_by_id == person.pk:
        return gettext("It was withdrawn by the one who asked. Nothing was changed at Piggy.")
    return gettext("Something has changed since this was asked. It has to be asked anew.")


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
