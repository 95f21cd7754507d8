"""Pages that show what Piggy holds: who may see them, and what they show when it is silent."""

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.actions.registry import actions
from piggyadmin.ledger.operations import Words
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.piggy.errors import NotFound, PiggyError
from piggyadmin.piggy.once import nothing_twice
from piggyadmin.ui.codes import as_seen, uuid_in_small
from piggyadmin.ui.forms import MAX_ID_LENGTH

# More pages than any account has; a number beyond is a typing mistake, not a page.
LAST_PAGE = 1_000_000


class PiggyPage(PermittedView):
    """A page whose content is read from Piggy."""

    template_name: ClassVar[str]
    entity: ClassVar[str] = ""
    # What a list is called, and what is said about it.
    title: ClassVar[Words] = ""
    intro: ClassVar[Words] = ""

    @nothing_twice()
    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show what Piggy answers, or what went wrong, with the rest of the page in place."""
        context: dict[str, Any] = {
            "actions": self.actions(),
            "title": self.title,
            "intro": self.intro,
            **self.beside(),
        }
        try:
            context |= self.read(piggy_client())
        except NotFound:
            raise Http404 from None
        except PiggyError as error:
            context["error"] = error
        return render(request, self.template_name, context)

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read what the template shows.

        Raises:
            PiggyError: as the services do.
        """
        raise NotImplementedError

    def beside(self) -> dict[str, Any]:
        """Give what stands on the page whether or not Piggy answers."""
        return {}

    def actions(self) -> list[Any]:
        """List the actions of this entity that the person may do: what makes something first."""
        person = self.request.user
        allowed = [a for a in actions() if a.entity == self.entity and a.is_allowed_for(person)]
        return sorted(allowed, key=lambda action: not action.slug.startswith("create-"))

    def named(self, name: str) -> str | None:
        """Give what a filter of the address names; what cannot be anything is left out.

        A UUID is the same one in any capitals.
        """
        text = as_seen(self.request.GET.get(name, "").replace("\0", ""))[:MAX_ID_LENGTH]
        return uuid_in_small(text) or None

    @property
    def page(self) -> int:
        """The page that is asked for; nonsense counts as the first."""
        text = self.request.GET.get("page", "")
        if not text.isascii() or not text.isdecimal() or len(text) > len(str(LAST_PAGE)):
            return 1
        return min(max(int(text), 1), LAST_PAGE)
