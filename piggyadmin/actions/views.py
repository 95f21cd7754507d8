"""The page of an action, the page of what came of it, and the list of all actions."""

import json
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar, cast
from uuid import UUID, uuid4

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext, ngettext
from django.views.generic import TemplateView, View
from django_htmx.http import trigger_client_event

from piggyadmin.accounts.form_owners import OPENED_BY
from piggyadmin.accounts.middleware import take_typed
from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import check_permission
from piggyadmin.accounts.proofs import insist_on_fresh
from piggyadmin.actions import remembered
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import NOT_THERE, ActionForm, offered_reason
from piggyadmin.actions.registry import actions, by_entity, find_action, get_action
from piggyadmin.ledger import (
    approvals,
    conflicts,
    entries,
    following,
    hash_chain,
    outcomes,
    reads,
    writes,
)
from piggyadmin.ledger.models import (
    HAPPENED,
    VERIFIED,
    Approval,
    Entry,
    EntryState,
    LedgerEncoder,
    Reason,
)
from piggyadmin.ledger.operations import Data, Effect, Operation, Preview, Progress, Refused
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.piggy.concurrency import begin
from piggyadmin.piggy.errors import NotFound, PiggyError, Rejected
from piggyadmin.request_log.banner import connection_state
from piggyadmin.ui import stored
from piggyadmin.ui.codes import as_seen
from piggyadmin.ui.forms import focus_first, takes_one_code
from piggyadmin.ui.http import SignedInRequest, after_answer, lead_to, signed_in, wants_fragment
from piggyadmin.ui.templatetags.ui import ago

# What a page is told in which something was done.
CHANGED = "piggyadmin:changed"
# So long a page is not drawn yet, for what it shows to be asked for first.
HEAD_START_SECONDS = 0.002

logger = logging.getLogger(__name__)


class ActionList(TemplateView):
    """All actions by entity, as far as the person may do them."""

    template_name = "actions/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the actions."""
        allowed = [action for action in actions() if action.is_allowed_for(self.request.user)]
        return super().get_context_data(entities=by_entity(allowed), **kwargs)


