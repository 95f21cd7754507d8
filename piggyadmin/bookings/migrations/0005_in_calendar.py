"""Moments at the very ends of the calendar, from before they were read so that all clocks show them."""

from typing import Any

from django.db import migrations

from piggyadmin.piggy.types import FIRST_MOMENT, LAST_MOMENT

MOMENTS = ("starts_at", "ends_at", "checked_in_at", "as_of")


def into_calendar(apps: Any, _schema_editor: Any) -> None:
    """Move them by a day; the database does, as Python cannot read all that PostgreSQL stores."""
    bookings = apps.get_model("bookings", "SeenBooking").objects
    for name in MOMENTS:
        bookings.filter(**{f"{name}__gt": LAST_MOMENT}).update(**{name: LAST_MOMENT})
        bookings.filter(**{f"{name}__lt": FIRST_MOMENT}).update(**{name: FIRST_MOMENT})


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0004_sealed"),
    ]

    operations = [
        migrations.RunPython(into_calendar, migrations.RunPython.noop, elidable=True),
    ]
