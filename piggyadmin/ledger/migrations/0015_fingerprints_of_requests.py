"""A key that a program sends with another request than before is refused."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("actions", "0014_requests_of_programs")]

    operations = [
        migrations.AddField(
            "approval",
            "fingerprint",
            models.CharField(max_length=64, blank=True, default="", editable=False),
        ),
    ]
