"""Who may open a page."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.views.generic import View

from piggyadmin.accounts import proofs
from piggyadmin.accounts.permissions import LOOK_UP, check_permission
from piggyadmin.ui.http import SignedInRequest, signed_in


class PermittedView(View):
    """A view for those who have its permission, or one of the others that will do."""

    request: SignedInRequest
    permission: ClassVar[str] = LOOK_UP
    other_permissions: ClassVar[tuple[str, ...]] = ()
    # Whether what is sent here decides who gets in, which a session alone is not enough for.
    changes_ways_in: ClassVar[bool] = False

    @classmethod
    def allows(cls, person: AbstractBaseUser | AnonymousUser, **_names: Any) -> bool:
        """Tell who may open it, so that nobody else is shown a link to it."""
        return any(map(person.has_perm, (cls.permission, *cls.other_permissions)))  # type: ignore[union-attr]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let them in, and nobody else; ask for a proof where what they send takes one."""
        if not self.allows(signed_in(request)):
            check_permission(signed_in(request), self.permission)
        if self.changes_ways_in and request.method == "POST":
            proofs.insist_on_fresh_for_ways_in(request)
        return super().dispatch(request, *args, **kwargs)
