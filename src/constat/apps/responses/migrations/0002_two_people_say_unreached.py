"""Why somebody was not told counts on the word of two people. What one person had said waits for the second from here on."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def ask_again(apps, schema_editor):
    apps.get_model("responses", "Notice").objects.filter(state="not_told").update(state="unreached")


def take_one_word(apps, schema_editor):
    apps.get_model("responses", "Notice").objects.filter(state="unreached").update(state="not_told")


class Migration(migrations.Migration):

    dependencies = [
        ('inquiries', '0001_initial'),
        ('responses', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='notice',
            name='notice_not_told_reason',
        ),
        migrations.AddField(
            model_name='notice',
            name='confirmed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='notice',
            name='confirmed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RunPython(ask_again, take_one_word, elidable=False),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['unreached', 'not_told']), _negated=True), models.Q(('noted_at__isnull', False), ('noted_by__isnull', False), models.Q(('no_contact_reason', ''), _negated=True)), _connector='OR'), name='notice_not_told_reason'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('confirmed_by__isnull', True), models.Q(('state', 'not_told'), _negated=True)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False), models.Q(('confirmed_by', models.F('noted_by')), _negated=True)), _connector='OR'), name='notice_not_told_second_person'),
        ),
    ]
