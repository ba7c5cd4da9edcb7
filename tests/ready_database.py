"""An empty migrated SQLite database, made once and copied by every later test process.

Migrating takes half a minute of CPU and each process of each run would pay it. The copy is kept in the temporary folder
under a digest of everything that shapes it: a changed migration makes another. PostgreSQL is migrated as ever.
"""

import fcntl
import hashlib
import os
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.sqlite3.creation import DatabaseCreation

ROOT = Path(__file__).resolve().parents[1]
SHAPES = ("migrations/*.py", "guards.py", "textindex.py")

_create = DatabaseCreation.create_test_db


def digest() -> str:
    total = hashlib.sha256()
    files = [path for pattern in SHAPES for path in (ROOT / "src/constat").rglob(pattern)]
    for path in sorted([*files, ROOT / "requirements/dev.txt"]):
        total.update(str(path.relative_to(ROOT)).encode())
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


def create(self: DatabaseCreation, *args: Any, **kwargs: Any) -> str:
    folder = Path(tempfile.gettempdir()) / f"constat-test-databases-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    ready = folder / f"{digest()}.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if ready.exists():
            return _copied(self, ready, serialize=kwargs.get("serialize", True))
        name = _create(self, *args, **kwargs)
        for old in folder.glob("*.sqlite3"):
            old.unlink()
        _backup(self.connection.connection, ready)
        return name


def _copied(creation: DatabaseCreation, ready: Path, *, serialize: bool) -> str:
    """As Django does it, with a copy in place of the migrations."""
    connection = creation.connection
    name = creation._get_test_db_name()
    creation._create_test_db(verbosity=0, autoclobber=True, keepdb=False)
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = name
    connection.settings_dict["NAME"] = name
    connection.ensure_connection()
    source = sqlite3.connect(ready)
    source.backup(connection.connection)
    source.close()
    if serialize:
        connection._test_serialized_contents = creation.serialize_db_to_string()
    return name


def _backup(connection: sqlite3.Connection, ready: Path) -> None:
    part = ready.with_suffix(f".{os.getpid()}")
    target = sqlite3.connect(part)
    connection.backup(target)
    target.close()
    part.replace(ready)


def install() -> None:
    DatabaseCreation.create_test_db = create  # type: ignore[method-assign]
