"""The names of the model and the field alone change: table, column and triggers stay."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("actions", "0011_names_of_departed")]

    operations = [
        migrations.AlterModelTable("Standing", "actions_standing"),
        migrations.RenameModel("Standing", "EntryStatus"),
        migrations.AlterField(
            "entry",
            "likeness",
            models.CharField(
                "deduplication key", max_length=64, default="", db_index=True, db_column="likeness"
            ),
        ),
        migrations.AlterModelOptions(
            "entrystatus",
            {
                "default_permissions": (),
                "verbose_name": "status",
                "verbose_name_plural": "statuses",
            },
        ),
        migrations.AlterField(
            "entrystatus",
            "entry",
            models.OneToOneField(
                "actions.entry",
                models.PROTECT,
                primary_key=True,
                related_name="status",
                serialize=False,
            ),
        ),
        migrations.RenameField("entry", "likeness", "deduplication_key"),
    ]
