"""The site map of reports: the public door first, then the cell's own pages."""

from django.urls import URLPattern, include, path

from constat.apps.reports.public import status as public_status
from constat.apps.reports.public import views as public
from constat.apps.reports.views import batches, queue, record, report

LANGUAGE = "<str:language>"

routes: list[URLPattern] = [
    # Anybody, without account.
    path("signaler/", public.start, name="public"),
    path(f"signaler/{LANGUAGE}/", public.start, name="public-start"),
    path(f"signaler/{LANGUAGE}/questions/", public.question, name="public-question"),
    path(f"signaler/{LANGUAGE}/suivi/", public_status.status, name="public-status"),
    # The cell.
    path("reports/", queue.queue, name="queue"),
    path("reports/several/", queue.act_on_several, name="several"),
    path("reports/record/", record.record, name="record"),
    path("reports/record/places/", record.suggestions, name="place-suggestions"),
    path("reports/imports/", batches.imports, name="imports"),
    path("reports/imports/<int:pk>/", batches.batch, name="batch"),
    path("reports/imports/<int:pk>/rows.csv", batches.problems, {"form": "csv"}, name="batch-csv"),
    path("reports/imports/<int:pk>/rows.xlsx", batches.problems, {"form": "xlsx"}, name="batch-xlsx"),
    path("reports/<str:code>/", report.page, name="page"),
    path("reports/<str:code>/reporter/", report.reporter, name="reporter"),
    path("reports/<str:code>/<slug:verb>/", report.act, name="act"),
]

urlpatterns = [path("", include((routes, "reports")))]
