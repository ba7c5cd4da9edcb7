"""Columns and constraints of evidence. What was received is never changed: guards.py refuses it in the database too."""

from django.db import models
from django.db.models import F, Q

from constat.apps.access.models import Controlled, Grant, Person

ORIGINAL, WORKING, REDACTED = "original", "working", "redacted"  # vocabulary "evidence_kind"


class Item(Controlled):
    """One thing the cell holds: a file sealed at receipt, a copy made from one, or an object in a safe.

    The words that could name somebody (file name, who took it, description) are in `sealed`, encrypted; `title` is
    written by the cell and names nobody.
    """

    code = models.CharField(max_length=20, unique=True)  # E-2026-000042
    subject_type = models.CharField(max_length=20)  # report, incident, inquiry, complaint
    subject_key = models.CharField(max_length=20)  # its code
    kind = models.CharField(max_length=20, default=ORIGINAL)  # vocabulary "evidence_kind"
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="copies")
    title = models.CharField(max_length=200)

    physical = models.BooleanField(default=False)  # an object: no file, no digest
    blob = models.UUIDField(
        null=True, unique=True
    )  # the sealed file's name in the store; says nothing of its content
    sha256 = models.CharField(
        max_length=64, blank=True
    )  # over the plain bytes, taken while they were received
    size = models.PositiveBigIntegerField(default=0)  # bytes, plain
    media_type = models.CharField(max_length=100, blank=True)  # what it really is, whatever its name said
    claimed_type = models.CharField(
        max_length=100, blank=True
    )  # what its name said, when that was something else

    captured_at = models.DateTimeField(null=True)
    place_text = models.CharField(
        max_length=200, blank=True
    )  # where, as coarse as the title: no house, no name
    device = models.CharField(max_length=120, blank=True)
    acquisition = models.CharField(max_length=30, default="unknown")  # vocabulary "acquisition"
    consent_basis = models.CharField(max_length=20, default="person")  # vocabulary "consent_basis"
    sealed = models.BinaryField()  # words.Words: file name, captured by, description

    received_at = models.DateTimeField()
    received_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    made_with = models.JSONField(
        default=dict
    )  # of a copy: the boxes, pages, reasons; never the words under them
    legal_hold = models.BooleanField(default=False)  # follows the custody events hold_placed and hold_lifted

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="item_file_or_object",
                condition=Q(physical=True, blob__isnull=True, sha256="", size=0)
                | Q(physical=False, blob__isnull=False, sha256__regex=r"^[0-9a-f]{64}$", size__gt=0),
            ),
            models.CheckConstraint(
                name="item_copy_has_parent",
                condition=Q(kind=ORIGINAL, parent__isnull=True)
                | (Q(kind__in=[WORKING, REDACTED], parent__isnull=False, physical=False)),
            ),
            models.CheckConstraint(name="item_titled", condition=~Q(title="")),
            models.CheckConstraint(
                name="item_has_subject", condition=~Q(subject_type="") & ~Q(subject_key="")
            ),
        ]
        indexes = [
            models.Index(name="item_subject", fields=["subject_type", "subject_key", "id"]),
            models.Index(name="item_digest", fields=["sha256"], condition=~Q(sha256="")),
            models.Index(name="item_newest", fields=["-id", "compartment", "sensitivity"]),
        ]

    def __str__(self) -> str:
        return self.code


class ItemGrant(Grant):
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="grants")


