"""Columns and constraints of incidents."""

import uuid

from django.db import models
from django.db.models import F, Q

from constat.apps.access.models import Controlled, Grant, Person
from constat.apps.register.models import Actor, Dated, Located
from constat.apps.reports.models import Report, ordered

# Accounts of which nobody has said whom they copy count together as one source (rules.proof: no group named).
UNESTABLISHED = "unestablished"


class Incident(Controlled, Dated, Located):
    """One event that harmed civilians, as the cell understands it now. Never finished: new facts may always arrive."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4)
    code = models.CharField(max_length=20, unique=True)  # I-2026-00042; survives merge and split
    state = models.CharField(
        max_length=20, default="open"
    )  # vocabulary "incident_state", constat.rules.workflow.INCIDENT
    incident_type = models.CharField(max_length=40, default="unknown")
    weapon = models.CharField(max_length=40, default="unknown")
    violence_type = models.CharField(max_length=20, default="unknown")
    involvement = models.CharField(
        max_length=20, default="unknown"
    )  # of our own force; decides the scope "own"
    narrative = models.TextField(
        blank=True
    )  # authored by the cell; source texts stay in their reports; no names
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    grade = models.CharField(max_length=20, default="ungraded")  # vocabulary "grade", chosen by a person
    grade_suggested = models.CharField(max_length=20, blank=True)
    grade_trace = models.JSONField(default=list)
    grade_reason = models.TextField(blank=True)  # needed when the choice differs from the suggestion
    graded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    graded_at = models.DateTimeField(null=True)
    proof_standard = models.CharField(max_length=40, blank=True)  # vocabulary "proof_standard", as met so far
    closure_reason = models.CharField(max_length=40, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="absorbed")
    docket = models.CharField(
        max_length=20, blank=True
    )  # code of the open inquiry: while there is one, no closing
    methodology = models.CharField(max_length=20, default="1")

    clock = models.CharField(max_length=30, blank=True)
    clock_started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)

    # Sums over HarmLine, kept by the actions in the same transaction, so that lists, map and totals need no join.
    deaths_min = models.PositiveIntegerField(default=0)
    deaths_best = models.PositiveIntegerField(null=True)
    deaths_max = models.PositiveIntegerField(null=True)
    injured_min = models.PositiveIntegerField(default=0)
    injured_best = models.PositiveIntegerField(null=True)
    injured_max = models.PositiveIntegerField(null=True)
    report_count = models.PositiveIntegerField(default=0)

    search_text = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="incident_graded_whole",
                condition=Q(grade="ungraded", graded_by__isnull=True, graded_at__isnull=True)
                | Q(graded_by__isnull=False, graded_at__isnull=False),
            ),
            models.CheckConstraint(
                name="incident_merged_whole",
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
            ),
            models.CheckConstraint(
                name="incident_closed_reason", condition=~Q(state="closed", closure_reason="")
            ),
            models.CheckConstraint(
                name="incident_clock_whole",
                condition=Q(clock="", clock_started_at__isnull=True, due_at__isnull=True)
                | (~Q(clock="") & Q(clock_started_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(name="incident_queue", fields=["state", "due_at", "id"]),
            models.Index(name="incident_newest", fields=["-starts_on", "-id"]),
            models.Index(name="incident_area", fields=["adm1", "-starts_on", "-id"]),
            models.Index(name="incident_type", fields=["incident_type", "-starts_on", "-id"]),
            models.Index(name="incident_own", fields=["involvement", "-starts_on", "-id"]),
            models.Index(name="incident_box", fields=["lon", "lat"]),
            models.Index(name="incident_updated", fields=["-updated_at", "-id"]),
            models.Index(name="incident_clock", fields=["due_at", "id"], condition=Q(due_at__isnull=False)),
            # Everything that the map, the timeline and the numbers count by: they read this index and open no record.
            # Without it a season of a large mission is a hundred thousand single look-ups.
            models.Index(
                name="incident_pattern",
                fields=[
                    "starts_on",
                    "involvement",
                    "compartment",
                    "sensitivity",
                    "state",
                    "closure_reason",
                    "incident_type",
                    "grade",
                    "date_precision",
                    "methodology",
                    "place_precision",
                    "country",
                    "adm1",
                    "adm2",
                    "lon",
                    "lat",
                    "deaths_min",
                    "deaths_best",
                    "deaths_max",
                    "updated_at",
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.code


class IncidentGrant(Grant):
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="grants")


class IncidentReport(models.Model):
    """A report belongs to an incident, says somebody, from when until when. Many to many. A cut link stays, with its end."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="report_links")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="incident_links")
    relation = models.CharField(max_length=30)  # vocabulary "link_relation"
    reason = models.TextField(blank=True)
    linked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    linked_at = models.DateTimeField()
    cut_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    cut_at = models.DateTimeField(null=True)
    cut_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="report_in_incident_once",
                fields=["incident", "report"],
                condition=Q(cut_at__isnull=True),
            ),
            models.CheckConstraint(
                name="link_cut_whole",
                condition=Q(cut_at__isnull=True, cut_by__isnull=True, cut_reason="")
                | (Q(cut_at__isnull=False, cut_by__isnull=False) & ~Q(cut_reason="")),
            ),
        ]


