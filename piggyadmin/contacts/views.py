"""Pages of contacts: the list, one contact, and a peek at whose an identifier is."""

from collections import ChainMap, defaultdict
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.permissions import LOOK_UP, READ_LEDGER
from piggyadmin.actions import registry
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import asked_in_words, others_meant
from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.contacts import panels, services
from piggyadmin.contacts.forms import ContactField, ContactsField, hint_at_search
from piggyadmin.contacts.naming import with_name
from piggyadmin.contacts.page_views import gone, uuid_named
from piggyadmin.contacts.traces import find_departed
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import reads
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import NotFound, PiggyError
from piggyadmin.piggy.once import nothing_twice
from piggyadmin.ui.codes import remarks, uuid_in_small
from piggyadmin.ui.forms import CodeField
from piggyadmin.ui.http import signed_in, wants_fragment

# What is stored here is read once the calls to Piggy are on their way, which it would hold up.
HEAD_START_SECONDS = 0.004
# Where the page of a contact has what does not stand among others.
PLACES = {
    "create-credit-reception": "credits",
    "update-contact": "change",
    "merge-contacts": "merge",
    "delete-contact": "delete",
}


class ContactList(PiggyPage):
    """All contacts, newest first; Piggy cannot filter them."""

    template_name = "contacts/list.html"
    entity = "contacts"
    title = _("Customers")
    intro = _("Newest first. To find somebody, use the search box: Piggy cannot filter this list.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read one page."""
        return {"page": services.list_contacts(piggy, page=self.page, limit=30, sort="-created_at")}


class SubscriptionTypeList(PiggyPage):
    """The kinds of messages that contacts can get; they are made at Piggy."""

    template_name = "contacts/subscription_types.html"
    title = _("Kinds of messages")
    intro = _("What customers can subscribe to. Kinds of messages are made at Piggy.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read all of them."""
        return {"kinds": services.list_subscription_types(piggy)}


class ContactPage(PiggyPage):
    """Everything about one contact, read side by side."""

    template_name = "contacts/contact.html"
    entity = "contacts"
    other_permissions = (READ_LEDGER,)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Lead readers of the ledger, who may not look at Piggy, to what the ledger knows."""
        uuid = kwargs["contact_uuid"]
        if not signed_in(request).has_perm(LOOK_UP):
            return redirect("ledger:contact", uuid)
        if uuid != (same := uuid_in_small(uuid)):
            return redirect("contacts:contact", same)
        try:
            return super().get(request, **kwargs)
        except Http404:
            found = uuid_named(uuid)
            return gone(request, uuid) if found == uuid else redirect("contacts:contact", found)

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read the contact and what belongs to it."""
        uuid = self.kwargs["contact_uuid"]
        person = signed_in(self.request)
        found: tuple[Any, ...] = gather(
            partial(services.get_contact, piggy, contact_uuid=uuid),
            *panels.reads(piggy, uuid),
            partial(panels.stored, person, uuid),
            head_start=HEAD_START_SECONDS,
        )
        contact, *were_read, stored = found
        shown = panels.shown(were_read, uuid)
        reads.log_look_up(person, "contact-page", uuid)
        return {
            "contact": contact,
            "contact_uuid": uuid,
            "contact_actions": self._actions_for(contact),
            "panels": shown,
            **ChainMap(stored, *(panel.context for panel in shown)),
        }

    def _actions_for(self, contact: Contact) -> dict[str, list[tuple[Action[Any, Any], str]]]:
        """List what the person may do with this contact, with addresses that fill it in.

        It is put in order by where it stands: by itself, under "More" by its effect, or at its end.
        """
        offered = defaultdict(list)
        for action in registry.actions():
            field = _contact_field(action)
            if field and action.is_allowed_for(self.request.user) and _suits(action, contact):
                query = urlencode({field: contact.uuid or ""})
                place = PLACES.get(action.slug, action.effect)
                offered[place].append((action, f"{action.url}?{query}"))
        return dict(offered)


def _contact_field(action: Action[Any, Any]) -> str | None:
    """Find the field of an action's form that takes a contact, or several.

    Of two contacts the last one survives, as the one whose page is open should.
    """
    fields = action.form_class.base_fields.items()
    kinds = (ContactField, ContactsField)
    return next((name for name, field in reversed(fields) if isinstance(field, kinds)), None)


def _suits(action: Action[Any, Any], contact: Contact) -> bool:
    """Tell whether an action makes sense: only an anonymous contact can be claimed."""
    return contact.is_anonymous is True or action.slug != "claim-anonymous-contact"


class ContactPanel(PermittedView):
    """A part of a contact's page that is read by itself, once somebody comes to see it."""

    @nothing_twice()
    def get(self, request: HttpRequest, contact_uuid: str, slug: str) -> HttpResponse:
        """Show it: to htmx, which puts it into the page, and by itself to whoever has no scripts.

        Raises:
            Http404: there is none of that name.
        """
        if (panel := panels.find(slug)) is None:
            raise Http404
        uuid = uuid_in_small(contact_uuid)
        shown = panels.read(panel, piggy_client(), uuid)
        if not shown.error:
            reads.log_look_up(signed_in(request), "contact-panel", uuid)
        context = {**shown.context, "panel": shown, "contact_uuid": uuid}
        if wants_fragment(request):
            return render(request, "contacts/_panel.html", context)
        named = with_name(Contact(uuid=uuid))
        return render(request, "contacts/panel.html", {**context, "named": named})


class ContactByEmail(PermittedView):
    """Leads from an e-mail address, as somebody typed it, to the page of the contact."""

    def get(self, request: HttpRequest, email: str) -> HttpResponse:
        """Look for the contact."""
        try:
            found = services.find_contact_by_email(piggy_client(), email=email)
        except NotFound:
            return redirect("contacts:contact", uuid_named(email))
        except PiggyError as error:
            return render(request, "ui/list.html", {"title": ContactList.title, "error": error})
        return redirect("contacts:contact", contact_uuid=found.uuid)


class Peek(PermittedView):
    """Whose an e-mail, identifier or UUID is: a line beside the field, while it is filled in."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Show the contact, or that there is none."""
        context: dict[str, Any] = {}
        try:
            query = CodeField().clean(request.POST.get("q", ""))
            context["contact"] = services.resolve_contact(piggy_client(), query=query)
            reads.log_look_up(signed_in(request), "peek", context["contact"].uuid or "")
        except ValidationError:
            pass
        except PiggyError as error:
            context |= {"error": error, "remarks": remarks(query)}
            if isinstance(error, NotFound):
                context["departed"] = find_departed(query)
                context["hint"] = hint_at_search(query)
                find = partial(services.resolve_contact, piggy_client())
                context["meant"] = asked_in_words(
                    others_meant(query, lambda text: find(query=text))
                )
        return render(request, "contacts/_peek.html", context)
