"""What evidence and interviews may hang on, in one visible place: evidence itself comes earlier and knows none of them."""

from functools import cache

from django.utils.translation import gettext_lazy as _

from constat.apps.evidence.subjects import Door
from constat.apps.incidents import queries as incidents
from constat.apps.reports import queries as reports


@cache
def doors() -> dict[str, Door]:
    return {
        "report": Door(
            lambda viewer, at: reports.readable_reports(viewer, at=at), "reports:page", _("Report")
        ),
        "incident": Door(
            lambda viewer, at: incidents.readable_incidents(viewer, at=at), "incidents:page", _("Incident")
        ),
    }
