"""Suppression: nothing can be worked out, few cells are lost, places are hidden among k, wrong input is named."""

import csv
import gzip
import json
import os
import re
from datetime import date
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from constat.analysis.clusters.knox import knox
from constat.analysis.command import main
from constat.analysis.errors import InputError
from constat.analysis.suppression import (
    TOTAL,
    Released,
    attack,
    group_places,
    nesting,
    read_released,
    read_table,
    suppress,
)
from constat.analysis.suppression.attack import System
from constat.analysis.suppression.tables import Table
from tests.analysis.published import published, table_of


def random_table(rng: np.random.Generator, shape: tuple[int, ...], called=(), rare=False) -> Table:
    counts = rng.negative_binomial(*((0.3, 0.1) if rare else (0.8, 0.07)), shape)
    counts.flat[0] += 1
    names = tuple(called or "abc"[: len(shape)])
    return Table(
        names, tuple(tuple(f"{n}{i}" for i in range(s)) for n, s in zip(names, shape, strict=True)), counts
    )


def safe(table: Table, values, k: int) -> bool:
    """The independent audit: every small count withheld could be k or more, and could be less than it is."""
    bounds = attack([Released("r", table.names, values)])
    for bound in bounds:
        true = table.value(bound.cell)
        if 0 < true < k and not (bound.lower < true and (bound.upper is None or bound.upper >= k)):
            return False
    return True


def test_random_tables_are_safe():
    """D1. Every withheld small count of random two- and three-way tables is audited by a separate linear programme: 6 tables,
    200 with CONSTAT_PROVE=1."""
    many = 200 if os.environ.get("CONSTAT_PROVE") else 6
    rng = np.random.default_rng(1)
    withheld = exact = primary = 0
    for at in range(many):
        table = random_table(rng, (3, 3) if at % 2 else (2, 2, 2))
        made = suppress(table, 4)
        assert not made.refused and made.optimal
        for cell, value in made.values.items():
            assert value is None or value == table.value(cell)  # shown or withheld, never changed
            assert value is None or not 0 < value < 4
        assert safe(table, made.values, 4)
        bounds = attack([made.as_released()])
        withheld += len(bounds)
        primary += len(made.primary)
        exact += sum(bound.exact for bound in bounds)
    print(f"\n{many} tables: {primary} primary, {withheld - primary} complementary, {exact} recoverable")
    assert exact == 0


def test_no_fewer_cells_would_do():
    """D2, against brute force: all choices of fewer complementary cells are tried and every one is unsafe."""
    rng = np.random.default_rng(5)
    ours = best = 0
    for _ in range(6 if os.environ.get("CONSTAT_PROVE") else 3):
        table = random_table(rng, (3, 2))
        made = suppress(table, 4)
        candidates = [c for c in table.cells() if table.value(c) > 0 and c not in made.primary]
        least = None
        for many in range(len(made.complementary) + 1):
            for chosen in combinations(candidates, many):
                hidden = {*made.primary, *chosen}
                if safe(table, {c: None if c in hidden else table.value(c) for c in table.cells()}, 4):
                    least = many
                    break
            if least is not None:
                break
        ours += len(made.complementary)
        best += least
    print(f"\ncomplementary cells of all tables: ours {ours}, brute force {best}")
    assert ours == best


def test_two_overlapping_releases_are_safe_together():
    """D1, second half: a second table of the same people is made safe together with the first."""
    rng = np.random.default_rng(8)
    made_any = alone_leaks = 0
    for _ in range(12):
        table = random_table(rng, (3, 3, 2))
        first = suppress(table, 4, by=("a", "b"))
        alone = suppress(table, 4, by=("a", "c"))
        second = suppress(table, 4, by=("a", "c"), earlier=[first.as_released("first")])
        if second.refused:
            assert second.values == {} and "earlier" in second.reason
            continue
        made_any += 1
        both = attack([first.as_released("first"), second.as_released("second")])
        for bound in both:
            assert not bound.exact
        free = attack([first.as_released("first"), alone.as_released("second")])
        alone_leaks += sum(bound.exact for bound in free)
    print(f"\n{made_any} of 12 second releases made; made alone, {alone_leaks} cells would leak")
    assert made_any >= 6


