"""The commands others rely on: the names in their answers, the same file written in other ways, and wrong files.

Nothing here reads outside data; the figures themselves are tested beside each method.
"""

import csv
import io
import json
from datetime import date, timedelta

import numpy as np
import pytest

from constat.analysis.command import QUESTIONS, main

LISTS = [("A", "B", "C", "count"), (1, 0, 0, 40), (0, 1, 0, 30), (0, 0, 1, 50), (1, 1, 0, 12), (1, 0, 1, 9), (0, 1, 1, 14),
         (1, 1, 1, 5)]  # fmt: skip
PLACES = [("place", "latitude", "longitude"), ("a", 12.0, -4.0), ("b", 12.5, -4.1), ("c", 13.0, -3.5), ("d", 14.0, -3.0)]  # fmt: skip
_RNG = np.random.default_rng(4)
CASES = [("place", "count", "date")] + [
    ("abcd"[i % 4], 1, f"2019-{1 + i % 6:02d}-{1 + int(_RNG.integers(0, 28)):02d}") for i in range(60)
]
EVENTS = [("date", "latitude", "longitude")] + [
    (day, round(12 + float(_RNG.random()), 3), round(-4 - float(_RNG.random()), 3)) for _, _, day in CASES[1:]
]
SERIES = [("week_ending", "events")] + [
    ((date(2019, 1, 6) + timedelta(7 * i)).isoformat(), int(_RNG.integers(0, 9))) for i in range(60)
]
RATES = [("operation", "events", "exposure"), ("patrol", 3, 120), ("checkpoint", 7, 300)]
TABLE = [("area", "sex", "count"), ("n", "m", 2), ("n", "f", 9), ("s", "m", 12), ("s", "f", 8), ("w", "m", 14), ("w", "f", 20)]  # fmt: skip
RELEASED = [("area", "count"), ("n", ""), ("s", ""), ("w", 14), ("total", 31)]

ASK = {
    "undercount": (LISTS, ["@", "--method", "dga"]),
    "knox": (EVENTS, ["@", "--km", "25", "--days", "14", "--replicates", "19"]),
    "chart": (SERIES, ["@", "--method", "ears-c1"]),
    "rates": (RATES, ["@"]),
    "suppress": (TABLE, ["@", "--k", "5"]),
    "attack": (RELEASED, ["@"]),
    "clusters": (CASES, ["--cases", "@", "--places", "PLACES", "--model", "permutation", "--max-km", "100", "--max-days", "30",
                         "--window", "retrospective", "--replicates", "19"]),
}  # fmt: skip


def text(rows, sign=","):
    out = io.StringIO()
    csv.writer(out, delimiter=sign, lineterminator="\n").writerows(rows)
    return out.getvalue()


def asked(tmp_path, capsys, word, content, *more):
    """(exit code, answer or None, error)."""
    path, places = tmp_path / "file.csv", tmp_path / "places.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    places.write_text(text(PLACES), "utf-8")
    words = [str(path) if w == "@" else str(places) if w == "PLACES" else w for w in ASK[word][1]]
    code = main([word, *words, *more, "--json"])
    told = capsys.readouterr()
    return code, json.loads(told.out) if code == 0 else None, told.err


def plain(found):
    """Without what differs from run to run or by the name of the file."""
    return {key: value for key, value in found.items() if key != "seconds"}


NAMES = {
    "undercount": {"method", "n", "quantiles", "mean", "chains", "rhat", "ess", "seconds", "refused", "reason"},
    "clusters": {"question", "method", "model", "window", "n", "clusters", "replicates", "seed", "refused", "reason"},
    "knox": {"question", "n", "observed", "expected", "p", "ratio", "cells", "refused", "reason"},
    "chart": {"question", "method", "n", "alarms", "points", "refused", "reason"},
    "rates": {"question", "method", "n", "rates", "refused", "reason"},
    "suppress": {"k", "n", "cells", "suppressed", "primary", "complementary", "optimal", "recoverable", "refused", "reason"},
    "attack": {"tables", "n", "cells", "withheld", "recoverable", "known_small", "refused", "reason"},
}  # fmt: skip


@pytest.mark.parametrize("word", ASK)
def test_the_names_others_rely_on(tmp_path, capsys, word):
    code, found, _ = asked(tmp_path, capsys, word, text(ASK[word][0]))
    assert code == 0
    assert NAMES[word] <= found.keys()
    assert found["refused"] is False
    if word == "undercount":
        assert set(found["quantiles"]) == {"0.025", "0.5", "0.975"}
    if word == "clusters":
        assert {"statistic", "places", "dates", "observed", "expected", "p", "recurrence_interval"} <= found["clusters"][0].keys()  # fmt: skip
    if word == "chart":
        assert {"index", "label", "observed", "upperbound", "alarm"} <= found["points"][0].keys()
    if word == "rates":
        assert {"events", "exposure", "rate", "low", "high"} <= found["rates"][0].keys()
    if word == "attack":
        assert {"file", "lower", "upper", "exact"} <= found["cells"][0].keys()