class ItemLink(models.Model):
    """The same item bears on another record too: the bytes are not stored twice. A cut link stays, with its end."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="links")
    subject_type = models.CharField(max_length=20)
    subject_key = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    linked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="item_linked_once", fields=["item", "subject_type", "subject_key"]),
        ]
        indexes = [models.Index(name="item_link_subject", fields=["subject_type", "subject_key"])]


class CustodyEvent(models.Model):
    """Who had the item, when, why, from whom, to whom, in what kind of place. Only ever added to."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="custody")
    number = models.PositiveIntegerField()  # the order of the chain, whatever the clocks said
    kind = models.CharField(max_length=20)  # vocabulary "custody_event"
    at = models.DateTimeField()  # when it happened, as told
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField()
    from_party = models.CharField(
        max_length=120, blank=True
    )  # a section, a function, an authority; no private names
    to_party = models.CharField(max_length=120, blank=True)
    place_class = models.CharField(max_length=20, default="unknown")  # vocabulary "evidence_place"
    location = models.CharField(max_length=120, blank=True)  # shelf, safe number
    seal = models.CharField(max_length=60, blank=True)  # number of the paper seal of a physical item
    digest_checked = models.BooleanField(
        default=False
    )  # the file was read whole and fits its SHA-256, at that moment

    class Meta:
        constraints = [
            models.UniqueConstraint(name="custody_numbered_once", fields=["item", "number"]),
            models.CheckConstraint(name="custody_reason_given", condition=~Q(reason="")),
            models.CheckConstraint(name="custody_not_before", condition=Q(recorded_at__gte=F("at"))),
        ]
        ordering = ["item_id", "number"]


class Consent(models.Model):
    """A yes, for one purpose, perhaps for one recipient. Silence is no. It can be taken back at any time and stays on record."""

    purpose = models.CharField(max_length=20)  # vocabulary "consent_purpose"
    recipient = models.CharField(
        max_length=60, blank=True
    )  # vocabulary "referral_authority", or a body by name
    method = models.CharField(max_length=20)  # vocabulary "consent_method"
    language = models.CharField(max_length=10, blank=True)
    given_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True


def _withdrawn_whole(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"{name}_withdrawn_whole",
        condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
        | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, withdrawn_at__gte=F("given_at")),
    )


class ItemConsent(Consent):
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="consents")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="item_consent_once",
                fields=["item", "purpose", "recipient"],
                condition=Q(withdrawn_at__isnull=True),
            ),
            _withdrawn_whole("item_consent"),
        ]


class Interview(Controlled):
    """A protected interview. Who spoke is in the vault; what was said is sealed; only the conditions stand in the open.

    Read by whoever took it, whoever is assigned or granted, and keepers of its compartment: a role alone opens none.
    """

    code = models.CharField(max_length=20, unique=True)  # V-2026-000042
    subject_type = models.CharField(max_length=20)
    subject_key = models.CharField(max_length=20)
    form = models.CharField(max_length=20)  # vocabulary "interview_form"
    source_type = models.CharField(max_length=20, default="unknown")  # vocabulary "source_type"
    persons = models.PositiveSmallIntegerField(default=1)
    sex = models.CharField(max_length=10, default="unknown")  # of an individual; a group is "unknown"
    age_band = models.CharField(max_length=20, default="unknown")
    held_at = models.DateTimeField()
    language = models.CharField(max_length=10)
    interpreter = models.BooleanField(default=False)
    setting = models.CharField(max_length=20)  # vocabulary "interview_setting"
    conditions = models.JSONField(default=list)  # vocabulary "interview_condition"
    risk_before = models.CharField(max_length=10)  # vocabulary "protection_risk"
    risk_after = models.CharField(max_length=10)
    identity_key = models.UUIDField(
        null=True
    )  # constat.apps.access.vault; none: the person chose to stay unknown
    sealed = models.BinaryField()  # words.Words: summary, conditions in words, protection plan
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="interview_persons",
                condition=Q(form="group", persons__gte=2) | (~Q(form="group") & Q(persons=1)),
            ),
            models.CheckConstraint(name="interview_after_held", condition=Q(recorded_at__gte=F("held_at"))),
        ]
        indexes = [models.Index(name="interview_subject", fields=["subject_type", "subject_key", "id"])]

    def __str__(self) -> str:
        return self.code


class InterviewGrant(Grant):
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="grants")


class InterviewConsent(Consent):
    interview = models.ForeignKey(Interview, on_delete=models.PROTECT, related_name="consents")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="interview_consent_once",
                fields=["interview", "purpose", "recipient"],
                condition=Q(withdrawn_at__isnull=True),
            ),
            _withdrawn_whole("interview_consent"),
        ]


class InterviewRisk(models.Model):
    """The risk to a person, looked at again: before another contact, a hand-over, a publication. The last one counts."""

    interview = models.ForeignKey(Interview, on_delete=models.PROTECT, related_name="risks")
    level = models.CharField(max_length=10)  # vocabulary "protection_risk"
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
