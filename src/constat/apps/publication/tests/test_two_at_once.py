"""Two people release one publication at the same moment: exactly one of them does it."""

import pytest

from constat.apps.incidents.tests.cases import build
from constat.apps.publication import actions
from constat.apps.publication.errors import PublicationError
from constat.apps.publication.models import Publication, PublicationStep
from constat.apps.publication.tests.test_release import fact, statement
from constat.rules.speech import RuleError
from tests.at_once import QUEUED, at_once
from tests.cast import NOW, Cast, make_person


@QUEUED
@pytest.mark.django_db(transaction=True)
def test_two_releases_at_once_and_exactly_one_wins():
    cast = Cast()
    second = make_person("second", role="legal_adviser", section="legal")
    incident = build(cast.chen)
    code = statement(cast, incident, fact(cast, incident))
    actions.submit_for_review(by=cast.chen, at=NOW, publication=code, reason="Prêt.")

    def publish(person):
        return lambda: actions.publish(by=person, at=NOW, publication=code, reason="Vu.")

    assert at_once(publish(cast.legal), publish(second), refusals=(PublicationError, RuleError)) == [
        "done",
        "refused",
    ]
    assert Publication.objects.get(code=code).state == "released"
    assert PublicationStep.objects.filter(publication__code=code, verb="publish").count() == 1
