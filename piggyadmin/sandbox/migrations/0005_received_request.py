"""The model's name alone changes: the table stays."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sandbox", "0004_claimed_tokens")]

    operations = [
        migrations.AlterModelTable("Call", "sandbox_call"),
        migrations.RenameModel("Call", "ReceivedRequest"),
    ]
