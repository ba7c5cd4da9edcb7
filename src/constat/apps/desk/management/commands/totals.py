import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.desk.scopes import Scope
from constat.apps.desk.totals import DIMENSIONS, NODE, Row, Totals, UnknownDimension, label, totals


class Command(BaseCommand):
    help = "Deaths on record as ranges, each harm counted once, for one scope."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scope", required=True, choices=[scope.value for scope in Scope])
        parser.add_argument("--by", default="country,year,type_of_violence", help=", ".join(DIMENSIONS))
        parser.add_argument(
            "--json", action="store_true", help="Print the result as JSON (docs/reference/imports.md)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        by = [name.strip() for name in options["by"].split(",") if name.strip()]
        try:
            found = totals(viewer=NODE, scope=Scope(options["scope"]), by=by, at=timezone.now())
        except UnknownDimension as error:
            raise CommandError(str(error), returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
        else:
            self.stdout.write(table(found, get_language() or "fr"))


def table(found: Totals, language: str) -> str:
    heads = [*found.by, _("min"), _("best"), _("max"), "n", _("in incidents"), _("reported only")]
    lines = [[*(label(name, value, language) or "?" for name, value in zip(found.by, row.key, strict=True)), *_cells(row)]
             for row in found.rows if found.by]  # fmt: skip
    lines.append([*([_("total")] if found.by else []), *[""] * (len(found.by) - 1), *_cells(found.total)])
    widths = [max(len(line[index]) for line in [heads, *lines]) for index in range(len(heads))]
    words = len(found.by)
    drawn = [
        "  ".join(cell.ljust(width) if index < words else cell.rjust(width)
                  for index, (cell, width) in enumerate(zip(line, widths, strict=True))).rstrip()
        for line in [heads, *lines]
    ]  # fmt: skip
    head = _("Deaths, %(scope)s; methodology %(method)s, as of %(at)s") % {
        "scope": found.scope.label,
        "method": found.methodology,
        "at": found.as_of.isoformat(timespec="minutes"),
    }
    return "\n".join([head, found.scope.sentence, "", *drawn])


def _cells(row: Row) -> list[str]:
    sum_ = row.total
    figures = [sum_.min, sum_.best, sum_.max, sum_.n, row.incidents.n, row.reports.n]
    return ["?" if figure is None else str(figure) for figure in figures]
