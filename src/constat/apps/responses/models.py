"""Columns and constraints of responses."""

import uuid

from django.db import models
from django.db.models import F, Q

from constat.apps.access.models import Person
from constat.apps.incidents.models import Incident
from constat.apps.inquiries.models import Decision, Inquiry
from constat.apps.reports.models import Report


class Addressee(models.Model):
    """Somebody who is owed an answer about an incident, and how they may be reached without danger.

    Name, number, cover reason, duress word and who may pick up are in the vault under `contact_key`; here stands only what
    decides whether a contact may be made now.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="addressees")
    number = models.PositiveSmallIntegerField()  # within the incident: how the cell speaks of them
    kind = models.CharField(max_length=20)  # vocabulary "addressee_kind"
    key = models.UUIDField(null=True)  # of the person harmed or the beneficiary
    report = models.ForeignKey(Report, on_delete=models.PROTECT, null=True, related_name="+")
    # A reporter or a survivor of a closed compartment stays inside it, also on the list of those to be told.
    compartment = models.CharField(max_length=20, default="general")
    language = models.CharField(max_length=10)  # vocabulary "language": the person's own
    text_language = models.CharField(max_length=2, default="fr")  # of the text: fr, en, ar
    survivor = models.BooleanField(default=False)
    adviser = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    channels = models.JSONField(default=list)  # vocabulary "contact_channel"; empty: in person only
    weekdays = models.JSONField(default=list)  # Monday 0; empty: any day
    from_hour = models.PositiveSmallIntegerField(default=8)
    until_hour = models.PositiveSmallIntegerField(default=18)
    content_allowed = models.BooleanField(default=False)  # words may be left where others could find them
    contact_key = models.UUIDField(null=True)
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="addressee_number", fields=["incident", "number"]),
            models.UniqueConstraint(
                name="addressee_key_once", fields=["incident", "key"], condition=Q(key__isnull=False)
            ),
            models.UniqueConstraint(
                name="addressee_report_once", fields=["incident", "report"], condition=Q(report__isnull=False)
            ),
            models.CheckConstraint(
                name="addressee_survivor_adviser", condition=Q(survivor=False) | Q(adviser__isnull=False)
            ),
            models.CheckConstraint(
                name="addressee_hours", condition=Q(from_hour__lte=23) & Q(until_hour__lte=24)
            ),
            models.CheckConstraint(
                name="addressee_reporter",
                condition=Q(kind="reporter", report__isnull=False)
                | (~Q(kind="reporter") & Q(report__isnull=True)),
            ),
        ]


class ContactRisk(models.Model):
    """Somebody judged whether making contact would endanger the person. A later judgement stands beside it."""

    addressee = models.ForeignKey(Addressee, on_delete=models.PROTECT, related_name="risks")
    risk = models.CharField(max_length=20)  # vocabulary "contact_risk"
    reason = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="contact_risk_reason", condition=~Q(reason=""))]
        indexes = [models.Index(name="contact_risk_newest", fields=["addressee", "-at", "-id"])]


class Notice(models.Model):
    """What one person is told of one decision, the second pair of eyes on its text, and the proof that it was told.

    The complaint code is in no column: `lookup` finds it, `text` holds a mark where it is printed.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4)
    code = models.CharField(max_length=20, unique=True)  # N-2026-000042
    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="notices_given")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    addressee = models.ForeignKey(Addressee, on_delete=models.PROTECT, related_name="notices")
    state = models.CharField(max_length=20, default="draft")  # constat.rules.answers.NOTICE
    lookup = models.CharField(max_length=64, unique=True)
    text = models.JSONField()  # title, written, spoken: constat.rules.notices.Told
    measures = models.JSONField(default=list)  # vocabulary "response_type", as offered to this person
    drafted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    cleared_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    cleared_at = models.DateTimeField(null=True)
    # The proof of contact: who, how, when, in which language, before whom.
    channel = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=10, blank=True)
    interpreter = models.BooleanField(default=False)
    witness = models.CharField(max_length=20, blank=True)  # vocabulary "witness_kind"
    proof = models.CharField(max_length=20, blank=True)  # vocabulary "contact_proof"
    contacted_at = models.DateTimeField(null=True)
    contacted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    no_contact_reason = models.CharField(max_length=30, blank=True)  # vocabulary "no_contact_reason"
    noted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField(null=True)
    # Whoever confirmed that the person could not be told: without a second person nothing ends.
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="notice_once", fields=["decision", "addressee"]),
            models.CheckConstraint(
                name="notice_second_person",
                condition=Q(cleared_by__isnull=True, cleared_at__isnull=True)
                | (Q(cleared_at__isnull=False) & ~Q(cleared_by=F("drafted_by"))),
            ),
            models.CheckConstraint(
                name="notice_told_whole",
                condition=~Q(state="told")
                | (
                    Q(contacted_at__isnull=False, contacted_by__isnull=False, cleared_by__isnull=False)
                    & ~Q(channel="")
                    & ~Q(language="")
                    & ~Q(proof="")
                ),
            ),
            models.CheckConstraint(
                name="notice_not_told_reason",
                condition=~Q(state__in=["unreached", "not_told"])
                | (Q(noted_by__isnull=False, noted_at__isnull=False) & ~Q(no_contact_reason="")),
            ),
            models.CheckConstraint(
                name="notice_not_told_second_person",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True) & ~Q(state="not_told")
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("noted_by")),
            ),
            models.CheckConstraint(
                name="notice_cleared_before_told",
                condition=~Q(state="cleared") | Q(cleared_by__isnull=False),
            ),
        ]
        indexes = [models.Index(name="notice_state", fields=["state", "id"])]

    def __str__(self) -> str:
        return self.code


