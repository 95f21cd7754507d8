"""Pages that show what Piggy holds: who may see them, and what they show when it is silent."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.generic import View

from piggyadmin.actions.base import Words
from piggyadmin.actions.permissions import LOOK_UP
from piggyadmin.actions.registry import actions
from piggyadmin.actions.views import check_permission
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.piggy.errors import NotFound, PiggyError
from piggyadmin.piggy.types import Page
from piggyadmin.ui.forms import MAX_ID_LENGTH
from piggyadmin.ui.http import SignedInRequest, signed_in

# More pages than any account has; a number beyond is a typing mistake, not a page.
LAST_PAGE = 1_000_000


class PermittedView(View):
    """A view for those who have its permission, or one of the others that will do."""

    request: SignedInRequest
    permission: ClassVar[str] = LOOK_UP
    other_permissions: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def allows(cls, person: AbstractBaseUser | AnonymousUser, **_names: Any) -> bool:
        """Tell who may open it, so that nobody else is shown a link to it."""
        return any(map(person.has_perm, (cls.permission, *cls.other_permissions)))  # type: ignore[union-attr]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let them in, and nobody else."""
        if not self.allows(signed_in(request)):
            check_permission(signed_in(request), self.permission)
        return super().dispatch(request, *args, **kwargs)


def numbered_page(rows: QuerySet[Any], number: str | None, size: int = 50) -> Page[Any]:
    """Give one page of stored rows, as lists of Piggy's have them; nonsense is the first."""
    found = Paginator(rows, size).get_page(number)
    return Page(
        items=list(found),
        page=found.number,
        last_page=found.paginator.num_pages,
        has_more=found.has_next(),
    )


class PiggyPage(PermittedView):
    """A page whose content is read from Piggy."""

    template_name: ClassVar[str]
    entity: ClassVar[str] = ""
    # What a list is called, and what is said about it.
    title: ClassVar[Words] = ""
    intro: ClassVar[Words] = ""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show what Piggy answers, or what went wrong, with the rest of the page in place."""
        context: dict[str, Any] = {
            "actions": self.actions(),
            "title": self.title,
            "intro": self.intro,
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

    def actions(self) -> list[Any]:
        """List the actions of this entity that the person may do."""
        person = self.request.user
        return [a for a in actions() if a.entity == self.entity and a.is_allowed_for(person)]

    def named(self, name: str) -> str | None:
        """Give what a filter of the address names; what cannot be anything is left out."""
        return self.request.GET.get(name, "").replace("\0", "")[:MAX_ID_LENGTH] or None

    @property
    def page(self) -> int:
        """The page that is asked for; nonsense counts as the first."""
        text = self.request.GET.get("page", "")
        if not text.isascii() or not text.isdecimal() or len(text) > len(str(LAST_PAGE)):
            return 1
        return min(max(int(text), 1), LAST_PAGE)