class ActionView(View):
    """One action's page; the same view gives the whole page and, to htmx, the part that changes.

    The steps of a POST, told apart by `step`: `look_up` finds what is to be changed, `run` (the
    default) runs it or shows what it would do, `confirm` does what was shown. `preview` gives what
    it would do for the place beside the fields, while they are filled in, and never does anything.
    """

    request: SignedInRequest
    action: Action[Any, Any]
    # What tells a program's request from others with the same key; a page's keys need none.
    fingerprint = ""
    template_name: ClassVar[str] = "actions/action.html"
    fragment_name: ClassVar[str] = "actions/_action.html"

    @classmethod
    def allows(
        cls, person: AbstractBaseUser | AnonymousUser, slug: str = "", **_names: Any
    ) -> bool:
        """Tell who may open the page of an action, so that nobody else is shown a link to it."""
        action = find_action(slug)
        return action is not None and action.is_allowed_for(person)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the action and open a line to Piggy."""
        super().setup(request, *args, **kwargs)
        try:
            self.action = get_action(kwargs["slug"])
        except KeyError:
            raise Http404 from None
        self.piggy = piggy_client()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in those who may do this, and show in place what Piggy objects to."""
        check_permission(signed_in(request), self.action.permission)
        self.form: ActionForm | None = None
        try:
            return super().dispatch(request, *args, **kwargs)
        except PiggyError as error:
            return self.show(error=error)

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the form; a look-up whose fields stand in the address is carried out at once."""
        try:
            named = stored.parameters(request)
        except stored.NotKept:
            return stored.lead_from_lost(request, request.path)
        return self._begin(named)

    def _begin(self, named: QueryDict) -> HttpResponse:
        """Show the form, filled in with what is named."""
        if (typed := take_typed(self.request)) is not None:
            return self._look(typed) or self.show(self.make_form(typed))
        if "undo" in named:
            return self._undo(named.get("undo", ""))
        if "again" in named:
            return self.show(self.make_form(self._asked_before(named.get("again", ""))))
        if self.action.is_read and self._names_every_field(named):
            return self._read(named)
        if self.action.look_up_form_class:
            return self._look_up(named) if named else self.show(self._look_up_form())
        return self.show(self.make_form(initial=named.dict()))

    def _asked_before(self, key: str) -> QueryDict:
        """Give what an earlier entry of this action was asked with."""
        entry = self._entry(key, [self.action.slug])
        typed = QueryDict(mutable=True)
        why = {"reason": entry.reason, "comment": entry.comment}
        typed.update(self.action.form_data(entry) | why)
        return typed

    def _entry(self, key: str, slugs: Collection[str]) -> Entry:
        """Find an entry of one of these actions."""
        try:
            return get_object_or_404(Entry, submission_key=UUID(key), action__in=slugs)
        except ValueError:
            raise Http404 from None

    def _undo(self, key: str) -> HttpResponse:
        """Show what taking back what was done would do; nothing is done before it is agreed to."""
        undone = [each.slug for each in actions() if undoing(each) is self.action]
        entry = self._entry(key, undone)
        done = get_action(entry.action)
        taking_back = opposite(done, entry, outcomes.recall(done, entry))
        if taking_back is None:
            raise Http404
        typed = QueryDict(mutable=True)
        typed.update({"reason": offered_reason(Reason.CORRECTION), **taking_back})
        return self._show_filled(typed)

    def _show_filled(self, typed: QueryDict, **context: Any) -> HttpResponse:
        """Show a form that is filled in already with what it would do; nothing is done yet."""
        form = self.make_form(typed)
        if not self.action.has_preview or not form.is_valid():
            return self.show(form, **context)
        try:
            preview = self.action.preview(self.piggy, form.cleaned_data)
        except (Refused, Rejected) as error:
            return self.show(explain(form, error), **context)
        return self.show(form, **self.shown(form, preview), **context)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Take the next step."""
        if request.POST.get("step") == "preview":
            return self._preview(request.POST)
        return self._look(request.POST) or self._write(request.POST)

    # --- steps

    def _look(self, posted: QueryDict) -> HttpResponse | None:
        """Take the next step if it is one that only looks."""
        if posted.get("step") == "look_up" and self.action.look_up_form_class:
            return self._look_up(posted)
        return self._read(posted) if self.action.is_read else None

    def _names_every_field(self, named: Mapping[str, Any]) -> bool:
        """Tell whether nothing that is required is left to be asked."""
        fields = self.action.form_class.base_fields
        return all(named.get(name) for name, field in fields.items() if field.required)

    def _says_it_all(self, filled: ActionForm) -> bool:
        """Tell whether a look-up has left nothing to be asked.

        What is stored was asked for by nobody yet, and rows are there to be filled in.
        """
        is_asked = not any(
            field.show_hidden_initial or isinstance(filled.initial.get(name), list)
            for name, field in filled.fields.items()
        )
        return is_asked and self._names_every_field(filled.initial)

    def _look_up(self, posted: QueryDict) -> HttpResponse:
        form = self._look_up_form(posted)
        if not form.is_valid():
            return self.show(form)
        try:
            look_up = self.action.look_up(self.piggy, form.cleaned_data)
        except (Refused, Rejected) as error:
            self._offer(form, error, self.action.look_up)
            return self.show(explain(form, error))
        filled = self.make_form(initial=look_up.initial)
        if self.action.has_preview and self._says_it_all(filled):
            typed = QueryDict(mutable=True)
            typed.update(look_up.initial)
            return self._show_filled(typed, found=look_up.found)
        return self.show(filled, found=look_up.found)

    def _read(self, posted: QueryDict) -> HttpResponse:
        form = self.make_form(posted)
        if not form.is_valid():
            return self.show(form)
        # Who came by the address has it already; to keep it anew would only write the session.
        is_posted = self.request.method == "POST" and self.action.is_read_again
        again = self.address_of_answer(form) if is_posted else ""
        if again and not wants_fragment(self.request):
            return redirect(again)
        try:
            page = self.ask(form)
        except (Refused, Rejected) as error:
            self._offer(form, error, self.action.perform)
            return self.show(explain(form, error))
        after_answer(page, partial(reads.count_read, self.action))
        if again:
            page["HX-Replace-Url"] = again
        return page

    def address_of_answer(self, form: ActionForm) -> str:
        """Give the address at which the answer can be read again; it tells nothing of people.

        What counts is what the form took for meant, not what was typed at first.
        """
        typed, fields = cast("QueryDict", form.data), self.action.form_class.base_fields
        return stored.address(self.request, self.action.url, typed, fields)

    def _offer(
        self, form: ActionForm, error: Refused | Rejected, find: Callable[[PiggyClient, Data], Any]
    ) -> None:
        """Offer what may be meant by the one code that was looked for and is not there."""
        match list(form.cleaned_data.items()):
            case [(name, str(code))] if isinstance(error, NotFound) and takes_one_code(form):
                form.offer(name, code, lambda text: find(self.piggy, {name: text}))

    def ask(self, form: ActionForm) -> HttpResponse:
        """Ask Piggy, and draw meanwhile the page as far as the place of the answer."""
        person, data = signed_in(self.request), form.cleaned_data
        read = partial(reads.read, self.piggy, self.action, person=person, data=data)
        wait = begin(read, head_start=HEAD_START_SECONDS)

        def result() -> Any:
            found = wait()
            reads.log_concerned(person, self.action, data)
            return found

        # If Piggy does not answer, nothing of this page is shown.
        state = SimpleLazyObject(partial(connection_state, self.request, is_answering=True))
        return self.show(form, result=result, is_answered=True, line_state=state)

    def _preview(self, posted: QueryDict) -> HttpResponse:
        """Show what would happen and the button that does it; nothing while that can't be told."""
        form = self.make_form(posted)
        try:
            if not self.action.has_preview or not form.is_valid():
                return _nothing_to_show(form, form.errors)
            preview = self.action.preview(self.piggy, form.cleaned_data)
        except Refused as refused:
            return _nothing_to_show(form, refused.field_errors)
        except PiggyError:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        context = {
            **self.shown(form, preview),
            "action": self.action,
            "form": form,
            "is_live": True,
            "needs_second_person": self.needs_second_person(form, preview),
        }
        shown = render(self.request, "actions/_preview.html", context)
        return _with_what_is_wrong(shown, form)

    def _write(self, posted: QueryDict) -> HttpResponse:
        form = self.make_form(posted)
        if "add_row" in posted:
            return self.show(form)
        if (outcome := self._first_press(posted)) is not None:
            return self.show_outcome(form, outcome)
        if not form.is_valid():
            return self.show(form)
        if self.action.effect is Effect.IRREVERSIBLE:
            self.insist_on_proof()
        if not self.action.has_preview:
            return self._carry_out_unseen(form)
        try:
            preview = self.action.preview(self.piggy, form.cleaned_data)
        except (Refused, Rejected) as error:
            return self.show(explain(form, error))
        return self._confirm(form, preview, posted)

    def insist_on_proof(self) -> None:
        """Ask for a fresh proof before anybody reads what would happen, not after."""
        insist_on_fresh()

    def _carry_out_unseen(self, form: ActionForm) -> HttpResponse:
        """Carry out what has no preview, once it is said why."""
        if missing := form.missing_why:
            return self.show(explain(form, Refused(missing)))
        return self.carry_out_form(form)

    def _first_press(self, posted: QueryDict) -> outcomes.Outcome | None:
        """Give the outcome of an earlier press of the very same button, if there was one."""
        if self.action.has_preview and posted.get("step") != "confirm":
            return None
        person, key = signed_in(self.request), submission_key(posted)
        return writes.first_press(
            self.action, person=person, submission_key=key, fingerprint=self.fingerprint
        )

    def _confirm(self, form: ActionForm, preview: Preview, posted: QueryDict) -> HttpResponse:
        """Carry out what a person has seen and agreed to; otherwise show what would be done."""
        context = self.shown(form, preview)
        wanted = context["confirm_with"]
        if posted.get("step") != "confirm":
            return self.show(form, **context)
        if not self.is_agreed(posted, context["agreement"]):
            return self.show(form, has_changed=True, **context)
        typed = as_seen(posted.get("confirmation", ""))
        objections = {**form.missing_why, **self.action.objections(form.cleaned_data, preview)}
        if objections:
            return self.show(explain(form, Refused(objections)), confirmation=typed, **context)
        if wanted and typed.casefold() != wanted.casefold():
            return self.show(form, confirmation=typed, is_wrongly_confirmed=True, **context)
        return self.carry_out_form(form, preview)

    def is_agreed(self, posted: QueryDict, agreement: str) -> bool:
        """Tell whether what would be done is what was shown."""
        return constant_time_compare(posted.get("agreement", ""), agreement)

    def shown(self, form: ActionForm, preview: Preview) -> dict[str, Any]:
        """Give what a preview is shown with, and what agreeing to it takes."""
        return {
            "preview": preview,
            "agreement": self._agreement(form, preview),
            "confirm_with": self.action.confirm_with(form.cleaned_data),
        }

    def _agreement(self, form: ActionForm, preview: Preview | None) -> str:
        return agreement_on(self.action, form, preview, person=signed_in(self.request))

    def ask_second_person(
        self, form: ActionForm, preview: Preview | None, **more: Any
    ) -> HttpResponse:
        """Keep what was asked until another person approves it."""
        posted, data = self.request.POST, form.cleaned_data
        own = {"step", "agreement", "confirmation", "submission_key", "csrfmiddlewaretoken"}
        own.add(OPENED_BY)
        approval = approvals.ask(
            self.action,
            person=signed_in(self.request),
            form_data={name: str(value) for name, value in posted.items() if name not in own},
            agreement=self._agreement(form, preview),
            submission_key=submission_key(posted),
            data=hash_chain.plain(dict(form.action_data)),
            subjects=self.action.subjects(data, preview),
            gives=getattr(preview, "gives", None),
            fingerprint=self.fingerprint,
            **more,
        )
        return self.show_request(approval)

    def show_request(self, approval: Approval) -> HttpResponse:
        """Lead to what waits for a second person."""
        return lead_to(self.request, "writes:approval", key=approval.submission_key)

    def carry_out_form(self, form: ActionForm, preview: Preview | None = None) -> HttpResponse:
        """Carry it out, unless another person has to approve it first."""
        posted = self.request.POST
        request = write_request(
            self.action,
            form,
            posted,
            person=signed_in(self.request),
            submission_key=submission_key(posted),
            preview=preview,
            fingerprint=self.fingerprint,
        )
        try:
            outcome = writes.carry_out(self.piggy, request)
        except Refused as error:
            return self.show(explain(form, error))
        except approvals.SecondPersonNeeded:
            return self.ask_second_person(form, preview)
        except conflicts.DuplicateRequest as held:
            return self._refuse_duplicate(form, preview, held.alike)
        return self.remember(form, self.show_outcome(form, outcome))

    def remember(self, form: ActionForm, response: HttpResponse) -> HttpResponse:
        """Have the browser keep what was chosen in a form that is now carried out."""
        remembered.keep(form, self.request, response)
        return response

    def _refuse_duplicate(
        self, form: ActionForm, preview: Preview | None, alike: Entry
    ) -> HttpResponse:
        """Say who asked for the same a moment ago, and ask once more."""
        words = said_of_earlier(alike)
        context: dict[str, Any] = {"alike": alike, "alike_words": words, "wants_same_key": True}
        if preview is not None:
            context |= self.shown(form, preview)
            context["confirmation"] = self.request.POST.get("confirmation", "")
        return self.show(form, **context)

    def show_outcome(self, form: ActionForm, outcome: outcomes.Outcome) -> HttpResponse:
        """Lead to what came of it, or say beside the fields why nothing did."""
        if isinstance(outcome.error, Rejected):
            return self.show(explain(form, outcome.error))
        if outcome.error and outcome.error.nothing_changed:
            return self.show(form, error=outcome.error)
        if outcome.result is not None and self.action.result_type is None:
            # A secret is shown now or never.
            told = {"result": outcome.result, "asked": form.cleaned_data, "entry": outcome.entry}
            return self.show(self.make_form(), **told, is_answered=True)
        return redirect("actions:outcome", slug=self.action.slug, key=outcome.entry.submission_key)

    # --- forms and pages

    def _look_up_form(self, posted: QueryDict | None = None) -> ActionForm:
        assert self.action.look_up_form_class  # noqa: S101  (for the type checker)
        self.form = self.action.look_up_form_class(posted, piggy=self.piggy)
        return self.form

    def make_form(
        self, posted: QueryDict | None = None, initial: Mapping[str, Any] | None = None
    ) -> ActionForm:
        """Make the form, which also asks why where that is wanted."""
        self.form = self.action.form_class(posted, piggy=self.piggy, initial=dict(initial or {}))
        if self.action.asks_reason:
            self.form.ask_why(self.action.usual_reason)
        remembered.suggest(self.form, self.request)
        return self.form

    def show(self, form: ActionForm | None = None, **context: Any) -> HttpResponse:
        """Render the page, or for htmx the part of it that changes."""
        form = form or self.form
        if form and self._begins(form, context):
            focus_first(form)
        # The form that follows a look-up is a subclass of the look-up's.
        is_look_up = type(form) is self.action.look_up_form_class
        context |= {
            "action": self.action,
            "form": form,
            "step": "look_up" if is_look_up else "run",
            "is_scanned": (is_look_up or self.action.is_read) and form and takes_one_code(form),
            # Every form has a key of its own; only agreeing to a preview keeps the key it had.
            "submission_key": submission_key(self.request.POST)
            if "preview" in context or context.get("wants_same_key")
            else uuid4(),
            "needs_second_person": self.needs_second_person(form, context.get("preview")),
        }
        is_fragment = wants_fragment(self.request)
        template = self.fragment_name if is_fragment else self.template_name
        return render(self.request, template, context)

    def _begins(self, form: ActionForm, context: dict[str, Any]) -> bool:
        """Tell whether typing begins in the form, and not in what came of it."""
        if form.errors or not context.keys().isdisjoint({"preview", "error", "alike"}):
            return takes_one_code(form)
        return self.request.method == "GET" or "found" in context or takes_one_code(form)

    def needs_second_person(self, form: ActionForm | None, preview: Preview | None) -> bool:
        """Tell whether the button of the page asks a colleague, where that is known by now."""
        if self.action.has_preview and preview is None:
            return False
        data = form.cleaned_data if form and preview else {}
        person = signed_in(self.request)
        return approvals.needs_second_person(self.action, data, preview, person=person)


