"""Finding records by their words, alike on both databases.

A model keeps a column of searchable text, made with `constat.analysis.names.index_text`. Its migration adds
`TextIndex("reports_report", "search_text")`, and `matching(queryset, words)` filters by it:

  SQLite      an FTS5 table over the column (it stores no text of its own) kept current by three triggers
  PostgreSQL  a GIN index on to_tsvector('simple', column)

Found rows are not ranked: a list stays in the order its query asks for, newest first, and a word that stands in a
million rows costs a walk and no sort. What was deleted from the table leaves the index, but SQLite may keep its words in
the free pages of the file until they are written over: nothing is to be forgotten by deleting a row alone.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import BooleanField, F, Func, Model, QuerySet, Value

from constat.analysis.names import query_terms

AnyModel = TypeVar("AnyModel", bound=Model)

_PLAIN = re.compile("[a-z_][a-z0-9_]*")
# More words than this narrow nothing further; each costs a look into the index.
MOST_WORDS = 12
# Up to here SQLite sorts the found rows (a few ms); beyond, it walks the list and tests each row.
MANY = 5000
_EVENTS = ("insert", "delete", "update")


class TextIndexError(Exception):
    """The index over a table's words is absent or cannot be made; the message says which."""


def _index_name(table: str, column: str) -> str:
    for part in (table, column):
        if not _PLAIN.fullmatch(part):
            raise TextIndexError(f"{part!r} is no plain name of a table or column.")
    return f"{table}_{column}_words"


def _sqlite_triggers(table: str, column: str) -> list[str]:
    name = _index_name(table, column)
    add = f'INSERT INTO "{name}" (rowid, "{column}") VALUES (new.id, new."{column}");'  # noqa: S608
    drop = f'INSERT INTO "{name}" ("{name}", rowid, "{column}") VALUES (\'delete\', old.id, old."{column}");'  # noqa: S608
    return [
        f'CREATE TRIGGER "{name}_insert" AFTER INSERT ON "{table}" BEGIN {add} END',
        f'CREATE TRIGGER "{name}_delete" AFTER DELETE ON "{table}" BEGIN {drop} END',
        f'CREATE TRIGGER "{name}_update" AFTER UPDATE OF "{column}" ON "{table}" BEGIN {drop} {add} END',
    ]


def _sqlite_create(table: str, column: str) -> list[str]:
    name = _index_name(table, column)
    return [
        # detail=none: no positions are kept, so no phrase search, and an index of a third of the size.
        # prefix='2 3': the first letters somebody types are answered without merging thousands of words.
        f"CREATE VIRTUAL TABLE \"{name}\" USING fts5(\"{column}\", content='{table}', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 2', detail='none', columnsize=0, prefix='2 3')",
        *_sqlite_triggers(table, column),
        f'INSERT INTO "{name}" ("{name}") VALUES (\'rebuild\')',  # noqa: S608
    ]


def _sqlite_drop(table: str, column: str) -> list[str]:
    name = _index_name(table, column)
    return [
        *(f'DROP TRIGGER IF EXISTS "{name}_{event}"' for event in _EVENTS),
        f'DROP TABLE IF EXISTS "{name}"',
    ]


def _postgresql_create(table: str, column: str) -> list[str]:
    return [
        f'CREATE INDEX "{_index_name(table, column)}" ON "{table}" USING gin (to_tsvector(\'simple\', "{column}"))'
    ]


def _postgresql_drop(table: str, column: str) -> list[str]:
    return [f'DROP INDEX IF EXISTS "{_index_name(table, column)}"']


