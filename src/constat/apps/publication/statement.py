"""A statement about one incident as a document: every sentence is a cleared fact, in the order chosen."""

from collections.abc import Sequence
from datetime import date, datetime, time

from django.utils.translation import gettext as _
from django.utils.translation import override

from constat.apps.incidents.models import Incident
from constat.apps.incidents.places import named
from constat.apps.publication.compose.words import issuer
from constat.apps.publication.models import Fact
from constat.rules.disclosure import Area, Audience, coarsen_place, coarsen_time
from constat.rules.vocabulary import vocabulary
from constat.ui import formats
from constat.ui.documents import Bullets, Document, Heading, Note, Paragraph

UNKNOWN, HELP = "unknown", "help_offered"


def document(
    kind: str,
    facts: Sequence[Fact],
    *,
    language: str,
    code: str,
    at: datetime,
    corrects: str = "",
    status: str = "",
) -> Document:
    """The text that leaves the house. corrects: code of the statement it corrects. status: "" once released."""
    with override(language):
        said = [fact.text(language) for fact in facts if fact.kind not in (UNKNOWN, HELP)]
        unknown = [fact.text(language) for fact in facts if fact.kind == UNKNOWN]
        offered = [fact.text(language) for fact in facts if fact.kind == HELP]
        blocks: list = []  # type: ignore[type-arg]
        if corrects:
            blocks.append(
                Note(_("This corrects the statement %(code)s.") % {"code": corrects}, kind="warning")
            )
        if kind == "facts":
            blocks.append(Heading(_("What we know")))
        blocks += [Bullets(said)] if kind == "facts" and said else [Paragraph(text) for text in said]
        if unknown:
            blocks += [Heading(_("What we do not know yet")), Bullets(unknown)]
        if offered:
            blocks += [Heading(_("Help, and how to reach us")), *(Paragraph(text) for text in offered)]
        return Document(
            title=vocabulary("statement_kind").label(kind, language),
            language=language,
            blocks=blocks,
            subtitle=formats.day(at.date(), language),
            issuer=issuer(),
            reference=code,
            status=status,
            as_of=at,
        )


def suggested(kind: str, incident: Incident) -> dict[str, str]:
    """The sentence of this kind in three languages with time and place as coarse as the public may have them; "" where people
    must write their own."""
    templates = vocabulary("fact_kind")[kind].extra.get("text", {})
    return {
        language: templates[language].format(when=_when(incident, language), where=_where(incident, language))
        if language in templates else ""
        for language in ("fr", "en", "ar")
    }  # fmt: skip


_MONTH = {"fr": "en {}", "en": "in {}", "ar": "في {}"}
_SOME_TIME = {
    "fr": "à une date à préciser",
    "en": "on a date to be established",
    "ar": "في تاريخ يجري تحديده",
}
_PLACE = {"fr": "dans la zone suivante\u00a0: {}", "en": "in the area of {}", "ar": "في منطقة {}"}
_SOME_PLACE = {
    "fr": "en un lieu à préciser",
    "en": "at a place to be established",
    "ar": "في مكان يجري تحديده",
}


def _when(incident: Incident, language: str) -> str:
    if incident.starts_on is None:
        return _SOME_TIME[language]
    coarse = coarsen_time(
        datetime.combine(incident.starts_on, time(12)), Audience.PUBLIC, incident.date_precision
    )
    if coarse.granularity != "month":
        return _MONTH[language].format(coarse.text)
    return _MONTH[language].format(formats.month(date(coarse.start.year, coarse.start.month, 1), language))


def _where(incident: Incident, language: str) -> str:
    codes = (incident.country, incident.adm1, incident.adm2)
    areas = [Area(code, level, _people(code)) for level, code in enumerate(codes) if code]
    place = coarsen_place(
        incident.lon or 0.0, incident.lat or 0.0, incident.place_precision, Audience.PUBLIC, areas
    )
    name = named(incident).get(place.area or "", "") if place.kind == "area" else ""
    return _PLACE[language].format(name) if name else _SOME_PLACE[language]


def _people(code: str) -> int | None:
    from constat.apps.register.models import AdminArea

    row = AdminArea.objects.filter(code=code, valid_to__isnull=True).order_by("-pk").first()
    return getattr(row, "population", None)
