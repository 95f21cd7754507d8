"""What is done about an entry later: it is followed to its end, looked at, and gone on with."""

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import READ_LEDGER, insist_on_permission
from piggyadmin.json_lookups import TextInJSON
from piggyadmin.ledger import hash_chain, snapshots
from piggyadmin.ledger.appending import append_inside
from piggyadmin.ledger.conflicts import refuse_overlap
from piggyadmin.ledger.entries import reread, whole_of
from piggyadmin.ledger.models import (
    ACKNOWLEDGED,
    FLAGGED,
    LOOKED,
    RESUMED,
    VERIFIED,
    Entry,
    EntryState,
    EntryStatus,
    Event,
    Snapshot,
)
from piggyadmin.ledger.operations import (
    Progress,
    get_operation,
    operations,
    permission_to_decide_about,
)


def needs_attention(person: User) -> QuerySet[EntryStatus]:
    """Give what a person should look at: unknown outcomes and surprises, the oldest first.

    Those of the actions that they may do, and, for readers of the ledger, of actions that are gone.
    Each has as `known` what was found last about it, in words.
    """
    theirs = Q(action__in=[each.slug for each in operations() if each.is_allowed_for(person)])
    if person.has_perm(READ_LEDGER):
        theirs |= ~Q(action__in=[each.slug for each in operations()])
    return (
        EntryStatus.objects.filter(Q(state=EntryState.UNKNOWN) | Q(is_flagged=True))
        .filter(theirs)
        .select_related("entry")
        .annotate(known=_known())
        .order_by("asked_at", "entry_id")
    )


def _known() -> Coalesce:
    """Give the words of how something ended, unless it goes on since, or else of the last look."""
    newest = Event.objects.filter(entry=OuterRef("entry")).order_by("-sequence")
    words = TextInJSON("detail", "words")
    ends = newest.filter(kind__in=(VERIFIED, FLAGGED, RESUMED))
    ended = ends.values(words=Case(When(kind=RESUMED, then=None), default=words))[:1]
    looked = newest.filter(kind=LOOKED).values(words=words)[:1]
    return Coalesce(Subquery(ended), Subquery(looked), Value(""), output_field=TextField())


def follow_up(entry: Entry, progress: Progress, *, as_expected: bool | None = None) -> None:
    """Keep, once, how something ended that Piggy carried out after its answer."""
    is_right = progress.as_expected if as_expected is None else as_expected
    if reread(entry).follow_up:
        return
    if is_right:
        # Before it counts as ended, so that it is done again where somebody is killed in between.
        get_operation(entry.action).after_followed(entry)
    with hash_chain.locked_head() as head:
        if reread(entry).follow_up:
            return
        bare, personal = snapshots.part(progress.after)
        kept = snapshots.rows(entry, Snapshot.Moment.AFTER, personal)
        detail = {"words": progress.words, "after": bare}
        append_inside(head, entry, VERIFIED if is_right else FLAGGED, detail, kept=kept)
    if is_right:
        # And after it, for what the end itself has set going.
        get_operation(entry.action).after_followed(entry)


def acknowledge(entry: Entry, *, person: User, comment: str) -> None:
    """Keep that a person has looked at what ended with a surprise, and what they say of it.

    Raises:
        PermissionDenied: they may not do the action themselves.
    """
    with hash_chain.locked_head() as head:
        insist_on_permission(person, permission_to_decide_about(entry.action))
        if not EntryStatus.objects.get(entry=entry).is_flagged:
            return
        detail = {"person": person.pk, "person_name": person.name, "comment": comment}
        append_inside(head, entry, ACKNOWLEDGED, detail)


def resume(entry: Entry, *, person: User, comment: str) -> None:
    """Keep that a person has settled a surprise, and that what had stopped goes on.

    Raises:
        PermissionDenied: they may not do the action themselves.
        Refused: something else is under way with one of its contacts by now.
    """
    with hash_chain.locked_head() as head:
        insist_on_permission(person, permission_to_decide_about(entry.action))
        followed = reread(entry).follow_up
        if followed is None or followed.kind != FLAGGED:
            return
        subjects = {each.role: each.contact_uuid for each in entry.subjects.all()}
        refuse_overlap(get_operation(entry.action), subjects, entry.submission_key)
        detail = {"person": person.pk, "person_name": person.name, "comment": comment}
        append_inside(head, entry, RESUMED, detail)


def answers_for(entry: Entry) -> User:
    """Give the person in whose name what is left of an entry is done.

    Who let it go on last took it up; else it is who asked. A step goes with its whole.
    """
    key = whole_of(entry)
    whole = Entry.objects.filter(submission_key=key).first() if key else None
    if whole:
        return answers_for(whole)
    resumed = entry.events.filter(kind=RESUMED).last()
    return User.objects.get(pk=resumed.detail["person"]) if resumed else entry.person
