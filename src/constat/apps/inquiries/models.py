"""Columns and constraints of inquiries."""

from django.db import models
from django.db.models import F, Q

from constat.apps.access.models import Controlled, Grant, Person
from constat.apps.incidents.models import Incident
from constat.apps.register.models import Unit


def _ordered(name: str, least: str, best: str, most: str) -> models.CheckConstraint:
    """least <= best <= most, each where it is known. None is "not known", never 0."""
    return models.CheckConstraint(
        name=name,
        condition=(Q(**{f"{best}__isnull": True}) | Q(**{f"{best}__gte": F(least)}))
        & (Q(**{f"{most}__isnull": True}) | Q(**{f"{most}__gte": F(least)}))
        & (Q(**{f"{best}__isnull": True}) | Q(**{f"{most}__isnull": True}) | Q(**{f"{most}__gte": F(best)})),
    )


class Inquiry(models.Model):
    """Was it us, says who, by what standard: one inquiry on one incident. Read by whoever may read the incident."""

    code = models.CharField(max_length=20, unique=True)  # Q-2026-000042
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="inquiries")
    state = models.CharField(max_length=20, default="initial_review")  # constat.rules.inquiry.INQUIRY
    officer = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")  # whose work
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    reason = models.TextField()  # why it was opened
    updated_at = models.DateTimeField()
    proposed_outcome = models.CharField(max_length=30, blank=True)  # vocabulary "decision_outcome"
    proposed_reason = models.TextField(blank=True)

    clock = models.CharField(max_length=30, blank=True)
    clock_started_at = models.DateTimeField(null=True)
    clock_extended = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)  # as it stood when last written; a running pause moves it on

    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    closure_reason = models.CharField(max_length=40, blank=True)  # vocabulary "closure_reason"
    explanation = models.TextField(blank=True)
    notices = models.JSONField(default=list)  # codes of notices given, or coded reasons why not

    class Meta:
        constraints = [
            # Of two people who open an inquiry on one incident at the same moment, one does.
            models.UniqueConstraint(
                name="inquiry_one_open", fields=["incident"], condition=~Q(state="closed")
            ),
            models.CheckConstraint(
                name="inquiry_closed_whole",
                condition=(
                    Q(state="closed", closed_at__isnull=False, closed_by__isnull=False)
                    & ~Q(closure_reason="")
                )
                | (~Q(state="closed") & Q(closed_at__isnull=True, closed_by__isnull=True)),
            ),
            models.CheckConstraint(
                name="inquiry_clock_whole",
                condition=Q(clock="", clock_started_at__isnull=True, due_at__isnull=True)
                | (~Q(clock="") & Q(clock_started_at__isnull=False, due_at__isnull=False)),
            ),
            models.CheckConstraint(name="inquiry_reason_given", condition=~Q(reason="")),
        ]
        indexes = [
            models.Index(name="inquiry_state", fields=["state", "due_at", "id"]),
            models.Index(name="inquiry_officer", fields=["officer", "-opened_at", "-id"]),
            models.Index(name="inquiry_newest", fields=["-opened_at", "-id"]),
            models.Index(name="inquiry_clock", fields=["due_at", "id"], condition=Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.code


class Baseline(models.Model):
    """The incident as it was reported, frozen byte for byte when the inquiry opened. No act changes it."""

    inquiry = models.OneToOneField(Inquiry, on_delete=models.PROTECT, related_name="baseline")
    content = models.BinaryField()  # canonical JSON, UTF-8
    sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()


class InvolvedUnit(models.Model):
    """A unit that may have been there. Decides who may not sign and who may not investigate. Struck out, never removed."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    basis = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    struck_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    struck_at = models.DateTimeField(null=True)
    struck_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="involved_unit_basis", condition=~Q(basis="")),
            models.CheckConstraint(
                name="involved_unit_struck_whole",
                condition=Q(struck_at__isnull=True, struck_by__isnull=True, struck_reason="")
                | (Q(struck_at__isnull=False, struck_by__isnull=False) & ~Q(struck_reason="")),
            ),
            models.UniqueConstraint(
                name="involved_unit_once", fields=["inquiry", "unit"], condition=Q(struck_at__isnull=True)
            ),
        ]


class OperationSearch(models.Model):
    """What the logs of our own operations said, and which logs were missing. "Nothing found" is a finding like any other."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="searches")
    number = models.PositiveSmallIntegerField()
    asked = models.JSONField()  # first, last, lon, lat, radius_km: what was asked, to the metre and the day
    hits = models.JSONField(default=list)  # code, kind, unit, distance_km, hours_apart, score, reasons
    searched = models.JSONField(default=list)  # unit, period
    missing = models.JSONField(default=list)  # unit, period for which no log was received
    count = models.PositiveIntegerField()  # operations found, also beyond those listed
    conclusion = models.TextField()  # the reviewer's sentence
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="operation_search_once", fields=["inquiry", "number"]),
            models.CheckConstraint(name="operation_search_concluded", condition=~Q(conclusion="")),
        ]


