"""Pages about one contact, whom people may name by e-mail address, card or UUID."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.generic import View

from piggyadmin.contacts.services import resolve_contact
from piggyadmin.contacts.traces import find_departed, find_known, last_owner
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import NotFound, PiggyError, Rejected
from piggyadmin.piggy.types import UUID
from piggyadmin.ui.codes import as_seen, uuid_in_small
from piggyadmin.ui.forms import MAX_ID_LENGTH


class OfOneContact(View):
    """A page that shows what one contact has, where its address says `?contact_uuid=`.

    By e-mail or card it leads to the same page by UUID, so that these do not stay in the address.
    """

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Find out who is meant; a card may look like a UUID, which only Piggy knows."""
        named = uuid_in_small(as_seen(request.GET.get("contact_uuid", "").replace("\0", "")))
        named = named[:MAX_ID_LENGTH]
        if named and not UUID.fullmatch(named) and (uuid := uuid_named(named)) != named:
            return self._with(uuid)
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            if not named:
                raise
        uuid = uuid_named(named)
        return gone(request, uuid) if uuid == named else self._with(uuid)

    def _with(self, uuid: str) -> HttpResponse:
        query = self.request.GET.copy()
        query["contact_uuid"] = uuid
        return redirect(f"{self.request.path}?{query.urlencode()}")


def uuid_named(query: str) -> str:
    """Give the UUID of whom somebody means, be it of one who is no more.

    Where Piggy cannot be asked, and nobody is known here, it is what was typed.

    Raises:
        Http404: there is nobody like that.
    """
    try:
        return resolve_contact(piggy_client(), query=query).uuid or query
    except NotFound:
        for departed in find_departed(query):
            return departed.contact_uuid
        raise Http404 from None
    except Rejected:
        owner = last_owner(query)
        return (owner and owner.uuid) or find_known(query) or query
    except PiggyError:
        return find_known(query) or query


def gone(request: HttpRequest, uuid: str) -> HttpResponse:
    """Say what became of a contact that was there once, as far as this console knows.

    Raises:
        Http404: it is not known here either.
    """
    departed = find_departed(uuid)
    if not departed:
        raise Http404
    return render(request, "contacts/gone.html", {"contact_uuid": uuid, "departed": departed})
