from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_names_and_places")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="density",
            field=models.CharField(default="compact", editable=False, max_length=20),
        ),
    ]
