"""The site map. One line per step of the work; the routes themselves stand in each app, grouped."""

from django.urls import include, path

urlpatterns = [
    path("", include("constat.apps.desk.urls")),  # home, worklists, search, map, totals
    path("", include("constat.apps.access.urls")),  # sign-in, own account, people and posts, the log
    path("register/", include("constat.apps.register.urls")),  # areas, places, sites, actors, units
    path("", include("constat.integrations.gazetteers.urls")),  # register/imports: loading gazetteers
    path(
        "", include("constat.apps.reports.urls")
    ),  # public form and receipt; staff form, queue, triage, imports
    path(
        "incidents/", include("constat.apps.incidents.urls")
    ),  # incident page, building, linking, merge and split
    path("operations/", include("constat.apps.operations.urls")),  # the force's own activity log
    path("evidence/", include("constat.apps.evidence.urls")),  # items, custody, redacted copies, interviews
    path("inquiries/", include("constat.apps.inquiries.urls")),  # review, assessment, decision, investigation
    path("amends/", include("constat.apps.amends.urls")),  # offers waiting, the ledger, funds, bands
    path(
        "answers/", include("constat.apps.responses.urls")
    ),  # notices, complaints; the public door to complain
    path("referrals/", include("constat.apps.referrals.urls")),  # hand-over bags and what came of them
    path(
        "publication/", include("constat.apps.publication.urls")
    ),  # statements, notes, corrections; what is public
    path(
        "imports/", include("constat.integrations.spreadsheet.urls")
    ),  # a file: its columns, a trial, the import
    path("", include("constat.ui.urls")),  # language switch, error pages, component gallery for developers
]

handler400 = "constat.ui.errors.bad_request"
handler403 = "constat.ui.errors.forbidden"
handler404 = "constat.ui.errors.not_found"
handler500 = "constat.ui.errors.server_error"
