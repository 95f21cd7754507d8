"""Django's admin site as it is here: for superusers alone, and passwords are elsewhere."""

from typing import Any, cast

from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator


class ConsoleSite(AdminSite):
    """Let in superusers; all others have pages of the console, and "staff status" has no say."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Tell whether somebody gets in."""
        return self.is_for(cast("AbstractUser | AnonymousUser", request.user))

    def is_for(self, person: AbstractUser | AnonymousUser) -> bool:
        """Tell whether somebody gets in."""
        return person.is_active and person.is_superuser

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002
        """Lead to the one page for signing in, which has a limit to how often one can try.

        Raises:
            PermissionDenied: whoever has signed in is no superuser.
        """
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME, "/admin/"))
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("admin:index")

    def password_change(  # type: ignore[override]
        self,
        request: HttpRequest,  # noqa: ARG002
        extra_context: Any = None,  # noqa: ARG002
    ) -> HttpResponse:
        """Lead to the one page for changing one's password, which has such a limit too."""
        return redirect("account_change_password")