class TextIndex(Operation):
    """Migration operation. Whatever stood under the name is made anew, so it can also repair.

    On SQLite, a migration that alters a column or a constraint rebuilds the table and thereby loses its triggers: such a
    migration repeats `TextIndex` as its last operation. `incomplete()` finds the tables where somebody forgot.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str, column: str) -> None:
        self.table, self.column = table, column

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [self.table, self.column], {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing Django knows of changes."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        self.database_backwards(app_label, schema_editor, from_state, to_state)
        create = {"sqlite": _sqlite_create, "postgresql": _postgresql_create}[schema_editor.connection.vendor]
        # Rows written by an earlier operation of the same migration leave deferred constraint checks pending, and
        # PostgreSQL makes no index over a table that has any.
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in create(self.table, self.column):
            schema_editor.execute(statement)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        drop = {"sqlite": _sqlite_drop, "postgresql": _postgresql_drop}[schema_editor.connection.vendor]
        for statement in drop(self.table, self.column):
            schema_editor.execute(statement)

    def describe(self) -> str:
        return f"Index the words of {self.table}.{self.column}"


class _Matches(Func):
    """True for the rows whose indexed column has the words. Arguments: key, column, the query in each database's syntax."""

    output_field = BooleanField()

    def __init__(
        self, key: F, text: F, fts5: Value, tsquery: Value, *, index: str, common: bool, **extra: Any
    ) -> None:
        super().__init__(key, text, fts5, tsquery, **extra)
        self.index, self.common = index, common

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, tuple[Any, ...]]:
        key, _text, query, _tsquery = self.get_source_expressions()
        key_sql, key_params = compiler.compile(key)
        query_sql, query_params = compiler.compile(query)
        # Few rows: fetched one by one and sorted. Many: the plus sign keeps SQLite from doing that; the list's own index
        # then gives the order and each of its rows is looked up among the found ones, until the page is full.
        plus = "+" if self.common else ""
        sql = f'{plus}{key_sql} IN (SELECT rowid FROM "{self.index}" WHERE "{self.index}" MATCH {query_sql})'  # noqa: S608
        return sql, (*key_params, *query_params)

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, tuple[Any, ...]]:
        _key, text, _fts5, query = self.get_source_expressions()
        text_sql, text_params = compiler.compile(text)
        query_sql, query_params = compiler.compile(query)
        # Must read exactly as the indexed expression does, or the index is not used.
        return f"to_tsvector('simple', {text_sql}) @@ to_tsquery('simple', {query_sql})", (
            *text_params,
            *query_params,
        )


def matching(queryset: QuerySet[AnyModel], words: str, *, column: str = "search_text") -> QuerySet[AnyModel]:
    """The rows that have every word, each as the beginning of one of theirs; all rows when `words` holds no word.

    The words come from people: operators, quotes and stars are only separators. The order of the queryset is kept, and it
    can be filtered and sliced further.
    """
    terms = query_terms(words)[:MOST_WORDS]
    if not terms:
        return queryset
    # Terms are made of a-z and 0-9 alone (names.fold), so nothing in them can be read as syntax.
    fts5 = " AND ".join(
        "(" + " OR ".join([f'"{word}" *', *(f'"{b}"' for b in more)]) + ")" for word, *more in terms
    )
    tsquery = " & ".join(
        "(" + " | ".join([f"'{word}':*", *(f"'{b}'" for b in more)]) + ")" for word, *more in terms
    )
    index = _index_name(queryset.model._meta.db_table, column)
    common = connection.vendor == "sqlite" and _is_common(index, fts5)
    return queryset.filter(
        _Matches(F("pk"), F(column), Value(fts5), Value(tsquery), index=index, common=common)
    )


def _is_common(index: str, fts5: str) -> bool:
    """Whether the words stand in more than MANY rows. SQLite's planner cannot know; PostgreSQL's has statistics."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT rowid FROM "{index}" WHERE "{index}" MATCH %s LIMIT 1 OFFSET {MANY}', [fts5])  # noqa: S608
        return cursor.fetchone() is not None


def rebuild(table: str, column: str = "search_text") -> None:
    """Make the index anew from the table: after a bulk load that went around the triggers, or when in doubt."""
    name = _index_name(table, column)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f'INSERT INTO "{name}" ("{name}") VALUES (\'rebuild\')')  # noqa: S608
        else:
            cursor.execute(f'REINDEX INDEX "{name}"')


@contextmanager
def paused(table: str, column: str = "search_text") -> Iterator[None]:
    """For bulk loads: the rows written inside are indexed together at the end. Undone with everything else on an error.

    On PostgreSQL the index stays: making it anew would keep other people's searches waiting.
    """
    if connection.vendor != "sqlite":
        yield
        return
    name = _index_name(table, column)
    with transaction.atomic(), connection.cursor() as cursor:
        for event in _EVENTS:
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}_{event}"')
        yield
        for statement in _sqlite_triggers(table, column):
            cursor.execute(statement)
        rebuild(table, column)


def incomplete() -> list[str]:
    """Text indexes of this SQLite database that lost a trigger: new rows would not be found. Empty when all is well."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%USING fts5%'")
        indexes = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        triggers = {row[0] for row in cursor.fetchall()}
    return [name for name in indexes if not {f"{name}_{event}" for event in _EVENTS} <= triggers]


__all__ = ["TextIndex", "TextIndexError", "incomplete", "matching", "paused", "rebuild"]
