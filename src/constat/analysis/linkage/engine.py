"""Where pairs are compared: by Splink, in DuckDB inside this process, or in Spark.

Both are handed the same comparisons, level by level, in the same order; what is SQL of DuckDB is translated for Spark. Preparing,
choosing pairs, fitting and joining happen here either way, so Spark helps where comparing is the work: hundreds of millions of pairs.
"""

import importlib
import importlib.util
import logging
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from constat.analysis.errors import InputError

ENGINES = ("duckdb", "spark")
SETTING = "CONSTAT_LINK_ENGINE"
# Pairs compared at once; memory goes with this.
AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Level:
    """One way to agree. sql: a condition on columns ending in _l and _r. by_rarity: agreeing on a rare value says more."""

    name: str
    sql: str
    by_rarity: bool = False


@dataclass(frozen=True)
class Comparison:
    """What is compared, best level first; below the last one the two differ. values: the column whose counts give rarity."""

    name: str
    absent: str
    levels: tuple[Level, ...]
    values: str = ""


class Engine(Protocol):
    def __enter__(self) -> "Engine": ...
    def __exit__(self, *_: object) -> None: ...

    def levels(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int8]:
        """(pairs, comparisons): -1 nothing to compare, 0 differs, more is better. left < right, rows of the table."""


def open_engine(name: str, connection: Any, table: str, comparisons: Sequence[Comparison]) -> Engine:
    """The engine of this name, or of the setting CONSTAT_LINK_ENGINE, or DuckDB; ready to compare rows of a DuckDB table.

    InputError: a name that is none, or Spark where it cannot run.
    """
    chosen = choose(name)
    if chosen == "spark":
        return _Spark(_spark_session(), connection, table, comparisons)
    return _DuckDB(connection, table, comparisons)


def choose(name: str) -> str:
    """The engine meant: this name, the setting CONSTAT_LINK_ENGINE, or DuckDB. InputError as open_engine."""
    chosen = (name or os.environ.get(SETTING, "") or ENGINES[0]).lower()
    if chosen not in ENGINES:
        raise InputError(
            f"{'engine' if name else SETTING}: {chosen!r} is none; there are {' and '.join(ENGINES)}."
        )
    if chosen == "spark" and not _has_spark():
        raise InputError(
            "engine spark: pyspark is not installed. Install it beside Constat (pip install 'pyspark>=4', and a Java runtime), "
            f"or leave {SETTING} empty to compare in DuckDB."
        )
    return chosen


def _has_spark() -> bool:
    return importlib.util.find_spec("pyspark") is not None


def settings(comparisons: Sequence[Comparison], dialect: str) -> Any:
    """What Splink is told, the same for every engine but for the words of its SQL."""
    from splink import SettingsCreator
    from splink.comparison_level_library import CustomLevel, ElseLevel
    from splink.comparison_library import CustomComparison

    made: list[Any] = [
        CustomComparison(
            output_column_name=f"c{j}",
            comparison_levels=[
                {
                    "sql_condition": spoken(one.absent, dialect),
                    "label_for_charts": "absent",
                    "is_null_level": True,
                },
                *(
                    _worth(
                        CustomLevel(spoken(level.sql, dialect), label_for_charts=level.name),
                        len(one.levels) - k,
                    )
                    for k, level in enumerate(one.levels)
                ),
                _worth(ElseLevel(), 0),
            ],
        )
        for j, one in enumerate(comparisons)
    ]
    # Pairs are chosen before (see `blocking`) and handed over; Splink asks for a rule all the same.
    never: list[Any] = [{"blocking_rule": "l.row = r.row", "sql_dialect": dialect}]
    return SettingsCreator(
        link_type="dedupe_only", comparisons=made, blocking_rules_to_generate_predictions=never,
        unique_id_column_name="row", retain_matching_columns=False, retain_intermediate_calculation_columns=True,
    )  # fmt: skip


def _worth(level: Any, number: int) -> Any:
    """The level with m and u such that Splink's weight for it, log2(m / u), is its number and one more.

    Weights are fitted here, not by Splink (see `weights`). Asked for levels it would lay all compared values beside each pair; asked
    for weights it answers one number for each comparison, 0 where there is nothing to compare.
    """
    return level.configure(m_probability=0.5, u_probability=0.5 * 2.0 ** -(number + 1))


# What Spark, or Splink's library for it, calls what DuckDB has by itself.
_IN_SPARK = {
    "jaro_winkler_similarity": "jaro_winkler",
    "jaro_similarity": "jaro_sim",
    "list_intersect": "array_intersect",
    "len": "size",  # of lists; of words it is length
}


def spoken(sql: str, dialect: str) -> str:
    """A condition written for DuckDB, as the engine understands it."""
    if dialect == "duckdb":
        return sql
    import sqlglot

    for here, there in _IN_SPARK.items():
        sql = re.sub(rf"\b{here}\s*\(", f"{there}(", sql, flags=re.IGNORECASE)
    return sqlglot.transpile(sql, read="duckdb", write="spark")[0]