class Assessment(models.Model):
    """One version of the amplified findings. A correction is a further version; the baseline stays beside them all."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="assessments")
    number = models.PositiveSmallIntegerField()
    facts = models.JSONField()  # the incident as it stood, in the shape of the baseline
    deaths_min = models.PositiveIntegerField(default=0)
    deaths_best = models.PositiveIntegerField(null=True)
    deaths_max = models.PositiveIntegerField(null=True)
    injured_min = models.PositiveIntegerField(default=0)
    injured_best = models.PositiveIntegerField(null=True)
    injured_max = models.PositiveIntegerField(null=True)
    involvement = models.CharField(max_length=20)  # vocabulary "involvement"
    recommendation = models.CharField(max_length=20)  # vocabulary "recommendation"
    proposed_outcome = models.CharField(max_length=30)  # vocabulary "decision_outcome", one that concludes
    criminality = models.CharField(max_length=20, default="none")  # vocabulary "criminality"
    proof_standard = models.CharField(max_length=40)  # vocabulary "proof_standard"
    findings = models.TextField()
    contrary_evidence = models.TextField()  # never empty: what speaks against, and why it does not suffice
    unknowns = models.TextField(blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="assessment_once", fields=["inquiry", "number"]),
            models.CheckConstraint(
                name="assessment_whole",
                condition=~Q(findings="") & ~Q(contrary_evidence="") & ~Q(proof_standard=""),
            ),
            _ordered("assessment_deaths", "deaths_min", "deaths_best", "deaths_max"),
            _ordered("assessment_injured", "injured_min", "injured_best", "injured_max"),
        ]


class Dissent(models.Model):
    """Somebody disagrees, and says so under their own name. It goes with the file to whoever decides, and stays."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="dissents")
    text = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="dissent_said", condition=~Q(text=""))]


class Decision(models.Model):
    """Three separate judgements, remarks, a standard of proof, a signature over exactly what was decided upon.

    `content` is the canonical text that was signed; `content_hash` its SHA-256; `signature` Ed25519 of the node over that
    hash. All four are compared by `constat verify`, with these columns and with the log.
    """

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=30)  # vocabulary "decision_outcome"
    proof_standard = models.CharField(max_length=40)  # vocabulary "proof_standard"
    properly_conducted = models.BooleanField()
    consistent = models.BooleanField()
    criteria_met = models.BooleanField()
    remarks = models.TextField()
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, null=True, related_name="decisions")
    dissent = models.JSONField(default=list)  # who disagreed, when and in what words, as it stood
    signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    content = models.BinaryField()
    content_hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)  # hexadecimal
    public_key = models.CharField(max_length=64)  # hexadecimal, of the node that signed

    class Meta:
        constraints = [
            # Of two decisions at the same moment, one is the next.
            models.UniqueConstraint(name="decision_once", fields=["inquiry", "number"]),
            models.CheckConstraint(
                name="decision_whole",
                condition=~Q(remarks="") & ~Q(content_hash="") & ~Q(signature="") & ~Q(proof_standard=""),
            ),
        ]


class Reopening(models.Model):
    """Something new is known. The decision that stood stays as it was signed."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="reopenings")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="reopenings")
    trigger = models.TextField()
    closed_at = models.DateTimeField(null=True)  # the closure that it undoes, where there was one
    closure_reason = models.CharField(max_length=40, blank=True)
    explanation = models.TextField(blank=True)
    notices = models.JSONField(default=list)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="reopening_trigger", condition=~Q(trigger=""))]


class Step(models.Model):
    """A step of the inquiry with its reason in words. The log has the step; the words stand behind the incident's door."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=40)
    source = models.CharField(max_length=20)
    target = models.CharField(max_length=20)
    reason = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="step_reason", condition=~Q(reason=""))]


class ClockRun(models.Model):
    """A clock that ran to its end: how long, how much of it paused, how late. What the breach list counts afterwards."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="clock_runs")
    clock = models.CharField(max_length=30)
    extended = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_seconds = models.PositiveBigIntegerField(default=0)


class InquiryPause(models.Model):
    """The clock stands still, for a named reason. The time it stood still is reported."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="pauses")
    clock = models.CharField(max_length=30)
    reason = models.CharField(max_length=40)  # vocabulary "pause_reason"
    note = models.TextField(blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="inquiry_pause_one", fields=["inquiry"], condition=Q(ends_at__isnull=True)
            ),
        ]


