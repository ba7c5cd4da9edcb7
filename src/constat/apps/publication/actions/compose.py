"""Begin a publication, and freeze it: from then on its files and figures are what a second person reads and releases."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.counters import next_code
from constat.apps.access.models import Person
from constat.apps.incidents.errors import IncidentNotFound
from constat.apps.incidents.queries import get as get_incident
from constat.apps.publication import compose
from constat.apps.publication.actions._publication import held, note, permitted, step
from constat.apps.publication.compose import periods
from constat.apps.publication.compose.note import Texts
from constat.apps.publication.composed import Composed
from constat.apps.publication.errors import Incomplete, NotFound, WrongState
from constat.apps.publication.models import Fact, Publication, PublicationFact, PublicationFile
from constat.apps.publication.queries import basis_of
from constat.apps.publication.statement import document as statement_document
from constat.rules.disclosure import Cell
from constat.rules.permissions import Permission
from constat.rules.release import FactView, check_statement, check_words
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary
from constat.ui.documents import RENDERERS, Document, html_body

SERIES = "P"
LANGUAGES = ("fr", "en", "ar")
PERIODS = {"queue_statement": periods.month, "note": periods.quarter}


@transaction.atomic
def begin(
    *, by: Person, at: datetime, kind: str, period: str, inputs: Mapping[str, Any] | None = None
) -> str:
    """A draft of a monthly statement or a quarterly note. Returns its code. Raises UnknownPeriod, WrongState."""
    permitted(by, Permission.PUBLICATION_DRAFT, at)
    span = PERIODS[kind](period)
    if span.start >= at:
        raise Incomplete(_("This period has not begun."), field="period")
    earlier = Publication.objects.filter(kind=kind, period=span.code, state="released").first()
    if (
        earlier is not None
        and Publication.objects.filter(earlier=earlier).exclude(state="withdrawn").exists()
    ):
        raise WrongState(_("A new version of this is being prepared already."), code=earlier.code)
    # Texts that people write into a counted publication are no cleared facts: a denial has no way in beside the decision.
    check_words(_written(inputs or {}))
    row = Publication.objects.create(
        code=next_code(SERIES, at.year), kind=kind, period=span.code, inputs=dict(inputs or {}), earlier=earlier,
        version=earlier.version + 1 if earlier else 1, prepared_by=by, prepared_at=at,
    )  # fmt: skip
    note(
        by=by,
        verb="begin",
        key=row.code,
        at=at,
        details={"kind": kind, "period": span.code, "version": row.version},
    )
    return row.code


@transaction.atomic
def revise(*, by: Person, at: datetime, publication: str, inputs: Mapping[str, Any]) -> None:
    """Other words, or another measure of exposure, in a draft of a counted publication. Raises WrongState."""
    viewer = permitted(by, Permission.PUBLICATION_DRAFT, at)
    row = held(viewer, publication, at)
    if row.kind == "statement" or row.state != "draft":
        raise WrongState(
            _("Only the draft of a counted publication has texts to change. Send it back first."),
            code=row.code,
        )
    check_words(_written(inputs))
    row.inputs = dict(inputs)
    row.save(update_fields=["inputs"])
    note(by=by, verb="revise", key=row.code, at=at)


def _written(value: Any) -> Iterator[str]:
    """Every text in what people wrote into it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _written(one)
    elif isinstance(value, Sequence):
        for one in value:
            yield from _written(one)


@transaction.atomic
def begin_statement(*, by: Person, at: datetime, incident: str, statement: str, facts: Sequence[str]) -> str:
    """A draft of a statement about one incident, made of these facts in this order. Returns its code."""
    viewer = permitted(by, Permission.PUBLICATION_DRAFT, at)
    vocabulary("statement_kind").check(statement)
    try:
        case = get_incident(viewer, incident, at=at)
    except IncidentNotFound as error:
        raise NotFound(str(error), code=incident) from error
    rows = {row.code: row for row in Fact.objects.filter(incident=case, code__in=list(facts))}
    for code in facts:
        if code not in rows:
            raise NotFound(_("There is no fact %(code)s of this incident.") % {"code": code}, code=code)
    chosen = [rows[code] for code in dict.fromkeys(facts)]
    _check(statement, chosen, basis_of(case).outcome)
    earlier = _corrected(case, statement)
    row = Publication.objects.create(
        code=next_code(SERIES, at.year), kind="statement", incident=case, statement=statement, earlier=earlier,
        version=1, prepared_by=by, prepared_at=at,
    )  # fmt: skip
    PublicationFact.objects.bulk_create(
        PublicationFact(publication=row, fact=fact, place=place) for place, fact in enumerate(chosen)
    )
    note(by=by, verb="begin_statement", key=row.code, at=at,
         details={"incident": case.code, "statement": statement, "facts": [fact.code for fact in chosen]})  # fmt: skip
    return row.code


def _corrected(case: Any, statement: str) -> Publication | None:
    """What a correction corrects: the last statement about the incident that stands and has no correction yet."""
    if statement != "correction":
        return None
    rows = Publication.objects.filter(incident=case, state="released", later__isnull=True)
    found = rows.order_by("-released_at", "-pk").first()
    if found is None:
        raise Incomplete(_("There is no public statement to correct."), field="statement")
    return found


