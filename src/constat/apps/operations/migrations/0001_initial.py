import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('access', '__first__'),
        ('register', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='LogFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('filename', models.CharField(max_length=255)),
                ('sha256', models.CharField(max_length=64)),
                ('mapping', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('rows', models.PositiveIntegerField(default=0)),
                ('imported', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('changed', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('rows', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('imported'), '+', models.F('unchanged')), '+', models.F('changed')), '+', models.F('refused')))), name='log_file_every_row')],
            },
        ),
        migrations.CreateModel(
            name='ActivityLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_day', models.DateField()),
                ('last_day', models.DateField()),
                ('state', models.CharField(max_length=10)),
                ('reason', models.CharField(blank=True, max_length=30)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('brought_by', models.CharField(blank=True, max_length=200)),
                ('recorded_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_reason', models.TextField(blank=True)),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='logs', to='register.unit')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('log_file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='logs', to='operations.logfile')),
            ],
            options={
                'indexes': [models.Index(fields=['unit', 'first_day', 'last_day'], name='log_days')],
                'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='log_days_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), ('state', 'received')), models.Q(('state', 'missing'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='log_missing_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True), ('withdrawn_reason', '')), models.Q(('withdrawn_at__isnull', False), models.Q(('withdrawn_reason', ''), _negated=True)), _connector='OR'), name='log_withdrawn_whole')],
            },
        ),
        migrations.CreateModel(
            name='LogFileProblem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.PositiveIntegerField()),
                ('severity', models.CharField(max_length=10)),
                ('field', models.CharField(blank=True, max_length=80)),
                ('reason', models.CharField(max_length=40)),
                ('message', models.TextField()),
                ('content', models.JSONField()),
                ('log_file', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='problems', to='operations.logfile')),
            ],
            options={
                'indexes': [models.Index(fields=['log_file', 'row'], name='log_file_problem_row')],
            },
        ),
        migrations.CreateModel(
            name='Operation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place_text', models.CharField(blank=True, max_length=300)),
                ('country', models.CharField(blank=True, max_length=3)),
                ('adm1', models.CharField(blank=True, max_length=20)),
                ('adm2', models.CharField(blank=True, max_length=20)),
                ('adm3', models.CharField(blank=True, max_length=20)),
                ('lon', models.FloatField(null=True)),
                ('lat', models.FloatField(null=True)),
                ('place_precision', models.CharField(default='unknown', max_length=20)),
                ('uid', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('code', models.CharField(max_length=20, unique=True)),
                ('kind', models.CharField(default='unknown', max_length=40)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('zone', models.CharField(max_length=40)),
                ('time_precision', models.CharField(default='time_of_day', max_length=20)),
                ('radius_km', models.FloatField(default=0)),
                ('path', models.JSONField(default=list)),
                ('phase', models.CharField(default='unknown', max_length=20)),
                ('tasking', models.TextField(blank=True)),
                ('kinetic', models.BooleanField(null=True)),
                ('domains', models.JSONField(default=list)),
                ('partners', models.CharField(blank=True, max_length=300)),
                ('supported_force', models.CharField(blank=True, max_length=200)),
                ('planning', models.CharField(default='unknown', max_length=20)),
                ('fire', models.CharField(default='unknown', max_length=20)),
                ('warning_given', models.BooleanField(null=True)),
                ('recordings', models.CharField(blank=True, max_length=300)),
                ('rules_card', models.CharField(blank=True, max_length=60)),
                ('risk_sheet', models.CharField(blank=True, max_length=60)),
                ('at_lon', models.FloatField()),
                ('at_lat', models.FloatField()),
                ('reach_km', models.FloatField()),
                ('cell', models.IntegerField()),
                ('span', models.SmallIntegerField()),
                ('first_hour', models.IntegerField()),
                ('last_hour', models.IntegerField()),
                ('force', models.SmallIntegerField(default=0)),
                ('external_key', models.CharField(blank=True, max_length=120)),
                ('content_sha256', models.CharField(blank=True, max_length=64)),
                ('recorded_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_reason', models.TextField(blank=True)),
                ('log_file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='operations', to='operations.logfile')),
                ('place', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='register.place')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='operations', to='register.unit')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['-starts_at', '-id'], name='operation_newest'), models.Index(fields=['kind', '-starts_at', '-id'], name='operation_kind'), models.Index(fields=['unit', '-starts_at', '-id'], name='operation_unit'), models.Index(fields=['adm1', '-starts_at', '-id'], name='operation_region'), models.Index(condition=models.Q(('withdrawn_at__isnull', True)), fields=['cell', 'first_hour', 'last_hour', 'at_lon', 'at_lat', 'reach_km', 'force'], name='operation_cell'), models.Index(condition=models.Q(('withdrawn_at__isnull', True)), fields=['span', 'first_hour', 'last_hour', 'at_lon', 'at_lat', 'reach_km', 'force'], name='operation_time')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gte', models.F('starts_at'))), name='operation_in_order'), models.CheckConstraint(condition=models.Q(('starts_at__lte', models.F('recorded_at'))), name='operation_not_future'), models.CheckConstraint(condition=models.Q(('lat__isnull', False), ('lon__isnull', False), ('radius_km__gte', 0), models.Q(('zone', ''), _negated=True)), name='operation_placed'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True), ('withdrawn_reason', '')), models.Q(('withdrawn_at__isnull', False), models.Q(('withdrawn_reason', ''), _negated=True)), _connector='OR'), name='operation_withdrawn_whole')],
            },
        ),
        migrations.CreateModel(
            name='Exposure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('measure', models.CharField(max_length=30)),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=12)),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exposures', to='operations.operation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('operation', 'measure'), name='exposure_once'), models.CheckConstraint(condition=models.Q(('quantity__gte', 0)), name='exposure_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Encounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(null=True)),
                ('light', models.CharField(default='unknown', max_length=10)),
                ('outcome', models.CharField(default='unknown', max_length=20)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='encounters', to='operations.operation')),
            ],
        ),
        migrations.CreateModel(
            name='OperationRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.JSONField()),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='operations.operation')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='operation_revision_reason')],
            },
        ),
        migrations.CreateModel(
            name='WeaponUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weapon', models.CharField(default='unknown', max_length=40)),
                ('rounds', models.PositiveIntegerField(null=True)),
                ('fire', models.CharField(default='unknown', max_length=20)),
                ('at', models.DateTimeField(null=True)),
                ('shooter_lon', models.FloatField(null=True)),
                ('shooter_lat', models.FloatField(null=True)),
                ('target_lon', models.FloatField(null=True)),
                ('target_lat', models.FloatField(null=True)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='weapon_uses', to='operations.operation')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(models.Q(('shooter_lat__isnull', True), ('shooter_lon__isnull', True)), models.Q(('shooter_lat__isnull', False), ('shooter_lon__isnull', False)), _connector='OR'), models.Q(models.Q(('target_lat__isnull', True), ('target_lon__isnull', True)), models.Q(('target_lat__isnull', False), ('target_lon__isnull', False)), _connector='OR')), name='weapon_use_points_whole')],
            },
        ),
        migrations.CreateModel(
            name='ForceStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('step', models.CharField(max_length=20)),
                ('distance_m', models.PositiveIntegerField(null=True)),
                ('encounter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='operations.encounter')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('encounter', 'position'), name='force_step_position')],
            },
        ),
    ]
