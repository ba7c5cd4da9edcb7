"""Linkage: persons and incidents against known answers, what is known respected, wrong input refused."""

import csv
import importlib
import json
import os
import random
from types import SimpleNamespace

import numpy as np
import pytest

from constat.analysis.command import main
from constat.analysis.errors import InputError
from constat.analysis.linkage import blocking, engine, grouping, person, truth, weights
from constat.analysis.linkage.incident import link_incidents
from constat.analysis.linkage.link import link_persons
from constat.analysis.linkage.spelling import name_key, words_of
from tests.analysis.published import published

prove = pytest.mark.skipif(not os.environ.get("CONSTAT_PROVE"), reason="long proof: CONSTAT_PROVE=1")


def table(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    return path


# Names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spellings",
    [
        ("Mohamed", "Mahamadou", "Mamadou", "MOHAMMED", "محمد"),
        ("Cissé", "Sissé", "Cisse"),
        ("Diallo", "Jallo", "Djallo"),
        ("Fatoumata", "Fadimata", "Fatima"),
        ("Abdoulaye", "Abdallah", "عبد الله"),
        ("ould", "uld", "ولد"),
        ("walet", "wallet", "oulet"),
        ("Ousmane", "Usman", "Othman"),
    ],
)
def test_spellings_of_one_name_have_one_key(spellings):
    assert len({name_key(one) for one in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("Mohamed", "Moussa"), ("Amadou", "Mamadou"), ("Cissé", "Coulibaly"), ("Fatoumata", "Aminata")],
)
def test_two_names_keep_two_keys(one, other):
    assert name_key(one) != name_key(other)


def test_particles_and_order_do_not_make_another_person():
    assert words_of("Mohamed ag Aly") == words_of("Ali Mohamed")
    assert words_of("ag") == ("ag",)  # whoever has nothing else keeps it


# Persons -------------------------------------------------------------------------------------------------------


def test_a_part_of_febrl4_is_linked_almost_without_error(tmp_path):
    files = []
    for name in ("rl_febrl4a.csv", "rl_febrl4b.csv"):
        with published(name).open(encoding="utf-8", newline="") as file:
            rows = [
                row
                for row in csv.DictReader(file, skipinitialspace=True)
                if int(row["rec_id"].split("-")[1]) < 800
            ]
        files.append(table(tmp_path / name, rows))
    found = link_persons(files, truth_column="rec_id")

    assert found.score.f1 >= 0.99
    assert found.calibration.error <= 0.03


@prove
def test_prove_febrl4():
    found = link_persons([published("rl_febrl4a.csv"), published("rl_febrl4b.csv")], truth_column="rec_id")

    assert found.score.f1 >= 0.999
    assert found.calibration.error <= 0.03
    assert found.distinct_within_source


def test_rldata500_is_linked_and_its_weights_add_up():
    found = link_persons([published("rl_RLdata500.csv")], truth_column="true_id")

    assert found.score.f1 >= 0.97
    assert found.calibration.error <= 0.03
    for pair in found.pairs[:20]:
        prior = np.log2(found.expected / (found.possible - found.expected))
        assert pair.weight == pytest.approx(prior + sum(one.bits for one in pair.reasons), abs=0.3)


@prove
def test_prove_rldata10000():
    found = link_persons([published("rl_RLdata10000.csv")], truth_column="true_id")

    assert found.score.f1 >= 0.985
    assert found.calibration.error <= 0.03


@prove
def test_prove_historical_50k():
    found = link_persons([published("rl_historical_50k.parquet")], truth_column="cluster")

    assert found.score.f1 >= 0.86


