from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_density")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="must_change_password",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="user",
            name="factor_asked_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
