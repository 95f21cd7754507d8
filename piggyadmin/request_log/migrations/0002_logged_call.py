"""The model's name alone changes: the table stays."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests", "0001_initial")]

    operations = [
        migrations.AlterModelTable("Call", "requests_call"),
        migrations.RenameModel("Call", "LoggedCall"),
    ]
