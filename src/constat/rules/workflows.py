"""All tables of states, in the order of a case: what the diagrams are drawn from and what the tests walk."""

from constat.rules.amends import OFFER
from constat.rules.answers import COMPLAINT, NOTICE
from constat.rules.handover import REFERRAL
from constat.rules.inquiry import CONDUCT, INQUIRY
from constat.rules.release import PUBLICATION
from constat.rules.workflow import INCIDENT, REPORT, Workflow

WORKFLOWS: tuple[Workflow, ...] = (
    REPORT,
    INCIDENT,
    INQUIRY,
    CONDUCT,
    OFFER,
    NOTICE,
    COMPLAINT,
    REFERRAL,
    PUBLICATION,
)
