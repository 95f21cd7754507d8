"""People in Django's admin site."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest

from piggyadmin.accounts.models import User


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]
    """People, their roles (groups) and whether they may still sign in."""

    list_display = ("username", "first_name", "last_name", "is_active", "is_demo", "last_login")
    list_filter = ("is_active", "is_superuser", "groups")
    fieldsets = tuple(
        (label, options | {"fields": tuple(n for n in options["fields"] if n != "is_staff")})
        for label, options in DjangoUserAdmin.fieldsets or ()
    )
    readonly_fields = ("last_login", "date_joined", "is_demo")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Keep those who are not superusers from making themselves or others one."""
        fields = tuple(super().get_readonly_fields(request, obj))
        if request.user.is_superuser:
            return fields
        return (*fields, "is_superuser", "user_permissions")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Let nobody but superusers change a superuser, whose password would open everything."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:  # noqa: ARG002
        """Nobody is deleted, whoever asks: what they did keeps their name."""
        return False
