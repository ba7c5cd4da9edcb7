"""What another payer settled counts on the word of two people. What one person had said waits for the second from here on."""

from django.conf import settings
from django.db import migrations, models


LIVE = ["proposed", "certified", "offered", "accepted", "deferred", "appealed", "delivered"]


def ask_again(apps, schema_editor):
    offers = apps.get_model("amends", "Offer").objects.exclude(payer="").filter(certified_by__isnull=True)
    offers.filter(state__in=LIVE).update(state="said_settled")
    offers.filter(state__in=["declined", "returned"]).update(state="cancelled")


def take_one_word(apps, schema_editor):
    apps.get_model("amends", "Offer").objects.filter(state="said_settled").update(state="delivered")


class Migration(migrations.Migration):

    dependencies = [
        ('amends', '0002_only_added_to'),
        ('inquiries', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='offer',
            name='offer_one_harm_once',
        ),
        migrations.RemoveConstraint(
            model_name='offer',
            name='offer_certified_whole',
        ),
        migrations.RunPython(ask_again, take_one_word, elidable=False),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['accepted', 'appealed', 'certified', 'deferred', 'delivered', 'offered', 'proposed', 'said_settled']), models.Q(('subject', ''), _negated=True)), fields=('subject', 'settles', 'event', 'slot'), name='offer_one_harm_once'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('certified_at__isnull', True), ('certified_by__isnull', True), ('fund__isnull', True)), models.Q(('certified_at__isnull', False), ('certified_by__isnull', False), ('fund__isnull', False)), models.Q(('amount', 0), ('certified_at__isnull', False), ('certified_by__isnull', False)), models.Q(('certified_at__isnull', False), ('certified_by__isnull', False), models.Q(('payer', ''), _negated=True)), _connector='OR'), name='offer_certified_whole'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('payer', ''), ('state__in', ['said_settled', 'cancelled']), ('certified_by__isnull', False), _connector='OR'), name='offer_elsewhere_second_person'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'said_settled'), _negated=True), models.Q(('payer', ''), _negated=True), _connector='OR'), name='offer_said_has_payer'),
        ),
    ]