def exposed(table: Table, k: int, released, nested=()) -> int:
    """Small counts withheld in any of the releases that all of them together do not protect."""
    source = {one.source: one.names for one in released}
    found = attack(released, nested)
    assert found is not None
    out = 0
    for bound in found:
        names = source[bound.source]
        cell = dict(zip(names, bound.cell, strict=True))
        true = table.value(tuple(cell.get(name, TOTAL) for name in table.names))
        if 0 < true < k:
            out += not (bound.lower < true and (bound.upper is None or bound.upper >= k))
    return out


PROVE = bool(os.environ.get("CONSTAT_PROVE"))
OVERLAPPING = (
    (("a", "b"), ("b", "c", "d")), (("a", "b"), ("a", "c"), ("b", "c")), (("a", "b", "c"), ("c", "d")),
)  # fmt: skip


def overlapping(asked, many: int) -> tuple[int, int, int]:
    """(releases, small counts exposed by all of them, exposed where each release is made alone)."""
    rng = np.random.default_rng(1)
    made = exposes = alone = 0
    for _ in range(many):
        table = random_table(rng, (2, 2, 2, 2), "abcd", rare=True)
        out: list[Released] = []
        single: list[Released] = []
        for at, by in enumerate(asked):
            one = suppress(table, 4, by=by, earlier=out, seconds=10)
            if one.refused:
                assert "earlier" in one.reason
                continue
            out.append(one.as_released(f"r{at}"))
            single.append(suppress(table, 4, by=by, seconds=10).as_released(f"r{at}"))
        made += len(out)
        exposes += exposed(table, 4, out)
        alone += exposed(table, 4, single)
    return made, exposes, alone


def growing(many: int) -> tuple[int, int, int]:
    """The same of one table released three times while deaths are added; what was added between is a small count too."""
    rng = np.random.default_rng(4)
    made = exposes = careless = 0
    for _ in range(many):
        whole = random_table(rng, (3, 3, 3), ("area", "sex", "added"))
        out: list[Released] = []
        single: list[Released] = []
        for month in (1, 2, 3):
            months = whole.labels[2][:month]
            known = {"added": "|".join(months)}
            table = Table(whole.names, (*whole.labels[:2], months), whole.counts[:, :, :month])
            one = suppress(
                table, 4, by=("area", "sex"), earlier=out, watch=[("area", "sex", "added")], seconds=10
            )
            assert not one.refused or "earlier" in one.reason
            if not one.refused:
                out.append(one.as_released(f"month {month}", known))
            alone = suppress(table, 4, by=("area", "sex"), seconds=10)
            single.append(alone.as_released(f"month {month}", known))
        made += len(out)
        added = {cell: None for cell in whole.cells() if 0 < whole.value(cell) < 4}
        watched = Released("added", whole.names, added)
        exposes += exposed(whole, 4, [*out, watched])
        careless += exposed(whole, 4, [*single, watched])
    return made, exposes, careless


def regions_and_cercles(many: int) -> tuple[int, int, int]:
    """The same of regions first and then their cercles; the last: where the map was not thought of. Both in one table too."""
    rng = np.random.default_rng(6)
    made = exposes = without = 0
    for _ in range(many):
        counts = np.zeros((2, 6, 2), dtype=np.int64)
        for region in range(2):
            counts[region, 3 * region : 3 * region + 3] = rng.negative_binomial(0.8, 0.07, (3, 2)) + 1
        table = Table(("region", "cercle", "sex"), (("N", "S"), tuple("123456"), ("m", "f")), counts)
        known = [nesting(table, "cercle", "region")]
        first = suppress(table, 5, by=("region", "sex")).as_released("regions")
        told = suppress(table, 5, by=("cercle", "sex"), earlier=[first], nested=[("cercle", "region")])
        blind = suppress(table, 5, by=("cercle", "sex"), earlier=[first])
        if not told.refused:
            made += 1
            exposes += exposed(table, 5, [first, told.as_released("cercles")], known)
        if not blind.refused:
            without += exposed(table, 5, [first, blind.as_released("cercles")], known)
        exposes += exposed(table, 5, [suppress(table, 5).as_released()], known)
    return made, exposes, without


