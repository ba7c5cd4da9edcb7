"""Load a file of operations: every row accounted for, one event for all of them."""

from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Counter, Person
from constat.apps.operations.actions import _rows, logs
from constat.apps.operations.actions._checked import checked, units
from constat.apps.operations.actions._gate import note, person, require
from constat.apps.operations.draft import Draft, Problem
from constat.apps.operations.errors import OperationError
from constat.apps.operations.models import ActivityLog, LogFile, LogFileProblem, Operation
from constat.apps.register.models import Unit
from constat.rules.permissions import Permission

CHUNK = 1000


@dataclass(frozen=True)
class Loaded:
    """rows = imported + unchanged + changed + refused. `units`: codes of the units that stand in the file."""

    rows: int
    imported: int
    unchanged: int
    changed: int
    refused: int
    warnings: int
    problems: tuple[Problem, ...]
    units: tuple[str, ...]
    logs: int
    file: int | None


@dataclass(frozen=True)
class Received:
    """The file is the whole log of its units for these days, says whoever brings it. `units`: further ones that did
    nothing in these days and so stand in no row; an empty log is a log."""

    first: date
    last: date
    brought_by: str = ""
    units: tuple[str, ...] = ()


class _Run:
    def __init__(self, by: Person | str, at: datetime, file: LogFile | None) -> None:
        self.by, self.at, self.file = by, at, file
        self.counts: Tally[str] = Tally()
        self.problems: list[Problem] = []
        self.units: dict[str, Unit] = {}
        self.named: set[str] = set()
        self.seen: dict[object, Draft] = {}  # uid -> its first row, for doubles inside the file


class _Trial(Exception):
    """Leaves the transaction of a trial, which is thereby undone."""


def load(
    *, by: Person | str, at: datetime, drafts: Iterable[Draft | Problem], filename: str = "", sha256: str = "",
    mapping: dict[str, object] | None = None, received: Received | None = None, further: Iterable[Problem] = (),
    dry_run: bool = False,
) -> Loaded:  # fmt: skip
    """Every row of a file in order, as a draft or as the problem that refuses it. Good rows go in, bad ones are listed.

    A row is known by its uid: the same file again adds nothing; the same key with other content is listed as changed and
    overwrites nothing. `received`: also enters the logs of the units as received for those days. `further`: other faults
    of refused rows, read after all drafts. dry_run: everything is tried against the database and undone.
    """
    require(by, Permission.OPERATIONS_IMPORT, at)
    try:
        with transaction.atomic():
            found = _load(by, at, drafts, filename, sha256, mapping or {}, received, further)
            if dry_run:
                raise _Trial
    except _Trial:
        pass
    return found


def _load(
    by: Person | str, at: datetime, drafts: Iterable[Draft | Problem], filename: str, sha256: str,
    mapping: dict[str, object], received: Received | None, further: Iterable[Problem],
) -> Loaded:  # fmt: skip
    _queue(at)
    file = None
    if filename:
        name = filename.replace("\\", "/").rsplit("/", 1)[-1][:255]
        file = LogFile.objects.create(filename=name, sha256=sha256, mapping=mapping, by=person(by), at=at)
    run = _Run(by, at, file)
    stream = iter(drafts)
    while chunk := list(islice(stream, CHUNK)):
        _chunk(run, chunk)
    run.problems += further
    entered = _received(run, received, sha256) if received else 0
    counts = {name: run.counts[name] for name in ("rows", "imported", "unchanged", "changed", "refused")}
    if file is not None:
        LogFile.objects.filter(pk=file.pk).update(**counts)
        LogFileProblem.objects.bulk_create(
            [
                LogFileProblem(log_file=file, row=one.row, severity=one.severity, field=one.field[:80],
                               reason=one.reason, message=one.message, content=dict(one.content))
                for one in run.problems
            ],
            batch_size=500,
        )  # fmt: skip
    note(by=by, verb="import", kind="log_file", key=file.pk if file else "", at=at,
         details={"sha256": sha256, "logs": entered, **counts})  # fmt: skip
    return Loaded(
        **counts, warnings=sum(one.severity == "warning" for one in run.problems),
        problems=tuple(sorted(run.problems, key=lambda one: one.row)), units=tuple(sorted(run.named)), logs=entered,
        file=file.pk if file else None,
    )  # fmt: skip