def victims(seed=3, people=150):
    """Two lists of victims who share few names, written by two hands; ages are guesses; some have one name."""
    rng = random.Random(seed)
    families = [("Mohamed", "Mahamadou", "Mamadou"), ("Fatoumata", "Fadimata", "Fatima"), ("Ousmane", "Usman", "Osmane"),
                ("Abdoulaye", "Abdallah", "Abdoulay"), ("Aissata", "Aichata", "Aissatou"), ("Moussa", "Musa", "Moussa")]  # fmt: skip
    houses = [
        ("Cissé", "Sissé"),
        ("Diallo", "Jallo"),
        ("Traoré", "Traore"),
        ("Touré", "Ture"),
        ("Keïta", "Keita"),
        ("ag Alhassane", "Alassane"),
    ]
    villages = [
        "Ber",
        "Bourem",
        "Gossi",
        "Ansongo",
        "Ménaka",
        "Hombori",
        "Douentza",
        "Koro",
        "Bankass",
        "Djenné",
        "Niono",
        "Tenenkou",
    ]
    one, other = [], []
    for i in range(people):
        first, last = rng.choice(families), rng.choice(houses)
        village, age, day = (
            rng.choice(villages),
            rng.randint(1, 80),
            f"2019-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
        )
        for rows, chance in ((one, 0.8), (other, 0.8)):
            if rng.random() < chance:
                guess = max(0, round(age * rng.uniform(0.88, 1.12)))
                surname = "" if rng.random() < 0.1 else rng.choice(last)
                rows.append({"id": f"{len(rows)}", "name": f"{rng.choice(first)} {surname}".strip(), "age": guess, "village": village,
                             "date": day, "truth": i})  # fmt: skip
    return one, other


def test_victims_are_linked_across_spellings_guessed_ages_and_missing_names(tmp_path):
    one, other = victims()
    found = link_persons(
        [table(tmp_path / "a.csv", one), table(tmp_path / "b.csv", other)], truth_column="truth"
    )

    assert found.score.precision >= 0.95
    assert found.score.recall >= 0.9


def test_decisions_are_kept_and_asked_first_where_they_change_most(tmp_path):
    one, other = victims()
    files = [table(tmp_path / "a.csv", one), table(tmp_path / "b.csv", other)]
    before = link_persons(files, truth_column="truth")
    joined = next(one for one in before.clusters if len(one) == 2)
    alone = [one[0] for one in before.clusters if len(one) == 1]
    first = next(row for row in alone if before.names[row][0] == "a")
    second = next(row for row in alone if before.names[row][0] == "b")
    names = ("left_source", "left", "right_source", "right", "same")
    known = table(
        tmp_path / "known.csv",
        [
            dict(zip(names, (*before.names[joined[0]], *before.names[joined[1]], "no"), strict=True)),
            dict(zip(names, (*before.names[first], *before.names[second], "yes"), strict=True)),
        ],
    )
    after = link_persons(files, known=known)
    cluster = {row: i for i, rows in enumerate(after.clusters) for row in rows}

    assert cluster[joined[0]] != cluster[joined[1]]
    assert cluster[first] == cluster[second]
    worths = [one.worth for one in before.review]
    assert worths == sorted(worths, reverse=True)


# Many records --------------------------------------------------------------------------------------------------


def test_many_made_persons_are_linked_though_few_of_their_pairs_are_compared(tmp_path, monkeypatch):
    data = importlib.import_module("benchmarks.linkage_data")
    # As if the file were a hundred times as large: keys too broad are narrowed, and kept only if they find something.
    monkeypatch.setattr(blocking, "BUDGET", 3000)
    monkeypatch.setattr(blocking, "FREE", 10_000)
    monkeypatch.setattr(blocking, "SAMPLE", 1000)
    file = data.write(data.persons(8000, 2), tmp_path / "made.csv")
    found = link_persons([file], truth_column="truth")

    assert found.score.f1 >= 0.97
    assert found.compared <= 3 * found.n


def atoms(**single):
    n = len(next(iter(single.values())))
    made = {name.replace("_", " "): np.array(one, np.uint64) for name, one in single.items()}
    return blocking.Atoms(
        n, made, {}, ("place",), {"born": frozenset({"year"})}, frozenset({"given", "surname"})
    )


