"""Columns and constraints of operations."""

import uuid

from django.db import models
from django.db.models import F, Q

from constat.apps.access.models import Person
from constat.apps.register.models import Located, Unit


class Operation(Located):
    """Something the own force did: what, who, when, where, with what exposure. Always past; a plan has no row here."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4)
    code = models.CharField(max_length=20, unique=True)  # O-2026-000042
    kind = models.CharField(max_length=40, default="unknown")  # vocabulary "operation_type"
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="operations")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    zone = models.CharField(max_length=40)  # of the log as it was written: "UTC", "Africa/Bamako"
    time_precision = models.CharField(max_length=20, default="time_of_day")  # "time_of_day" or "day"

    # Where: a circle around (lon, lat), or a corridor along `path`. `radius_km`: to each side.
    radius_km = models.FloatField(default=0)
    path = models.JSONField(default=list)  # [[lon, lat], ...]; empty: the point alone

    phase = models.CharField(max_length=20, default="unknown")
    tasking = models.TextField(blank=True)  # what was asked of the unit, in the words of its log; no names
    kinetic = models.BooleanField(null=True)  # None: the log does not say
    domains = models.JSONField(default=list)  # vocabulary "operation_domain"
    partners = models.CharField(max_length=300, blank=True)
    supported_force = models.CharField(max_length=200, blank=True)  # whom it supported: Actor.code, or words
    planning = models.CharField(max_length=20, default="unknown")  # vocabulary "operation_planning"
    fire = models.CharField(max_length=20, default="unknown")  # vocabulary "fire_mode"
    warning_given = models.BooleanField(null=True)
    recordings = models.CharField(max_length=300, blank=True)  # which are held, and where
    rules_card = models.CharField(max_length=60, blank=True)  # the rules of engagement in force
    risk_sheet = models.CharField(max_length=60, blank=True)  # the assessment made before it

    # The search reads these, and opens a record only for what it shows. Kept by the actions (constat.apps.operations.grid).
    at_lon = models.FloatField()  # a circle that holds the area, every shot and the slack of the precision
    at_lat = models.FloatField()
    reach_km = models.FloatField()
    cell = models.IntegerField()
    span = models.SmallIntegerField()  # 0: up to a day, 1: up to eight days, 2: longer
    first_hour = models.IntegerField()  # hours since 1970, the slack of the log's clock included
    last_hour = models.IntegerField()
    force = models.SmallIntegerField(default=0)  # 0 none on record, 1 kinetic, 2 a weapon or force was used

    external_key = models.CharField(max_length=120, blank=True)  # its key in the unit's own log
    content_sha256 = models.CharField(max_length=64, blank=True)  # of what the file said, to know it again
    log_file = models.ForeignKey("LogFile", on_delete=models.PROTECT, null=True, related_name="operations")
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="operation_in_order", condition=Q(ends_at__gte=F("starts_at"))),
            # No plan: whatever is here had begun when it was recorded.
            models.CheckConstraint(name="operation_not_future", condition=Q(starts_at__lte=F("recorded_at"))),
            models.CheckConstraint(
                name="operation_placed",
                condition=Q(lon__isnull=False, lat__isnull=False, radius_km__gte=0) & ~Q(zone=""),
            ),
            models.CheckConstraint(
                name="operation_withdrawn_whole",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
            ),
        ]
        indexes = [
            models.Index(name="operation_newest", fields=["-starts_at", "-id"]),
            models.Index(name="operation_kind", fields=["kind", "-starts_at", "-id"]),
            models.Index(name="operation_unit", fields=["unit", "-starts_at", "-id"]),
            models.Index(name="operation_region", fields=["adm1", "-starts_at", "-id"]),
            # The two ways into the search: by cell and time, or by time alone; each holds all that decides.
            models.Index(
                name="operation_cell",
                fields=["cell", "first_hour", "last_hour", "at_lon", "at_lat", "reach_km", "force"],
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.Index(
                name="operation_time",
                fields=["span", "first_hour", "last_hour", "at_lon", "at_lat", "reach_km", "force"],
                condition=Q(withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Exposure(models.Model):
    """How much of it there was: the denominator of every rate. One figure per unit of measure."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="exposures")
    measure = models.CharField(max_length=30)  # vocabulary "exposure_unit"
    quantity = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="exposure_once", fields=["operation", "measure"]),
            models.CheckConstraint(name="exposure_not_negative", condition=Q(quantity__gte=0)),
        ]


