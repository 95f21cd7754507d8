"""What an assistant asks for in somebody's name waits for a person's word."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("actions", "0013_part_of")]

    operations = [
        migrations.AddField(
            "approval", "program", models.CharField(max_length=100, blank=True, default="")
        ),
        migrations.AddField("approval", "is_own_word_enough", models.BooleanField(default=False)),
    ]
