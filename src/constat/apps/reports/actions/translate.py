"""Translate: a rendering beside the original words, never instead. Several may stand side by side."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.reports.actions._gate import open_report
from constat.apps.reports.actions._rows import index_text, words_of
from constat.apps.reports.actions._step import written
from constat.apps.reports.errors import ReportError
from constat.apps.reports.models import Report, Translation
from constat.rules.permissions import Permission


class EmptyTranslation(ReportError):
    pass


def translate(*, by: Person, at: datetime, report: str, language: str, text: str) -> Translation:
    if not text.strip() or not language.strip():
        raise EmptyTranslation(_("Write the translation and choose its language."))
    with transaction.atomic():
        found = open_report(by, Permission.REPORTS_TRANSLATE, report=report, at=at)
        made = Translation.objects.create(
            report=found, language=language[:10], text=text.replace("\x00", " "), translator=by, at=at
        )
        reindex(found)
        written(found, "translate", by=by, at=at, details={"language": language})
    return made


def reindex(report: Report) -> None:
    """Search text anew: code, place, actor, words, every translation."""
    whole = Report.objects.only("code", "place_text", "claimed_actor_text", "external_key", "original").get(
        pk=report.pk
    )
    texts = Translation.objects.filter(report=report).order_by("id").values_list("text", flat=True)
    found = index_text(
        whole.code,
        whole.place_text,
        words_of(bytes(whole.original)),
        whole.claimed_actor_text,
        whole.external_key,
        *texts,
    )
    Report.objects.filter(pk=report.pk).update(search_text=found)
