"""What the sandbox served alone says when one of its own pages goes wrong: a plain sentence."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _


def _say(words: str, status: int) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer 400, as to a host name that is not allowed."""
    return _say(_("That request made no sense."), 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer 403, as to another machine."""
    return _say(_("The sandbox's pages answer this machine only."), 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer 404."""
    return _say(_("There is no such page. The start page is at /."), 404)


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer 500."""
    return _say(_("Something went wrong in the sandbox itself."), 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Answer a form that was not sent from the sandbox's own page."""
    return _say(_("Open the page again and press the button there."), 403)
