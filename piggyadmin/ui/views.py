"""The theme and the error pages."""

from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
)
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.views.decorators.http import require_POST

from piggyadmin.piggy.trace import current_trace_id
from piggyadmin.ui import cookies
from piggyadmin.ui.http import is_own_address, signed_in
from piggyadmin.ui.problems import problem_answer, wants_problem
from piggyadmin.ui.themes import DENSITIES, THEME_COOKIE, THEMES


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme in a cookie and go back to where the person was."""
    response = HttpResponseRedirect(way_back(request))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        cookies.keep(response, THEME_COOKIE, chosen)
    return response


@require_POST
def set_density(request: HttpRequest) -> HttpResponse:
    """Remember how high rows are to be for this person, and go back to where they were."""
    chosen, person = request.POST.get("density", ""), signed_in(request)
    if chosen in DENSITIES:
        person.density = chosen
        person.save(update_fields=["density"])
    return HttpResponseRedirect(way_back(request))


def way_back(request: HttpRequest) -> str:
    """Find the page of this console that the person came from."""
    for url in (request.POST.get("next"), request.headers.get("Referer")):
        if url and is_own_address(request, url):
            return url
    return "/"


@login_not_required
def favicon(_request: HttpRequest) -> HttpResponse:
    """Lead to the icon whoever asks for it without having read a page, as browsers do."""
    return HttpResponseRedirect(static("favicon.svg"))


# --- Errors ----------------------------------------------------------------------------------


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer a request that makes no sense."""
    return error_answer(request, "400.html", HTTPStatus.BAD_REQUEST, with_layout=False)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer somebody who may not do this."""
    return error_answer(request, "403.html", HTTPStatus.FORBIDDEN)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer a request for a page that is not there."""
    return error_answer(request, "404.html", HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer after a fault of ours; nothing here may depend on what has just failed."""
    return error_answer(request, "500.html", HTTPStatus.INTERNAL_SERVER_ERROR, with_layout=False)


def error_answer(
    request: HttpRequest, template: str, status: HTTPStatus, *, with_layout: bool = True
) -> HttpResponse:
    """Make an error page, or just its message where a page wants to swap in a fragment.

    A program is told in its own way.
    """
    if wants_problem(request):
        return problem_answer(status)
    context: dict[str, Any] = {"trace_id": current_trace_id()}
    if request.headers.get("HX-Request") == "true":
        context["error_layout"] = "ui/_error.html"
        with_layout = False
    content = render_to_string(template, context, request if with_layout else None)
    response = HttpResponse(content, status=status)
    if "error_layout" in context:
        # Among the messages, so that the form and what was typed into it stay.
        response["HX-Retarget"], response["HX-Reswap"] = "#messages", "innerHTML"
    return response
