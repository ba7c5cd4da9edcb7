"""What evidence and interviews may hang on, in one visible place: evidence itself comes earlier and knows none of them."""

from functools import cache

from django.utils.translation import gettext_lazy as _

from constat.apps.evidence.subjects import Door
from constat.apps.incidents import queries as incidents
from constat.apps.inquiries import conduct
from constat.apps.inquiries import queries as inquiries
from constat.apps.reports import queries as reports


@cache
def doors() -> dict[str, Door]:
    return {
        "report": Door(
            lambda viewer, at: reports.readable_reports(viewer, at=at),
            page="reports:page", label=_("Report"), prefix="R",
        ),
        "incident": Door(
            lambda viewer, at: incidents.readable_incidents(viewer, at=at),
            page="incidents:page", label=_("Incident"), prefix="I",
        ),
        "inquiry": Door(
            lambda viewer, at: inquiries.readable_inquiries(viewer, at=at).select_related("incident"),
            page="inquiries:page", label=_("Inquiry"), prefix="Q", holder="incident",
        ),
        "docket": Door(
            lambda viewer, at: conduct.readable_dockets(viewer, at=at),
            page="inquiries:docket", label=_("Conduct docket"), prefix="D",
        ),
    }  # fmt: skip
