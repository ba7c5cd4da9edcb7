"""Every component in every state on one page, for the eye. Only with DEBUG or CONSTAT_GALLERY; everything is invented."""

import datetime as dt
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from constat.rules.vocabulary import vocabulary
from constat.ui.forms import DateField, Mannered
from constat.ui.gate import gate
from constat.ui.shapes import Bar, Clock, Crumb, HarmRow, Moment, NavItem, Pager, Range, Reading

UTC = dt.UTC


class SampleForm(Mannered):
    place = forms.CharField(
        label="Où cela s’est-il passé\u202f?", help_text="Un village, un quartier, une route."
    )
    when = DateField(label="Quel jour\u202f?", help_text="Par exemple, 27 3 2025.")
    channel = forms.ChoiceField(
        label="Canal", choices=[("phone", "Téléphone"), ("radio", "Radio"), ("visit", "Visite")]
    )
    danger = forms.ChoiceField(
        label="Quelqu’un est-il en danger maintenant\u202f?",
        choices=[("yes", "Oui"), ("no", "Non"), ("unknown", "Je ne sais pas")],
        widget=forms.RadioSelect,
    )
    needs = forms.MultipleChoiceField(
        label="Besoins",
        required=False,
        choices=[("care", "Soins"), ("water", "Eau"), ("shelter", "Abri")],
        widget=forms.CheckboxSelectMultiple,
    )
    words = forms.CharField(label="Récit, mot pour mot", required=False, widget=forms.Textarea)
    consent = forms.BooleanField(label="La personne accepte d’être rappelée", required=False)


class SampleFilters(Mannered):
    q = forms.CharField(label="Mots", required=False)
    state = forms.ChoiceField(label="État", required=False, choices=[("", "Tous"), ("open", "Ouverts")])
    since = forms.CharField(label="Depuis", required=False)


def sample() -> dict[str, Any]:
    hour = dt.timedelta(hours=1)
    day = dt.date(2025, 3, 3)
    at = dt.datetime(2025, 3, 1, 14, 30, tzinfo=UTC)
    places = vocabulary("harm")
    first = list(places)[:3]
    return {
        "synthetic": True,
        "nav": [
            NavItem("Aujourd’hui", "#", current=True, count=7),
            NavItem("Signalements", "#", count=132),
            NavItem("Incidents", "#"),
            NavItem("Carte", "#"),
            NavItem("Chronologie", "#"),
            NavItem("Totaux", "#"),
            NavItem("Registre", "#"),
            NavItem("Personnes", "#"),
            NavItem("Journal", "#"),
        ],
        "search_url": "#",
        "person": {"name": "Bruno Exemple", "post": "Analyste, cellule de suivi"},
        "version": "0.1.0",
        "crumbs": [Crumb("Incidents", "#"), Crumb("I-2025-00042")],
        "form": SampleForm(),
        "wrong": SampleForm(
            {"place": "", "when_day": "31", "when_month": "2", "when_year": "2025", "words": "قالت إنها رأت"},
            prefix=None,
        ),
        "filters": SampleFilters({"q": "Anéfis"}),
        "ranges": [
            Range(8, 12, 15),
            Range(12, 12, 12),
            Range(8, 12, None),
            Range(None, 12, 15),
            Range(8, None, 15),
            Range(8, None, None),
            Range(None, None, 15),
            Range(None, 12, None),
            Range(1200, 1450, 12345),
            Range(0, 0, 0),
            Range(),
        ],
        "clocks": [
            Clock("on_time", "Accusé de réception", at + 70 * hour, 70 * hour),
            Clock("due_soon", "Triage", at + 5 * hour, 5 * hour),
            Clock("overdue", "Premier examen", at - 50 * hour, -50 * hour),
            Clock("paused", "Enquête", None, None, "accès impossible : crue"),
            Clock("met", "Accusé de réception", at),
            Clock("missed", "Triage", at),
        ],
        "grades": list(vocabulary("grade")),
        "levels": list(vocabulary("sensitivity")),
        "compartments": list(vocabulary("compartment")),
        "states": list(vocabulary("incident_state")),
        "dates": [(day, code, None) for code in vocabulary("date_precision")]
        + [
            (day, "day", dt.date(2025, 3, 8)),
            (dt.date(2025, 2, 27), "day", dt.date(2025, 3, 2)),
            (dt.date(2025, 3, 1), "day", None),
            (None, "unknown", None),
        ],
        "at": at,
        "place_precisions": list(vocabulary("place_precision")),
        "tabs": [
            NavItem("Ce que nous savons", "#", current=True),
            NavItem("Sources", "#", count=4),
            NavItem("Personnes", "#", count=12),
            NavItem("Histoire", "#"),
        ],
        "pager": Pager("#", "#", 25, 1000, capped=True),
        "moments": [
            Moment(dt.date(2025, 3, 1), "Les faits", precision="month", kind="report"),
            Moment(
                at,
                "Signalement reçu par radio",
                "poste de Gao",
                "Trois hommes sur deux motos. Le marché brûle.",
                kind="report",
            ),
            Moment(at + 3 * hour, "Rattaché à un incident", "Bruno", url="#", kind="decision"),
            Moment(
                at + 30 * hour,
                "Bilan corrigé : 12 et non 14",
                "Chen",
                "كانت هناك اثنتا عشرة جثة",
                kind="correction",
            ),
        ],
        "harms": [
            HarmRow(
                places[first[0]].label("fr"),
                Range(8, 12, 15),
                4,
                (
                    HarmRow("Femmes", Range(3, 4, 5), 3),
                    HarmRow("Filles", Range(1, None, None), 2),
                    HarmRow("Non précisé", Range(), 1),
                ),
            ),
            HarmRow(places[first[1]].label("fr"), Range(20, None, None), 2),
        ],
        "total": HarmRow("Toutes les personnes", Range(28, None, None), 4),
        "bars": [
            Bar("Janvier", Range(8, 12, 15), 4, "#"),
            Bar("Février", Range(30, 42, 66), 11),
            Bar("Mars", Range(12, 14, None), 5),
            Bar("Avril", Range(2, 2, 2), 1),
            Bar("Mai", Range(), 0),
        ],
        "reading": Reading(
            ("Vous êtes analyste de la cellule.", "Le dossier est au niveau L2, que votre rôle atteint."),
            ("Les noms et les contacts des témoins.",),
        ),
        "applied": [NavItem("Mots : Anéfis", "#"), NavItem("État : ouverts", "#")],
    }


