"""The description of the door as OpenAPI 3.1 has it, made of the registry of actions."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import actions
from piggyadmin.api.problems import ProblemKind
from piggyadmin.api.schemas import Schema, schema_of
from piggyadmin.ui.problems import CONTENT_TYPE

JSON = "application/json"
# What can become of every request, and beside it of a write.
_ALWAYS = (400, 401, 403, 404, 405, 411, 413, 415, 422, 429, 500, 502, 503)
_OF_WRITES = (409, 504)


def document() -> Schema:
    """Describe all that programs can ask."""
    paths = {
        reverse("api:index"): {"get": _get("listActions", gettext("What this token may do"))},
        reverse("api:openapi"): {"get": _get("describe", gettext("This description"))},
        "/api/actions/{slug}/{key}/": {"get": _outcome()},
    }
    paths |= {reverse("api:action", args=[each.slug]): {"post": _call(each)} for each in actions()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "piggyadmin",
            "version": "1",
            "description": gettext("What people do in this console, done by programs."),
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": _problem(), "Answer": {"type": "object"}},
            "responses": {"Problem": _response(gettext("Why not"), "Problem", CONTENT_TYPE)},
        },
    }


def _problem() -> Schema:
    kinds = {"type": "string", "description": ", ".join(each.slug for each in ProblemKind)}
    found = {"field": {"type": "string"}, "detail": {"type": "string"}, "code": {"type": "string"}}
    return {
        "type": "object",
        "required": ["type", "title", "status"],
        "properties": {
            "type": kinds,
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {"type": "array", "items": {"type": "object", "properties": found}},
        },
    }


def _response(words: str, schema: str, content_type: str = JSON) -> Schema:
    content = {content_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": words, "content": content}


def _responses(**answers: Schema) -> Schema:
    """Name the answers by their status (`s200=…`), and the problems."""
    told = {name.removeprefix("s"): answer for name, answer in answers.items()}
    problem = {"$ref": "#/components/responses/Problem"}
    statuses = [*_ALWAYS, *(_OF_WRITES if "s202" in answers else ())]
    return told | {str(status): problem for status in statuses}


def _get(name: str, words: str) -> Schema:
    answer = _response(words, "Answer")
    return {"operationId": name, "summary": words, "responses": _responses(s200=answer)}


def _outcome() -> Schema:
    names = {"slug": {"type": "string"}, "key": {"type": "string", "format": "uuid"}}
    return {
        **_get("findOutcome", gettext("What became of a write")),
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": schema}
            for name, schema in names.items()
        ],
    }


# --- One action ------------------------------------------------------------------------------


def _call(action: Action[Any, Any]) -> Schema:
    done = _response(gettext("What came of it"), "Answer")
    waits = _response(gettext("A person has to approve it first"), "Answer")
    return {
        "operationId": action.slug,
        "summary": str(action.label),
        "description": str(action.summary),
        "tags": [action.entity],
        "parameters": [] if action.is_read else _parameters(),
        "requestBody": {"required": True, "content": {JSON: {"schema": schema_of(action)}}},
        "responses": _responses(s200=done) if action.is_read else _responses(s200=done, s202=waits),
    }


def _parameters() -> list[Schema]:
    key = gettext("A new UUID for each write; the same one again gives the first answer.")
    dry = gettext("Show what would be done, and do nothing.")
    return [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": key,
            "schema": {"type": "string", "format": "uuid"},
        },
        {
            "name": "dry_run",
            "in": "query",
            "description": dry,
            "schema": {"type": "boolean", "default": False},
        },
    ]
