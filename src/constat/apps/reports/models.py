"""Columns and constraints of reports. A report is what somebody said; an incident is what the cell holds to have happened."""

import uuid

from django.db import models
from django.db.models import F, Q

from constat.apps.access.models import Controlled, Grant, Person
from constat.apps.register.models import Actor, Dated, Located


def ordered(prefix: str) -> models.CheckConstraint:
    """min <= best <= max wherever they are known; a missing best or max stays missing, it never becomes 0."""
    return models.CheckConstraint(
        name=f"{prefix}_range_ordered",
        condition=(Q(best__isnull=True) | Q(best__gte=F("minimum")))
        & (Q(maximum__isnull=True) | Q(maximum__gte=F("minimum")))
        & (Q(best__isnull=True) | Q(maximum__isnull=True) | Q(maximum__gte=F("best"))),
    )


class ExternalSource(models.Model):
    """An outside body whose records come in as reports: UCDP, a partner's register, a hospital list."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    reliability = models.CharField(max_length=1, default="F")  # vocabulary "reliability"
    source_type = models.CharField(max_length=40, default="dataset")  # vocabulary "source_type"
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name


class ImportBatch(models.Model):
    """One file that was brought in. The file stays in the node (by its hash), the list of refused rows stays with it."""

    kind = models.CharField(max_length=20)  # reports, ucdp, places
    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    source = models.ForeignKey(ExternalSource, on_delete=models.PROTECT, null=True)
    mapping = models.JSONField(default=dict)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    rows = models.PositiveIntegerField(default=0)
    imported = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)  # already here, same content
    changed = models.PositiveIntegerField(
        default=0
    )  # already here under the same key with other content: kept apart, listed
    refused = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            # Every row is accounted for.
            models.CheckConstraint(
                name="batch_every_row_accounted",
                condition=Q(rows=F("imported") + F("unchanged") + F("changed") + F("refused")),
            ),
        ]


class ImportProblem(models.Model):
    """A row that was refused, imported with a warning, or found changed: its number, field, reason and its own content."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField()  # as the spreadsheet numbers it: the header is row 1
    severity = models.CharField(max_length=10)  # refused, changed, warning
    field = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=40)  # stable code
    message = models.TextField()  # the sentence, in the language of whoever imported
    content = models.JSONField()  # the row as read, so that nothing is lost

    class Meta:
        indexes = [models.Index(name="import_problem_row", fields=["batch", "row"])]


class Report(Controlled, Dated, Located):
    """One account, by one reporter, through one channel."""

    uid = models.UUIDField(
        unique=True, default=uuid.uuid4
    )  # made by whoever sends: sending again adds nothing
    code = models.CharField(max_length=20, unique=True)  # R-2026-000042
    channel = models.CharField(max_length=30)  # vocabulary "channel"
    reporter_type = models.CharField(max_length=30, default="unknown")
    received_at = models.DateTimeField()  # rounded down to the hour when it came by the public form
    state = models.CharField(
        max_length=20, default="received"
    )  # vocabulary "report_state", constat.rules.workflow.REPORT

    # The words as given, byte for byte, never edited. A translation stands beside (Translation), never instead.
    original = models.BinaryField()
    original_language = models.CharField(max_length=10, default="und")
    original_sha256 = models.CharField(max_length=64)

    # What is claimed.
    incident_type = models.CharField(max_length=40, default="unknown")  # vocabulary "incident_type"
    weapon = models.CharField(max_length=40, default="unknown")
    violence_type = models.CharField(max_length=20, default="unknown")
    involvement = models.CharField(
        max_length=20, default="unknown"
    )  # of our own force, as claimed; vocabulary "involvement"
    claimed_actor = models.ForeignKey(
        Actor, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    claimed_actor_text = models.CharField(max_length=300, blank=True)

    # Safety first: asked before anything else.
    in_danger = models.CharField(max_length=10, default="unknown")  # yes, no, unknown
    needs_care = models.CharField(max_length=10, default="unknown")
    child_involved = models.CharField(max_length=10, default="unknown")
    sexual_violence = models.CharField(max_length=10, default="unknown")

    # Who spoke is in the vault, or nowhere.
    reporter_key = models.UUIDField(null=True, blank=True)

    # Grading of this account (Admiralty, two axes judged apart) and what it knows of its own sources.
    reliability = models.CharField(max_length=1, default="F")
    credibility = models.CharField(max_length=1, default="6")
    source_access = models.CharField(max_length=20, default="unknown")
    independence_group = models.CharField(
        max_length=80, blank=True
    )  # accounts that copy one another share a group
    sources_stated = models.PositiveIntegerField(
        null=True
    )  # how many sources the account itself names; null unknown
    event_clarity = models.CharField(max_length=20, default="unknown")

    # From outside.
    source = models.ForeignKey(ExternalSource, on_delete=models.PROTECT, null=True, blank=True)
    external_key = models.CharField(max_length=120, blank=True)
    content_sha256 = models.CharField(max_length=64, blank=True)
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="reports"
    )
    extra = models.JSONField(
        default=dict
    )  # columns of the source that have no column here, kept as they came

    # Outcome of triage now in force (every one ever taken is in Triage).
    outcome = models.CharField(max_length=40, blank=True)
    # The clock that runs now; `due_at` is computed by constat.rules.deadlines and stored so that worklists can be sorted.
    clock = models.CharField(max_length=30, blank=True)
    clock_started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)

    search_text = models.TextField(
        blank=True
    )  # constat.analysis.names.fold of code, place, words, translations

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="report_external_once",
                fields=["source", "external_key"],
                condition=Q(source__isnull=False),
            ),
            models.CheckConstraint(
                name="report_clock_whole",
                condition=Q(clock="", clock_started_at__isnull=True, due_at__isnull=True)
                | (~Q(clock="") & Q(clock_started_at__isnull=False)),
            ),
            # Children and sexual violence never sit in the general compartment.
            models.CheckConstraint(
                name="report_protected_compartment",
                condition=~Q(compartment="general", sexual_violence="yes")
                & ~Q(compartment="general", child_involved="yes"),
            ),
        ]
        indexes = [
            models.Index(name="report_queue", fields=["state", "due_at", "id"]),  # the triage worklist
            # The worklist without a choice of state: only reports whose clock runs stand in this index.
            models.Index(name="report_clock", fields=["due_at", "id"], condition=Q(due_at__isnull=False)),
            models.Index(name="report_mine", fields=["assigned_to", "-received_at", "-id"]),
            models.Index(name="report_newest", fields=["-received_at", "-id"]),
            models.Index(name="report_box", fields=["lon", "lat"]),
            models.Index(name="report_area", fields=["adm1", "starts_on"]),
            # The last report of each region and of each channel, for the desk's "silence is not safety".
            models.Index(name="report_area_newest", fields=["adm1", "-received_at"]),
            models.Index(name="report_channel_newest", fields=["channel", "-received_at"]),
            models.Index(name="report_when", fields=["starts_on"]),  # suggestions look a few days around
        ]

    def __str__(self) -> str:
        return self.code


