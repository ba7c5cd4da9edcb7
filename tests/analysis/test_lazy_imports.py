"""Heavy libraries load for the question that needs them, never before."""

import subprocess
import sys

import pytest


def loaded_after(statement):
    code = f"import sys; {statement}; print(' '.join(sorted(m.split('.')[0] for m in sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["constat.analysis", "constat.analysis.command"])
def test_asking_nothing_loads_neither_django_nor_numpy(module):
    assert not loaded_after(f"import {module}") & {
        "django",
        "numpy",
        "scipy",
        "numba",
        "duckdb",
        "splink",
        "pandas",
    }


@pytest.mark.parametrize(
    "module",
    [
        "clusters.command",
        "clusters.knox_command",
        "trend.chart_command",
        "trend.effect_command",
        "rates.command",
        "undercount.command",
        "network.command",
        "reprisal.command",
        "suppression.suppress_command",
        "suppression.attack_command",
        "linkage.command",
        "place.command",
        "forecast.command",
        "forecast.score_command",
        "totals.command",
    ],
)
def test_a_question_loads_its_engine_only_when_it_answers(module):
    assert not loaded_after(f"import constat.analysis.{module}") & {
        "django",
        "scipy",
        "numba",
        "statsmodels",
        "vl_convert",
        "networkx",
    }