@gate(public=True)
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/gallery.html", sample())


@gate(public=True)
@require_safe
def public(request: HttpRequest) -> HttpResponse:
    form = (
        SampleForm({"place": "", "when_day": "31", "when_month": "2", "when_year": "2025"})
        if "wrong" in request.GET
        else SampleForm()
    )
    return render(request, "ui/gallery_public.html", {"form": form, "synthetic": True})


@gate(public=True)
@require_safe
def bare(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/gallery_bare.html", {"form": SampleForm(), "synthetic": True})


@gate(public=True)
@require_safe
def error(request: HttpRequest, name: str) -> HttpResponse:
    if name not in {"400", "403", "404", "500", "503", "csrf", "ended"}:
        raise Http404
    return render(request, f"ui/errors/{name}.html", {"login_url": "#", "synthetic": True})


def _feature(kind: str, geometry: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": {"kind": kind, **properties}}


@gate(public=True)
@require_safe
def geojson(request: HttpRequest) -> HttpResponse:
    features = [
        _feature("cluster", {"type": "Point", "coordinates": [-0.04, 16.27]}, count=128),
        _feature("cluster", {"type": "Point", "coordinates": [-3.0, 16.77]}, count=9),
        _feature(
            "point",
            {"type": "Point", "coordinates": [0.6, 17.9]},
            label="I-2025-00042",
            url="#",
            text="3 mars 2025",
        ),
        _feature(
            "circle",
            {"type": "Point", "coordinates": [-4.2, 14.5]},
            label="I-2025-00043",
            url="#",
            radius_km=25,
            text="vers mars 2025",
        ),
        _feature(
            "area",
            {
                "type": "Polygon",
                "coordinates": [[[1.5, 15.2], [2.8, 15.1], [3.2, 16.2], [2.0, 16.6], [1.5, 15.2]]],
            },
            label="I-2025-00044",
            url="#",
            text="cercle connu seulement",
        ),
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


@gate(public=True)
@require_safe
def outlines(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"type": "FeatureCollection", "features": []})
