"""Which records speak of one person, or of one incident? Clusters, reasons, and what to ask a person first."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from constat.analysis.errors import InputError

if TYPE_CHECKING:
    from constat.analysis.linkage.result import Linkage, Pair


def add_arguments(parser: argparse.ArgumentParser) -> None:
    ask = parser.add_argument
    ask(
        "files",
        metavar="FILE",
        nargs="+",
        help="CSV or Parquet, names of columns first; several files are several sources",
    )
    ask("--entity", choices=("person", "incident"), required=True)
    ask(
        "--truth",
        metavar="COLUMN",
        default="",
        help="the column that says who is who: precision, recall and F1 are answered",
    )
    ask("--within-source", choices=("auto", "never", "allowed", "parts"), default="auto",
        help="whether one source may hold a thing twice, or (incidents) tell in parts what another tells as one; auto sees from the file "
        "whether it may")  # fmt: skip
    ask(
        "--known",
        metavar="FILE",
        help="decisions taken: columns left, right (identifiers) and same (yes or no)",
    )
    ask("--episodes", choices=("auto", "apart", "joined"), default="auto",
        help="whether a record of one day and one of several days may be one incident; seen from the file unless said")  # fmt: skip
    ask(
        "--threshold",
        type=float,
        metavar="P",
        help="probability from which records are joined: persons 0.5, incidents 2/3",
    )
    ask("--pairs", type=int, default=1000, metavar="N", help="so many pairs with their reasons; 0 for all")
    ask("--questions", type=int, default=200, metavar="N", help="so many questions in the review list")
    ask("--seed", type=int, default=1)
    ask("--threads", type=int, default=2)
    ask("--engine", choices=("duckdb", "spark"), default="",
        help="where Splink compares persons; without it the setting CONSTAT_LINK_ENGINE, or duckdb")  # fmt: skip
    ask("--progress", action="store_true", help="say on the error stream what is being done")
    ask("--html", metavar="FILE", help="the answer as a page")


def answer(options: argparse.Namespace) -> dict[str, Any]:
    if options.threshold is not None and not 0 < options.threshold < 1:
        raise InputError(f"--threshold {options.threshold:g}: give a probability between 0 and 1.")
    from constat.analysis.linkage.link import link_persons

    def say(text: str) -> None:
        if options.progress:
            sys.stderr.write(f"{text}\n")

    asked: dict[str, Any] = {
        "truth_column": options.truth, "known": options.known, "within": options.within_source, "pairs": options.pairs,
        "questions": options.questions, "seed": options.seed, "threads": options.threads, "progress": say,
        "today": options.today,
    }  # fmt: skip
    if options.threshold is not None:
        asked["threshold"] = options.threshold
    if options.entity == "person" and options.within_source == "parts":
        raise InputError("--within-source parts: incidents are told in parts, persons are not.")
    if options.entity == "person":
        found = link_persons(options.files, engine=options.engine, **asked)
    else:
        from constat.analysis.linkage.incident import link_incidents

        found = link_incidents(options.files, episodes=options.episodes, **asked)
    if options.html:
        from constat.analysis.linkage import figures

        figures.write_page(found, options.html)
    return as_json(found)


def as_json(found: "Linkage") -> dict[str, Any]:
    """The answer as docs/analysis/linkage.md describes it."""
    out: dict[str, Any] = {
        "entity": found.entity,
        "n": found.n,
        "refused": found.refused,
        "reason": found.reason,
        "warnings": list(found.warnings),
        "n_clusters": len(found.clusters),
        "clusters": [
            {"cluster": i, "size": len(rows), "records": [_named(found, row) for row in rows]}
            for i, rows in enumerate(found.clusters, 1)
        ],
        "threshold": found.threshold,
        "distinct_within_source": found.distinct_within_source,
        "episodes_apart": found.episodes_apart,
        "parts": [[_named(found, row) for row in rows] for rows in found.parts],
        "possible_pairs": found.possible,
        "compared_pairs": found.compared,
        "expected_pairs": round(found.expected, 2),
        "columns": dict(found.columns),
        "unused_columns": list(found.unused),
        "pairs": [_pair(found, one) for one in found.pairs],
        "review": [
            {
                **_pair(found, one.pair), "probability": round(one.probability, 4), "joined": one.joined, "barred": one.barred,
                "left_cluster": [_named(found, row) for row in one.left],
                "right_cluster": [_named(found, row) for row in one.right], "changes": one.changes, "worth": one.worth,
            }
            for one in found.review
        ],
        "weights": [
            {"comparison": one.comparison, "agreement": one.agreement, "m": one.m, "u": one.u, "bits": round(one.bits, 3)}
            for one in found.weights
        ],
    }  # fmt: skip
    if found.score is not None:
        out |= {
            "precision": found.score.precision, "recall": found.score.recall, "f1": found.score.f1, "F1": found.score.f1,
            "true_pairs": found.score.true_pairs, "found_pairs": found.score.found_pairs, "right_pairs": found.score.right_pairs,
        }  # fmt: skip
    if found.calibration is not None:
        out["calibration"] = {
            "error": found.calibration.error, "worst": found.calibration.worst,
            "bins": [
                {"low": one.low, "high": one.high, "n": one.n, "said": one.said, "was": one.was} for one in found.calibration.bins
            ],
        }  # fmt: skip
    return out


def _named(found: "Linkage", row: int) -> dict[str, str]:
    source, name = found.names[row]
    return {"source": source, "id": name}


def _pair(found: "Linkage", pair: "Pair") -> dict[str, Any]:
    return {
        "left": _named(found, pair.left), "right": _named(found, pair.right), "weight": pair.weight,
        "probability": round(pair.probability, 6),
        "reasons": [
            {"comparison": one.comparison, "agreement": one.agreement, "bits": round(one.bits, 3)} for one in pair.reasons
        ],
    }  # fmt: skip
