"""From here on the ledger, the bands and the rates can only be added to."""

from django.db import migrations

from constat.apps.amends.guards import lift_guards, set_guards


def guard(apps, schema_editor):
    set_guards(schema_editor.connection)


def undo(apps, schema_editor):
    lift_guards(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("amends", "0001_initial")]
    operations = [migrations.RunPython(guard, undo, elidable=False)]
