# A new column makes SQLite build the table anew, without its triggers: the index of words follows.

from django.db import migrations, models

from constat.apps.register.textindex import TextIndex


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0004_patterns_without_records'),
    ]

    operations = [
        migrations.AddField(
            model_name='incident',
            name='docket',
            field=models.CharField(blank=True, max_length=20),
        ),
        TextIndex("incidents_incident", "search_text"),
    ]
