"""What goes into a bag and what does not: the facts at the exactness the recipient may have, the items, the names, the gaps.

Assembled anew each time from the records, never kept: a consent taken back this morning is not in the bag this noon.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from importlib import resources
from typing import Any

from constat.apps.access.log import canonical
from constat.apps.evidence import queries as evidence
from constat.apps.evidence import store, words
from constat.apps.evidence.models import Interview, Item
from constat.apps.incidents.grading import heard
from constat.apps.incidents.models import Attribution, HarmLine, Incident, PersonHarm, PersonHarmed
from constat.apps.incidents.places import named
from constat.apps.inquiries.models import Inquiry
from constat.apps.inquiries.queries import current_decision
from constat.apps.referrals.bag import Part, file_name, text_part
from constat.apps.referrals.models import PersonConsent, Referral, ReferralItem
from constat.rules.decision import Decision
from constat.rules.disclosure import Area, Audience, coarsen_place, coarsen_time
from constat.rules.handover import Consent, ItemFacts, Profile, admit, admit_name, profile
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary

SCHEMA = "constat-case/1"
# The answers of constat.rules.consent in the words of constat.rules.handover.
ANSWERS = {
    "consent_given": "given",
    "consent_not_needed": "not_needed",
    "consent_never_given": "none",
    "consent_other_recipient": "other",
    "consent_withdrawn": "withdrawn",
}


@dataclass(frozen=True)
class Entry:
    """An item or interview and whether it goes. `path`: its place below data/, "" for an object without file."""

    code: str
    kind: str
    title: str
    media_type: str
    size: int
    sha256: str
    decision: Decision
    consent: str
    path: str
    held: Item | Interview
    parent: str = ""

    @property
    def goes(self) -> bool:
        return bool(self.decision)

    @property
    def reason(self) -> str:
        """Code of `withheld_reason`, "" for what goes."""
        return "" if self.decision else self.decision.detail


@dataclass(frozen=True)
class Somebody:
    """A person harmed. `label`: P1, P2 ... of this bag only, so that two bags cannot be laid over each other."""

    key: str
    label: str
    sex: str
    age_band: str
    status: str
    harms: tuple[str, ...]
    decision: Decision
    consent: str

    @property
    def named(self) -> bool:
        return bool(self.decision)


@dataclass(frozen=True)
class Content:
    """Everything but the names. `digest`: SHA-256 of facts and list; changes when anything that was approved changes."""

    facts: Mapping[str, Any]
    entries: tuple[Entry, ...]
    persons: tuple[Somebody, ...]
    digest: str

    @property
    def included(self) -> list[str]:
        return [entry.code for entry in self.entries if entry.goes]

    @property
    def withheld(self) -> list[list[str]]:
        return [[entry.code, entry.reason] for entry in self.entries if not entry.goes]


def assemble(referral: Referral, viewer: Viewer, *, at: datetime) -> Content:
    """What would go now. `viewer` has read the incident; items this viewer may not read are not in the list at all."""
    to = profile(referral.profile)
    entries = tuple(_entries(referral, viewer, to, at))
    persons = tuple(_persons(referral, to, at))
    facts = _facts(referral, to)
    listed = {
        "facts": facts,
        "to": [referral.authority, referral.recipient, referral.profile, referral.legal_basis,
               referral.basis_reference, referral.asked, referral.summary, referral.language],
        "items": [[entry.code, entry.sha256, entry.reason] for entry in entries],
        "persons": [[one.key, one.sex, one.age_band, one.status, list(one.harms), one.named] for one in persons],
    }  # fmt: skip
    return Content(facts, entries, persons, hashlib.sha256(canonical(listed).encode("utf-8")).hexdigest())


def subjects_of(incident: Incident) -> list[tuple[str, str]]:
    """What the evidence of a case hangs on: the incident, its inquiries, its reports."""
    found = [("incident", incident.code)]
    found += [
        ("inquiry", code) for code in Inquiry.objects.filter(incident=incident).values_list("code", flat=True)
    ]
    live = incident.report_links.filter(cut_at__isnull=True)
    found += [("report", code) for code in live.values_list("report__code", flat=True)]
    return found


def _entries(referral: Referral, viewer: Viewer, to: Profile, at: datetime) -> Iterator[Entry]:
    chosen = {
        row.item_id or -(row.interview_id or 0): row for row in ReferralItem.objects.filter(referral=referral)
    }
    about = subjects_of(referral.incident)
    rows = evidence.readable_items(viewer, at=at).filter(evidence.of_subjects(about)).select_related("parent")
    for item in rows.order_by("id"):
        yield _item(referral, viewer, to, at, item, chosen.get(item.pk))
    for interview in evidence.interviews_of(viewer, subjects=about, at=at):
        yield _interview(referral, viewer, to, at, interview, chosen.get(-interview.pk))


def _item(
    referral: Referral, viewer: Viewer, to: Profile, at: datetime, item: Item, row: ReferralItem | None
) -> Entry:
    state = evidence.consent_of(viewer, item, to.purpose, at, recipient=referral.authority)
    facts = ItemFacts(
        kind=item.kind,
        consent=Consent(ANSWERS[state.code]),
        risk=row.risk if row else "low",
        privileged=bool(row and row.privileged),
        needed=bool(row and row.needed),
        closed_compartment=item.compartment not in ("general", referral.incident.compartment),
    )
    name = file_name(f"{item.code}{_ending(item.media_type)}", fallback=item.code)
    return Entry(
        code=item.code, kind=item.kind, title=item.title, media_type=item.media_type, size=item.size, sha256=item.sha256,
        decision=admit(facts, to=to, basis=referral.legal_basis), consent=facts.consent.answer,
        path="" if item.physical else f"items/{item.code}/{name}", held=item,
        parent=item.parent.code if item.parent else "",
    )  # fmt: skip


def _interview(
    referral: Referral,
    viewer: Viewer,
    to: Profile,
    at: datetime,
    interview: Interview,
    row: ReferralItem | None,
) -> Entry:
    state = evidence.consent_of(viewer, interview, to.purpose, at, recipient=referral.authority)
    facts = ItemFacts(
        kind="interview",
        consent=Consent(ANSWERS[state.code]),
        # The interview's own last risk counts as well as what was said for this bag.
        risk=_higher(row.risk if row else "low", interview.risk_after),
        privileged=bool(row and row.privileged),
        needed=bool(row and row.needed),
        closed_compartment=interview.compartment not in ("general", referral.incident.compartment),
    )
    return Entry(
        code=interview.code, kind="interview", title="", media_type="text/plain", size=0, sha256="",
        decision=admit(facts, to=to, basis=referral.legal_basis), consent=facts.consent.answer,
        path=f"interviews/{interview.code}.txt", held=interview,
    )  # fmt: skip


def _higher(one: str, other: str) -> str:
    ladder = vocabulary("handover_risk")
    known = [code for code in (one, other) if code in ladder]
    return max(known, key=lambda code: int(ladder[code].rank or 0), default="low")


_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf", "text/plain": ".txt",
            "video/mp4": ".mp4", "audio/mpeg": ".mp3", "audio/ogg": ".ogg", "text/csv": ".csv"}  # fmt: skip


def _ending(media_type: str) -> str:
    return _ENDINGS.get(media_type, ".bin")


def _persons(referral: Referral, to: Profile, at: datetime) -> Iterator[Somebody]:
    harms: dict[Any, list[str]] = {}
    for harm in PersonHarm.objects.filter(incident=referral.incident).order_by("pk"):
        harms.setdefault(harm.person_id, []).append(harm.harm)
    people = PersonHarmed.objects.filter(key__in=list(harms)).order_by("created_at", "key")
    said = list(PersonConsent.objects.filter(person__in=list(harms)))
    for number, person in enumerate(people, 1):
        answer = _answer([row for row in said if row.person_id == person.key], referral, to, at)
        decision = admit_name(Consent(answer), to=to, basis=referral.legal_basis)
        yield Somebody(str(person.key), f"P{number}", person.sex, person.age_band, person.status,
                       tuple(harms[person.key]), decision, answer)  # fmt: skip


def _answer(rows: list[PersonConsent], referral: Referral, to: Profile, at: datetime) -> str:
    mine = [row for row in rows if row.purpose == to.purpose and row.authority == referral.authority]
    if any(row.withdrawn_at is None and row.given_at <= at for row in mine):
        return "given"
    if mine:
        return "withdrawn"
    return "other" if any(row.withdrawn_at is None for row in rows) else "none"


def _facts(referral: Referral, to: Profile) -> dict[str, Any]:
    """The case as data, without the time of writing: the same case gives the same facts."""
    incident = referral.incident
    inquiry = Inquiry.objects.filter(incident=incident).order_by("-pk").first()
    return {
        "schema": SCHEMA,
        "referral": {"code": referral.code, "authority": referral.authority, "legal_basis": referral.legal_basis,
                     "basis_reference": referral.basis_reference, "asked": referral.asked, "profile": to.code},
        "incident": {
            "code": incident.code, "type": incident.incident_type, "weapon": incident.weapon,
            "involvement": incident.involvement, "grade": incident.grade, "methodology": incident.methodology,
            "when": _when(incident, to), "where": _where(incident, to),
            "narrative": incident.narrative if to.narrative else "",
        },
        "harm": [
            {"harm": one.harm, "sex": one.sex, "age_band": one.age_band, "status": one.status, "unit": one.unit,
             "minimum": one.minimum, "best": one.best, "maximum": one.maximum, "total": one.is_total}
            for one in HarmLine.objects.filter(incident=incident).order_by("harm", "-is_total", "pk")
        ],
        "attribution": [
            {"actor": row.actor.name if row.actor else None, "basis": row.basis,
             "explanation": row.explanation if to.narrative else "", "proof_standard": row.proof_standard}
            for row in Attribution.objects.filter(incident=incident, withdrawn_at__isnull=True).select_related("actor")
        ],
        "sources": _sources(incident),
        "decision": _decision(inquiry, to) if inquiry else None,
    }  # fmt: skip


def _when(incident: Incident, to: Profile) -> dict[str, Any]:
    known = {"precision": incident.date_precision}
    for name, day in (("first", incident.starts_on), ("last", incident.ends_on)):
        if day is not None:
            # The day at noon, without a zone of its own: only the day is known.
            moment = datetime.combine(day, time(12))
            audience = Audience.SECTION if to.place == "cell" else Audience(to.place)
            known[name] = coarsen_time(moment, audience, incident.date_precision).text
    return known


def _where(incident: Incident, to: Profile) -> dict[str, Any]:
    names = named(incident)
    codes = {"adm1": incident.adm1, "adm2": incident.adm2}
    said = {level: {"code": code, "name": names.get(code, "")} for level, code in codes.items() if code}
    if incident.lon is None or incident.lat is None:
        return {**said, "country": incident.country, "precision": incident.place_precision}
    areas = [
        Area(code, level)
        for level, code in enumerate((incident.country, *codes.values(), incident.adm3))
        if code
    ]
    place = coarsen_place(incident.lon, incident.lat, incident.place_precision, Audience(to.place), areas)
    found: dict[str, Any] = {
        **said,
        "country": incident.country,
        "precision": incident.place_precision,
        "shown_as": place.kind,
    }
    if place.kind in ("point", "cell"):
        found |= {
            "longitude": str(place.longitude),
            "latitude": str(place.latitude),
            "radius_km": place.radius_km,
        }
        if place.kind == "point":
            found["as_stated"] = incident.place_text
    return found


def _sources(incident: Incident) -> list[dict[str, Any]]:
    """Who speaks, by kind: groups are numbered anew, because their names may name people."""
    rows = list(heard(incident=incident).order_by("pk"))
    groups = {
        name: f"G{number}"
        for number, name in enumerate(dict.fromkeys(row.independence_group for row in rows), 1)
    }
    return [
        {"source": f"S{number}", "kind": row.kind, "reliability": row.reliability, "credibility": row.credibility,
         "access": row.access, "group": groups[row.independence_group], "supports": row.supports}
        for number, row in enumerate(rows, 1)
    ]  # fmt: skip


def _decision(inquiry: Inquiry, to: Profile) -> dict[str, Any] | None:
    decision = current_decision(inquiry)
    if decision is None:
        return None
    assessed = decision.assessment
    found: dict[str, Any] = {
        "inquiry": inquiry.code, "number": decision.number, "outcome": decision.outcome,
        "proof_standard": decision.proof_standard, "day": decision.signed_at.date().isoformat(),
        "content_sha256": decision.content_hash, "dissent": len(decision.dissent),
    }  # fmt: skip
    if to.narrative and assessed is not None:
        # What speaks against goes too: a file that hides it would mislead the judge and fall in court.
        found |= {
            "findings": assessed.findings,
            "contrary_evidence": assessed.contrary_evidence,
            "unknowns": assessed.unknowns,
        }
    return found


# Into files --------------------------------------------------------------------------------------------------------


def parts(
    referral: Referral, content: Content, names: Mapping[str, Mapping[str, str]], *, at: datetime
) -> Iterator[Part]:
    """The payload, in the order in which it is written. names: key of a person -> what the vault says of them."""
    case = {
        **content.facts,
        "as_of": at.isoformat(timespec="seconds"),
        "persons": [_person(one, names.get(one.key, {})) for one in content.persons],
        "items": [
            {"code": one.code, "kind": one.kind, "title": one.title, "media_type": one.media_type, "size": one.size,
             "sha256": one.sha256, "path": f"data/{one.path}" if one.path and one.sha256 else None, "parent": one.parent or None}
            for one in content.entries if one.goes
        ],
        "withheld": [{"code": code, "reason": reason} for code, reason in content.withheld],
    }  # fmt: skip
    yield text_part("index.txt", index(referral, content, at=at))
    yield text_part("case.json", json.dumps(case, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    yield text_part("custody.csv", _table(("item", "number", "event", "at", "from", "to", "place", "digest_checked"),
                                          _custody(content, at)))  # fmt: skip
    yield text_part("consent.csv", _table(("about", "purpose", "recipient", "answer", "given_at", "withdrawn_at"),
                                          _consents(referral, content)))  # fmt: skip
    yield text_part("withheld.csv", _table(("code", "kind", "reason", "said"), _withheld(referral, content)))
    yield text_part("redactions.csv", _table(("copy", "original", "how"), _redactions(content)))
    yield text_part(
        "words.csv", _table(("vocabulary", "code", "label", "definition"), _words(referral, case))
    )
    for entry in content.entries:
        if entry.goes and isinstance(entry.held, Interview):
            yield text_part(entry.path, _interview_text(entry.held))
        elif entry.goes and entry.path:
            yield _file(entry, entry.held)


def _file(entry: Entry, item: Item | Interview) -> Part:
    return Part(entry.path, lambda: store.open_bytes(item), entry.sha256)  # type: ignore[arg-type, return-value]


def _person(one: Somebody, known: Mapping[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = {"person": one.label, "sex": one.sex, "age_band": one.age_band, "status": one.status,
                            "harms": list(one.harms)}  # fmt: skip
    if one.named and known.get("name"):
        said["name"] = known["name"]
    return said


def _table(head: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    for row in rows:
        # A cell that begins like a formula would run in whoever's spreadsheet opens it.
        writer.writerow(
            [f"'{text}" if (text := str(cell))[:1] in ("=", "+", "-", "@", "\t") else text for cell in row]
        )
    return out.getvalue()


def _custody(content: Content, at: datetime) -> Iterator[tuple[object, ...]]:
    """Up to the approval: the hand-over itself adds a line, and the same bag written again must stay the same."""
    for entry in content.entries:
        if entry.goes and isinstance(entry.held, Item):
            for row in entry.held.custody.filter(recorded_at__lte=at).order_by("number"):
                yield (entry.code, row.number, row.kind, row.at.isoformat(timespec="seconds"), row.from_party, row.to_party,
                       row.place_class, "yes" if row.digest_checked else "no")  # fmt: skip


def _consents(referral: Referral, content: Content) -> Iterator[tuple[object, ...]]:
    to = profile(referral.profile)
    for entry in content.entries:
        if entry.goes:
            yield (entry.code, to.purpose, referral.authority, entry.consent, "", "")
            held = evidence.root_of(entry.held) if isinstance(entry.held, Item) else entry.held
            for row in held.consents.filter(purpose=to.purpose).order_by("given_at"):
                yield (entry.code, row.purpose, row.recipient, "given", row.given_at.date(),
                       row.withdrawn_at.date() if row.withdrawn_at else "")  # fmt: skip
    for one in content.persons:
        yield (one.label, to.purpose, referral.authority, one.consent if to.names else "not_asked", "", "")


def _withheld(referral: Referral, content: Content) -> Iterator[tuple[object, ...]]:
    said = vocabulary("withheld_reason")
    for entry in content.entries:
        if not entry.goes:
            yield entry.code, entry.kind, entry.reason, said[entry.reason].defined(referral.language)
    for one in content.persons:
        if not one.named:
            reason = one.decision.detail
            yield f"{one.label}: name", "name", reason, said[reason].defined(referral.language)


def _redactions(content: Content) -> Iterator[tuple[object, ...]]:
    for entry in content.entries:
        if entry.goes and isinstance(entry.held, Item) and entry.parent:
            yield entry.code, entry.parent, canonical(entry.held.made_with)


# Columns of case.json -> the vocabulary whose codes they hold: the reader of a bag has our words, not our program.
_CODES = {"type": "incident_type", "weapon": "weapon", "involvement": "involvement", "grade": "grade", "harm": "harm",
          "sex": "sex", "age_band": "age_band", "status": "person_status", "reliability": "reliability",
          "credibility": "credibility", "proof_standard": "proof_standard", "basis": "attribution_basis",
          "reason": "withheld_reason", "authority": "referral_authority", "legal_basis": "legal_basis", "profile":
          "handover_profile", "outcome": "decision_outcome", "access": "source_access"}  # fmt: skip


def _words(referral: Referral, case: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    used: set[tuple[str, str]] = set()

    def walk(value: Any) -> None:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                if name in _CODES and isinstance(inner, str) and inner:
                    used.add((_CODES[name], inner))
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(case)
    for name, code in sorted(used):
        if code in vocabulary(name):
            term = vocabulary(name)[code]
            yield name, code, term.label(referral.language), term.defined(referral.language)


def _interview_text(interview: Interview) -> str:
    said = words.unseal(bytes(interview.sealed), place=f"interview {interview.code}")
    lines = [f"{interview.code}  {interview.held_at.date()}  {interview.language}", ""]
    return "\n".join([*lines, said.get("summary", ""), ""])


_INDEX = {
    "fr": ("DOSSIER DE REMISE {code}", "Destinataire", "Ce qui est demandé", "Base légale", "En bref", "Ce dossier contient",
           "Ce qui est retenu, et pourquoi", "rien", "Pour vérifier que rien n’a changé", "python3 verify_bag.py, dans ce dossier ; aucun réseau, rien à installer.",
           "Les codes employés sont expliqués dans words.csv."),
    "en": ("HAND-OVER BAG {code}", "Recipient", "What is asked", "Legal basis", "In short", "This bag holds",
           "What is withheld, and why", "nothing", "To verify that nothing changed", "python3 verify_bag.py, in this folder; no network, nothing to install.",
           "The codes are explained in words.csv."),
    "ar": ("حزمة التسليم {code}", "الجهة المتلقية", "المطلوب", "الأساس القانوني", "باختصار", "تحتوي هذه الحزمة على",
           "ما حُجب وسببه", "لا شيء", "للتحقق من عدم تغيّر شيء", "python3 verify_bag.py داخل هذا المجلد؛ بلا شبكة ولا تثبيت.",
           "الرموز المستعملة مشروحة في words.csv."),
}  # fmt: skip


def index(referral: Referral, content: Content, *, at: datetime) -> str:
    """The first page: plain words, for a clerk who opens the bag and knows nothing of us."""
    spoken = referral.language if referral.language in _INDEX else "fr"
    title, to, asked, basis, short, holds, kept, nothing, check, how, codes = _INDEX[spoken]
    authority = vocabulary("referral_authority").label(referral.authority, spoken)
    lines = [title.format(code=referral.code), at.date().isoformat(), "",
             f"{to}: {authority} – {referral.recipient}", f"{asked}: {referral.asked}",
             f"{basis}: {vocabulary('legal_basis').label(referral.legal_basis, spoken)} {referral.basis_reference}".rstrip(),
             "", short.upper(), referral.summary, "", holds.upper()]  # fmt: skip
    goes = [entry for entry in content.entries if entry.goes]
    lines += [f"  {one.code}  {one.title or one.kind}  {one.media_type}" for one in goes] or [f"  {nothing}"]
    lines += ["", kept.upper()]
    reasons = vocabulary("withheld_reason")
    lines += [f"  {code}  {reasons.label(reason, spoken)}" for code, reason in content.withheld] or [
        f"  {nothing}"
    ]
    return "\n".join([*lines, "", check.upper(), f"  {how}", codes, ""])


def verifier() -> bytes:
    """The one-file verifier that travels in every bag."""
    return resources.files("constat.apps.referrals.bagfiles").joinpath("verify_bag.py").read_bytes()


def info(referral: Referral, *, mission: str, at: datetime) -> list[tuple[str, str]]:
    """The lines of bag-info.txt."""
    return [
        ("Source-Organization", mission),
        ("External-Identifier", referral.code),
        ("Bagging-Date", at.date().isoformat()),
        ("Bag-Software-Agent", "Constat"),
        ("Constat-Schema", SCHEMA),
        ("Constat-Profile", referral.profile),
    ]