WAYS = {
    "crlf": lambda rows: text(rows).replace("\n", "\r\n"),
    "bom": lambda rows: "\ufeff" + text(rows),
    "tab": lambda rows: text(rows, "\t"),
    "semicolon": lambda rows: text(rows, ";"),
    "no newline at the end": lambda rows: text(rows).rstrip("\n"),
    "empty lines": lambda rows: "\n" + text(rows).replace("\n", "\n\n"),
    "quoted": lambda rows: "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows),
    "blanks around": lambda rows: "\n".join(" , ".join(map(str, row)) for row in rows),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("word", ASK)
def test_the_same_table_written_another_way(tmp_path, capsys, word, way):
    rows = ASK[word][0]
    _, usual, _ = asked(tmp_path, capsys, word, text(rows))
    code, found, error = asked(tmp_path, capsys, word, WAYS[way](rows))
    assert code == 0, error
    assert plain(found) == plain(usual)


@pytest.mark.parametrize("word", ["undercount", "knox", "chart", "rates", "suppress", "attack", "clusters"])
def test_the_order_of_named_columns_is_free(tmp_path, capsys, word):
    rows = ASK[word][0]
    turned = [row[::-1] for row in rows]
    _, usual, _ = asked(tmp_path, capsys, word, text(rows))
    code, found, error = asked(tmp_path, capsys, word, text(turned))
    assert code == 0, error
    assert found["n"] == usual["n"]
    if word in ("knox", "chart", "clusters"):
        assert plain(found) == plain(usual)
    if word == "undercount":
        assert found["quantiles"] == usual["quantiles"]
    if word == "suppress":
        assert (found["primary"], found["complementary"]) == (usual["primary"], usual["complementary"])


@pytest.mark.parametrize("word", ["undercount", "chart", "suppress", "clusters"])
def test_a_table_without_names_is_read_and_loses_no_row(tmp_path, capsys, word):
    rows = ASK[word][0]
    _, usual, _ = asked(tmp_path, capsys, word, text(rows))
    code, found, error = asked(tmp_path, capsys, word, text(rows[1:]))
    assert code == 0, error
    assert found["n"] == usual["n"]


@pytest.mark.parametrize("word", ["knox", "rates", "attack"])
def test_a_table_without_names_is_named_or_read_never_cut(tmp_path, capsys, word):
    code, found, error = asked(tmp_path, capsys, word, text(ASK[word][0][1:]))
    assert code == 1 or len(found["cells"]) == 2
    assert "file.csv" in error or code == 0


@pytest.mark.parametrize("sign", [" ", "   "])
@pytest.mark.parametrize("word", ["undercount", "knox", "chart", "rates", "clusters"])
def test_blanks_between_columns(tmp_path, capsys, word, sign):
    rows = ASK[word][0]
    code, found, error = asked(tmp_path, capsys, word, "\n".join(sign.join(map(str, row)) for row in rows))
    assert code == 0, error
    assert plain(found) == plain(asked(tmp_path, capsys, word, text(rows))[1])


# Lists ----------------------------------------------------------------------------------------------------------------


def pattern_table(lists, seed=1):
    rng = np.random.default_rng(seed)
    on, counts = np.unique(rng.random((900, lists)) < 0.4, axis=0, return_counts=True)
    return [(*(f"L{j}" for j in range(lists)), "count")] + [
        (*row, count) for row, count in zip(on.astype(int).tolist(), counts.tolist(), strict=True) if any(row)
    ]


@pytest.mark.parametrize("method", ["dga", "sparse", "loglinear"])
@pytest.mark.parametrize("lists", [2, 3, 5, 6])
def test_two_to_six_lists(tmp_path, capsys, method, lists):
    code, found, _ = asked(tmp_path, capsys, "undercount", text(pattern_table(lists)), "--method", method)
    assert code == 0
    if lists == 2 or (method == "dga" and lists == 6):
        assert found["refused"] and found["quantiles"] is None
    else:
        assert found["quantiles"]["0.025"] < 900 * 1.1 and found["quantiles"]["0.975"] > 900 * 0.9


def test_patterns_that_nobody_has_may_stand_or_not(tmp_path, capsys):
    some = [row for row in LISTS if row != (1, 1, 1, 5)]
    short = asked(tmp_path, capsys, "undercount", text(some))[1]
    whole = asked(tmp_path, capsys, "undercount", text([*some, (1, 1, 1, 0), (0, 0, 0, 0)]))[1]
    assert plain(short) == plain(whole)


def test_lists_may_have_any_name(tmp_path, capsys):
    rows = [("Liste n° 1, nord", 'O\'Neil "x"', "قائمة", "count"), *LISTS[1:]]
    code, found, _ = asked(tmp_path, capsys, "undercount", text(rows), "--method", "sparse")
    assert code == 0
    assert found["quantiles"]


# Wrong files ----------------------------------------------------------------------------------------------------------


def spoilt(word, value, column=-1, row=2):
    rows = [list(r) for r in ASK[word][0]]
    rows[row][column] = value
    return text(rows)


COUNT_AT = {"undercount": 3, "chart": 1, "rates": 1, "suppress": 2, "clusters": 1, "attack": 1}


@pytest.mark.parametrize("value", ["nan", "-3", "inf", "1e999", "many", "1,200"])
@pytest.mark.parametrize("word", COUNT_AT)
def test_a_count_that_is_none_is_named_with_its_row(tmp_path, capsys, word, value):
    code, _, error = asked(tmp_path, capsys, word, spoilt(word, value, COUNT_AT[word]))
    assert code == 1
    assert "Traceback" not in error
    assert "row 3" in error or "line 3" in error


@pytest.mark.parametrize("word", ["knox", "clusters"])
@pytest.mark.parametrize(
    ("value", "says"), [("2999-01-01", "future"), ("2019-02-30", "calendar"), ("soon", "not a date")]
)
def test_a_date_that_cannot_be_is_named_with_its_row(tmp_path, capsys, word, value, says):
    column = ASK[word][0][0].index("date")
    code, _, error = asked(tmp_path, capsys, word, spoilt(word, value, column))
    assert code == 1
    assert "line 3" in error and says in error


@pytest.mark.parametrize("content", ["", "\n\n", b"\xff\xfe\x00\x01", "\x00\x01", "one word"])
@pytest.mark.parametrize("word", ASK)
def test_what_is_no_table_is_named(tmp_path, capsys, word, content):
    code, _, error = asked(tmp_path, capsys, word, content)
    assert code == 1
    assert "file.csv" in error


@pytest.mark.parametrize(
    ("word", "content", "says"),
    [
        ("undercount", text([*LISTS, (1, 0, 0, 3)]), "row 9: the same pattern as row 2"),
        ("undercount", text([("A", "B", "C", "D", "count"), *((*r[:3], r[0], r[3]) for r in LISTS[1:])]), "the same list twice"),
        ("undercount", text([(r[0], r[3]) for r in LISTS[:2]]), "one list"),
        ("undercount", text([LISTS[0], *((*r[:3], 0) for r in LISTS[1:])]), "every count is zero"),
        ("knox", text([("id", *EVENTS[0]), *(("x", *r) for r in EVENTS[1:])]), "line 3, column id: 'x' stands on line 2"),
        ("knox", text([*EVENTS, ("2019-01-01", -4.2, 12.3)]), "line 62: 'event 62' lies"),
        ("knox", text([*EVENTS, ("2019-01-01", 100, 12.3)]), "line 62: 'event 62' is at latitude 100"),
        ("clusters", text([*CASES, ("zz", 1, "2019-01-01")]), "line 62: the place 'zz'"),
        ("chart", text([*SERIES, SERIES[-1]]), "line 62"),
        ("suppress", text([*TABLE, ("n", "m", 3)]), "row 8: the cell n / m stands there twice"),
        ("suppress", text([*TABLE, ("Total", "m", 28)]), "row 8: a total"),
        ("suppress", text([*TABLE, ("", "m", 28)]), "row 8, column 'area': no category"),
        ("suppress", text([TABLE[0], *((*r[:2], 0) for r in TABLE[1:])]), "every count is zero"),
    ],
)  # fmt: skip
def test_what_would_make_a_silent_number_is_named(tmp_path, capsys, word, content, says):
    code, _, error = asked(tmp_path, capsys, word, content)
    assert code == 1
    assert says in error


def test_one_area_and_a_series_of_zeros_are_answered_with_a_reason(tmp_path, capsys):
    rows = [CASES[0], *(("a", 1, f"2019-01-{1 + i:02d}") for i in range(20))]
    assert asked(tmp_path, capsys, "clusters", text(rows))[1]["refused"]
    found = asked(tmp_path, capsys, "chart", text([SERIES[0], *((day, 0) for day, _ in SERIES[1:])]))[1]
    assert found["alarms"] == []


@pytest.mark.parametrize("word", ASK)
def test_a_file_that_is_not_there_and_a_page_that_cannot_be_written(tmp_path, capsys, word):
    code, _, error = asked(
        tmp_path, capsys, word, text(ASK[word][0]), "--html", str(tmp_path / "no" / "x.html")
    )
    assert code == 1
    assert "x.html" in error
    words = [str(tmp_path / "absent.csv") if w in ("@", "PLACES") else w for w in ASK[word][1]]
    assert main([word, *words]) == 1
    assert "absent.csv" in capsys.readouterr().err


@pytest.mark.parametrize("word", ASK)
def test_help_says_what_it_answers(word, capsys):
    assert main([word, "--help"]) == 0
    assert "--json" in capsys.readouterr().out


def test_the_questions_are_listed(capsys):
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out
    assert all(word in listed for word in QUESTIONS)
    assert main(["nothing"]) == 2