@pytest.mark.parametrize("asked", OVERLAPPING)
def test_releases_that_overlap_are_safe_together(asked):
    """D1: two and three releases of two and three ways. What the first withheld stays protected after the last."""
    made, exposes, alone = overlapping(asked, 60 if PROVE else 5)
    print(f"\n{asked}: {made} releases, {exposes} small counts exposed; each made alone, {alone} would be")
    assert exposes == 0 and alone > 0 and made >= 6


def test_a_table_that_grows_gives_no_difference_away():
    """D1: what was added, a difference of two releases, is no small count that could be worked out."""
    made, exposes, careless = growing(40 if PROVE else 3)
    print(
        f"\n{made} monthly releases: {exposes} small counts or additions exposed; made without looking back, {careless}"
    )
    assert exposes == 0 and careless > 0 and made >= 3


def test_regions_and_the_cercles_in_them():
    """D1: every reader knows which cercle lies in which region."""
    made, exposes, without = regions_and_cercles(40 if PROVE else 3)
    print(f"\n{made} releases of cercles: {exposes} exposed; made without the map, {without}")
    assert exposes == 0 and without > 0 and made >= 3
    with pytest.raises(InputError, match="lies in region 'N' and in 'S'"):
        nesting(Table(("region", "cercle"), (("N", "S"), ("1",)), np.array([[1], [2]])), "cercle", "region")


def test_a_count_that_changed_since_is_said():
    table = Table(("a", "b"), (("x", "y"), ("p", "q")), np.array([[12, 9], [8, 7]]))
    made = suppress(table, 5, earlier=[Released("old.csv", ("a", "b"), {("x", "p"): 10})])
    assert made.refused and "old.csv: x / p was published as 10 and is 12 now" in made.reason
    with pytest.raises(InputError, match=r"old\.csv: the table has no a 'z'"):
        suppress(table, 5, earlier=[Released("old.csv", ("a", "b"), {("z", "p"): 10})])


