"""`{% load constat %}`: words, numbers and parts of a page. Every part is shown in all its states at /gallery/.

Tags with a template of their own take the shapes of constat.ui.shapes, or anything with the same attributes.
"""

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.rules.vocabulary import vocabulary
from constat.ui import formats, phrases
from constat.ui.charts import Chart, chart
from constat.ui.shapes import bounds, part

register = template.Library()


def language() -> str:
    return formats.base(get_language())


# Words and codes -----------------------------------------------------------------------------------------------


@register.filter("term")
def term_filter(code: object, name: str) -> str:
    """`{{ report.channel|term:"channel" }}`: the label of a vocabulary code in the reader's language."""
    return term(name, code)


@register.simple_tag
def term(name: str, code: object) -> str:
    """`{% term "channel" report.channel %}`. An empty code gives an empty string, an unknown one an error."""
    return vocabulary(name).label(str(code), language()) if code not in (None, "") else ""


@register.filter
def term_or(code: object, name: str) -> SafeString | str:
    """`{{ consent.recipient|term_or:"referral_authority" }}`: the label of a code, or what somebody wrote instead."""
    words = vocabulary(name)
    return words.label(str(code), language()) if str(code) in words else own(code)


@register.simple_tag
def definition(name: str, code: object) -> str:
    """`{% definition "grade" code %}`: what the vocabulary means by this code."""
    return vocabulary(name)[str(code)].defined(language()) if code not in (None, "") else ""


@register.filter
def ref(code: object) -> SafeString | str:
    """A reference or code: left to right in any page, never broken over two lines."""
    return format_html('<bdi class="ref" dir="ltr">{}</bdi>', code) if code not in (None, "") else ""


MEDIA = {
    "image": "picture",
    "video": "video",
    "audio": "sound",
    "text": "document",
    "application": "document",
}
SHORT = {"plain": "TXT", "quicktime": "MOV", "mpeg": "MP3", "octet-stream": ""}


@register.filter
def media(kind: str) -> SafeString:
    """`{{ item.media_type|media }}`: Image (JPEG), Document (PDF), and not the code that machines use for it."""
    whole, _slash, part_of = str(kind).partition("/")
    family = vocabulary("media_family").label(MEDIA.get(whole, "other"), language())
    short = SHORT.get(part_of, part_of.rpartition(".")[2].rpartition("-")[2].upper())
    return format_html('{} <bdi dir="ltr">({})</bdi>', family, short) if short else format_html("{}", family)


@register.filter
def own(text: object) -> SafeString | str:
    """Words that a person entered (a name, a title): isolated, so that they keep their own direction."""
    return format_html("<bdi>{}</bdi>", text) if text not in (None, "") else ""


@register.simple_tag
def spoken() -> list[tuple[str, str]]:
    """(code, name in its own language) of the languages of the pages: a reader looks for the word they know."""
    return list(settings.LANGUAGES)


# Numbers, dates, places ----------------------------------------------------------------------------------------


@register.filter
def num(value: float | None) -> str:
    """`{{ n|num }}`: 12 345 in French. None is shown as unknown, never as zero."""
    return _("unknown") if value is None else formats.number(value, language())


