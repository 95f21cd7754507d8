"""The model's name alone changes: the table stays."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("piggy", "0005_own_attributes")]

    operations = [
        migrations.AlterModelTable("Line", "piggy_line"),
        migrations.RenameModel("Line", "Circuit"),
    ]