class _Linked:
    """A Splink linker over one table; made by the engines below."""

    dialect = ""

    def __init__(self, api: Any, table: Any, comparisons: Sequence[Comparison]) -> None:
        from splink import Linker

        self.api, self.many = api, len(comparisons)
        with _Quiet():
            self.linker = Linker(table, settings(comparisons, self.dialect), log_level=logging.ERROR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def levels(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int8]:
        made = np.empty((len(left), self.many), np.int8)
        for start in range(0, len(left), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            with _Quiet():
                made[part] = self._part(left[part], right[part])
        return made

    def _part(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int8]:
        # Splink carries `match_key` through: with it each answer finds its pair, in whatever order answers come.
        pairs = {"join_key_l": left, "join_key_r": right, "match_key": np.arange(len(left))}
        table, name = self._register(pairs)
        predicted = None
        try:
            self.linker.table_management.register_blocked_pairs_for_predict(table)
            predicted = self.linker.inference.predict(warning_mode="never")
            made = np.empty((len(left), self.many), np.int8)
            at, columns = self._fetch(predicted)
            for j, column in enumerate(columns):
                made[at, j] = column
            return made
        finally:
            if predicted is not None:
                predicted.drop_table_from_database_and_remove_from_cache()
            self._drop(name)

    def _register(self, pairs: dict[str, NDArray[np.int64]]) -> tuple[Any, str]:
        raise NotImplementedError

    def _fetch(self, predicted: Any) -> tuple[NDArray[np.int64], list[NDArray[np.int8]]]:
        """The number of each pair, and the level of each comparison."""
        raise NotImplementedError

    def _drop(self, name: str) -> None:
        raise NotImplementedError


class _DuckDB(_Linked):
    dialect = "duckdb"

    def __init__(self, connection: Any, table: str, comparisons: Sequence[Comparison]) -> None:
        from splink import DuckDBAPI

        self.connection, self.parts = connection, 0
        api = DuckDBAPI(connection)
        super().__init__(api, api.register(table), comparisons)

    def _register(self, pairs: dict[str, NDArray[np.int64]]) -> tuple[Any, str]:
        self.parts += 1
        name = f"pairs_{self.parts}"
        self.connection.register("pairs_now", pairs)
        self.connection.execute(f"CREATE TABLE {name} AS SELECT * FROM pairs_now")  # noqa: S608
        self.connection.unregister("pairs_now")
        return self.api.register(name), name

    def _fetch(self, predicted: Any) -> tuple[NDArray[np.int64], list[NDArray[np.int8]]]:
        asked = ", ".join(f"CAST(round(mw_c{j}) AS TINYINT) - 1 AS g{j}" for j in range(self.many))
        table = predicted.physical_name
        found = self.connection.execute(f"SELECT match_key, {asked} FROM {table}").fetchnumpy()  # noqa: S608
        levels = [np.asarray(found[f"g{j}"], np.int8) for j in range(self.many)]
        return np.asarray(found["match_key"], np.int64), levels

    def _drop(self, name: str) -> None:
        self.connection.execute(f"DROP TABLE IF EXISTS {name}")


class _Spark(_Linked):
    dialect = "spark"

    def __init__(self, session: Any, connection: Any, table: str, comparisons: Sequence[Comparison]) -> None:
        from splink.backends import spark

        self.session, self.parts = session, 0
        made: Any = spark.SparkAPI
        api = made(
            spark_session=session, break_lineage_method="persist"
        )  # needs no folder that all workers share
        people = connection.sql(f"SELECT * FROM {table} ORDER BY row").to_arrow_table()  # noqa: S608
        super().__init__(api, api.register(session.createDataFrame(people)), comparisons)

    def _register(self, pairs: dict[str, NDArray[np.int64]]) -> tuple[Any, str]:
        import pyarrow  # type: ignore[import-untyped]

        return self.api.register(self.session.createDataFrame(pyarrow.table(pairs))), ""

    def _fetch(self, predicted: Any) -> tuple[NDArray[np.int64], list[NDArray[np.int8]]]:
        names = ["match_key", *(f"mw_c{j}" for j in range(self.many))]
        found = predicted.as_spark_dataframe().select(*names).toArrow()
        at = np.asarray(found.column("match_key").to_numpy(), np.int64)
        return at, [np.rint(found.column(name).to_numpy()).astype(np.int8) - 1 for name in names[1:]]

    def _drop(self, name: str) -> None:
        """Splink drops what it made; Spark forgets a view with its session."""


def _spark_session() -> Any:
    """The session that runs, or one as Spark's own settings say. Splink's library of likeness is put on its path."""
    sessions: Any = importlib.import_module("pyspark.sql").SparkSession
    from splink.backends.spark import similarity_jar_location

    builder = sessions.builder.appName("constat link").config("spark.jars", similarity_jar_location())
    return builder.config("spark.ui.showConsoleProgress", "false").getOrCreate()


class _Quiet:
    """Splink's own progress and advice are not for whoever asked a question here."""

    def __enter__(self) -> None:
        self.logger = logging.getLogger("splink")
        self.before, self.logger.level = self.logger.level, logging.ERROR

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.logger.level = self.before
