"""Names to sign in with that nobody can take for another's, and what tries of passwords leave.

Of two people here whose names look alike the later one keeps theirs, capitals and all.
"""

from typing import Any

import django.contrib.auth.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from piggyadmin.accounts.sign_in_names import look_alike_key, one_script


def find_look_alikes(apps: Any, schema_editor: Any) -> None:
    taken: set[str] = set()
    for person in apps.get_model("accounts", "User").objects.order_by("pk"):
        key = look_alike_key(person.username)
        person.look_alike = f"{key}#{person.pk}" if key in taken else key
        taken.add(key)
        person.save(update_fields=["look_alike"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attempts",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField(default=0)),
                ("until", models.DateTimeField(db_index=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AlterModelManagers(
            name="user",
            managers=[],
        ),
        migrations.AddField(
            model_name="user",
            name="look_alike",
            field=models.CharField(default="", editable=False, max_length=500),
            preserve_default=False,
        ),
        migrations.RunPython(find_look_alikes, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="user",
            name="look_alike",
            field=models.CharField(editable=False, max_length=500, unique=True),
        ),
        migrations.AlterField(
            model_name="user",
            name="username",
            field=models.CharField(
                error_messages={"unique": "A user with that username already exists."},
                help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                max_length=150,
                unique=True,
                validators=[django.contrib.auth.validators.UnicodeUsernameValidator(), one_script],
                verbose_name="username",
            ),
        ),
        migrations.CreateModel(
            name="KnownPlace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mark", models.CharField(max_length=64)),
                ("seen_at", models.DateTimeField(db_index=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("person", "mark"), name="one_place_of_a_person")
                ],
            },
        ),
    ]
