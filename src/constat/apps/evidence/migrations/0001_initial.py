import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('access', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Interview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sensitivity', models.PositiveSmallIntegerField(default=2)),
                ('compartment', models.CharField(default='general', max_length=20)),
                ('office', models.CharField(blank=True, max_length=40)),
                ('code', models.CharField(max_length=20, unique=True)),
                ('subject_type', models.CharField(max_length=20)),
                ('subject_key', models.CharField(max_length=20)),
                ('form', models.CharField(max_length=20)),
                ('source_type', models.CharField(default='unknown', max_length=20)),
                ('persons', models.PositiveSmallIntegerField(default=1)),
                ('sex', models.CharField(default='unknown', max_length=10)),
                ('age_band', models.CharField(default='unknown', max_length=20)),
                ('held_at', models.DateTimeField()),
                ('language', models.CharField(max_length=10)),
                ('interpreter', models.BooleanField(default=False)),
                ('setting', models.CharField(max_length=20)),
                ('conditions', models.JSONField(default=list)),
                ('risk_before', models.CharField(max_length=10)),
                ('risk_after', models.CharField(max_length=10)),
                ('identity_key', models.UUIDField(null=True)),
                ('sealed', models.BinaryField()),
                ('recorded_at', models.DateTimeField()),
                ('assigned_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['subject_type', 'subject_key', 'id'], name='interview_subject')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('form', 'group'), ('persons__gte', 2)), models.Q(models.Q(('form', 'group'), _negated=True), ('persons', 1)), _connector='OR'), name='interview_persons'), models.CheckConstraint(condition=models.Q(('recorded_at__gte', models.F('held_at'))), name='interview_after_held')],
            },
        ),
        migrations.CreateModel(
            name='InterviewConsent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(max_length=20)),
                ('recipient', models.CharField(blank=True, max_length=60)),
                ('method', models.CharField(max_length=20)),
                ('language', models.CharField(blank=True, max_length=10)),
                ('given_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('interview', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='evidence.interview')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('interview', 'purpose', 'recipient'), name='interview_consent_once'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__gte', models.F('given_at')), ('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='interview_consent_withdrawn_whole')],
            },
        ),
        migrations.CreateModel(
            name='InterviewGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('section', models.CharField(blank=True, max_length=40)),
                ('reason', models.TextField()),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('interview', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to='evidence.interview')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='InterviewRisk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(max_length=10)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('interview', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='risks', to='evidence.interview')),
            ],
        ),
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sensitivity', models.PositiveSmallIntegerField(default=2)),
                ('compartment', models.CharField(default='general', max_length=20)),
                ('office', models.CharField(blank=True, max_length=40)),
                ('code', models.CharField(max_length=20, unique=True)),
                ('subject_type', models.CharField(max_length=20)),
                ('subject_key', models.CharField(max_length=20)),
                ('kind', models.CharField(default='original', max_length=20)),
                ('title', models.CharField(max_length=200)),
                ('physical', models.BooleanField(default=False)),
                ('blob', models.UUIDField(null=True, unique=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('media_type', models.CharField(blank=True, max_length=100)),
                ('claimed_type', models.CharField(blank=True, max_length=100)),
                ('captured_at', models.DateTimeField(null=True)),
                ('place_text', models.CharField(blank=True, max_length=200)),
                ('device', models.CharField(blank=True, max_length=120)),
                ('acquisition', models.CharField(default='unknown', max_length=30)),
                ('consent_basis', models.CharField(default='person', max_length=20)),
                ('sealed', models.BinaryField()),
                ('received_at', models.DateTimeField()),
                ('made_with', models.JSONField(default=dict)),
                ('legal_hold', models.BooleanField(default=False)),
                ('assigned_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='copies', to='evidence.item')),
                ('received_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['subject_type', 'subject_key', 'id'], name='item_subject'), models.Index(condition=models.Q(('sha256', ''), _negated=True), fields=['sha256'], name='item_digest'), models.Index(fields=['-id', 'compartment', 'sensitivity'], name='item_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('blob__isnull', True), ('physical', True), ('sha256', ''), ('size', 0)), models.Q(('blob__isnull', False), ('physical', False), ('sha256__regex', '^[0-9a-f]{64}$'), ('size__gt', 0)), _connector='OR'), name='item_file_or_object'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'original'), ('parent__isnull', True)), models.Q(('kind__in', ['working', 'redacted']), ('parent__isnull', False), ('physical', False)), _connector='OR'), name='item_copy_has_parent'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='item_titled'), models.CheckConstraint(condition=models.Q(models.Q(('subject_type', ''), _negated=True), models.Q(('subject_key', ''), _negated=True)), name='item_has_subject')],
            },
        ),
        migrations.CreateModel(
            name='CustodyEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('reason', models.TextField()),
                ('from_party', models.CharField(blank=True, max_length=120)),
                ('to_party', models.CharField(blank=True, max_length=120)),
                ('place_class', models.CharField(default='unknown', max_length=20)),
                ('location', models.CharField(blank=True, max_length=120)),
                ('seal', models.CharField(blank=True, max_length=60)),
                ('digest_checked', models.BooleanField(default=False)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='custody', to='evidence.item')),
            ],
            options={
                'ordering': ['item_id', 'number'],
                'constraints': [models.UniqueConstraint(fields=('item', 'number'), name='custody_numbered_once'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='custody_reason_given'), models.CheckConstraint(condition=models.Q(('recorded_at__gte', models.F('at'))), name='custody_not_before')],
            },
        ),
        migrations.CreateModel(
            name='ItemConsent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(max_length=20)),
                ('recipient', models.CharField(blank=True, max_length=60)),
                ('method', models.CharField(max_length=20)),
                ('language', models.CharField(blank=True, max_length=10)),
                ('given_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='evidence.item')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('item', 'purpose', 'recipient'), name='item_consent_once'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__gte', models.F('given_at')), ('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='item_consent_withdrawn_whole')],
            },
        ),
        migrations.CreateModel(
            name='ItemGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('section', models.CharField(blank=True, max_length=40)),
                ('reason', models.TextField()),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to='evidence.item')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ItemLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_type', models.CharField(max_length=20)),
                ('subject_key', models.CharField(max_length=20)),
                ('reason', models.TextField(blank=True)),
                ('linked_at', models.DateTimeField()),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='evidence.item')),
                ('linked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['subject_type', 'subject_key'], name='item_link_subject')],
                'constraints': [models.UniqueConstraint(fields=('item', 'subject_type', 'subject_key'), name='item_linked_once')],
            },
        ),
    ]