class WeaponUse(models.Model):
    """One use of one weapon: how many rounds, from where, at what place, seen or not. Rounds unknown is not zero."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="weapon_uses")
    weapon = models.CharField(max_length=40, default="unknown")
    rounds = models.PositiveIntegerField(null=True)
    fire = models.CharField(max_length=20, default="unknown")  # vocabulary "fire_mode"
    at = models.DateTimeField(null=True)
    shooter_lon = models.FloatField(null=True)
    shooter_lat = models.FloatField(null=True)
    target_lon = models.FloatField(null=True)
    target_lat = models.FloatField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="weapon_use_points_whole",
                condition=(
                    Q(shooter_lon__isnull=True, shooter_lat__isnull=True)
                    | Q(shooter_lon__isnull=False, shooter_lat__isnull=False)
                )
                & (
                    Q(target_lon__isnull=True, target_lat__isnull=True)
                    | Q(target_lon__isnull=False, target_lat__isnull=False)
                ),
            ),
        ]


class Encounter(models.Model):
    """One person, vehicle or crowd that came near, and how it ended."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="encounters")
    at = models.DateTimeField(null=True)
    light = models.CharField(max_length=10, default="unknown")  # vocabulary "light"
    outcome = models.CharField(max_length=20, default="unknown")  # vocabulary "force_outcome"
    note = models.CharField(max_length=300, blank=True)


class ForceStep(models.Model):
    """One step taken in an encounter, in its order."""

    encounter = models.ForeignKey(Encounter, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=20)  # vocabulary "force_step"
    distance_m = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="force_step_position", fields=["encounter", "position"])]


class OperationRevision(models.Model):
    """What the record said before it was amended or withdrawn."""

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="revisions")
    before = models.JSONField()
    reason = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="operation_revision_reason", condition=~Q(reason=""))]


class ActivityLog(models.Model):
    """Whether the log of a unit for some days is here. Without a row the days count as missing: silence is no log."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="logs")
    first_day = models.DateField()
    last_day = models.DateField()
    state = models.CharField(max_length=10)  # vocabulary "log_state"
    reason = models.CharField(max_length=30, blank=True)  # vocabulary "log_gap_reason", of a missing one
    note = models.CharField(max_length=300, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)  # of the file or of the paper's scan
    brought_by = models.CharField(max_length=200, blank=True)  # post or section that handed it over, no name
    log_file = models.ForeignKey("LogFile", on_delete=models.PROTECT, null=True, related_name="logs")
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="log_days_in_order", condition=Q(last_day__gte=F("first_day"))),
            models.CheckConstraint(
                name="log_missing_says_why",
                condition=Q(state="received", reason="") | (Q(state="missing") & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="log_withdrawn_whole",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
            ),
        ]
        indexes = [models.Index(name="log_days", fields=["unit", "first_day", "last_day"])]


class LogFile(models.Model):
    """A file of operations that was brought in. It stays in the node under its hash, with what became of each row."""

    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    rows = models.PositiveIntegerField(default=0)
    imported = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(
        default=0
    )  # known under the same key with other content: kept apart
    refused = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="log_file_every_row",
                condition=Q(rows=F("imported") + F("unchanged") + F("changed") + F("refused")),
            ),
        ]


class LogFileProblem(models.Model):
    """A row that was refused, found changed, or imported with a warning: its number, field, reason and content."""

    log_file = models.ForeignKey(LogFile, on_delete=models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField()
    severity = models.CharField(max_length=10)  # refused, changed, warning
    field = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=40)
    message = models.TextField()
    content = models.JSONField()

    class Meta:
        indexes = [models.Index(name="log_file_problem_row", fields=["log_file", "row"])]
