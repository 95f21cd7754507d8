"""The door for assistants: the Model Context Protocol over streamable HTTP, without sessions.

Each action is a tool. Look-ups are done at once. A write is asked for, and done when a person has
approved it: the one whose token it is, or another one where the console wants two.
"""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.views.generic import View

from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import actions, find_action
from piggyadmin.actions.secret_fields import SecretField
from piggyadmin.api.access import answered, may_do, token_of
from piggyadmin.api.bodies import read_body
from piggyadmin.api.problems import Problem, ProblemKind
from piggyadmin.api.schemas import Schema, schema_of
from piggyadmin.api.views import ActionCall, outcome_of
from piggyadmin.ledger.operations import Effect, Preview
from piggyadmin.ui.http import is_own_address

# The newest first, which is offered to whoever speaks none of them.
VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26")
PARSE_ERROR, INVALID_REQUEST, NO_SUCH_METHOD, INVALID_PARAMS = -32700, -32600, -32601, -32602
OUTCOME = "get-outcome"


class CannotAnswer(Exception):  # noqa: N818  (named as a person would)
    """A message that is answered with an error of JSON-RPC."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


class AssistantCall(ActionCall):
    """A tool's call: looked up at once, or asked of a person."""

    def is_dry(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Never: the person who approves it is shown what it would do."""
        return False

    def key(self, request: HttpRequest) -> UUID:  # noqa: ARG002
        """Make a new one: what is asked twice waits twice, and a person sees both."""
        return uuid4()

    def is_agreed(self, *_told: Any) -> bool:
        """Leave that to the person."""
        return True

    def shown(self, form: ActionForm, preview: Preview) -> dict[str, Any]:
        """Leave it to the person too to confirm it."""
        return super().shown(form, preview) | {"confirm_with": None}

    def carry_out_form(self, form: ActionForm, preview: Preview | None = None) -> HttpResponse:
        """Ask a person."""
        return self.ask_second_person(
            form,
            preview,
            program=token_of(self.request).name,
            is_own_word_enough=not self.needs_second_person(form, preview),
        )


class McpEndpoint(View):
    """The one address of the protocol."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Answer one message."""
        _refuse_others(request)
        try:
            message = read_body(request.body)
        except Problem as problem:
            return _failed(None, CannotAnswer(PARSE_ERROR, problem.detail), HTTPStatus.BAD_REQUEST)
        if not _is_request(message):
            words = gettext("This is no single message of JSON-RPC 2.0.")
            return _failed(None, CannotAnswer(INVALID_REQUEST, words), HTTPStatus.BAD_REQUEST)
        if "id" not in message:
            return HttpResponse(status=HTTPStatus.ACCEPTED)
        params = message.get("params", {})
        try:
            result = _method_called(message["method"])(request, params)
        except CannotAnswer as error:
            return _failed(message["id"], error)
        return JsonResponse({"jsonrpc": "2.0", "id": message["id"], "result": result})


def _is_request(message: Any) -> bool:
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        return False
    is_named = isinstance(message.get("id", 0), str | int)
    has_params = isinstance(message.get("params", {}), dict)
    return isinstance(message.get("method"), str) and is_named and has_params


def _refuse_others(request: HttpRequest) -> None:
    """Refuse pages of other sites, and versions of the protocol that nobody has agreed on.

    Raises:
        Problem: it says which it was.
    """
    origin = request.headers.get("Origin")
    if origin is not None and not is_own_address(request, origin):
        raise Problem(ProblemKind.FORBIDDEN, gettext("Pages of other sites may not ask."))
    if request.headers.get("MCP-Protocol-Version", VERSIONS[0]) not in VERSIONS:
        words = gettext("These versions are spoken: %(versions)s.")
        raise Problem(ProblemKind.MALFORMED, words % {"versions": ", ".join(VERSIONS)})


def _failed(
    number: str | int | None, error: CannotAnswer, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    told = {"code": error.code, "message": error.words}
    return JsonResponse({"jsonrpc": "2.0", "id": number, "error": told}, status=status)


# --- The methods -----------------------------------------------------------------------------

Method = Callable[[HttpRequest, dict[str, Any]], Schema]


def _method_called(name: str) -> Method:
    try:
        return _METHODS[name]
    except KeyError:
        raise CannotAnswer(NO_SUCH_METHOD, gettext("There is no such method.")) from None


def _initialize(_request: HttpRequest, params: dict[str, Any]) -> Schema:
    wanted = params.get("protocolVersion")
    words = gettext(
        "Look-ups are answered at once. What changes something is asked of a person, and done "
        "when they have approved it at the address in “page”; get-outcome tells what became of it."
    )
    return {
        "protocolVersion": wanted if wanted in VERSIONS else VERSIONS[0],
        "capabilities": {"tools": {"listChanged": False}},
        "serverInfo": {"name": "piggyadmin", "version": "1"},
        "instructions": words,
    }


def _ping(_request: HttpRequest, _params: dict[str, Any]) -> Schema:
    return {}


def _list_tools(request: HttpRequest, _params: dict[str, Any]) -> Schema:
    token = token_of(request)
    offered = [action for action in actions() if may_do(token, action) and is_offered(action)]
    return {"tools": [*map(_tool, offered), _outcome_tool()]}


def is_offered(action: Action[Any, Any]) -> bool:
    """Tell whether an assistant can ask for it.

    A secret that is typed would be kept with the request, and one that is answered would be shown
    to nobody: such things are done on their page.
    """
    fields = action.form_class.base_fields.values()
    has_secret = any(isinstance(field, SecretField) for field in fields)
    return action.is_read or not (has_secret or action.result_type is None)


def _tool(action: Action[Any, Any]) -> Schema:
    return {
        "name": action.slug,
        "title": str(action.label),
        "description": _described(action),
        "inputSchema": schema_of(action),
        "annotations": {
            "readOnlyHint": action.is_read,
            "destructiveHint": action.effect is Effect.IRREVERSIBLE,
            "openWorldHint": False,
        },
    }


def _described(action: Action[Any, Any]) -> str:
    if action.is_read:
        return str(action.summary)
    return f"{action.summary} {gettext('It waits until a person has approved it.')}"


def _outcome_tool() -> Schema:
    key = {"type": "string", "format": "uuid", "description": gettext("From the answer to a call.")}
    return {
        "name": OUTCOME,
        "title": gettext("What became of it"),
        "description": gettext("Tells what became of something that was asked for."),
        "inputSchema": {"type": "object", "properties": {"key": key}, "required": ["key"]},
        "annotations": {"readOnlyHint": True, "openWorldHint": False},
    }


def _call_tool(request: HttpRequest, params: dict[str, Any]) -> Schema:
    name, arguments = params.get("name"), params.get("arguments") or {}
    if not isinstance(arguments, dict):
        raise CannotAnswer(INVALID_PARAMS, gettext("The arguments are no object."))
    if name == OUTCOME:
        return _result_of(answered(lambda: _outcome(request, arguments)))
    action = find_action(str(name))
    if action is None or not is_offered(action):
        raise CannotAnswer(INVALID_PARAMS, gettext("There is no such tool."))
    call = AssistantCall.as_view(asked=arguments)
    return _result_of(answered(lambda: call(request, slug=action.slug)))  # type: ignore[arg-type, return-value]


def _outcome(request: HttpRequest, arguments: dict[str, Any]) -> HttpResponse:
    try:
        key = UUID(str(arguments.get("key")))
    except ValueError:
        raise Problem(ProblemKind.INVALID, gettext("The key is no UUID.")) from None
    return JsonResponse(outcome_of(request, key))


def _result_of(response: HttpResponse) -> Schema:
    """Give a tool's result: as text for all, and structured for whoever reads that."""
    text = response.content.decode()
    return {
        "content": [{"type": "text", "text": text}],
        "structuredContent": json.loads(text),
        "isError": response.status_code >= HTTPStatus.BAD_REQUEST,
    }


_METHODS: dict[str, Method] = {
    "initialize": _initialize,
    "ping": _ping,
    "tools/list": _list_tools,
    "tools/call": _call_tool,
}
