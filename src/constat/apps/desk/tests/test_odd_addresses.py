"""An address somebody typed or a program made up is answered, never with an error of the machine."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "/map/?before=~²",
        "/reports/imports/?before=²",
        "/log/?before=²",
        "/reports/?at=nan.²",
        "/incidents/?cursor=_²",
    ],
)
def test_a_bookmark_that_is_no_number_shows_the_beginning(dara, client_for, address):
    assert client_for(dara).get(address).status_code == 200


def test_nobody_is_chosen_by_a_figure_that_is_no_number(dara, client_for):
    answer = client_for(dara).post(
        "/reports/several/", {"report": "R-2026-000001", "do": "assign", "to": "²"}
    )

    assert answer.status_code == 302
