"""Requests that are read as UTF-8, which every browser sends, whatever encoding they name.

Python knows encodings that are none of texts, and whoever sends a request may name any of them.
Django looks at that while it makes the request, before anything of ours could say what is wrong.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.utils.http import parse_header_parameters

# What the parser of headers raises over parameters that contradict each other, or have no sense.
UNREADABLE = (LookupError, TypeError, ValueError)


class _Utf8(HttpRequest):
    """What is the same for both kinds of servers."""

    def _set_content_type_params(self, meta: Mapping[str, Any]) -> None:
        """Read of what kind the body is; of what nobody can read, none that is looked into."""
        try:
            kind, parameters = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except UNREADABLE:
            kind, parameters = "", {}
        self.content_type, self.content_params = kind, parameters

    def _load_post_and_files(self) -> None:
        """Read a form; one whose parts have such headers makes no sense."""
        try:
            super()._load_post_and_files()
        except (LookupError, TypeError) as error:
            self._mark_post_parse_error()  # type: ignore[attr-defined]
            raise BadRequest from error


class Utf8WSGIRequest(_Utf8, WSGIRequest):
    """A request as gunicorn hands it over."""


class Utf8ASGIRequest(_Utf8, ASGIRequest):
    """A request as servers for ASGI hand it over."""
