"""The log starts with an empty head, and from here on its events can only be added to."""

from django.db import migrations

from constat.apps.access.guards import lift_guards, set_guards

GENESIS = "0" * 64


def start(apps, schema_editor):
    apps.get_model("access", "LogHead").objects.create(id=1, size=0, hash=GENESIS)
    set_guards(schema_editor.connection)


def undo(apps, schema_editor):
    lift_guards(schema_editor.connection)
    apps.get_model("access", "LogHead").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [migrations.RunPython(start, undo, elidable=False)]
