"""The token's last day in Django's admin site."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.db import models
from django.http import HttpRequest

from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.models import TokenDate
from piggyadmin.ui.dates import VALIDITY, DayField


@admin.register(TokenDate)
class TokenDateAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The day belongs to the token that is in use when it is entered, and goes with it."""

    list_display = ("expires_on",)
    formfield_overrides = {
        models.DateField: {"form_class": DayField, "kind": VALIDITY, "widget": AdminDateWidget}
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        """Show the one of the token that is in use."""
        return super().get_queryset(request).filter(account=piggy_client().account)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Offer one day per token."""
        return super().has_add_permission(request) and not self.get_queryset(request).exists()

    def save_model(self, request: HttpRequest, obj: TokenDate, form: Any, change: Any) -> None:
        """Note to which token the day belongs."""
        obj.account = piggy_client().account
        super().save_model(request, obj, form, change)
