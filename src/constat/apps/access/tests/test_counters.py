import pytest

from constat.apps.access.counters import next_code, reserve_codes


def test_codes_run_on_without_gap(db):
    assert [next_code("R", 2026), next_code("R", 2026)] == ["R-2026-000001", "R-2026-000002"]
    assert reserve_codes("R", 2026, 3) == ["R-2026-000003", "R-2026-000004", "R-2026-000005"]
    assert next_code("R", 2026) == "R-2026-000006"


def test_series_and_years_count_apart(db):
    next_code("R", 2026)

    assert next_code("I", 2026) == "I-2026-000001"
    assert next_code("R", 2027) == "R-2027-000001"


def test_a_code_can_outgrow_its_width(db):
    assert reserve_codes("R", 2026, 1_000_000)[-1] == "R-2026-1000000"


def test_no_code_is_not_a_number_of_codes(db):
    with pytest.raises(ValueError, match="at least one"):
        reserve_codes("R", 2026, 0)