class OutcomeView(View):
    """What came of a write, at an address that can be reloaded and sent to a colleague."""

    def get(self, request: HttpRequest, slug: str, key: UUID) -> HttpResponse:
        """Show the outcome, and follow what Piggy is still at."""
        person = signed_in(request)
        entry = get_object_or_404(Entry, submission_key=key, action=slug)
        if entry.person_id != person.pk:
            check_permission(person, "actions.view_entry")
        action = get_action(slug)
        outcome = outcomes.recall(action, entry)
        taking_back = opposite(action, entry, outcome)
        taken_back = undoing(action).done_before(taking_back) if taking_back else None
        context = {
            "action": action,
            "entry": entry,
            "result": outcome.result,
            "can_be_undone": taking_back is not None and taken_back is None,
            "taken_back": taken_back,
            "undoing": undoing(action),
            "is_uncertain": entry.state in {EntryState.UNKNOWN, EntryState.SETTLED_NOT_DONE},
        }
        if action.is_watched and entry.state in {EntryState.DONE, EntryState.SETTLED_DONE}:
            context["progress"] = progress_of(action, entry)
            entry = entries.reread(entry)  # it may have ended just now
        context |= {"entry": entry, "parts": action.part_states(entry)}
        if action.is_allowed_for(person):
            context["remaining"] = action.remaining(entry)
        response = render(request, _outcome_template(request), context)
        if "watch" not in request.GET:
            _tell_page(request, response, action)
        return response


