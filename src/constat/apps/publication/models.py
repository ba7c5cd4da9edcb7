"""Columns and constraints of publication. What was released is never changed: a later version stands beside it."""

from django.db import models
from django.db.models import F, Q

from constat.apps.access.models import Person
from constat.apps.incidents.models import Incident


class Fact(models.Model):
    """One sentence about one incident that may be said in public, in three languages, once a second person cleared it.

    `references` (codes of the records that say so) stay inside; the texts name nobody.
    """

    code = models.CharField(max_length=20, unique=True)  # F-2026-000042
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="public_facts")
    kind = models.CharField(max_length=30)  # vocabulary "fact_kind"
    text_fr = models.TextField()
    text_en = models.TextField()
    text_ar = models.TextField()
    references = models.JSONField(default=list)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    cleared_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    cleared_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="fact_said_in_three",
                condition=~Q(text_fr="") & ~Q(text_en="") & ~Q(text_ar=""),
            ),
            models.CheckConstraint(
                name="fact_cleared_whole",
                condition=Q(cleared_by__isnull=True, cleared_at__isnull=True)
                | Q(cleared_by__isnull=False, cleared_at__isnull=False),
            ),
            # Separation "fact_clearing", whatever a program does.
            models.CheckConstraint(
                name="fact_two_people", condition=Q(cleared_by__isnull=True) | ~Q(cleared_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="fact_withdrawn_whole",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
            ),
        ]
        indexes = [models.Index(name="fact_incident", fields=["incident", "id"])]

    def __str__(self) -> str:
        return self.code

    @property
    def standing(self) -> bool:
        return self.cleared_at is not None and self.withdrawn_at is None

    def text(self, language: str) -> str:
        return {"en": self.text_en, "ar": self.text_ar}.get(language[:2], self.text_fr)


class Publication(models.Model):
    """A statement, a monthly statement or a note: one version, with its files in three languages."""

    code = models.CharField(max_length=20, unique=True)  # P-2026-000042
    kind = models.CharField(max_length=20)  # vocabulary "publication_kind"
    period = models.CharField(max_length=10, blank=True)  # "2026-10", "2026-Q3"; "" for a statement
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="publications")
    statement = models.CharField(max_length=20, blank=True)  # vocabulary "statement_kind"
    version = models.PositiveSmallIntegerField(default=1)
    earlier = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="later")

    state = models.CharField(max_length=20, default="draft")  # vocabulary "publication_state"
    inputs = models.JSONField(default=dict)  # what people wrote into it: texts, denominators
    figures = models.JSONField(default=list)  # composed.Figure.as_json, as they were frozen
    as_of = models.DateTimeField(null=True)
    checksum = models.CharField(max_length=64, blank=True)  # SHA-256 over the digests of its files, in order

    prepared_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    released_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # superseded or withdrawn
    ended_reason = models.TextField(blank=True)  # said in public

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="publication_about_one_thing",
                condition=(Q(kind="statement", incident__isnull=False, period="") & ~Q(statement=""))
                | (~Q(kind="statement") & Q(incident__isnull=True, statement="") & ~Q(period="")),
            ),
            models.CheckConstraint(
                name="publication_two_people",
                condition=Q(released_by__isnull=True) | ~Q(released_by=F("prepared_by")),
            ),
            models.CheckConstraint(
                name="publication_released_whole",
                condition=Q(released_by__isnull=True, released_at__isnull=True)
                | (Q(released_by__isnull=False, released_at__isnull=False) & ~Q(checksum="")),
            ),
            # Of two releases of one month at the same moment, one is the version that stands.
            models.UniqueConstraint(
                name="publication_period_once",
                fields=["kind", "period"],
                condition=Q(state="released") & ~Q(period=""),
            ),
        ]
        indexes = [models.Index(name="publication_newest", fields=["state", "-prepared_at", "-id"])]

    def __str__(self) -> str:
        return self.code


class PublicationFact(models.Model):
    """A sentence of a statement, in its place."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="sentences")
    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="said_in")
    place = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="publication_fact_once", fields=["publication", "fact"]),
        ]
        ordering = ["place", "pk"]


class PublicationFile(models.Model):
    """One file of a publication, exactly as it was looked at and released."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="files")
    language = models.CharField(max_length=3)
    format = models.CharField(max_length=5)  # html, pdf, docx, body
    data = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="publication_file_once", fields=["publication", "language", "format"]
            ),
        ]
        ordering = ["language", "format"]


class PublicationStep(models.Model):
    """A step that was taken and why."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=30)
    reason = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="publication_step_reason", condition=~Q(reason=""))]
        ordering = ["at", "pk"]


class Correction(models.Model):
    """A number or a sentence that was public and reads otherwise now. Public itself; only ever added to."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="corrections")
    earlier = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="corrected_by")
    what = models.CharField(max_length=200)  # name of the figure, or "text"
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200, blank=True)
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="correction_reason_given", condition=~Q(reason="")),
            models.CheckConstraint(name="correction_changes", condition=~Q(before=F("after"))),
        ]
        ordering = ["-at", "-pk"]
