"""One step for many vouchers: what will and will not be touched, and the run that does it.

Each voucher is done by the action that does it singly, with an entry of its own in the ledger. Its
submission key is made of the selection's and of its code, so that nothing is sent twice, however
often the page is sent or the run is begun anew.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, Self
from uuid import UUID, uuid4, uuid5

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import ngettext_lazy
from pydantic import BaseModel

from piggyadmin.accounts.models import User
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import get_action
from piggyadmin.actions.views import said_of_earlier, write_request
from piggyadmin.ledger import approvals, conflicts, outcomes, writes
from piggyadmin.ledger.models import OPEN, Entry, Subject
from piggyadmin.ledger.operations import Refused
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.piggy.errors import Rejected
from piggyadmin.tasks.models import Run
from piggyadmin.vouchers.many import ANSWERS_LAST_SECONDS, CodeAnswer, ask

# The background run that carries a selection.
CARRIER = "voucher-selection"
# What differs from voucher to voucher: whose it is decides for whom it is done, and each lock has
# the key that is kept for whoever holds it.
OWN_FIELDS = ("code", "contact_uuid", "number_of_times", "release_key")
# What stands for the state of a voucher that was left as it was, and of one whose turn is to come.
UNTOUCHED, WAITING = "UNTOUCHED", "WAITING"
_SALT = "piggyadmin.vouchers.selection"

NUMBERED = {
    "redeem-voucher": ngettext_lazy("Use %(count)s voucher", "Use %(count)s vouchers", "count"),
    "lock-voucher": ngettext_lazy("Lock %(count)s voucher", "Lock %(count)s vouchers", "count"),
    "release-voucher": ngettext_lazy(
        "Release %(count)s voucher", "Release %(count)s vouchers", "count"
    ),
    "extend-voucher": ngettext_lazy(
        "Extend %(count)s voucher", "Extend %(count)s vouchers", "count"
    ),
    "deactivate-voucher": ngettext_lazy(
        "Switch %(count)s voucher off", "Switch %(count)s vouchers off", "count"
    ),
    "activate-voucher": ngettext_lazy(
        "Switch %(count)s voucher on", "Switch %(count)s vouchers on", "count"
    ),
}


def numbered(slug: str, number: int) -> str:
    """Say what is done with how many vouchers."""
    return str(NUMBERED[slug] % {"count": number})


class Selection(BaseModel):
    """What shall be done with which vouchers, by whom, and in whose language it is told.

    `data` is what is the same for all; `untouched` says of codes why nothing was done with them.
    """

    key: UUID
    person_id: int
    slug: str
    codes: list[str]
    data: dict[str, str]
    language: str
    untouched: dict[str, str] = {}

    @property
    def action(self) -> Action[Any, Any]:
        """What does it singly."""
        return get_action(self.slug)

    def key_of(self, code: str) -> UUID:
        """Give the submission key with which one of them is done."""
        return uuid5(self.key, code)

    def signed(self) -> str:
        """Write it as a text that nobody can change."""
        return signing.dumps(self.model_dump(mode="json"), salt=_SALT, compress=True)

    @classmethod
    def unsigned(cls, text: str, person: User) -> Self | None:
        """Read it again; None where it is too old, another person's, or not ours."""
        try:
            kept = signing.loads(text, salt=_SALT, max_age=ANSWERS_LAST_SECONDS)
        except signing.BadSignature:
            return None
        return cls.model_validate(kept) if kept["person_id"] == person.pk else None


# --- Before anything is done ------------------------------------------------------------------


def shared_form(
    action: Action[Any, Any], piggy: PiggyClient, posted: QueryDict | None = None
) -> ActionForm:
    """Give the form of what is the same for all vouchers: the action's own, and why."""
    form = action.form_class(posted, piggy=piggy)
    for name in OWN_FIELDS:
        form.fields.pop(name, None)
    if action.asks_reason:
        form.ask_why(action.usual_reason)
    return form


def shared_data(form: ActionForm) -> dict[str, str]:
    """Write what was filled in so that it means the same in any language and time zone."""
    filled = {name: _written(form.cleaned_data.get(name)) for name in form.fields}
    agreed = {f"agreed_{name}": filled[name] for name in form.doubts}
    return filled | agreed


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value or "")


class Judgement(NamedTuple):
    """Whether a voucher will be touched: `words` say why not; and whose it is."""

    code: str
    words: str
    contact_uuid: str = ""


def judge(
    piggy: PiggyClient, action: Action[Any, Any], codes: Sequence[str], data: Mapping[str, str]
) -> list[Judgement]:
    """Ask Piggy for all of them, side by side, and say of each whether it can be done."""
    answers = [answer for part in ask(piggy, codes) for answer in part]
    return [
        Judgement(answer.code, _objection(piggy, action, answer, data), answer.contact_uuid)
        for answer in answers
    ]