def _nothing_to_show(form: ActionForm, wrong: Iterable[str]) -> HttpResponse:
    return _with_what_is_wrong(HttpResponse(status=HTTPStatus.NO_CONTENT), form, wrong)


def _with_what_is_wrong(
    response: HttpResponse, form: ActionForm, wrong: Iterable[str] = ()
) -> HttpResponse:
    """Name the fields that are wrong: what is said beside the others is true no more."""
    names = dict.fromkeys([*wrong, *form.missing_why])
    ids = (form[name].auto_id for name in names if name in form.fields)
    response["X-Wrong-Fields"] = " ".join(ids)
    return response


def undoing(action: Action[Any, Any]) -> Action[Any, Any]:
    """Give the action whose form takes back what this one did."""
    return get_action(action.undone_by) if action.undone_by else action


def opposite(
    action: Action[Any, Any], entry: Entry, outcome: outcomes.Outcome
) -> dict[str, str] | None:
    """Give what takes an entry back, if it was done and anything does."""
    if entry.state not in HAPPENED or outcome.result is None:
        return None
    return action.undo(entry, outcome.result)


def _tell_page(request: HttpRequest, response: HttpResponse, action: Action[Any, Any]) -> None:
    """Tell the page that the form stood in: its own moves on, another one reads itself again.

    So that a reload of the action's own page shows what came of it, and not an empty form.
    """
    page = cast("SignedInRequest", request).htmx.current_url_abs_path
    if page is None or page.startswith(action.url):
        response["HX-Push-Url"] = request.path
    else:
        trigger_client_event(response, CHANGED, after="settle")