def test_records_that_share_a_key_are_paired_once_and_nothing_is_no_value():
    keys = blocking.keys(atoms(given=[1, 1, 1, 0, 0], place=[5, 5, 6, 7, 7]), [("given",), ("place",)])
    left, right = blocking.pairs(keys, 5)

    assert list(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 2), (3, 4)]


def test_a_given_name_written_as_the_surname_is_found_by_both():
    keys = blocking.keys(atoms(given=[1, 2, 3], surname=[2, 1, 4]), [("given", "surname")])

    assert blocking.pairs(keys, 3)[0].tolist() == [0]


def test_a_key_too_broad_keeps_its_rare_values_and_is_narrowed(monkeypatch):
    monkeypatch.setattr(blocking, "BUDGET", 4)
    monkeypatch.setattr(blocking, "BUDGET_EACH", 0.0)
    keys = blocking.keys(atoms(given=[1] * 6 + [2, 2], place=[1, 1, 2, 2, 3, 3, 8, 9]), [("given",)])
    brought = {key.name: key.brought for key in keys}

    assert brought == {"given": 1, "given and place": 3}


# Engines -------------------------------------------------------------------------------------------------------


def test_spark_is_refused_with_what_to_install_where_it_is_absent(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(engine, "_has_spark", lambda: False)
    file = str(table(tmp_path / "x.csv", [PERSON, PERSON | {"id": "2"}]))

    assert main(["link", file, "--entity", "person", "--engine", "spark"]) == 1
    assert "pip install 'pyspark" in capsys.readouterr().err
    monkeypatch.setenv("CONSTAT_LINK_ENGINE", "spark")
    with pytest.raises(InputError, match="pyspark is not installed"):
        link_persons([file])
    monkeypatch.setenv("CONSTAT_LINK_ENGINE", "sparkle")
    with pytest.raises(
        InputError, match="CONSTAT_LINK_ENGINE: 'sparkle' is none; there are duckdb and spark"
    ):
        link_persons([file])


def test_every_engine_is_told_the_same_comparisons_in_the_same_order():
    roles = {role: role for role in person.ROLES}
    for columns in (roles, {"full": "name", "age": "age"}):
        comparisons = person._comparisons(SimpleNamespace(columns=columns))
        told = {
            name: engine.settings(comparisons, name).get_settings(name).as_dict()
            for name in ("duckdb", "spark")
        }
        here, there = (told[name]["comparisons"] for name in ("duckdb", "spark"))

        assert [one["output_column_name"] for one in here] == [one["output_column_name"] for one in there]
        for one, other in zip(here, there, strict=True):
            labels = [
                [level["label_for_charts"] for level in side["comparison_levels"]] for side in (one, other)
            ]
            weights_of = [
                [level.get("u_probability") for level in side["comparison_levels"]] for side in (one, other)
            ]
            assert labels[0] == labels[1]
            assert weights_of[0] == weights_of[1]
        words = json.dumps(there).lower()
        assert not any(
            f"{name}(" in words for name in ("jaro_winkler_similarity", "list_intersect", "jaro_similarity")
        )


def test_levels_come_back_in_the_order_of_the_pairs(tmp_path):
    records = person.read([table(tmp_path / "x.csv", [PERSON | {"id": str(i), "age": age} for i, age in enumerate(("30", "30", "31", "50", ""))])])  # fmt: skip
    person._prepare(records)
    with engine.open_engine("", records.connection, "people", [person._age()]) as by:
        levels = by.levels(np.array([2, 0, 0, 0, 3]), np.array([3, 1, 2, 3, 4]))

    assert levels[:, 0].tolist() == [0, 4, 3, 0, -1]


# Grouping ------------------------------------------------------------------------------------------------------


def grouped(n, edges, **known):
    a, b, w = zip(*edges, strict=True)
    return grouping.group(
        n, np.array(a), np.array(b), np.array(w, float), known=grouping.Known(**known)
    ).cluster.tolist()


def test_one_strong_pair_does_not_chain_two_groups():
    edges = [(0, 1, 9), (2, 3, 9), (1, 2, 3), (0, 2, -4.5), (0, 3, -4.5), (1, 3, -4.5)]

    assert grouped(4, edges) == [0, 0, 2, 2]


def test_a_source_that_does_not_repeat_itself_is_never_joined_with_itself():
    edges = [(0, 1, 9), (1, 2, 8), (0, 2, 12)]
    cluster = grouped(3, edges, sources=np.array([0, 1, 0]))

    assert cluster[0] != cluster[2]
    assert cluster[0] == cluster[1]


def test_what_contradicts_itself_is_refused():
    with pytest.raises(InputError, match="cannot be"):
        grouped(2, [(0, 1, 1)], together=((0, 1),), apart=((0, 1),))


def test_weights_are_recovered_from_simulated_pairs():
    rng = np.random.default_rng(5)
    m, u = np.array([0.1, 0.2, 0.7]), np.array([0.9, 0.08, 0.02])
    match = np.arange(40_000) < 1000
    levels = np.stack(
        [np.where(match, rng.choice(3, 40_000, p=m), rng.choice(3, 40_000, p=u)) for _ in range(4)], axis=1
    ).astype(np.int8)
    fit = weights.fit(levels, [u] * 4, 40_000.0, clean=True)

    assert fit.matches == pytest.approx(1000, rel=0.05)
    assert all(np.allclose(one, m, atol=0.05) for one in fit.m)
    chance = weights.probability(fit.weights(levels, np.zeros(40_000)))
    assert truth.calibration(chance, match).error <= 0.01


def test_score_counts_pairs_and_lets_a_record_without_truth_stand_alone():
    found = truth.score(np.array([0, 0, 2, 2, 4]), ["a", "a", "a", None, None])

    assert (found.true_pairs, found.found_pairs, found.right_pairs) == (3, 2, 1)


# Incidents -----------------------------------------------------------------------------------------------------


# Seed 11 makes few sources that saw little: the hard end.
@pytest.mark.parametrize(("seed", "precise"), [(1, 0.98), (11, 0.965)])
def test_incidents_of_several_sources_are_linked_and_the_probabilities_mean_what_they_say(
    tmp_path, seed, precise
):
    data = importlib.import_module("benchmarks.linkage_data")
    made = data.write(data.incidents(published("ucdp_ged_v231_car.csv"), seed), tmp_path / "made.csv")
    found = link_incidents([made], truth_column="truth")

    assert found.distinct_within_source
    assert found.score.f1 >= 0.95
    assert found.score.precision >= precise
    assert found.calibration.error <= 0.03


@prove
@pytest.mark.parametrize("seed", range(1, 4))
def test_prove_parts(tmp_path, seed):
    data = importlib.import_module("benchmarks.linkage_data")
    made = data.incidents(published("ucdp_ged_v231_car.csv"), seed, parts=0.2)
    file = data.write(made, tmp_path / "made.csv")
    found, without = (link_incidents([file], truth_column="truth", within=how) for how in ("parts", "never"))
    file = data.write(data.incidents(published("ucdp_ged_v231_car.csv"), seed), tmp_path / "whole.csv")
    whole = link_incidents([file], truth_column="truth", within="parts")

    assert found.score.f1 >= without.score.f1 + 0.1
    assert found.score.precision >= 0.97
    assert whole.score.precision >= 0.97
    assert len(whole.parts) <= 3


@prove
def test_prove_a_million_persons(tmp_path):
    data = importlib.import_module("benchmarks.linkage_data")
    found = link_persons(
        [data.write(data.persons(1_000_000, 1), tmp_path / "made.csv")], truth_column="truth"
    )

    assert found.score.f1 >= 0.97
    assert found.compared <= 5 * found.n


@prove
@pytest.mark.parametrize("seed", range(1, 6))
def test_prove_incidents(tmp_path, seed):
    data = importlib.import_module("benchmarks.linkage_data")
    made = data.write(data.incidents(published("ucdp_ged_v231_car.csv"), seed), tmp_path / "made.csv")
    found = link_incidents([made], truth_column="truth")

    assert found.score.f1 >= 0.95
    assert found.score.precision >= 0.98
    assert found.calibration.error <= 0.03


def some_incidents(folder, seed, **made):
    """A third of the incidents, one after the other, as sources would report them; and who is who."""
    data = importlib.import_module("benchmarks.linkage_data")
    with published("ucdp_ged_v231_car.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["date_start"])
    made = data.incidents(table(folder / "few.csv", rows[: len(rows) // 3]), seed, **made)
    return data.write(made, folder / "made.csv"), [row[-1] for row in made.rows]


def test_what_one_source_tells_in_parts_is_joined_where_another_tells_the_whole(tmp_path):
    file, answer = some_incidents(tmp_path, 3, parts=0.2)
    found, without = (link_incidents([file], truth_column="truth", within=how) for how in ("parts", "never"))

    assert found.score.f1 >= without.score.f1 + 0.1
    assert found.score.precision >= without.score.precision - 0.01
    assert len(found.parts) >= 60
    assert sum(len({answer[row] for row in rows}) == 1 for rows in found.parts) >= 0.95 * len(found.parts)
    assert all(len({found.names[row][0] for row in rows}) == 1 for rows in found.parts)


def test_where_nothing_is_told_in_parts_nothing_is_joined_as_parts(tmp_path):
    found = link_incidents([some_incidents(tmp_path, 2)[0]], truth_column="truth", within="parts")

    assert not found.parts
    assert found.score.precision >= 0.97


def test_parts_are_no_question_of_persons_and_never_what_looks_alike(tmp_path, capsys):
    file = str(table(tmp_path / "x.csv", [PERSON, PERSON | {"id": "2"}]))
    assert main(["link", file, "--entity", "person", "--within-source", "parts"]) == 1
    assert "incidents are told in parts" in capsys.readouterr().err
    # Two like reports of one source, nothing complementary about them.
    rows = [INCIDENT | {"id": str(i), "source": source} for i, source in enumerate("aab")]
    assert not link_incidents([table(tmp_path / "y.csv", rows)], within="parts").parts


def test_meltt_is_answered_as_it_answers():
    """Published: 195 records, 140 incidents, 34 of them in several sources, 21 in all three; some episodes left to people."""
    found = link_incidents([published("inc_meltt_crashMD.csv")])
    sizes = [len(one) for one in found.clusters]

    assert found.distinct_within_source
    assert found.episodes_apart
    assert abs(len(sizes) - 140) <= 3
    assert abs(sum(size > 1 for size in sizes) - 34) <= 3
    assert abs(sizes.count(3) - 21) <= 3
    assert any(one.barred for one in found.review)


def test_an_end_that_only_says_how_vague_the_day_is_keeps_nothing_apart(tmp_path):
    with published("inc_meltt_crashMD.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rng = random.Random(2)
    for row in rows:
        row["enddate"] = row["date"][:8] + f"{min(31, int(row['date'][8:]) + rng.choice((0, 2))):02d}"
    found = link_incidents([table(tmp_path / "vague.csv", rows)])

    assert not found.episodes_apart


def test_what_people_join_stays_joined_though_it_mixes_a_day_and_an_episode():
    units = np.array([0, 1, 0])
    edges = [(0, 1, 9), (0, 2, 5), (1, 2, 5)]

    assert grouped(3, edges, units=units) == [0, 1, 0]
    assert grouped(3, edges, units=units, together=((0, 1),)) == [0, 0, 0]


# Input ---------------------------------------------------------------------------------------------------------

PERSON = {"id": "1", "name": "Moussa Diarra", "age": "30", "date": "2019-01-02"}
INCIDENT = {"id": "1", "date": "2019-01-02", "latitude": "14.1", "longitude": "-3.5", "deaths": "2"}


@pytest.mark.parametrize(
    ("entity", "wrong", "says"),
    [
        ("person", {"id": "1"}, "stands already in x.csv, row 2"),
        ("person", {"id": "2", "age": "NaN"}, "row 3, column age: 'NaN' is not an age"),
        ("person", {"id": "2", "age": "-3"}, "row 3, column age: '-3' is not the age"),
        ("person", {"id": "2", "date": "2027-05-01"}, "row 3, column date: '2027-05-01' lies in the future"),
        ("incident", {"id": "1"}, "stands already in x.csv, row 2"),
        ("incident", {"id": "2", "date": "2027-05-01"}, "row 3, column date: 2027-05-01 lies in the future"),
        ("incident", {"id": "2", "date": "soon"}, "row 3, column date: 'soon' is not a date"),
        ("incident", {"id": "2", "deaths": "nan"}, "row 3, column deaths: 'nan' is not a number"),
        ("incident", {"id": "2", "deaths": "-1"}, "row 3, column deaths: -1 is less than 0"),
        (
            "incident",
            {"id": "2", "latitude": "-3.5", "longitude": "14.1"},
            "row 3, column latitude: -3.5, 14.1 stand in the other order",
        ),
        ("incident", {"id": "2", "deaths": "1.5"}, "row 3, column deaths: 1.5 is no count of people"),
        ("incident", {"id": "2", "latitude": "95"}, "is no place on Earth"),
    ],
)
def test_wrong_input_is_refused_with_its_row(tmp_path, capsys, entity, wrong, says):
    good = PERSON if entity == "person" else INCIDENT
    rows = [good, good | wrong, *(good | {"id": str(i)} for i in range(3, 9))]
    file = table(tmp_path / "x.csv", rows)

    assert main(["link", str(file), "--entity", entity, "--json"]) == 1
    assert says in capsys.readouterr().err


def test_a_row_too_long_is_named_by_its_line(tmp_path, capsys):
    file = tmp_path / "x.csv"
    file.write_text("id,name,age\n1,Moussa Diarra,30\n2,Awa Cissé,3,5\n", "utf-8")

    assert main(["link", str(file), "--entity", "person", "--json"]) == 1
    assert "x.csv, line 3: has 4 cells, the line of names has 3" in capsys.readouterr().err


@pytest.mark.parametrize("entity", ["person", "incident"])
def test_the_same_file_and_seed_give_the_same_answer_byte_for_byte(tmp_path, capsys, entity):
    if entity == "person":
        one, other = victims(people=80)
        files = [str(table(tmp_path / "a.csv", one)), str(table(tmp_path / "b.csv", other))]
    else:
        files = [str(published("inc_meltt_crashMD.csv"))]
    said = []
    for threads in ("2", "1"):
        assert (
            main(
                [
                    "link",
                    *files,
                    "--entity",
                    entity,
                    "--seed",
                    "5",
                    "--threads",
                    threads,
                    "--pairs",
                    "0",
                    "--json",
                ]
            )
            == 0
        )
        said.append(capsys.readouterr().out)

    assert said[0] == said[1]


def test_one_record_is_refused_with_a_reason(tmp_path, capsys):
    assert main(["link", str(table(tmp_path / "x.csv", [PERSON])), "--entity", "person", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["refused"]
    assert found["reason"]


def test_the_answer_keeps_its_names_and_never_compares_the_truth(tmp_path, capsys):
    one, other = victims(people=60)
    files = [str(table(tmp_path / "a.csv", one)), str(table(tmp_path / "b.csv", other))]
    page = tmp_path / "page.html"

    assert (
        main(["link", *files, "--entity", "person", "--truth", "truth", "--json", "--html", str(page)]) == 0
    )
    found = json.loads(capsys.readouterr().out)
    assert {"clusters", "precision", "recall", "f1", "pairs", "review", "calibration", "weights"} <= set(
        found
    )
    assert "truth" not in found["columns"].values()
    assert sum(len(one["records"]) for one in found["clusters"]) == found["n"] == len(one) + len(other)
    assert "Limits" in page.read_text("utf-8")