@register.filter
def exact(value: object) -> str:
    """`{{ ratio|exact }}`: a decimal number, given as such or as text, with every decimal it has: 600,5 in French."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    places = max(0, -int(number.as_tuple().exponent))
    return formats.number(float(number), language(), places)


@register.filter
def of_unit(value: float, unit: str) -> str:
    """`{{ line.left|of_unit:line.unit }}`: 6 personnes. `unit`: a code of harm_unit."""
    return phrases.counted(value, unit, language())


@register.filter
def known(value: int | None) -> str:
    """A figure in a table cell: an unknown one is said, because an empty cell reads as zero."""
    return _("unknown") if value is None else formats.number(value, language())


@register.filter
def least(tally: object) -> int | None:
    return bounds(tally)[0]


@register.filter
def best(tally: object) -> int | None:
    return bounds(tally)[1]


@register.filter
def most(tally: object) -> int | None:
    return bounds(tally)[2]


@register.simple_tag
def range(value: object = None, best: int | None = None, high: int | None = None) -> SafeString:
    """`{% range harm %}` or `{% range low best high %}`: `12 (8–15)`, with a sentence for a screen reader."""
    low, middle, top = bounds(value, best, high)
    return phrases.range_html(low, middle, top, language())


@register.filter("range")
def range_filter(value: object) -> SafeString:
    """`{{ harm|range }}`."""
    return phrases.range_html(*bounds(value), language())


@register.filter
def day(value: dt.date | None) -> SafeString | str:
    """`{{ d|day }}`: 3 mars 2025, in a <time>."""
    if value is None:
        return _("date unknown")
    value = _local(value)
    return format_html(
        '<time datetime="{}">{}</time>', value.isoformat()[:10], formats.day(value, language())
    )


@register.filter
def shortday(value: dt.date | None) -> SafeString | str:
    """`{{ d|shortday }}`: 03/03/2025, for dense tables."""
    if value is None:
        return "–"
    value = _local(value)
    text = formats.short(value, language())
    return format_html(
        '<time class="num" datetime="{}"><bdi dir="ltr">{}</bdi></time>', value.isoformat()[:10], text
    )


@register.filter
def moment(value: dt.datetime | None) -> SafeString | str:
    """`{{ at|moment }}`: 3 mars 2025 à 14 h 30, in the node's time zone."""
    if value is None:
        return _("date unknown")
    if not isinstance(value, dt.datetime):
        return day(value)
    return format_html(
        '<time datetime="{}">{}</time>', value.isoformat(), phrases.moment(_local(value), language())
    )


def _local(value: dt.date) -> Any:
    return timezone.localtime(value) if isinstance(value, dt.datetime) and timezone.is_aware(value) else value


@register.simple_tag
def spanned(start: dt.datetime, end: dt.datetime) -> SafeString:
    """`{% spanned operation.starts_at operation.ends_at %}`: 3 mars 2025, 6 h 46 – 17 h 50, in the node's time zone."""
    text = phrases.span(_local(start), _local(end), language())
    return format_html('<time datetime="{}">{}</time>', start.isoformat(), text)


@register.simple_tag
def dated(start: dt.date | None, precision: object = "day", end: dt.date | None = None) -> SafeString:
    """`{% dated incident.start incident.date_precision incident.end %}`: "vers mars 2025", never a false day."""
    text = phrases.dated(start, str(precision or ""), end, language())
    if start is None:
        return format_html('<span class="unknown">{}</span>', text)
    return format_html(
        '<time datetime="{}">{}</time>', phrases.machine_date(start, str(precision or "")), text
    )


@register.simple_tag
def moment_of(item: object) -> SafeString | str:
    """When an entry of a timeline happened, as exactly as it is known."""
    at = part(item, "at")
    if isinstance(at, dt.datetime):
        return moment(at)
    return dated(at, part(item, "precision") or "day", part(item, "until"))


@register.inclusion_tag("ui/components/located.html")
def located(name: str, precision: object = "", area: str = "") -> dict[str, Any]:
    """`{% located name precision area %}`: a place and how exactly it is known."""
    return {
        "name": name,
        "area": area,
        "precision": phrases.place_precision(str(precision or ""), language()),
    }


# Marks ---------------------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/components/mark.html")
def mark() -> dict[str, Any]:
    """The product's sign: a range with its best estimate."""
    return {}


@register.inclusion_tag("ui/components/clock.html")
def clock(value: object, label: str = "") -> dict[str, Any]:
    """`{% clock c "Triage" %}`: a deadline in words, with colour as a help only. None draws nothing.

    Takes a shapes.Clock or a rules.deadlines.ClockReading.
    """
    return {} if value is None else phrases.clock(value, label)


@register.inclusion_tag("ui/components/state.html")
def state(name: str, code: object, tone: str = "") -> dict[str, Any]:
    """`{% state "report_state" code tone="open" %}`. Tones: open, waiting, done, closed, danger."""
    return {"label": term(name, code), "tone": tone or "plain"}