def _outcome_template(request: HttpRequest) -> str:
    if not wants_fragment(request):
        return "actions/outcome.html"
    return "actions/_progress.html" if "watch" in request.GET else "actions/_outcome.html"


def progress_of(action: Operation[Any, Any], entry: Entry) -> Progress:
    """See how far Piggy is; what was found at the end is kept and not asked again."""
    if followed := entry.follow_up:
        return Progress(
            finished=True,
            as_expected=followed.kind == VERIFIED,
            words=followed.detail["words"],
        )
    try:
        progress = action.watch(piggy_client(), entry)
    except PiggyError as error:
        return Progress(finished=False, words=str(error.message))
    if progress.finished:
        following.follow_up(entry, progress)
    return progress


def agreement_on(
    action: Action[Any, Any], form: ActionForm, preview: Preview | None, *, person: User
) -> str:
    """Sign what was asked and shown, and whom, so that nothing and nobody else can be agreed to."""
    decisive = preview.decisive() if preview else None
    shown = [action.slug, form.agreed_data, decisive, person.pk]
    text = json.dumps(shown, cls=LedgerEncoder, sort_keys=True)
    return signing.Signer(salt="piggyadmin.actions.agreement").signature(text)


def submission_key(posted: QueryDict) -> UUID:
    """Read the form's key; a form without a valid one gets a new one and so counts as new."""
    try:
        return UUID(posted.get("submission_key", ""))
    except ValueError:
        return uuid4()


