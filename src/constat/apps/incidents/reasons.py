"""The reasons of a suggestion in the reader's language."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from constat.analysis.suggestion import Reason
from constat.apps.incidents.pages import Said
from constat.apps.incidents.places import language
from constat.apps.register.models import Actor
from constat.apps.reports.queries import area_names
from constat.rules.vocabulary import vocabulary
from constat.ui.phrases import range_text


def names_in(reasons: Iterable[Reason]) -> dict[str, str]:
    """Names of the areas and actors that these reasons speak of: two queries for a whole page."""
    areas, actors = set(), set()
    for reason in reasons:
        areas |= {str(reason.args["area"])} if "area" in reason.args else set()
        given = reason.args.get("actors")
        actors |= set(given) if isinstance(given, tuple) else set()
    found = area_names(areas) if areas else {}
    return found | dict(Actor.objects.filter(code__in=actors).values_list("code", "name") if actors else ())


def said(reasons: Sequence[Reason], names: Mapping[str, str]) -> list[Said]:
    return [Said(sentence(reason, names), reason.speaks_for) for reason in reasons]


def sentence(reason: Reason, names: Mapping[str, str]) -> str:
    """One reason as a sentence fragment; a code without words here is a fault of the program, not of the reader."""
    args = reason.args
    match reason.code:
        case "same_day":
            return _("same day")
        case "one_day_apart" | "days_apart" | "week_apart" | "dates_apart":
            days = int(str(args["days"]))
            return ngettext("%(n)s day apart", "%(n)s days apart", days) % {"n": days}
        case "dates_compatible":
            return _("the dates, as far as they are known, agree")
        case "near" | "some_km" | "far":
            return _kilometres(int(str(args["km"])))
        case "same_surroundings":
            return _("same surroundings, as far as the places are known")
        case "same_place_name":
            return _("both name the same place")
        case "same_area_0" | "same_area_1" | "same_area_2" | "same_area_3":
            return _("same area: %(name)s") % {"name": names.get(str(args["area"]), args["area"])}
        case "other_area":
            return _("another area")
        case "same_actor":
            return _("both name %(actor)s") % {"actor": _listed(args["actors"], names)}
        case "other_actor":
            return _("they name different actors")
        case "same_type":
            return _("same kind of event: %(kind)s") % {
                "kind": vocabulary("incident_type").label(str(args["type"]), language())
            }
        case "other_type":
            return _("another kind of event")
        case "same_weapon":
            return _("same means: %(kind)s") % {
                "kind": vocabulary("weapon").label(str(args["weapon"]), language())
            }
        case "same_words" | "many_words" | "some_words":
            words = args["words"]
            return _("shared words: %(words)s") % {
                "words": ", ".join(words) if isinstance(words, tuple) else ""
            }
        case "same_source":
            return _("one may copy the other: same source")
        case _:
            return _count(reason)


def _kilometres(km: int) -> str:
    if km == 0:
        return _("less than 1 km away")
    return _("%(n)s km away") % {"n": km}


def _count(reason: Reason) -> str:
    args = reason.args
    harm = vocabulary("harm").label(str(args["harm"]), language())
    if reason.code in {"same_count", "same_large_count"}:
        return _("both say %(n)s: %(harm)s") % {"n": args["n"], "harm": harm}
    if reason.code == "overlapping_count":
        low, high = args["low"], args["high"]
        main, _bracket = range_text(int(str(low)), None, None if high is None else int(str(high)), language())
        return _("both say %(n)s: %(harm)s") % {"n": main, "harm": harm}
    return _("different figures: %(harm)s") % {"harm": harm}


def _listed(codes: object, names: Mapping[str, str]) -> str:
    return ", ".join(names.get(code, code) for code in codes) if isinstance(codes, tuple) else ""