def _objection(
    piggy: PiggyClient, action: Action[Any, Any], answer: CodeAnswer, data: Mapping[str, str]
) -> str:
    if answer.voucher is None:
        return answer.words
    form = action.form_class({**data, "code": answer.code}, piggy=piggy, known=answer.voucher)
    return "" if form.is_valid() else objections(form)


def objections(form: ActionForm) -> str:
    """Give all that a form objects to, as one text."""
    return " ".join(str(words) for several in form.errors.values() for words in several)


def selection_of(
    action: Action[Any, Any], person: User, codes: Sequence[str], data: Mapping[str, str]
) -> Selection:
    """Put together what a person is asked to agree to."""
    return Selection(
        key=uuid4(),
        person_id=person.pk,
        slug=action.slug,
        codes=list(codes),
        data=dict(data),
        language=translation.get_language() or "",
    )


# --- Doing it -------------------------------------------------------------------------------


def carry(run: Run) -> None:
    """Do the step for one voucher after the other, as whoever asked for it.

    Raises:
        PiggyError: Piggy cannot be asked now; the run goes on later.
    """
    selection = Selection.model_validate(run.payload)
    with translation.override(selection.language):
        for number, code in enumerate(selection.codes):
            run.heartbeat(progress=number, of=len(selection.codes))
            if words := _do(selection, run.asked_by, code):
                selection.untouched[code] = words
                run.mine().update(payload=selection.model_dump(mode="json"))


def _do(selection: Selection, person: User | None, code: str) -> str:
    """Do it for one voucher, once; gives the words for why nothing was done."""
    key = selection.key_of(code)
    if code in selection.untouched or Entry.objects.filter(submission_key=key).exists():
        return ""
    try:
        return _send(piggy_client(), selection, code, person=person, submission_key=key)
    except _LEFT_OUT as left_out:
        return _why(left_out)


# What leaves one voucher as it is, and says nothing of the next one.
_LEFT_OUT = (
    Rejected,
    Refused,
    PermissionDenied,
    conflicts.DuplicateRequest,
    approvals.SecondPersonNeeded,
)


def _why(error: Exception) -> str:
    match error:
        case Rejected():
            return str(error.message)
        case Refused():
            return error.words
        case conflicts.DuplicateRequest():
            return said_of_earlier(error.alike)
        case approvals.SecondPersonNeeded():
            return str(error.words)
    return str(error)


def _send(piggy: PiggyClient, selection: Selection, code: str, **asked: Any) -> str:
    """Do it as its own page would, if it still can be done."""
    action = selection.action
    form = action.form_class({**selection.data, "code": code}, piggy=piggy)
    if action.asks_reason:
        form.ask_why()
    if not form.is_valid():
        return objections(form)
    preview = action.preview(piggy, form.cleaned_data) if action.has_preview else None
    writes.carry_out(piggy, write_request(action, form, QueryDict(), preview=preview, **asked))
    return ""


# --- What came of it ------------------------------------------------------------------------


class VoucherOutcome(NamedTuple):
    """What became of one voucher: its entry, where there is one, and words."""

    code: str
    state: str
    words: str
    entry: Entry | None = None


def outcomes_of(selection: Selection, *, is_over: bool) -> list[VoucherOutcome]:
    """Say what became of each, in the order in which they were chosen."""
    keys = [selection.key_of(code) for code in selection.codes]
    asked = Entry.objects.filter(submission_key__in=keys).prefetch_related("events")
    entries = {entry.submission_key: entry for entry in asked}
    tell = partial(_outcome, selection, is_over=is_over)
    return [tell(code, entries.get(key)) for code, key in zip(selection.codes, keys, strict=True)]


def _outcome(
    selection: Selection, code: str, entry: Entry | None, *, is_over: bool
) -> VoucherOutcome:
    if entry is not None:
        return VoucherOutcome(code, entry.state, _told_of(entry), entry)
    words = selection.untouched.get(code, "")
    return VoucherOutcome(code, UNTOUCHED if words or is_over else WAITING, words)


def contacts_of(told: Sequence[VoucherOutcome]) -> list[str]:
    """Name the customers for whom something was done."""
    entries = [each.entry for each in told if each.entry]
    about = Subject.objects.filter(entry__in=entries).order_by("contact_uuid")
    return list(about.values_list("contact_uuid", flat=True).distinct())


def _told_of(entry: Entry) -> str:
    event = entry.last_event
    if event is None or entry.state in OPEN:
        return ""
    error = outcomes.error_of(entry, event.detail)
    return str(error.message) if error else str(event.detail.get("words") or "")
