"""How many nobody reported? Multiple systems estimation from lists that overlap."""

import argparse
from time import perf_counter
from typing import Any

from constat.analysis.errors import InputError
from constat.analysis.undercount.figures import figure
from constat.analysis.undercount.lists import Lists, read_lists
from constat.analysis.undercount.models import METHODS, estimate, sensitivity, side_by_side
from constat.analysis.undercount.pooling import pool_linkage, pool_replicates
from constat.analysis.undercount.result import Estimate, Floats, Pooled, refusal

LIMITS = (
    "Every model rests on an assumption about people on no list that no data can test; the true total may lie outside all limits.",
    "The lists must be of the same people, place and time, with each person once per list and rightly linked between lists.",
    "A group that no list could ever reach is not in any of these figures.",
    "Models differ: give the range over models, never one number.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    ask = parser.add_argument
    ask("file", metavar="FILE", help="CSV: one row per capture pattern, lists as 0/1 columns, the count last; a first "
        "column `replicate` splits it into tables that are pooled")  # fmt: skip
    ask(
        "--method",
        choices=list(METHODS),
        default="lcmcr",
        help="; ".join(f"{m}: {what}" for m, (_, what) in METHODS.items()),
    )
    ask("--seed", type=int, default=1, metavar="N", help="the same seed gives the same answer, 1")
    ask(
        "--pool",
        choices=("imputation", "linkage"),
        default="imputation",
        help="how several replicates are pooled",
    )
    ask("--beside", action="store_true", help="all other models too, under `beside`")
    ask("--html", metavar="FILE", help="the models side by side as a page")


def answer(options: argparse.Namespace) -> dict[str, Any]:
    if options.seed < 0:
        raise InputError(f"--seed {options.seed}: give zero or more.")
    tables = read_lists(options.file)
    first = next(iter(tables.values()))
    if len(tables) > 1:
        found = _pooled(tables, options.method, options.pool, options.seed)
    else:
        found = estimate(first, options.method, seed=options.seed)
    out = found.as_json()
    if (unseen := sensitivity(found)) is not None:
        out["sensitivity"] = {f"unseen x {factor:g}": round(total, 1) for factor, total in unseen.items()}
    others: tuple[Estimate, ...] = ()
    if (options.beside or options.html) and len(tables) == 1:
        rest = tuple(method for method in METHODS if method != options.method)
        others = side_by_side(first, seed=options.seed, methods=rest)
        out["beside"] = [one.as_json() for one in others]
    if options.html:
        _page((found, *others), options.html)
    return out


def _pooled(tables: dict[str, Lists], method: str, how: str, seed: int) -> Estimate:
    """Every table estimated, then pooled; refused as soon as one table is."""
    began = perf_counter()
    made: list[Estimate] = []
    for at, (key, lists) in enumerate(tables.items()):
        made.append(estimate(lists, method, seed=seed + at))
        if made[-1].refused or made[-1].draws is None:
            reason = made[-1].reason or f"{method} gives no posterior draws; pooling needs them: use lcmcr."
            return refusal(method, lists.n, f"Replicate {key}: {reason}", seconds=perf_counter() - began)
    seen = [one.n for one in made]
    draws: list[Floats] = [one.draws for one in made if one.draws is not None]
    pool: Pooled = (
        pool_replicates(seen, draws) if how == "imputation" else pool_linkage(seen, draws, seed=seed)
    )
    return Estimate(
        method, round(pool.n), pool.quantiles, pool.mean, made[0].chains, max(one.rhat or 0.0 for one in made),
        min(one.ess or 0.0 for one in made), perf_counter() - began,
        warnings=tuple(sorted({w for one in made for w in one.warnings})),
        details={"replicates": pool.tables, "pooled": how, "within": pool.within, "between": pool.between},
    )  # fmt: skip


def _page(found: tuple[Estimate, ...], path: str) -> None:
    from constat.analysis.page import Page, Sheet, number, write

    given = [one for one in found if one.quantiles is not None]
    rows = [
        (one.method, *(number(q, 4) for q in one.quantiles.values()), number(one.mean, 4), "")
        if one.quantiles is not None
        else (one.method, "–", "–", "–", "–", one.reason)
        for one in found
    ]
    lows = [one.quantiles["0.025"] for one in given if one.quantiles]
    highs = [one.quantiles["0.975"] for one in given if one.quantiles]
    said = (
        f"Between {number(min(lows), 4)} and {number(max(highs), 4)} people in all, over {len(given)} models."
        if given
        else ""
    )
    drawn = figure(found)
    page = Page(
        title="How many nobody reported",
        answer=said,
        method="Multiple systems estimation: "
        + "; ".join(f"{m}: {what}" for m, (_, what) in METHODS.items())
        + ".",
        n=f"{number(found[0].n)} people on the lists.",
        limits=[*LIMITS, *sorted({w for one in found for w in one.warnings})],
        sheets=[
            Sheet(
                "People in all, by model",
                ("model", "2.5 %", "middle", "97.5 %", "mean", "not answered because"),
                rows,
            )
        ],
        figures=[drawn] if drawn else [],
        reason=found[0].reason,
    )
    write(page, path)
