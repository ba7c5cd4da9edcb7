from django.db import migrations

from constat.apps.register.textindex import TextIndex


class Migration(migrations.Migration):
    dependencies = [("incidents", "0002_records_of_decisions"), ("register", "0001_initial")]

    operations = [TextIndex("incidents_incident", "search_text")]
