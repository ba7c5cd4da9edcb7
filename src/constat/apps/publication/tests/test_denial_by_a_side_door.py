"""A denial does not leave by the texts around the figures, nor by the reason of a correction or a withdrawal."""

import pytest

from constat.apps.publication import actions
from constat.apps.publication.models import Publication
from constat.rules.release import DenialWithoutDecision
from tests.cast import NOW

DENIALS = ("Our patrol did not kill anyone: nobody was hurt.", "Personne n’a été blessé.", "لم يُصب أحد.")


@pytest.mark.parametrize("text", DENIALS)
@pytest.mark.parametrize("inputs", [
    lambda text: {"texts": {"en": {"mandate": text}}},
    lambda text: {"texts": {"fr": {"context": ["La route est fermée.", text]}}},
    lambda text: {"denominators": [{"unit": "engagements", "value": 7, "source": text}]},
])  # fmt: skip
def test_what_people_write_into_a_counted_publication_does_not_deny(cast, text, inputs):
    kind, period = ("note", "2025-Q4") if "texts" in inputs("") else ("queue_statement", "2026-02")
    with pytest.raises(DenialWithoutDecision):
        actions.begin(by=cast.chen, at=NOW, kind=kind, period=period, inputs=inputs(text))
    assert not Publication.objects.exists()
    code = actions.begin(by=cast.chen, at=NOW, kind=kind, period=period)
    with pytest.raises(DenialWithoutDecision):
        actions.revise(by=cast.chen, at=NOW, publication=code, inputs=inputs(text))
    assert Publication.objects.get().inputs == {}


@pytest.mark.parametrize("text", DENIALS)
def test_the_public_reason_of_a_withdrawal_and_of_a_correction_does_not_deny(cast, text):
    def release(reason):
        code = actions.begin(by=cast.chen, at=NOW, kind="note", period="2025-Q4")
        actions.submit_for_review(by=cast.chen, at=NOW, publication=code, reason="Ready")
        actions.publish(by=cast.legal, at=NOW, publication=code, reason=reason)
        return code

    code = release("Read.")
    with pytest.raises(DenialWithoutDecision):
        release(text)
    with pytest.raises(DenialWithoutDecision):
        actions.withdraw(by=cast.legal, at=NOW, publication=code, reason="Wrong", public_reason=text)
    assert Publication.objects.get(code=code).state == "released"
