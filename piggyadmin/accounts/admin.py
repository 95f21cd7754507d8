"""People in Django's admin site."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest

from piggyadmin.accounts.models import User


def _without(field: str, fieldsets: Any) -> Any:
    """Give the groups of fields of a form without one of the fields."""
    return tuple(
        (label, options | {"fields": tuple(n for n in options["fields"] if n != field)})
        for label, options in fieldsets
    )


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]
    """People, their roles (groups) and whether they may still sign in."""

    list_display = ("username", "first_name", "last_name", "is_active", "is_demo", "last_login")
    list_filter = ("is_active", "is_superuser", "groups")
    fieldsets = _without("is_staff", DjangoUserAdmin.fieldsets)
    readonly_fields = ("last_login", "date_joined", "is_demo")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Keep those who are not superusers from making themselves or others one."""
        fields = tuple(super().get_readonly_fields(request, obj))
        if request.user.is_superuser:
            return fields
        return (*fields, "is_superuser", "user_permissions")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Offer another password to those who may set one: the field is a link to that form."""
        shown = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return shown
        return _without("password", shown)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Let nobody but superusers change a superuser, whose password would open everything."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:  # noqa: ARG002
        """Nobody is deleted, whoever asks: what they did keeps their name."""
        return False
