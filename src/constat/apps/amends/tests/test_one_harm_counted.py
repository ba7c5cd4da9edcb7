"""One harm, one settlement, also where somebody was first counted and later named."""

from decimal import Decimal as D

import pytest

from constat.apps.amends.actions import Terms
from constat.apps.amends.forms import Propose
from constat.apps.amends.tests import cases
from constat.apps.incidents import actions as incident_actions
from constat.apps.incidents.harms import HarmEntry
from constat.rules.amends import MoreThanHarmed
from tests.cast import NOW


@pytest.fixture
def ready(cast):
    cases.fund(cast.dara)
    cases.band(cast.dara)


def unnamed(cast, case, harm="death", quantity=1, **over):
    return cases.propose(cast.amends, case, person=None, harm=harm, quantity=D(quantity), **over)


def test_a_death_settled_as_a_number_is_not_settled_again_under_a_name(cast, ready):
    case = cases.credible(
        cast.chen, persons=[], lines=[HarmEntry(harm="death", minimum=1, best=1, maximum=1)]
    )
    unnamed(cast, case)
    incident_actions.add_person(by=cast.chen, at=NOW, incident=case.incident.code, harms=("death",))
    with pytest.raises(MoreThanHarmed):
        cases.propose(cast.amends, case)


def test_somebody_named_is_not_settled_again_in_the_figures_of_the_wider_harm(cast, ready):
    case = cases.credible(
        cast.chen, persons=[("injury_serious",)], lines=[HarmEntry(harm="injury", minimum=1, best=1)]
    )
    terms = Terms(measure="condolence_payment", band="injury_serious")
    cases.band(cast.dara, "injury_serious", "500", "700", "900")
    cases.propose(cast.amends, case, harm="injury_serious", terms=terms)
    with pytest.raises(MoreThanHarmed):
        unnamed(cast, case, harm="injury", terms=terms)


def test_the_gravely_wounded_are_among_the_wounded(cast, ready):
    lines = [
        HarmEntry(harm="injury", minimum=2, best=2),
        HarmEntry(harm="injury_serious", minimum=1, best=1, is_total=False),
    ]
    case = cases.credible(cast.chen, persons=[], lines=lines)
    cases.band(cast.dara, "injury_serious", "500", "700", "900")
    terms = Terms(measure="condolence_payment", band="injury_serious")
    unnamed(cast, case, harm="injury_serious", terms=terms)
    with pytest.raises(MoreThanHarmed):
        unnamed(cast, case, harm="injury", quantity=2, terms=terms)
    unnamed(cast, case, harm="injury", terms=terms)


def test_those_named_later_are_settled_beside_those_counted_as_long_as_the_figures_hold_them(cast, ready):
    case = cases.credible(cast.chen, persons=[], lines=[HarmEntry(harm="death", minimum=2, best=2)])
    unnamed(cast, case)
    for _each in range(2):
        incident_actions.add_person(by=cast.chen, at=NOW, incident=case.incident.code, harms=("death",))
    first, second = cases.persons_of(case)
    cases.propose(cast.amends, case, person=first)
    with pytest.raises(MoreThanHarmed):
        cases.propose(cast.amends, case, person=second)


@pytest.mark.parametrize("share", ["1e999999999", "1/99999999999", "1_0/3", "9" * 12])
def test_a_share_that_would_be_computed_for_ever_is_no_share(share):
    form = Propose({"share_0": share, "share_1": "1/3"}, harm="death", survivor=False)
    assert not form.is_valid()
    assert "share_0" in form.errors and "share_1" not in form.errors
