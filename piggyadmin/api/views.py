"""The addresses of the door: what can be done, doing it, and what became of it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.views.generic import View

from piggyadmin.accounts.proofs import ProofNeeded
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import actions, get_action
from piggyadmin.actions.views import ActionView, explain, said_of_earlier
from piggyadmin.api import answers, bodies, problems
from piggyadmin.api.access import may_do, token_of
from piggyadmin.api.openapi import document
from piggyadmin.api.problems import Problem, ProblemKind
from piggyadmin.ledger import reads, writes
from piggyadmin.ledger.conflicts import insist_on_same
from piggyadmin.ledger.models import Approval, ApprovalStatus, Entry
from piggyadmin.ledger.operations import Effect, Preview, Refused
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.errors import Rejected
from piggyadmin.ui.http import signed_in


class Index(View):
    """What the token lets a program do."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """List it."""
        token = token_of(request)
        told = {
            "person": token.person.name,
            "token": token.name,
            "scope": token.scope,
            "ends_on": token.ends_on.isoformat(),
            "openapi": reverse("api:openapi"),
            "documentation": reverse("api:docs"),
            "actions": [_told(action) for action in actions() if may_do(token, action)],
        }
        return JsonResponse(told)


def _told(action: Action[Any, Any]) -> dict[str, Any]:
    return {
        "slug": action.slug,
        "label": str(action.label),
        "summary": str(action.summary),
        "entity": action.entity,
        "effect": action.effect.value,
        "url": reverse("api:action", args=[action.slug]),
    }


class OpenApiDocument(View):
    """All that can be asked, as OpenAPI has it."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        """Give it."""
        return JsonResponse(document())


class ActionCall(ActionView):
    """The steps of an action's page, asked for in JSON and answered in JSON.

    What was sent is made into what a page would have sent; all that follows is the page's own. A
    program agrees to a preview with the request itself: an agreement that it got by a dry run binds
    it to what was shown there, and what cannot be undone is not done without one.
    """

    http_method_names = ["post", "options"]
    # What is asked for, where it was not sent as the body of the request.
    asked: dict[str, Any] | None = None

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Read it, preview it or do it."""
        if not may_do(token_of(request), self.action):
            words = gettext("This token may only look things up.")
            raise Problem(ProblemKind.FORBIDDEN, words)
        asked = bodies.read_object(request) if self.asked is None else self.asked
        is_dry, key = self.is_dry(request), None
        if not self.action.is_read and not is_dry:
            key, self.fingerprint = self.key(request), bodies.fingerprint_of(asked)
            if (first := self._first_answer(key)) is not None:
                return first
        try:
            request.POST = self._as_posted(asked, key)  # type: ignore[assignment]
        except (Refused, Rejected) as error:
            assert self.form  # noqa: S101  (the look-up's)
            return self.show(explain(self.form, error))
        return self._dry_run(request.POST) if is_dry else super().post(request)

    def is_dry(self, request: HttpRequest) -> bool:
        """Tell whether it shall only be shown; what changes nothing is done all the same."""
        return bodies.wants_dry_run(request) and not self.action.is_read

    def key(self, request: HttpRequest) -> UUID:
        """Give the key of this write."""
        return bodies.submission_key_of(request)

    def _first_answer(self, key: UUID) -> HttpResponse | None:
        """Answer what was asked before with this key as it was answered then; nothing is sent.

        Raises:
            KeyReused: something else was asked.
        """
        person = signed_in(self.request)
        outcome = writes.first_press(
            self.action, person=person, submission_key=key, fingerprint=self.fingerprint
        )
        if outcome is not None:
            return answers.outcome_answer(outcome)
        asked = Approval.objects.filter(submission_key=key, status=ApprovalStatus.WAITING)
        mine = asked.filter(asked_by=person, action=self.action.slug).first()
        if mine is None:
            return None
        insist_on_same(self.fingerprint, mine.fingerprint)
        return self.show_request(mine)

    # --- What a page would have sent

    def _as_posted(self, asked: dict[str, Any], key: UUID | None) -> QueryDict:
        fields = self.make_form().fields
        if unknown := [name for name in asked if name not in {*fields, *bodies.CONTROLS}]:
            raise problems.unknown_fields(unknown)
        named = {name: value for name, value in asked.items() if value is not None}
        typed = {
            name: bodies.as_typed(value, fields[name].widget)
            for name, value in named.items()
            if name in fields
        }
        posted = QueryDict(mutable=True)
        posted.update({**self._stored(typed), **typed, "step": "confirm"})
        posted.update(self._said(named, posted) | ({"submission_key": str(key)} if key else {}))
        return posted

    def _stored(self, typed: dict[str, str]) -> dict[str, str]:
        """Give what is stored of the thing that shall be changed: what is not named stays so."""
        if self.action.look_up_form_class is None:
            return {}
        found = QueryDict(mutable=True)
        found.update(typed)
        form = self._look_up_form(found)
        if not form.is_valid():
            return {}  # the form of the action, which has these fields too, says what is wrong
        initial = self.action.look_up(self.piggy, form.cleaned_data).initial
        return dict(bodies.as_stored(self.make_form(initial=initial), initial))

    def _said(self, named: dict[str, Any], posted: QueryDict) -> dict[str, str]:
        """Give what was said of the request itself: a yes to what is unusual, and the like."""
        said: dict[str, str] = {
            name: str(named[name]) for name in ("agreement", "confirmation") if name in named
        }
        if "repeat_of" in named:
            said |= {"repeat_of": str(named["repeat_of"]), "again": "yes"}
        names = named.get("acknowledged", [])
        if not isinstance(names, list):
            raise Problem(ProblemKind.INVALID, gettext("“acknowledged” is a list of names."))
        return said | {f"agreed_{name}": posted.get(str(name)) or "yes" for name in names}

    # --- Answers, where a page would draw something

    def _dry_run(self, posted: QueryDict) -> HttpResponse:
        form = self.make_form(posted)
        if not form.is_valid():
            return self.show(form)
        if not self.action.has_preview:
            return JsonResponse(self._would(form, None))
        try:
            preview = self.action.preview(self.piggy, form.cleaned_data)
        except (Refused, Rejected) as error:
            return self.show(explain(form, error))
        return JsonResponse(self._would(form, preview))

    def _would(self, form: ActionForm, preview: Preview | None) -> dict[str, Any]:
        """Tell what would be done, and what doing it takes."""
        shown = self.shown(form, preview) if preview is not None else {}
        objections = self.action.objections(form.cleaned_data, preview) if preview else {}
        return {
            "preview": answers.as_json(preview),
            "agreement": shown.get("agreement"),
            "confirmation": shown.get("confirm_with"),
            "missing": {**form.missing_why, **answers.as_json(objections)},
            "needs_second_person": self.needs_second_person(form, preview),
        }

    def is_agreed(self, posted: QueryDict, agreement: str) -> bool:
        """Tell whether it is what was shown; what can be undone needs not have been shown."""
        is_final = self.action.effect is Effect.IRREVERSIBLE
        return (not is_final and "agreement" not in posted) or super().is_agreed(posted, agreement)

    def insist_on_proof(self) -> None:
        """Leave that to the write itself: whoever is only asked for it proves it themselves."""

    def carry_out_form(self, form: ActionForm, preview: Preview | None = None) -> HttpResponse:
        """Carry it out; what takes a proof, which no program has, waits for a second person.

        Raises:
            ProofNeeded: nobody else has to approve it, and so nobody would have proved anything.
        """
        try:
            return super().carry_out_form(form, preview)
        except ProofNeeded:
            if not self.needs_second_person(form, preview):
                raise
            return self.ask_second_person(form, preview)

    def address_of_answer(self, form: ActionForm) -> str:  # noqa: ARG002
        """Give none: the answer is given at once."""
        return ""

    def ask(self, form: ActionForm) -> HttpResponse:
        """Ask Piggy, and keep whom it concerned before they are told of."""
        person, data = signed_in(self.request), form.cleaned_data
        result = reads.read(self.piggy, self.action, person=person, data=data)
        reads.log_concerned(person, self.action, data)
        return JsonResponse({"result": answers.as_json(result)})

    def show_outcome(self, form: ActionForm, outcome: Outcome) -> HttpResponse:  # noqa: ARG002
        """Answer with what came of it."""
        return answers.outcome_answer(outcome)

    def remember(self, form: ActionForm, response: HttpResponse) -> HttpResponse:  # noqa: ARG002
        """Keep nothing: a program is no browser."""
        return response

    def show_request(self, approval: Approval) -> HttpResponse:
        """Say that it waits for a person."""
        return answers.request_answer(approval)

    def show(self, form: ActionForm | None = None, **context: Any) -> HttpResponse:
        """Say why it was not done, where a page would show the form again."""
        if "error" in context:
            return problems.of_piggy(context["error"])
        form = form or self.form
        if "alike" in context:
            return self._alike(context["alike"])
        if form is not None and form.errors:
            return problems.of_form(form)
        return self._unconfirmed(form, context)

    def _alike(self, alike: Entry) -> HttpResponse:
        words = gettext("%(earlier)s Name it in “repeat_of” if it is wanted once more.")
        return ProblemKind.ALIKE.answer(
            words % {"earlier": said_of_earlier(alike)}, repeat_of=str(alike.submission_key)
        )

    def _unconfirmed(self, form: ActionForm | None, context: dict[str, Any]) -> HttpResponse:
        """Say what has to be confirmed, and with what."""
        assert form is not None  # noqa: S101  (what is confirmed was filled in)
        would = self._would(form, context.get("preview"))
        is_changed = "has_changed" in context and "agreement" in self.request.POST
        if is_changed:
            return ProblemKind.CHANGED.answer(**would)
        words = gettext("Do a dry run, then send its “agreement” and its “confirmation”.")
        return ProblemKind.NOT_CONFIRMED.answer(words, **would)


class OutcomeOfCall(View):
    """What became of a write of the token's person, whatever asked for it."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, slug: str, key: UUID) -> HttpResponse:
        """Tell it."""
        return JsonResponse(outcome_of(request, key, action=slug))


def outcome_of(request: HttpRequest, key: UUID, **of: str) -> dict[str, Any]:
    """Tell what became of a person's own write, or of what they asked of a second person.

    Raises:
        Http404: they have asked for nothing with this key.
    """
    person = signed_in(request)
    entry = Entry.objects.filter(person=person, submission_key=key, **of).first()
    if entry is not None:
        return answers.told_of_entry(_action(entry.action), entry)
    approval = Approval.objects.filter(asked_by=person, submission_key=key, **of).first()
    if approval is None:
        raise Http404
    return answers.told_of_request(approval)


def _action(slug: str) -> Action[Any, Any]:
    try:
        return get_action(slug)
    except KeyError:
        raise Http404 from None