class NoticeStep(models.Model):
    """A step of a notice with its words. They stand behind the notice's door; the log has the step."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=40)
    reason = models.TextField(blank=True)
    before = models.JSONField(default=dict)  # the text as it read, where the step replaced it
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Acknowledgement(models.Model):
    """The harm was acknowledged: to whom, in which words. Before any payment, and also where nothing can be paid."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="acknowledgements")
    kind = models.CharField(
        max_length=30
    )  # "acknowledgement_private", "acknowledgement_public" of "response_type"
    addressee = models.ForeignKey(
        Addressee, on_delete=models.PROTECT, null=True, related_name="acknowledgements"
    )
    words = models.TextField()  # as said; no names
    language = models.CharField(max_length=10)
    given_on = models.DateField()
    apology = models.BooleanField(default=False)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="acknowledgement_words", condition=~Q(words="")),
            models.CheckConstraint(
                name="acknowledgement_to_whom",
                condition=Q(kind="acknowledgement_public", addressee__isnull=True)
                | Q(kind="acknowledgement_private", addressee__isnull=False),
            ),
        ]


class PlanLine(models.Model):
    """One measure of the plan of response: who does it until when, what came of it, or why it was dropped."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="plan_lines")
    measure = models.CharField(max_length=40)  # vocabulary "response_type"
    note = models.TextField(blank=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    done = models.BooleanField(null=True)  # None: waits; False: dropped
    result = models.TextField(blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="plan_line_ended_whole",
                condition=Q(done__isnull=True, ended_by__isnull=True, ended_at__isnull=True, result="")
                | (Q(done__isnull=False, ended_by__isnull=False, ended_at__isnull=False) & ~Q(result="")),
            )
        ]
        indexes = [
            models.Index(name="plan_line_due", fields=["due_on", "id"], condition=Q(done__isnull=True))
        ]


class Lesson(models.Model):
    """What a case taught, proposed for others to take up. No names, no place more exact than the incident's."""

    code = models.CharField(max_length=20, unique=True)  # L-2026-000042
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="lessons")
    text = models.TextField()
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    state = models.CharField(max_length=20, default="proposed")  # vocabulary "lesson_state"
    raised_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="lesson_text", condition=~Q(text=""))]


class Complaint(models.Model):
    """Somebody does not agree, or was badly treated. Read by independent reviewers, by whoever wrote it down, by nobody else.

    Also without a code: then it hangs on nothing until a reviewer finds out what it is about.
    """

    uid = models.UUIDField(
        unique=True, default=uuid.uuid4
    )  # made by whoever sends: sending again adds nothing
    code = models.CharField(max_length=20, unique=True)  # K-2026-000042
    lookup = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=20)  # vocabulary "complaint_kind"
    state = models.CharField(max_length=20, default="received")  # constat.rules.answers.COMPLAINT
    compartment = models.CharField(max_length=20, default="general")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="complaints")
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, null=True, related_name="complaints")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, null=True, related_name="+")
    against = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="appeals")
    words = models.TextField()
    language = models.CharField(max_length=10)
    channel = models.CharField(max_length=30)  # vocabulary "channel"
    contact_key = models.UUIDField(null=True)  # how to answer, in the vault, or nothing
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField()  # to the hour when it came by the public page
    clock_started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=20, blank=True)  # vocabulary "complaint_outcome"
    answer = models.TextField(blank=True)  # shown to whoever holds the code: no names, no places
    grounds = models.TextField(blank=True)  # for the file only
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="complaint_words", condition=~Q(words="")),
            models.CheckConstraint(
                name="complaint_reviewed",
                condition=~Q(state__in=["under_review", "answered"]) | Q(reviewer__isnull=False),
            ),
            models.CheckConstraint(
                name="complaint_answered_whole",
                condition=(~Q(state="answered") & Q(outcome="", answer="", answered_at__isnull=True))
                | (Q(state="answered", answered_at__isnull=False) & ~Q(outcome="") & ~Q(answer="")),
            ),
            # Whoever wrote it down does not answer it.
            models.CheckConstraint(
                name="complaint_independent",
                condition=Q(reviewer__isnull=True)
                | Q(recorded_by__isnull=True)
                | ~Q(reviewer=F("recorded_by")),
            ),
        ]
        indexes = [models.Index(name="complaint_queue", fields=["state", "due_at", "id"])]

    def __str__(self) -> str:
        return self.code


