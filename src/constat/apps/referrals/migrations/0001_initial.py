import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('access', '__first__'),
        ('evidence', '0002_only_added_to'),
        ('incidents', '0005_docket'),
    ]

    operations = [
        migrations.CreateModel(
            name='Referral',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True)),
                ('authority', models.CharField(max_length=40)),
                ('recipient', models.CharField(max_length=200)),
                ('asked', models.TextField()),
                ('legal_basis', models.CharField(max_length=30)),
                ('basis_reference', models.TextField(blank=True)),
                ('profile', models.CharField(max_length=20)),
                ('language', models.CharField(default='fr', max_length=3)),
                ('summary', models.TextField()),
                ('answer_days', models.PositiveSmallIntegerField(default=30)),
                ('state', models.CharField(default='draft', max_length=20)),
                ('prepared_at', models.DateTimeField()),
                ('risk', models.CharField(blank=True, max_length=10)),
                ('mitigation', models.TextField(blank=True)),
                ('risk_at', models.DateTimeField(null=True)),
                ('approved_at', models.DateTimeField(null=True)),
                ('approved_content', models.CharField(blank=True, max_length=64)),
                ('handed_at', models.DateTimeField(null=True)),
                ('received_by', models.CharField(blank=True, max_length=200)),
                ('receipt', models.CharField(blank=True, max_length=200)),
                ('bag_digest', models.CharField(blank=True, max_length=64)),
                ('due_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('handed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to='incidents.incident')),
                ('prepared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('risk_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'due_at', 'id'], name='referral_queue'), models.Index(fields=['-prepared_at', '-id'], name='referral_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('risk', ''), ('risk_at__isnull', True), ('risk_by__isnull', True)), models.Q(models.Q(('risk', ''), _negated=True), ('risk_at__isnull', False), ('risk_by__isnull', False)), _connector='OR'), name='referral_risk_whole'), models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('approved_by__isnull', True), ('approved_content', '')), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False), models.Q(('approved_content', ''), _negated=True)), _connector='OR'), name='referral_approved_whole'), models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('prepared_by')), _negated=True), _connector='OR'), name='referral_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('bag_digest', ''), ('handed_at__isnull', True), ('handed_by__isnull', True)), models.Q(('approved_at__isnull', False), ('handed_at__isnull', False), ('handed_by__isnull', False), models.Q(('receipt', ''), _negated=True), models.Q(('received_by', ''), _negated=True), models.Q(('bag_digest', ''), _negated=True)), _connector='OR'), name='referral_handed_with_receipt'), models.CheckConstraint(condition=models.Q(models.Q(('asked', ''), _negated=True), models.Q(('recipient', ''), _negated=True)), name='referral_asks')],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('said', models.TextField()),
                ('reference', models.CharField(blank=True, max_length=120)),
                ('said_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='referrals.referral')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('said', ''), _negated=True), name='answer_said')],
            },
        ),
        migrations.CreateModel(
            name='ReferralItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('needed', models.BooleanField(default=False)),
                ('privileged', models.BooleanField(default=False)),
                ('risk', models.CharField(default='low', max_length=10)),
                ('interview', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.interview')),
                ('item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.item')),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='referrals.referral')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('interview__isnull', True), ('item__isnull', False)), models.Q(('interview__isnull', False), ('item__isnull', True)), _connector='OR'), name='referral_item_one'), models.UniqueConstraint(condition=models.Q(('item__isnull', False)), fields=('referral', 'item'), name='referral_item_once'), models.UniqueConstraint(condition=models.Q(('interview__isnull', False)), fields=('referral', 'interview'), name='referral_interview_once')],
            },
        ),
        migrations.CreateModel(
            name='ReferralStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(max_length=30)),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='referrals.referral')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='referral_step_reason')],
            },
        ),
        migrations.CreateModel(
            name='WrittenBag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('content', models.CharField(max_length=64)),
                ('included', models.JSONField()),
                ('withheld', models.JSONField()),
                ('names', models.PositiveSmallIntegerField(default=0)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('octets', models.PositiveBigIntegerField(default=0)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bags', to='referrals.referral')),
            ],
            options={
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='PersonConsent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(max_length=20)),
                ('authority', models.CharField(max_length=40)),
                ('said_by', models.CharField(max_length=20)),
                ('given_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handover_consents', to='incidents.personharmed')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('person', 'purpose', 'authority'), name='person_consent_once'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='person_consent_withdrawn_whole')],
            },
        ),
    ]
