"""For whom the calls of a page are made."""

from collections.abc import Callable
from functools import partial

from django.http import HttpRequest, HttpResponse

from piggyadmin.accounts.proofs import proved_at
from piggyadmin.piggy.actor import Actor, use_actor_finder


class ActorMiddleware:
    """Tell the request log who asked for a page, worked out only when it calls Piggy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the person of the request as the one who acts."""
        with use_actor_finder(partial(actor_of, request)):
            return self.get_response(request)


def actor_of(request: HttpRequest) -> Actor:
    """Give the person of a request, and the action or page that was asked for."""
    user = getattr(request, "user", None)
    match = request.resolver_match
    where = (match.kwargs.get("slug") or match.view_name) if match else ""
    if user is None or not user.is_authenticated:
        return Actor(action=where)
    return Actor(user.pk, user.name, where, proved_at=proved_at(request))
