"""The same figures as cases: reports, incidents and dated decisions in the store. Everything in them is invented."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from constat.apps.incidents.models import Attribution, Closure, HarmLine, Incident, IncidentReport
from constat.apps.inquiries.models import Decision, Inquiry
from constat.apps.register.models import Actor
from constat.apps.reports.models import Report, ReportNote, Triage

PLACE = {
    "country": "MLI",
    "adm1": "ML07",
    "adm2": "ML0701",
    "lon": 0.25,
    "lat": 17.55,
    "place_precision": "exact",
}
# Reasons of the queue as the act that gives them: triage, a closure of the incident, a decision of an inquiry.
TRIAGE = {"insufficient_evidence": "close_not_enough_evidence", "duplicate": "duplicate", "no_own_operation": "own_force_not_involved"}  # fmt: skip
CLOSURE = {"credible": "established", "insufficient_evidence": "insufficient_evidence", "no_civilian_harm": "no_civilian_harm_found"}  # fmt: skip
DECISION = {"credible": "credible", "insufficient_evidence": "not_enough_evidence", "no_own_operation": "own_force_not_involved"}  # fmt: skip


class Cases:
    """Makes cases with real dates. Codes run from 1, so that two sets never meet."""

    def __init__(self, by: Any) -> None:
        self.by, self.count = by, 0

    def report(self, received: datetime, **over: Any) -> Report:
        self.count += 1
        words = f"Signalement inventé {self.count}".encode()
        values: dict[str, Any] = {
            "code": f"R-{received.year}-{900000 + self.count}", "channel": "phone", "received_at": received,
            "original": words, "original_language": "fr", "original_sha256": hashlib.sha256(words).hexdigest(),
            "starts_on": received.date() - timedelta(days=3), "date_precision": "day", "involvement": "alleged",
            "state": "in_triage", "sensitivity": 2, "compartment": "general", **PLACE,
        }  # fmt: skip
        return Report.objects.create(**(values | over))

    def triaged(self, report: Report, outcome: str, at: datetime) -> None:
        Triage.objects.create(report=report, outcome=outcome, reason="Motif", by=self.by, at=at)

    def reopened(self, report: Report, at: datetime) -> None:
        ReportNote.objects.create(report=report, kind="reopen", text="Un élément nouveau", by=self.by, at=at)

    def incident(
        self, opened: datetime, *reports: Report, relation: str = "primary", **over: Any
    ) -> Incident:
        self.count += 1
        values: dict[str, Any] = {
            "code": f"I-{opened.year}-{900000 + self.count}", "opened_at": opened, "updated_at": opened,
            "starts_on": opened.date(), "date_precision": "day", "involvement": "alleged", "sensitivity": 2,
            "compartment": "general", **PLACE,
        }  # fmt: skip
        made = Incident.objects.create(**(values | over))
        for report in reports:
            self.link(made, report, opened, relation)
        return made

    def link(
        self, incident: Incident, report: Report, at: datetime, relation: str = "primary"
    ) -> IncidentReport:
        return IncidentReport.objects.create(
            incident=incident, report=report, relation=relation, linked_by=self.by, linked_at=at
        )

    def closed(self, incident: Incident, reason: str, at: datetime) -> Closure:
        return Closure.objects.create(
            incident=incident, reason=reason, explanation="Décision", by=self.by, at=at
        )

    def decided(self, incident: Incident, outcome: str, at: datetime) -> Decision:
        inquiry = Inquiry.objects.create(
            code=f"Q-{incident.code[2:]}",
            incident=incident,
            opened_by=self.by,
            opened_at=at,
            reason="Examen",
            updated_at=at,
        )
        return Decision.objects.create(
            inquiry=inquiry, number=1, outcome=outcome, proof_standard="balance_of_probabilities", properly_conducted=True,
            consistent=True, criteria_met=True, remarks="Vu", signed_by=self.by, signed_at=at, content=b"{}",
            content_hash="0" * 64, signature="0" * 128, public_key="0" * 64,
        )  # fmt: skip

    def answered(self, received: datetime, reason: str, at: datetime, way: int, **harm: int) -> Report:
        """A report answered for that reason, in turn by each of the ways that can give it."""
        report = self.report(received)
        ways = [(table, act) for table, act in ((TRIAGE, "triage"), (CLOSURE, "closure"), (DECISION, "decision")) if reason in table]  # fmt: skip
        table, act = ways[way % len(ways)]
        if act == "triage":
            self.triaged(report, table[reason], at)
            return report
        incident = self.incident(received + timedelta(hours=1), report, **harm)
        self.closed(incident, table[reason], at) if act == "closure" else self.decided(
            incident, table[reason], at
        )
        return report

    def queue(self, row: Mapping[str, Any]) -> None:
        """Fill the store so that the month of the row has exactly its figures, with neighbours on both sides."""
        year, month = map(int, row["month"].split("-"))
        start = datetime(year, month, 1, tzinfo=UTC)
        reasons = [reason for reason, count in row["closed"].items() for _ in range(count)]
        deaths = list(spread(row["deaths"], row["closed"]["credible"])) if "deaths" in row else []
        received = self._received(start, row)
        for number, reason in enumerate(reasons):
            harm = {}
            if reason == "credible" and deaths:
                killed = deaths.pop()
                harm = {"deaths_min": killed, "deaths_best": killed, "deaths_max": killed}
            at = start + timedelta(days=14, hours=number)
            self.answered(next(received), reason, at, number, **harm)
        for moment in received:
            # Half of what stays open hangs on an incident under work, half was only received.
            report = self.report(moment)
            if self.count % 2:
                self.incident(moment + timedelta(hours=2), report)
        # Neighbours that must not be counted: answered before, received after, and against somebody else.
        self.answered(start - timedelta(days=40), "credible", start - timedelta(days=2), 1)
        self.report(start + timedelta(days=45))
        self.report(start + timedelta(days=3), involvement="not_alleged")

    def _received(self, start: datetime, row: Mapping[str, Any]) -> Iterator[datetime]:
        for number in range(row["carried"]):
            yield start - timedelta(days=1 + number % 25, hours=number)
        for number in range(row["new"]):
            yield start + timedelta(days=number % 13, hours=number)

    def quarter(
        self, first: date, sums: Mapping[str, int], harms: Mapping[str, str], kinds: list[str]
    ) -> None:
        """Verified incidents in the quarter that begins on `first` and add up to the sums, several harms in some."""
        for name, whole in sums.items():
            for number, part in enumerate(spread(whole, min(len(kinds) * 3, whole))):
                day = datetime.combine(first + timedelta(days=number * 5 % 88), datetime.min.time(), UTC)
                killed = (
                    {"deaths_min": part, "deaths_best": part, "deaths_max": part + 2}
                    if name == "killed"
                    else {}
                )
                made = self.incident(
                    day, starts_on=day.date(), grade="fair" if number % 2 else "confirmed", graded_by=self.by,
                    graded_at=day + timedelta(days=4), adm1=f"ML0{number % 3 + 5}", involvement="not_alleged", **killed,
                )  # fmt: skip
                low = max(0, part - number % 2)
                HarmLine.objects.create(
                    incident=made, harm=harms[name], minimum=low, best=part, maximum=part + 2
                )
                self.attributed(made, kinds[number % len(kinds)], day)

    def attributed(self, incident: Incident, kind: str, at: datetime) -> None:
        actor, _ = Actor.objects.get_or_create(
            code=f"golden-{kind}", defaults={"kind": kind, "name": kind, "folded": kind}
        )
        Attribution.objects.create(
            incident=incident, actor=actor, basis="assessed_as", explanation="Motif", by=self.by, at=at
        )


def spread(whole: int, parts: int) -> Iterator[int]:
    """`whole` in `parts` unequal pieces that add up to it."""
    left = whole
    for number in range(parts - 1):
        piece = min(left - (parts - 1 - number), max(1, whole // parts + number % 3 - 1))
        yield piece
        left -= piece
    if parts:
        yield left
