"""People in Django's admin site, which is for superusers; all others have `piggyadmin.people`."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest

from piggyadmin.accounts.models import User


def _without_staff_status(fieldsets: Any) -> Any:
    """Give the groups of fields of a form without one that has no say here."""
    return tuple(
        (label, options | {"fields": tuple(n for n in options["fields"] if n != "is_staff")})
        for label, options in fieldsets
    )


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]
    """People, their roles (groups) and whether they may still sign in."""

    list_display = ("username", "first_name", "last_name", "is_active", "is_demo", "last_login")
    list_filter = ("is_active", "is_superuser", "groups")
    fieldsets = _without_staff_status(DjangoUserAdmin.fieldsets)
    readonly_fields = ("last_login", "date_joined", "is_demo")

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:  # noqa: ARG002
        """Nobody is deleted, whoever asks: what they did keeps their name."""
        return False