@register.inclusion_tag("ui/components/grade.html")
def grade(code: object, name: str = "grade", explain: bool = False, trace: object = None) -> dict[str, Any]:
    """`{% grade code %}`: how well an incident is established. `explain=True` adds the definition and the rule trace."""
    known = code not in (None, "")
    return {
        "code": code if known else "",
        "label": term(name, code) if known else _("not graded yet"),
        "definition": definition(name, code),
        "explain": explain,
        "trace": trace or (),
    }


@register.inclusion_tag("ui/components/sensitivity.html")
def sensitivity(level: object, compartment: object = "") -> dict[str, Any]:
    """`{% sensitivity record.sensitivity record.compartment %}`: who the record is for, in words."""
    digit = str(int(level)) if isinstance(level, int) else str(level).removeprefix("L")
    return {
        "level": digit,
        "label": term("sensitivity", f"L{digit}"),
        "compartment": term("compartment", compartment) if compartment not in (None, "", "general") else "",
    }


# Parts of a page -----------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/components/breadcrumb.html")
def breadcrumb(crumbs: object) -> dict[str, Any]:
    """`{% breadcrumb crumbs %}`: shapes.Crumb in order; the last one is this page."""
    return {"crumbs": crumbs}


@register.inclusion_tag("ui/components/tabs.html")
def tabs(items: object, label: str = "") -> dict[str, Any]:
    """`{% tabs items "Parts of the incident" %}`: links that look like tabs; shapes.NavItem."""
    return {"items": items, "label": label}


@register.inclusion_tag("ui/components/pager.html")
def pager(value: object) -> dict[str, Any]:
    """`{% pager page.pager %}`: older and newer, no page numbers that move while one reads."""
    return {"pager": value}


@register.inclusion_tag("ui/components/tile.html")
def tile(label: str, value: object, n: int | None = None, url: str = "", note: str = "") -> dict[str, Any]:
    """`{% tile "Killed" tally n=12 %}`: one number, with its range and what it rests on. `value`: range or whole number."""
    plain = isinstance(value, int)
    return {"label": label, "value": value, "plain": plain, "n": n, "url": url, "note": note}


@register.inclusion_tag("ui/components/timeline.html")
def timeline(moments: object, label: str = "") -> dict[str, Any]:
    """`{% timeline moments "History" %}`: shapes.Moment, in the order given."""
    return {"moments": moments, "label": label}


@register.inclusion_tag("ui/components/harm_table.html")
def harm_table(rows: object, caption: str, total: object = None) -> dict[str, Any]:
    """`{% harm_table rows "Harm to civilians" total=row %}`: shapes.HarmRow; every number with range and n."""
    return {"rows": rows, "caption": caption, "total": total}


@register.inclusion_tag("ui/components/whiskers.html")
def whiskers(bars: object, caption: str, unit: str, source: str = "") -> dict[str, Any]:
    """`{% whiskers bars "Killed by month" "persons" source=… %}`: dots and ranges, with the same numbers in a table."""
    drawn: Chart = chart(list(bars), language())  # type: ignore[call-overload]
    return {"chart": drawn, "caption": caption, "unit": unit, "source": source}


@register.inclusion_tag("ui/components/reading.html")
def reading(value: object) -> dict[str, Any]:
    """`{% reading page.reading %}`: why this person sees this record (shapes.Reading)."""
    return {"reading": value}


# Forms ---------------------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/components/field.html")
def field(bound: Any, label: str = "", hint: str = "", size: str = "") -> dict[str, Any]:
    """`{% field form.place %}`: label, hint, "(optional)", error above the control. size: short, medium, long, words."""
    widget = bound.field.widget
    return {
        "field": bound,
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "size": size,
        "grouped": bound.use_fieldset,
        "check": getattr(widget, "input_type", "") == "checkbox" and not bound.use_fieldset,
    }


@register.inclusion_tag("ui/components/error_summary.html")
def errors(*forms: Any) -> dict[str, Any]:
    """`{% errors form %}` on top of the page: "There is a problem", each line linking to its field."""
    found: list[dict[str, str]] = []
    for form in forms:
        found += [{"text": str(text), "target": ""} for text in form.non_field_errors()]
        for bound in form:
            target = bound.id_for_label or f"{bound.auto_id}_0"
            found += [{"text": str(text), "target": target} for text in bound.errors]
    return {"errors": found}