class NotTheSame(models.Model):
    """A person looked and said no: this suggestion is not made again."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="refused_incidents")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="refused_reports")
    reason = models.TextField(blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="not_the_same_once", fields=["report", "incident"])]


class NotOneEvent(models.Model):
    """Two incidents that a person compared and found to be two events: the pair is not proposed again."""

    one = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")  # the lower id of the two
    other = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    reason = models.TextField(blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="not_one_event_once", fields=["one", "other"]),
            # One row per pair, whichever was looked at first.
            models.CheckConstraint(name="not_one_event_ordered", condition=Q(one__lt=F("other"))),
        ]


class Revision(models.Model):
    """What the incident said before a person changed it. The words stay here, behind the same door as the incident;
    the log keeps only which columns changed."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="revisions")
    before = models.JSONField()  # column -> value as it was; "harms" -> the lines as they were
    reason = models.TextField(blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Closure(models.Model):
    """One decision to close. Reopening puts its own end beside it and leaves it as it was signed."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="closures")
    reason = models.CharField(max_length=40)  # vocabulary "closure_reason"
    explanation = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reopened_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    reopened_at = models.DateTimeField(null=True)
    trigger = models.TextField(blank=True)  # what was new

    class Meta:
        constraints = [
            models.CheckConstraint(name="closure_whole", condition=~Q(reason="") & ~Q(explanation="")),
            models.CheckConstraint(
                name="closure_reopened_whole",
                condition=Q(reopened_by__isnull=True, reopened_at__isnull=True, trigger="")
                | (Q(reopened_by__isnull=False, reopened_at__isnull=False) & ~Q(trigger="")),
            ),
            models.UniqueConstraint(
                name="closure_one_in_force", fields=["incident"], condition=Q(reopened_at__isnull=True)
            ),
        ]


class HarmLine(models.Model):
    """So many, of this harm, to these people or things. Total lines and parts are told apart; parts are never added to totals."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="harms")
    harm = models.CharField(max_length=40)
    sex = models.CharField(max_length=10, default="unknown")
    age_band = models.CharField(max_length=10, default="unknown")
    status = models.CharField(max_length=40, default="unknown")
    unit = models.CharField(max_length=20, default="persons")
    minimum = models.PositiveIntegerField(default=0)
    best = models.PositiveIntegerField(null=True)
    maximum = models.PositiveIntegerField(null=True)
    is_total = models.BooleanField(default=True)
    basis = models.TextField(blank=True)  # which reports or sources say so

    class Meta:
        constraints = [ordered("harm_line")]


class PersonHarmed(models.Model):
    """Somebody who was harmed, under a key. Name and contact are in the vault under the same key, or nowhere."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    sex = models.CharField(max_length=10, default="unknown")
    age_band = models.CharField(max_length=10, default="unknown")
    status = models.CharField(max_length=40, default="unknown")
    status_basis = models.TextField(blank=True)
    groups = models.JSONField(default=list)  # vocabulary "person_group"
    created_at = models.DateTimeField()


class PersonHarm(models.Model):
    """This person, in this incident, suffered this. One person may be in several incidents."""

    person = models.ForeignKey(PersonHarmed, on_delete=models.PROTECT, related_name="harms")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="persons")
    harm = models.CharField(max_length=40)
    on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="person_harm_once", fields=["person", "incident", "harm"])
        ]


class HarmDifference(models.Model):
    """Why the persons listed and the figures stated differ, said by a person. Without it the difference stays open."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="differences")
    harm = models.CharField(max_length=40)
    reason = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="harm_difference_once", fields=["incident", "harm"]),
            models.CheckConstraint(name="harm_difference_reason", condition=~Q(reason="")),
        ]