def age(moment: datetime) -> str:
    """Say how long ago something was, to the second while that matters."""
    seconds = int((timezone.now() - moment).total_seconds())
    if not 0 < seconds < 60:  # noqa: PLR2004  (a minute)
        return ago(moment)
    words = ngettext("%(seconds)s second ago", "%(seconds)s seconds ago", seconds)
    return words % {"seconds": seconds}


def said_of_earlier(entry: Entry) -> str:
    """Say of an earlier entry of the same thing who asked for what, and when that was."""
    words = gettext("%(sentence)s, %(when)s.")
    return words % {"sentence": sentence_of(entry), "when": age(entry.created_at)}


def write_request(
    action: Action[Any, Any], form: ActionForm, posted: QueryDict, **more: Any
) -> writes.WriteRequest:
    """Ask for what a form was filled in with, and for what its reader has agreed to beside it."""
    why = {"reason": form.why["reason"], "comment": form.why["comment"]}
    asked = {"data": form.action_data, "repeat_of": agreed_repeat(posted), **why, **more}
    return writes.WriteRequest(action=action, **asked)


def agreed_repeat(posted: QueryDict) -> UUID | None:
    """Read which alike entry the person knows of and wants to go beyond; None without a yes."""
    try:
        return UUID(posted.get("repeat_of", "")) if "again" in posted else None
    except ValueError:
        return None


def explain(form: ActionForm, error: Refused | Rejected) -> ActionForm:
    """Put what is objected to beside its fields, or above the form where it names none."""
    placed, code = False, NOT_THERE if isinstance(error, NotFound) else None
    for name, messages in error.field_errors.items():
        if name in form.fields:
            form.add_error(name, [ValidationError(words, code=code) for words in messages])
            placed = True
    if isinstance(error, Rejected) and not placed:
        form.add_error(None, ValidationError(str(error.message), code=code))
    elif not placed:
        for messages in error.field_errors.values():
            form.add_error(None, messages)
    return form
