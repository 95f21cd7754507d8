"""Pages that tell people how programs ask: an overview, and each action with its fields."""

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.permissions import USE_API
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import actions, by_entity, get_action
from piggyadmin.api.access import MOST_REQUESTS
from piggyadmin.api.mcp import is_offered
from piggyadmin.api.problems import ProblemKind
from piggyadmin.api.schemas import Schema, schema_of
from piggyadmin.ledger.models import Reason
from piggyadmin.ledger.operations import Effect

_CELL = re.compile(r"(?P<field>\w+)-(?P<row>\d+)-(?P<part>\w+)")


class DescribedField(NamedTuple):
    """A field of an action, as its page of the documentation has it."""

    name: str
    kind: str
    is_required: bool
    title: str
    words: str


class Overview(PermittedView):
    """How programs ask, what can go wrong, and all that can be asked."""

    permission = USE_API

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        allowed = [action for action in actions() if action.is_allowed_for(request.user)]
        context = {
            "entities": by_entity(allowed),
            "problems": list(ProblemKind),
            "most_requests": MOST_REQUESTS,
            "address": request.build_absolute_uri(reverse("api:index")),
            "mcp_address": request.build_absolute_uri(reverse("api:mcp")),
        }
        return render(request, "api/docs.html", context)


class ActionDocs(PermittedView):
    """One action: its fields, and an example that works on the sandbox."""

    permission = USE_API

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Show it."""
        try:
            action = get_action(slug)
        except KeyError:
            raise Http404 from None
        address = request.build_absolute_uri(reverse("api:action", args=[slug]))
        context = {
            "action": action,
            "fields": list(described(schema_of(action))),
            "has_further_fields": action.form_class.has_further_fields,
            "example": example_of(action, address),
            "is_offered": is_offered(action),
        }
        return render(request, "api/action_docs.html", context)


def described(schema: Schema) -> list[DescribedField]:
    """List the fields of a schema."""
    return [
        DescribedField(
            name=name,
            kind=_kind(field),
            is_required=name in schema["required"],
            title=field.get("title", ""),
            words=field.get("description", ""),
        )
        for name, field in schema["properties"].items()
    ]


def _kind(field: Schema) -> str:
    """Name the type of a field as programmers do, with what it can be."""
    if "enum" in field:
        return " | ".join(json.dumps(each) for each in field["enum"])
    kind = field["type"]
    return field.get("format") or (" | ".join(kind) if isinstance(kind, list) else kind)


def body_of(typed: Mapping[str, str]) -> dict[str, Any]:
    """Make what a program sends of what is typed into a page, where each cell has a name."""
    body: dict[str, Any] = {}
    for name, text in typed.items():
        if cell := _CELL.fullmatch(name):
            rows: list[dict[str, str]] = body.setdefault(cell["field"], [])
            rows.extend({} for _row in range(int(cell["row"]) + 1 - len(rows)))
            rows[int(cell["row"])][cell["part"]] = text
        else:
            body[name] = text
    return body


def _reason_for(action: Action[Any, Any]) -> dict[str, str]:
    """Give a reason that is offered, where one is asked for."""
    offered = Reason.objects.filter(is_active=True).first() if action.asks_reason else None
    return {"reason": offered.label} if offered else {}


def example_of(action: Action[Any, Any], address: str) -> str:
    """Write a command of the shell that asks for it; a dry run of what takes an agreement."""
    takes_agreement = action.has_preview and action.effect is Effect.IRREVERSIBLE
    lines = [
        f"curl {shlex.quote(address + ('?dry_run=true' if takes_agreement else ''))}",
        '-H "Authorization: Bearer $TOKEN"',
    ]
    if not (action.is_read or takes_agreement):
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    body = json.dumps(body_of(action.sample) | _reason_for(action), ensure_ascii=False)
    lines += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(body)}"]
    return " \\\n  ".join(lines)