class ComplaintStep(models.Model):
    """A step of a complaint with its words, and an earlier answer where one was opened again."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=40)
    reason = models.TextField(blank=True)
    before = models.JSONField(default=dict)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()


class Consequence(models.Model):
    """What an upheld complaint asks for, until somebody has done it."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="consequences")
    kind = models.CharField(max_length=30)  # vocabulary "complaint_consequence"
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    result = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="consequence_done_whole",
                condition=Q(done_at__isnull=True, done_by__isnull=True, result="")
                | (Q(done_at__isnull=False, done_by__isnull=False) & ~Q(result="")),
            )
        ]


class FollowUp(models.Model):
    """A visit after something was told or delivered: is the person safe, was it useful, did somebody take it away."""

    source_type = models.CharField(max_length=10)  # notice, offer
    source_code = models.CharField(max_length=20)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="follow_ups")
    compartment = models.CharField(max_length=20, default="general")
    days = models.PositiveSmallIntegerField()  # 30, 180
    due_on = models.DateField()
    reached = models.BooleanField()
    no_contact_reason = models.CharField(max_length=30, blank=True)
    wellbeing = models.CharField(max_length=20, default="unknown")  # vocabulary "wellbeing"
    usefulness = models.CharField(max_length=20, default="not_asked")  # vocabulary "usefulness"
    pressure = models.CharField(max_length=10, default="unknown")  # to share or hand over: yes, no, unknown
    needs = models.TextField(blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="follow_up_once", fields=["source_code", "days"]),
            models.CheckConstraint(
                name="follow_up_reached_or_why", condition=Q(reached=True) | ~Q(no_contact_reason="")
            ),
        ]


class ProtectionFlag(models.Model):
    """Somebody may be punished for having spoken or received. Goes to the protection focal point, and to nobody by accident."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="+")
    compartment = models.CharField(max_length=20, default="general")
    source_type = models.CharField(max_length=10)  # follow_up, complaint
    source_code = models.CharField(max_length=20)
    raised_at = models.DateTimeField()
    taken_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    measures = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="protection_flag_once", fields=["source_type", "source_code"]),
            models.CheckConstraint(
                name="protection_flag_ended_whole",
                condition=Q(ended_at__isnull=True) | (Q(taken_by__isnull=False) & ~Q(measures="")),
            ),
        ]


class ClaimLimit(models.Model):
    """The dates that decide until when a claim against the mission is in time (A/RES/52/247)."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="claim_limits")
    addressee = models.OneToOneField(
        Addressee, on_delete=models.PROTECT, null=True, related_name="claim_limit"
    )
    damage_on = models.DateField()
    discovered_on = models.DateField(null=True)
    mandate_ends_on = models.DateField(null=True)
    filed_on = models.DateField(null=True)
    exception = models.TextField(blank=True)  # why a later claim is accepted
    exception_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    exception_at = models.DateTimeField(null=True)
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="claim_limit_incident_once", fields=["incident"], condition=Q(addressee__isnull=True)
            ),
            models.CheckConstraint(
                name="claim_limit_discovery",
                condition=Q(discovered_on__isnull=True) | Q(discovered_on__gte=F("damage_on")),
            ),
            models.CheckConstraint(
                name="claim_limit_exception_whole",
                condition=Q(exception="", exception_by__isnull=True, exception_at__isnull=True)
                | (Q(exception_by__isnull=False, exception_at__isnull=False) & ~Q(exception="")),
            ),
        ]


class Track(models.Model):
    """One person accompanied, at their own pace, by one adviser. In no list but the adviser's own."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)  # vocabulary "track_kind"
    key = models.UUIDField()
    compartment = models.CharField(max_length=20, default="general")
    adviser = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    next_check_on = models.DateField(null=True)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="track_one_open", fields=["incident", "key"], condition=Q(ended_at__isnull=True)
            ),
            # What a survivor says never stands in the general compartment.
            models.CheckConstraint(
                name="track_survivor_compartment",
                condition=~Q(kind="survivor_centred") | ~Q(compartment="general"),
            ),
        ]


class TrackStep(models.Model):
    """One step, with the person's agreement where something leaves the conversation."""

    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=20)  # vocabulary "track_step"
    service = models.CharField(max_length=30, blank=True)  # vocabulary "support_service"
    consent = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            # A referral nobody agreed to would be a disclosure.
            models.CheckConstraint(
                name="track_step_consent",
                condition=~Q(step__in=["referred", "accompanied"]) | (Q(consent=True) & ~Q(service="")),
            ),
        ]