def _check(statement: str, facts: Sequence[Fact], outcome: str) -> None:
    views = [FactView(fact.code, fact.kind, fact.standing) for fact in facts]
    check_statement(statement, views, outcome=outcome)


@transaction.atomic
def submit_for_review(*, by: Person, at: datetime, publication: str, reason: str) -> None:
    """Compose it in three languages as of now and freeze every file. Whoever does this is who prepared it."""
    viewer = permitted(by, Permission.PUBLICATION_DRAFT, at)
    row = held(viewer, publication, at)
    composed = {language: compose_now(row, viewer, language=language, at=at) for language in LANGUAGES}
    for language, (_document, made) in composed.items():
        if made is not None and row.kind == "note":
            compose.check_words(made, _texts(row, language))
    step(row, "submit_for_review", by=by, at=at, reason=reason, content=True)
    row.prepared_by, row.as_of = by, at
    # Figures are the same in each language; one that is not would be a fault of ours and must not leave the house.
    figures = [_figures(one) for one in composed.values()]
    if any(_numbers(one) != _numbers(figures[0]) for one in figures):
        raise Incomplete(_("The three languages do not say the same figures. Nothing was submitted."))
    row.figures = figures[0]
    row.files.all().delete()
    digests = []
    for language, (document, _composed) in composed.items():
        for form, data in rendered(replace(document, status="")):
            digest = hashlib.sha256(data).hexdigest()
            PublicationFile.objects.create(
                publication=row, language=language, format=form, data=data, sha256=digest
            )
            digests.append(f"{language}.{form} {digest}")
    row.checksum = hashlib.sha256("\n".join(digests).encode()).hexdigest()
    row.save()
    note(by=by, verb="submit_for_review", key=row.code, at=at, details={"checksum": row.checksum})


def rendered(document: Document) -> list[tuple[str, bytes]]:
    """The forms in which it is kept: a page for our own frame, a page that stands alone, PDF and Word."""
    forms = [(form, render(document)) for form, render in RENDERERS.items()]
    return [("body", html_body(document).encode("utf-8")), *forms]


def compose_now(
    row: Publication, viewer: Viewer, *, language: str, at: datetime
) -> tuple[Document, Composed | None]:
    """The document as the store says now; with its figures where it is a counted one."""
    if row.kind == "statement":
        facts = [one.fact for one in row.sentences.select_related("fact")]
        assert row.incident is not None  # noqa: S101
        _check(row.statement, facts, basis_of(row.incident).outcome)
        corrects = row.earlier.code if row.earlier else ""
        status = _("Draft, not released") if row.state == "draft" else ""
        return statement_document(row.statement, facts, language=language, code=row.code, at=at, corrects=corrects,
                                  status=status), None  # fmt: skip
    made = _counted(row, viewer, language, at)
    return replace(made.document, reference=row.code), made


def _counted(row: Publication, viewer: Viewer, language: str, at: datetime) -> Composed:
    if row.kind == "note":
        return compose.note(
            viewer, quarter=row.period, language=language, at=at, texts=_texts(row, language),
            withheld=withheld_before(row.period),
        )  # fmt: skip
    given = [compose.Denominator(**one) for one in row.inputs.get("denominators", [])]
    return compose.queue_statement(
        viewer,
        month=row.period,
        language=language,
        at=at,
        denominators=given,
        published=published_before(row.period),
    )


def _texts(row: Publication, language: str) -> Texts:
    said = row.inputs.get("texts", {}).get(language, {})
    return Texts(
        mandate=said.get("mandate", ""), context=said.get("context", ()), responses=said.get("responses", ()),
        recommendations=said.get("recommendations", ()),
    )  # fmt: skip


def withheld_before(period: str) -> dict[str, frozenset[str]]:
    """Quarter -> names of figures that a public version of its note kept back, for this quarter and the one before.

    What was kept back once is not printed later: beside the figures that were printed then it would be found by subtraction.
    """
    quarters = [period, periods.before(periods.quarter(period)).code]
    rows = Publication.objects.filter(kind="note", period__in=quarters, released_at__isnull=False)
    found: dict[str, set[str]] = {}
    for row in rows:
        kept = {one["name"] for one in row.figures if one.get("cell") == Cell.SUPPRESSED.value}
        found.setdefault(row.period, set()).update(kept)
    return {quarter: frozenset(names) for quarter, names in found.items()}


def published_before(period: str) -> dict[str, int]:
    """Figures of earlier monthly statements as they were released, by month and name ("2026-09 open" -> 43)."""
    found: dict[str, int] = {}
    rows = Publication.objects.filter(kind="queue_statement", state="released", period__lt=period).order_by(
        "period"
    )
    for row in rows:
        for figure in row.figures:
            if isinstance(figure.get("value"), int):
                found[f"{row.period} {figure['name']}"] = figure["value"]
    return found


def _figures(made: tuple[Document, Composed | None]) -> list[dict[str, Any]]:
    composed = made[1]
    # By name: a list ordered by its words stands in another order in each language.
    return (
        sorted((figure.as_json() for figure in composed.figures), key=lambda one: one["name"])
        if composed
        else []
    )


def _numbers(figures: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The figures without the word of their unit, which is in the language of the document."""
    return [{name: value for name, value in one.items() if name != "unit"} for one in figures]
