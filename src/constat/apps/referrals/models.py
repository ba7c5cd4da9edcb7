"""Columns and constraints of referrals."""

from django.db import models
from django.db.models import Q

from constat.apps.access.models import Person
from constat.apps.evidence.models import Interview, Item
from constat.apps.incidents.models import Incident, PersonHarmed


class Referral(models.Model):
    """One case handed, or to be handed, to one authority. Read by whoever reads the incident and follows referrals."""

    code = models.CharField(max_length=20, unique=True)  # X-2026-000042
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="referrals")
    authority = models.CharField(max_length=40)  # vocabulary "referral_authority"
    recipient = models.CharField(max_length=200)  # the office, not a private person
    asked = models.TextField()  # what the authority is asked to do
    legal_basis = models.CharField(max_length=30)  # vocabulary "legal_basis"
    basis_reference = models.TextField(blank=True)  # the order, the article, who saw the danger
    profile = models.CharField(
        max_length=20
    )  # vocabulary "handover_profile"; never wider than the authority's
    language = models.CharField(max_length=3, default="fr")  # of the summary and of the labels in the bag
    summary = models.TextField()  # in plain words, for whoever opens the bag first; names nobody
    answer_days = models.PositiveSmallIntegerField(default=30)

    state = models.CharField(max_length=20, default="draft")  # vocabulary "referral_state"
    prepared_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()

    risk = models.CharField(max_length=10, blank=True)  # vocabulary "handover_risk"
    mitigation = models.TextField(blank=True)
    risk_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    risk_at = models.DateTimeField(null=True)

    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_content = models.CharField(
        max_length=64, blank=True
    )  # SHA-256 of what was approved: facts and list

    handed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    handed_at = models.DateTimeField(null=True)
    received_by = models.CharField(max_length=200, blank=True)  # function and office
    receipt = models.CharField(max_length=200, blank=True)
    bag_digest = models.CharField(
        max_length=64, blank=True
    )  # of the tag manifest of the bag that was handed over

    due_at = models.DateTimeField(null=True)  # the answer
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="referral_risk_whole",
                condition=Q(risk="", risk_by__isnull=True, risk_at__isnull=True)
                | (~Q(risk="") & Q(risk_by__isnull=False, risk_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="referral_approved_whole",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True, approved_content="")
                | (Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(approved_content="")),
            ),
            # Nobody approves what they prepared, whatever a program does: separation "referral_approval".
            models.CheckConstraint(
                name="referral_two_people",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=models.F("prepared_by")),
            ),
            models.CheckConstraint(
                name="referral_handed_with_receipt",
                condition=Q(handed_at__isnull=True, handed_by__isnull=True, bag_digest="")
                | (
                    Q(handed_at__isnull=False, handed_by__isnull=False, approved_at__isnull=False)
                    & ~Q(receipt="")
                    & ~Q(received_by="")
                    & ~Q(bag_digest="")
                ),
            ),
            models.CheckConstraint(name="referral_asks", condition=~Q(asked="") & ~Q(recipient="")),
        ]
        indexes = [
            models.Index(name="referral_queue", fields=["state", "due_at", "id"]),
            models.Index(name="referral_newest", fields=["-prepared_at", "-id"]),
        ]

    def __str__(self) -> str:
        return self.code


class ReferralItem(models.Model):
    """An item or an interview that was looked at for the bag: wanted or not, privileged or not, with what risk."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="items")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="+")
    interview = models.ForeignKey(Interview, on_delete=models.PROTECT, null=True, related_name="+")
    needed = models.BooleanField(default=False)  # nothing goes unless somebody said that it helps
    privileged = models.BooleanField(default=False)
    risk = models.CharField(max_length=10, default="low")  # vocabulary "handover_risk"

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="referral_item_one",
                condition=Q(item__isnull=False, interview__isnull=True)
                | Q(item__isnull=True, interview__isnull=False),
            ),
            models.UniqueConstraint(
                name="referral_item_once", fields=["referral", "item"], condition=Q(item__isnull=False)
            ),
            models.UniqueConstraint(
                name="referral_interview_once",
                fields=["referral", "interview"],
                condition=Q(interview__isnull=False),
            ),
        ]


class PersonConsent(models.Model):
    """A person harmed, or who speaks for them, agreed that the name goes to this authority. Taken back, it stays, with its end."""

    person = models.ForeignKey(PersonHarmed, on_delete=models.PROTECT, related_name="handover_consents")
    purpose = models.CharField(max_length=20)  # vocabulary "consent_purpose"
    authority = models.CharField(max_length=40)  # vocabulary "referral_authority"
    said_by = models.CharField(max_length=20)  # vocabulary "consent_speaker"
    given_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="person_consent_once",
                fields=["person", "purpose", "authority"],
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="person_consent_withdrawn_whole",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]


class ReferralStep(models.Model):
    """A step that was taken and why. The words stand here, behind the case's door; the log has the step."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=30)
    reason = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="referral_step_reason", condition=~Q(reason=""))]
        ordering = ["at", "pk"]


class Answer(models.Model):
    """What the authority said, or that it said nothing. Only ever added to."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=20)  # vocabulary "authority_answer"
    said = models.TextField()
    reference = models.CharField(max_length=120, blank=True)
    said_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="answer_said", condition=~Q(said=""))]
        ordering = ["at", "pk"]


class WrittenBag(models.Model):
    """A bag was written out of the node: when, by whom, what was in it and what was not. Only ever added to."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="bags")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    content = models.CharField(max_length=64)  # SHA-256 of facts and list, as in Referral.approved_content
    included = models.JSONField()  # codes
    withheld = models.JSONField()  # [code, reason]
    names = models.PositiveSmallIntegerField(default=0)  # how many names went
    digest = models.CharField(max_length=64, blank=True)  # known when the last byte was written
    octets = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["at", "pk"]