class Source(models.Model):
    """One source for one incident, graded on two axes. Sources that copy one another share an independence group."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="sources")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=40)  # vocabulary "source_type"
    reliability = models.CharField(max_length=1, default="F")
    credibility = models.CharField(max_length=1, default="6")
    independence_group = models.CharField(max_length=80)
    access = models.CharField(max_length=20, default="unknown")  # vocabulary "source_access"
    supports = models.BooleanField(default=True)  # False: it speaks against
    note = models.TextField(blank=True)
    graded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    graded_at = models.DateTimeField(null=True)
    # Set when its report was cut from the incident: the grading stays readable, it no longer counts.
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(name="source_has_group", condition=~Q(independence_group=""))]


class Attribution(models.Model):
    """Who is said to have caused it, by whom, on what basis. "Not attributable" is a legal answer; no row means unattributed."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="attributions")
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, null=True, related_name="+")
    basis = models.CharField(max_length=30)  # vocabulary "attribution_basis"
    said_by = models.CharField(max_length=200, blank=True)  # for alleged_by, claimed_by
    explanation = models.TextField()
    proof_standard = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="attribution_has_basis", condition=~Q(basis="") & ~Q(explanation="")),
            models.CheckConstraint(
                name="attribution_actor_or_none",
                condition=Q(actor__isnull=False) | Q(basis="not_attributable"),
            ),
            models.CheckConstraint(
                name="attribution_withdrawn_whole",
                condition=Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
            ),
        ]


class Merge(models.Model):
    """Two incidents became one. Remembers exactly what moved, so that the split puts every row back where it was."""

    kept = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="merged_by")
    moved = models.JSONField()  # table -> list of row ids, and what was set aside because it stood twice
    before = models.JSONField()  # the columns of both incidents as they were
    reason = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.TextField(blank=True)
    later = models.JSONField(
        default=dict
    )  # what was added or changed between merge and undo, and stayed or was taken back

    class Meta:
        constraints = [
            models.CheckConstraint(name="merge_two", condition=~Q(kept=F("absorbed"))),
            models.CheckConstraint(name="merge_reason_given", condition=~Q(reason="")),
            # An incident is inside one other at a time: of two merges at the same moment, the second is refused here.
            models.UniqueConstraint(
                name="merge_one_in_force", fields=["absorbed"], condition=Q(undone_at__isnull=True)
            ),
            models.CheckConstraint(
                name="merge_undone_whole",
                condition=Q(undone_by__isnull=True, undone_at__isnull=True, undone_reason="")
                | (Q(undone_by__isnull=False, undone_at__isnull=False) & ~Q(undone_reason="")),
            ),
        ]


class Division(models.Model):
    """Part of an incident was taken out into a new one. `moved` as in Merge."""

    source = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="divisions")
    taken = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="divided_from")
    moved = models.JSONField()
    reason = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="division_two", condition=~Q(source=F("taken"))),
            models.CheckConstraint(name="division_reason_given", condition=~Q(reason="")),
        ]


class IncidentPause(models.Model):
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="pauses")
    clock = models.CharField(max_length=30)
    reason = models.CharField(max_length=40)
    note = models.TextField(blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