def test_an_attacker_who_knows_that_people_are_whole_gains_nothing():
    """The bounds are those of fractions of people. Here each protection is shown by two tables of whole counts."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    rng, asked = np.random.default_rng(12), 0
    for shape in ((4, 3, 3), (6, 5), *(((5, 4, 4), (6, 5, 4)) if PROVE else ())):
        table = random_table(rng, shape)
        made = suppress(table, 5, seconds=10)
        system = System([made.as_released()])
        rows, sums = system.equations([made.as_released()])
        for cell in made.primary:
            row = system.row(made.names, cell)
            for low, high in ((5, np.inf), (0, table.value(cell) - 1)):
                found = milp(
                    np.zeros(system.size),
                    constraints=[LinearConstraint(rows, sums, sums), LinearConstraint(row, low, high)],
                    integrality=np.ones(system.size),
                    bounds=Bounds(0, np.inf),
                )
                assert found.status == 0, cell
                asked += 1
    assert asked >= 20


def test_an_answer_out_of_time_is_safe_and_minimal():
    """No time for a proof: no complementary cell can be shown again, and the bound says how far from the fewest it can be."""
    table = random_table(np.random.default_rng(2), (4, 3, 3))
    quick, proven = suppress(table, 5, seconds=0.0), suppress(table, 5)
    assert proven.optimal and proven.at_most_too_many == 0
    assert not quick.optimal and len(quick.complementary) - quick.at_most_too_many <= len(
        proven.complementary
    )
    assert safe(table, quick.values, 5)
    for cell in quick.complementary:
        assert not safe(table, {**quick.values, cell: table.value(cell)}, 5)


def test_the_programmes_are_the_same_without_the_warm_solver(monkeypatch):
    table = random_table(np.random.default_rng(7), (3, 3))
    warm = suppress(table, 5)
    bounds = attack([warm.as_released()])
    monkeypatch.setattr("constat.analysis.suppression.programme._core", lambda: None)
    cold = suppress(table, 5)
    assert cold.optimal and warm.optimal and len(cold.complementary) == len(warm.complementary)
    assert attack([warm.as_released()]) == bounds


def test_a_cell_already_published_is_not_counted_on():
    """Complementary cells that an earlier release shows protect nothing; others are found instead."""
    table = Table(
        ("a", "b"), (("x", "y", "z"), ("p", "q", "r")), np.array([[2, 9, 8], [7, 12, 6], [15, 11, 10]])
    )
    alone = suppress(table, 5)
    old = Released(
        "old", ("a", "b"), {cell: table.value(cell) for cell in alone.complementary if TOTAL not in cell}
    )
    assert old.values and any(bound.exact for bound in attack([alone.as_released(), old]))
    together = suppress(table, 5, earlier=[old])
    assert not together.refused and together.complementary != alone.complementary
    assert not any(
        bound.exact for bound in attack([together.as_released(), old]) if table.value(bound.cell) < 5
    )


def test_the_attacker_finds_what_is_given_away():
    values = {
        ("n", "m"): 2,
        ("n", "f"): None,
        ("n", TOTAL): 9,
        ("s", "m"): None,
        ("s", "f"): None,
        ("s", TOTAL): None,
    }
    found = {b.cell: b for b in attack([Released("r", ("area", "sex"), values)])}
    assert found["n", "f"].exact and found["n", "f"].lower == 7
    assert not found["s", "m"].exact and found["s", "m"].lower == 0 and found["s", "m"].upper is None


def test_an_earlier_table_gives_away_what_the_new_one_hides():
    new = Released("new", ("area", "sex"), {("n", "m"): None, ("n", "f"): None, ("n", TOTAL): 10})
    old = Released("old", ("sex", "area"), {("m", "n"): 3})
    alone = attack([new])
    assert [(b.lower, b.upper) for b in alone] == [(0, 10), (0, 10)]
    both = attack([new, old])
    assert [(b.lower, b.upper) for b in both] == [(3, 3), (7, 7)]


def test_tables_that_contradict_one_another_are_said_to():
    assert attack([Released("r", ("a",), {("x",): 5, ("y",): None, (TOTAL,): 3})]) is None


def test_a_small_count_already_out_refuses_the_next_release():
    table = Table(("a", "b"), (("x", "y"), ("p", "q")), np.array([[2, 9], [8, 7]]))
    out = Released("old", ("a", "b"), {("x", "p"): 2})
    made = suppress(table, 5, earlier=[out])
    assert made.refused and "x / p" in made.reason and made.values == {}


def test_a_table_of_one_small_cell_is_all_withheld():
    made = suppress(Table(("a",), (("x",),), np.array([2])), 5)
    assert set(made.values.values()) == {None}


def test_a_table_without_small_counts_is_shown_whole():
    made = suppress(Table(("a",), (("x", "y"),), np.array([12, 0])), 5)
    assert made.values == {("x",): 12, ("y",): 0, (TOTAL,): 12} and made.optimal


# --- places


@pytest.fixture(scope="module")
def gazetteer():
    with gzip.open(published("geo_geonames_ML.tsv.gz"), "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    return np.unique(np.array([(float(r[5]), float(r[4])) for r in rows if r[6] == "P"]), axis=0)


@pytest.mark.data
def test_every_point_is_hidden_among_k_places(gazetteer):
    """D3, on the events of Mali against the populated places of the gazetteer."""
    k = 10
    groups = group_places(gazetteer[:, 0], gazetteer[:, 1], k)
    assert groups.size.min() >= k
    events = [r for r in table_of("ucdp_ged_sahel.csv") if r["country"] == "Mali"]
    lon, lat = (np.array([float(r[c]) for r in events]) for c in ("longitude", "latitude"))
    group = groups.of(lon, lat)
    home = np.array(
        [
            np.argmin(np.hypot((gazetteer[:, 0] - x) * np.cos(np.radians(y)), gazetteer[:, 1] - y))
            for x, y in zip(lon, lat, strict=True)
        ]
    )
    # The attacker knows the method and guesses the known place nearest to the centre.
    shown, radius = groups.coarsen(lon, lat)
    guess = np.array(
        [
            np.argmin(np.hypot((gazetteer[:, 0] - x) * np.cos(np.radians(y)), gazetteer[:, 1] - y))
            for x, y in shown
        ]
    )
    rate = float((guess == home).mean())
    again, _ = groups.coarsen(lon, lat)
    print(
        f"\nplaces: k {k}, {len(groups.size)} groups of {groups.size.min()}-{groups.size.max()}, median radius {np.median(radius):.0f} km; nearest place guessed right {rate:.3f} of {len(events)}, allowed {1 / k + 0.02:.3f}"
    )
    assert (shown == again).all()
    assert (groups.size[group] >= k).all()
    assert rate <= 1 / k + 0.02


@pytest.mark.data
@pytest.mark.parametrize("k", [5, 20])
def test_pairs_near_in_space_and_time_survive(gazetteer, k):
    """D3, last part: the Knox ratio of Mali 2017-2020 at 25 km and 14 days, what is coarser than 25 km left out of it."""
    events = [r for r in table_of("ucdp_ged_sahel.csv") if r["country"] == "Mali" and int(r["year"]) >= 2017]
    lon, lat = (np.array([float(r[c]) for r in events]) for c in ("longitude", "latitude"))
    day = np.array([date(*(int(r[c]) for c in ("year", "month", "day"))).toordinal() for r in events])
    shown, radius = group_places(gazetteer[:, 0], gazetteer[:, 1], k).coarsen(lon, lat)
    before = knox(lat, lon, day, km=(25,), days=(14,), replicates=19)
    after = knox(shown[:, 1], shown[:, 0], day, km=(25,), days=(14,), replicates=19, blur_km=radius)
    print(
        f"\nk {k}: Knox {before.cells[0].ratio:.2f}, masked {after.cells[0].ratio:.2f}, {after.left_out} left out"
    )
    assert after.cells[0].ratio == pytest.approx(before.cells[0].ratio, rel=0.15)


def test_impossible_places_are_named():
    with pytest.raises(InputError, match="point 2: latitude 95"):
        group_places([1.0, 2.0, 3.0], [1.0, 95.0, 2.0], 2)
    with pytest.raises(InputError, match="at least k = 5"):
        group_places([1.0, 1.0, 3.0], [1.0, 1.0, 2.0], 5)


# --- files, command


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("area,count\nn,5\nn,6\n", "row 3: the cell n stands there twice"),
        ("area,count\nn,-5\n", "row 2, column 'count': '-5'"),
        ("area,count\nn,nan\n", "'nan'"),
        ("area,count\nn,0\n", "every count is zero"),
        ("area,count\nn,\n", "no count"),
        ("area,count\ntotal,9\n", "a total"),
        ("area,count\n", "at least one row"),
        ("area,count\nn,5,6\n", "row 2: has 3 cells"),
    ],
)
def test_wrong_input_is_named(tmp_path, text, said):
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=r"table\.csv") as caught:
        read_table(path)
    assert said in str(caught.value)


def test_the_commands_answer(tmp_path, capsys):
    path, out_path, page = tmp_path / "table.csv", tmp_path / "out.csv", tmp_path / "page.html"
    path.write_text("area,sex,count\nn,m,2\nn,f,9\ns,m,12\ns,f,8\nw,m,14\nw,f,20\n")
    assert main(["suppress", str(path), "--k", "5", "--json", "--html", str(page)]) == 0
    out = json.loads(capsys.readouterr().out)
    assert out["primary"] == 1 and out["optimal"] and out["recoverable"] == 0 and not out["refused"]
    assert {cell["status"] for cell in out["cells"]} == {"shown", "primary", "complementary"}
    assert "withheld" in page.read_text()
    with out_path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["area", "sex", "count"])
        writer.writerows(
            [c["area"], c["sex"], "" if c["count"] is None else c["count"]] for c in out["cells"]
        )
    assert main(["attack", str(out_path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["withheld"] == out["suppressed"] and found["recoverable"] == 0 and found["known_small"] == 0
    old = tmp_path / "old.csv"
    old.write_text("area,sex,count\nn,f,9\n")
    assert main(["attack", str(out_path), str(old), "--json", "--html", str(page)]) == 0
    assert json.loads(capsys.readouterr().out)["withheld"] == out["suppressed"]
    assert read_released(out_path).values["n", "m"] is None
    assert main(["suppress", str(path), "--k", "1"]) == 1
    assert "give 2 or more" in capsys.readouterr().err


def test_the_commands_know_regions_and_what_was_added(tmp_path, capsys):
    path, places, old = tmp_path / "table.csv", tmp_path / "map.csv", tmp_path / "old.csv"
    path.write_text(
        "region,cercle,sex,count\nN,a,m,2\nN,a,f,9\nN,b,m,12\nN,b,f,8\nN,c,m,7\nN,c,f,30\nS,d,m,14\nS,d,f,20\n"
    )
    old.write_text("region,sex,count\nN,m,21\nN,f,47\nN,total,68\nS,m,14\nS,f,20\nS,total,34\n")
    places.write_text("cercle,region\na,N\nb,N\nc,N\nd,S\n")
    asked = [
        "suppress",
        str(path),
        "--by",
        "cercle,sex",
        "--earlier",
        str(old),
        "--nested",
        "cercle:region",
        "--json",
    ]
    assert main(asked) == 0
    out = json.loads(capsys.readouterr().out)
    assert (
        not out["refused"]
        and out["recoverable"] == 0
        and out["bound"] == out["complementary"]
        and out["optimal"]
    )
    released = tmp_path / "released.csv"
    released.write_text(
        "cercle,sex,count\n"
        + "".join(
            f"{c['cercle']},{c['sex']},{'' if c['count'] is None else c['count']}\n" for c in out["cells"]
        )
    )
    assert main(["attack", str(released), str(old), "--map", str(places), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["recoverable"] == 0 and found["known_small"] == 0
    assert main([*asked[:-1], "--watch", "region,cercle,sex", "--json"]) == 0
    assert not json.loads(capsys.readouterr().out)["refused"]
    assert main(["suppress", str(path), "--nested", "cercle"]) == 1
    assert "cercle:region" in capsys.readouterr().err
    places.write_text("cercle,region\na,N\na,S\n")
    assert main(["attack", str(released), "--map", str(places)]) == 1
    assert "a lies in 'N' and in 'S'" in capsys.readouterr().err


def test_the_example_of_the_page_runs():
    text = (Path(__file__).resolve().parents[2] / "docs" / "analysis" / "suppression.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "docs/analysis/suppression.md", "exec"), {"__name__": "example"})  # noqa: S102


def test_tables_that_show_nothing_bound_nothing():
    found = attack([Released("r", ("a",), {("x",): None, (TOTAL,): None})])
    assert [(b.lower, b.upper) for b in found] == [(0, None), (0, None)]


def test_a_name_with_a_plus_is_a_name():
    counts = np.array([[12, 9], [8, 7], [6, 30]])
    table = Table(("kind", "sex"), (("drone", "artillery", "drone + artillery"), ("m", "f")), counts)
    made = suppress(table, 7)
    assert made.primary == (("drone + artillery", "m"),) and not any(
        b.exact for b in attack([made.as_released()])
    )


def test_one_dimension_and_category_however_they_are_written(tmp_path, capsys):
    """Ensemble is a sum; AREA and area are one dimension over two files: what both give away together is seen."""
    (tmp_path / "a.csv").write_text("area,sex,count\nNord,m,\nNord,f,9\nNord,ensemble,11\n", "utf-8")
    (tmp_path / "b.csv").write_text("Sex,AREA,effectif\nTOTAL,nord,11\nM,nord,\n", "utf-8")

    assert main(["attack", str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(one["lower"], one["upper"]) for one in found["cells"]] == [(2, 2), (2, 2)]
    assert found["recoverable"] == 2


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("area,sex,count\nn,m,3\nn,Ensemble,9\n", (), "row 3: a total"),
        ("area,sex,count\nn,m,3\nN,f,9\n", (), "row 3, column 'area': 'N' stands above as 'n'"),
        ("area,AREA,count\nn,m,3\n", (), "differ by capital letters"),
        ("area,sex,count\nn,m,3\ns,f,9\n", ("--by", "area,area"), "a dimension stands there twice"),
    ],
)
def test_what_is_written_two_ways_is_named(tmp_path, capsys, text, words, said):
    (tmp_path / "t.csv").write_text(text, "utf-8")

    assert main(["suppress", str(tmp_path / "t.csv"), *words, "--json"]) == 1
    assert said in capsys.readouterr().err
