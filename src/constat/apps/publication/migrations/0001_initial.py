import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('access', '__first__'),
        ('incidents', '0005_docket'),
    ]

    operations = [
        migrations.CreateModel(
            name='Fact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True)),
                ('kind', models.CharField(max_length=30)),
                ('text_fr', models.TextField()),
                ('text_en', models.TextField()),
                ('text_ar', models.TextField()),
                ('references', models.JSONField(default=list)),
                ('proposed_at', models.DateTimeField()),
                ('cleared_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_reason', models.TextField(blank=True)),
                ('cleared_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='public_facts', to='incidents.incident')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['incident', 'id'], name='fact_incident')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('text_fr', ''), _negated=True), models.Q(('text_en', ''), _negated=True), models.Q(('text_ar', ''), _negated=True)), name='fact_said_in_three'), models.CheckConstraint(condition=models.Q(models.Q(('cleared_at__isnull', True), ('cleared_by__isnull', True)), models.Q(('cleared_at__isnull', False), ('cleared_by__isnull', False)), _connector='OR'), name='fact_cleared_whole'), models.CheckConstraint(condition=models.Q(('cleared_by__isnull', True), models.Q(('cleared_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='fact_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True), ('withdrawn_reason', '')), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False), models.Q(('withdrawn_reason', ''), _negated=True)), _connector='OR'), name='fact_withdrawn_whole')],
            },
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True)),
                ('kind', models.CharField(max_length=20)),
                ('period', models.CharField(blank=True, max_length=10)),
                ('statement', models.CharField(blank=True, max_length=20)),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('state', models.CharField(default='draft', max_length=20)),
                ('inputs', models.JSONField(default=dict)),
                ('figures', models.JSONField(default=list)),
                ('as_of', models.DateTimeField(null=True)),
                ('checksum', models.CharField(blank=True, max_length=64)),
                ('prepared_at', models.DateTimeField()),
                ('released_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_reason', models.TextField(blank=True)),
                ('earlier', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='later', to='publication.publication')),
                ('incident', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='publications', to='incidents.incident')),
                ('prepared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('released_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['state', '-prepared_at', '-id'], name='publication_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('incident__isnull', False), ('kind', 'statement'), ('period', ''), models.Q(('statement', ''), _negated=True)), models.Q(models.Q(('kind', 'statement'), _negated=True), ('incident__isnull', True), ('statement', ''), models.Q(('period', ''), _negated=True)), _connector='OR'), name='publication_about_one_thing'), models.CheckConstraint(condition=models.Q(('released_by__isnull', True), models.Q(('released_by', models.F('prepared_by')), _negated=True), _connector='OR'), name='publication_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('released_at__isnull', True), ('released_by__isnull', True)), models.Q(('released_at__isnull', False), ('released_by__isnull', False), models.Q(('checksum', ''), _negated=True)), _connector='OR'), name='publication_released_whole'), models.UniqueConstraint(condition=models.Q(('state', 'released'), models.Q(('period', ''), _negated=True)), fields=('kind', 'period'), name='publication_period_once')],
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=200)),
                ('before', models.CharField(blank=True, max_length=200)),
                ('after', models.CharField(blank=True, max_length=200)),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
                ('earlier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='publication.publication')),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='publication.publication')),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='correction_reason_given'), models.CheckConstraint(condition=models.Q(('before', models.F('after')), _negated=True), name='correction_changes')],
            },
        ),
        migrations.CreateModel(
            name='PublicationFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField()),
                ('fact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='said_in', to='publication.fact')),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sentences', to='publication.publication')),
            ],
            options={
                'ordering': ['place', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('publication', 'fact'), name='publication_fact_once')],
            },
        ),
        migrations.CreateModel(
            name='PublicationFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=3)),
                ('format', models.CharField(max_length=5)),
                ('data', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='publication.publication')),
            ],
            options={
                'ordering': ['language', 'format'],
                'constraints': [models.UniqueConstraint(fields=('publication', 'language', 'format'), name='publication_file_once')],
            },
        ),
        migrations.CreateModel(
            name='PublicationStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(max_length=30)),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='publication.publication')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='publication_step_reason')],
            },
        ),
    ]
