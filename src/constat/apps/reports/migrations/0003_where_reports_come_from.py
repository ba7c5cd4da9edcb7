from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_kept_apart")]

    operations = [
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["adm1", "-received_at"], name="report_area_newest"),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["channel", "-received_at"], name="report_channel_newest"),
        ),
    ]
