"""The ledger in Django's admin site: to read, never to change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from piggyadmin.ledger.models import Entry, Event, PersonLookUp, Reason


class ReadOnly:
    """Nothing is added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Refuse."""
        return False

    has_change_permission = has_delete_permission = has_add_permission


class EventInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    """What became of an entry."""

    model = Event
    readonly_fields = ("at", "kind", "detail")
    extra = 0


@admin.register(Entry)
class EntryAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """What was asked of Piggy."""

    list_display = ("created_at", "person_name", "action", "state", "trace_id")
    list_filter = ("action", "created_at")
    search_fields = ("person_name", "trace_id", "submission_key")
    # The name is a copy; a link to the person would not open for everybody who reads this.
    exclude = ("person",)
    inlines = (EventInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read the events along, as the state is made of them."""
        return super().get_queryset(request).prefetch_related("events")


@admin.register(Reason)
class ReasonAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The short list of reasons; entries keep the words, whatever becomes of the list."""

    list_display = ("label", "position", "is_active")
    list_editable = ("position", "is_active")


@admin.register(PersonLookUp)
class PersonLookUpAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Who looked at whom."""

    list_display = ("at", "person_name", "action", "contact_uuid", "trace_id")
    list_filter = ("action", "at")
    search_fields = ("person_name", "contact_uuid", "trace_id")
    exclude = ("person",)