def _queue(at: datetime) -> None:
    """Two loads of one log at once would each find its rows new: the second waits here until the first has ended. It is the
    row of the running numbers, which every load locks anyway as soon as it writes."""
    series = f"O-{at.year}"
    Counter.objects.bulk_create([Counter(pk=series, value=0)], ignore_conflicts=True)
    list(Counter.objects.select_for_update().filter(pk=series))


def _chunk(run: _Run, chunk: Sequence[Draft | Problem]) -> None:
    drafts = [one for one in chunk if isinstance(one, Draft)]
    new = {one.unit for one in drafts} - set(run.units)
    run.units |= units(new)
    uids = [one.uid for one in drafts if one.uid]
    known = dict(Operation.objects.filter(uid__in=uids).values_list("uid", "content_sha256"))
    fresh: list[tuple[Draft, dict[str, Any]]] = []
    for one in chunk:
        run.counts["rows"] += 1
        if isinstance(one, Problem):
            run.counts["refused"] += 1
            run.problems.append(one)
        elif one.uid and one.uid in run.seen:
            _double(run, one)
        elif one.uid and one.uid in known:
            _again(run, one, known[one.uid])
        else:
            _take(run, one, fresh)
        if isinstance(one, Draft) and one.uid:
            run.seen.setdefault(one.uid, one)
    _rows.create(fresh, by=person(run.by), at=run.at, log_file=run.file)


def _take(run: _Run, draft: Draft, fresh: list[tuple[Draft, dict[str, Any]]]) -> None:
    try:
        columns = checked(draft, run.units.get(draft.unit), run.at)
    except OperationError as error:
        run.counts["refused"] += 1
        run.problems.append(
            Problem(draft.row, "refused", error.field, error.reason, str(error), draft.content)
        )
        return
    run.counts["imported"] += 1
    run.named.add(draft.unit)
    run.problems += draft.warnings
    fresh.append((draft, columns))


def _double(run: _Run, draft: Draft) -> None:
    first = run.seen[draft.uid]
    if first.content_sha256 != draft.content_sha256:
        _differs(run, draft)
        return
    run.counts["unchanged"] += 1
    sentence = _("This row says the same as row %(row)s and was imported once.") % {"row": first.row}
    run.problems.append(Problem(draft.row, "warning", "", "same_as_row", sentence, draft.content))


def _again(run: _Run, draft: Draft, content: str) -> None:
    run.named.add(draft.unit)
    if content == draft.content_sha256:
        run.counts["unchanged"] += 1
    else:
        _differs(run, draft)


def _differs(run: _Run, draft: Draft) -> None:
    run.counts["changed"] += 1
    sentence = _(
        "An operation of this key is here already and says something else. Amend it by hand, with a reason."
    )
    run.problems.append(Problem(draft.row, "changed", "", "changed", sentence, draft.content))


def _received(run: _Run, received: Received, sha256: str) -> int:
    """One entry for each unit of the file. What a log of nobody means nobody knows: a file without units enters none."""
    rows = [
        logs.made(by=run.by, at=run.at, unit=code, first=received.first, last=received.last, state=logs.RECEIVED,
                  sha256=sha256, brought_by=received.brought_by, log_file=run.file)
        for code in sorted(run.named.union(received.units))
    ]  # fmt: skip
    ActivityLog.objects.bulk_create(rows)
    return len(rows)


def log_many(*, by: Person | str, at: datetime, logs_of: Iterable[ActivityLog]) -> int:
    """Many entries of the coverage at once (`logs.made`), one event: for a node that takes over a shelf of old logs."""
    require(by, Permission.OPERATIONS_IMPORT, at)
    with transaction.atomic():
        rows = ActivityLog.objects.bulk_create(list(logs_of), batch_size=500)
        note(by=by, verb="log_many", kind="activity_log", key="", at=at, details={"rows": len(rows)})
    return len(rows)