class ReportGrant(Grant):
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="grants")


class ReportHarm(models.Model):
    """Harm as claimed in one report: never overwritten by what the cell finds."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="harms")
    harm = models.CharField(max_length=40)  # vocabulary "harm"
    sex = models.CharField(max_length=10, default="unknown")
    age_band = models.CharField(max_length=10, default="unknown")
    status = models.CharField(max_length=40, default="unknown")  # vocabulary "person_status"
    unit = models.CharField(max_length=20, default="persons")
    minimum = models.PositiveIntegerField(default=0)
    best = models.PositiveIntegerField(null=True)
    maximum = models.PositiveIntegerField(null=True)
    # True for the line that carries the total of its harm; parts (women, children, side A) are False and never added to it.
    is_total = models.BooleanField(default=True)

    class Meta:
        constraints = [ordered("report_harm")]


class Translation(models.Model):
    """Somebody's rendering of the original words. Several may stand side by side."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=10)
    text = models.TextField()
    translator = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="translation_not_empty", condition=~Q(text=""))]


class Consent(models.Model):
    """What the reporter agreed to, purpose by purpose. Nothing recorded means no."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=30)  # vocabulary "consent_purpose"
    answer = models.CharField(max_length=10)  # yes, no
    language = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="consent_once", fields=["report", "purpose", "at"])]


class Receipt(models.Model):
    """The proof that a report was taken. The code itself is stored nowhere: only a keyed hash to find it by."""

    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="receipt")
    lookup = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=10)
    issued_on = models.DateField()


class KeptApart(models.Model):
    """Another content that came under the uid of a report already here. Nothing is overwritten and nothing is dropped.

    It happens when a person goes back, changes an answer and sends again, when a device was copied, or when somebody
    tries to replace what another said.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="kept_apart")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    original = models.BinaryField()
    content = models.JSONField()  # the other fields of the draft, without identity
    content_sha256 = models.CharField(max_length=64)
    identity_key = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="kept_apart_once", fields=["report", "content_sha256"])]


class Triage(models.Model):
    """One decision of the first sorting. A later one stands beside it; none is removed."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="triages")
    outcome = models.CharField(max_length=40)  # vocabulary "triage_outcome"
    reason = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="triage_reason_given", condition=~Q(reason=""))]


class ReportPause(models.Model):
    """A stop of the running clock, for a named reason."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="pauses")
    clock = models.CharField(max_length=30)
    reason = models.CharField(max_length=40)  # vocabulary "pause_reason"
    note = models.TextField(blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")


class ReportNote(models.Model):
    """Words of the cell about a report that a step asked for: a protection plan, why it was held, how the reporter was told.

    Apart from the log, because they may name people; under the report, so that its compartment covers them.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=30)  # hold, protection_plan, reopen, tell, explanation
    text = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="report_note_not_empty", condition=~Q(text=""))]