class ClockExtension(models.Model):
    """More time for the running clock, with the reason in writing."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="extensions")
    clock = models.CharField(max_length=30)
    reason = models.TextField()
    due_before = models.DateTimeField()
    due_after = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="clock_extension_reason", condition=~Q(reason=""))]


class Investigation(models.Model):
    """One investigation as it was ordered: plan, preservation order, protection of witnesses, and in the end a seal."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="investigations")
    number = models.PositiveSmallIntegerField()
    order = models.TextField()  # what is to be found out, and why
    ordered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    plan = models.TextField(blank=True)
    preservation_order = models.TextField(blank=True)  # what must be kept by whom: recordings, logs, weapons
    preservation_at = models.DateTimeField(null=True)
    protection_plan = models.TextField(blank=True)  # of witnesses; no names
    sealed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    sealed_at = models.DateTimeField(null=True)
    sealed_content = models.BinaryField(default=b"")
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="investigation_once", fields=["inquiry", "number"]),
            models.UniqueConstraint(
                name="investigation_one_open", fields=["inquiry"], condition=Q(sealed_at__isnull=True)
            ),
            models.CheckConstraint(name="investigation_ordered", condition=~Q(order="")),
            models.CheckConstraint(
                name="investigation_sealed_whole",
                condition=Q(sealed_at__isnull=True, sealed_by__isnull=True, sha256="")
                | (Q(sealed_at__isnull=False, sealed_by__isnull=False) & ~Q(sha256="")),
            ),
        ]


class Investigator(models.Model):
    """A member of the team, who has said to be independent of the unit involved, or has not said so yet."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="team")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    leads = models.BooleanField(default=False)
    named_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    declaration = models.TextField(blank=True)
    declared_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    released_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="investigator_once",
                fields=["investigation", "person"],
                condition=Q(released_at__isnull=True),
            ),
            models.CheckConstraint(
                name="investigator_declared_whole",
                condition=Q(declared_at__isnull=True, declaration="")
                | (Q(declared_at__isnull=False) & ~Q(declaration="")),
            ),
        ]


class InvestigationTask(models.Model):
    """A piece of the plan: who does it, until when, what came of it."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="tasks")
    text = models.TextField()
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    result = models.TextField(blank=True)
    done_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="task_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="task_done_whole",
                condition=Q(done_at__isnull=True, done_by__isnull=True, result="")
                | (Q(done_at__isnull=False, done_by__isnull=False) & ~Q(result="")),
            ),
        ]


class Progress(models.Model):
    """The monthly word on where the investigation stands."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="progress")
    text = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="progress_text", condition=~Q(text=""))]


class Finding(models.Model):
    """One finding with its own standard of proof. A correction replaces it; what it said stays readable."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="findings")
    number = models.PositiveSmallIntegerField()
    statement = models.TextField()
    proof_standard = models.CharField(max_length=40)  # vocabulary "proof_standard"
    basis = models.TextField()  # which evidence, by code
    contrary_evidence = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="finding_once", fields=["investigation", "number"]),
            models.CheckConstraint(
                name="finding_whole",
                condition=~Q(statement="") & ~Q(basis="") & ~Q(contrary_evidence="") & ~Q(proof_standard=""),
            ),
            models.CheckConstraint(
                name="finding_withdrawn_whole",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
            ),
        ]


class ConductDocket(Controlled):
    """An allegation against the mission's own personnel. Apart from every case: outside its compartment it does not exist."""

    code = models.CharField(max_length=20, unique=True)  # D-2026-000042
    state = models.CharField(max_length=20, default="received")  # constat.rules.inquiry.CONDUCT
    # Where it came from, if it came from a case. No way leads back from there.
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="+")
    allegation = models.CharField(max_length=40)  # vocabulary "allegation_class"
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    contributor = models.CharField(max_length=3, blank=True)  # vocabulary "country"
    summary = models.TextField()  # no names: persons are in the vault
    outcome = models.CharField(max_length=30, blank=True)  # vocabulary "conduct_outcome"
    action_taken = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    explanation = models.TextField(blank=True)
    clock = models.CharField(max_length=30, blank=True)
    clock_started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # A docket that left its compartment would be one that everybody reads.
            models.CheckConstraint(
                name="docket_closed_compartment", condition=Q(compartment="conduct", sensitivity=3)
            ),
            models.CheckConstraint(name="docket_summary", condition=~Q(summary="")),
            models.CheckConstraint(
                name="docket_outcome", condition=~Q(state="outcome_reported") | ~Q(outcome="")
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ConductGrant(Grant):
    docket = models.ForeignKey(ConductDocket, on_delete=models.CASCADE, related_name="grants")


class ConductLetter(models.Model):
    """A letter to or from the contributing country. One that asks for a reply ages until it has one."""

    docket = models.ForeignKey(ConductDocket, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=20)  # vocabulary "letter_kind": which way it went
    on = models.DateField()
    due_on = models.DateField(null=True)  # a reply is asked for until this day
    summary = models.TextField()
    answers = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="answer")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="letter_summary", condition=~Q(summary="")),
            models.CheckConstraint(
                name="letter_due_after", condition=Q(due_on__isnull=True) | Q(due_on__gte=F("on"))
            ),
        ]


class ConductStep(models.Model):
    """A step of the docket with its reason in words, inside the compartment."""

    docket = models.ForeignKey(ConductDocket, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=40)
    source = models.CharField(max_length=20)
    target = models.CharField(max_length=20)
    reason = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
