"""Loaded by `-p` before Django is: every test runs against a node of its own in a temporary folder, with no network.

Nothing but this machine itself may be reached: the guard below fails the test that tries.
"""

import atexit
import os
import secrets
import shutil
import socket
import tempfile
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="constat-test-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
(HOME / "keys").mkdir(mode=0o700)
for name in ("session.key", "vault.key", "receipt.key"):
    (HOME / "keys" / name).write_text(secrets.token_hex(32), encoding="ascii")
(HOME / "evidence").mkdir()
(HOME / "static").mkdir()  # whitenoise warns about a folder that is absent, and warnings are errors
os.environ["CONSTAT_HOME"] = str(HOME)
os.environ.pop("CONSTAT_HTTPS", None)
# The browser tests run the server in a thread beside an event loop of Playwright's.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
if os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
else:
    os.environ.pop("DATABASE_URL", None)

_connect = socket.socket.connect


def _loopback_only(self: socket.socket, address: object) -> None:
    """The guard against outside networks: any connection but to this machine fails the test that tried it."""
    if self.family in (socket.AF_INET, socket.AF_INET6):
        host = str(address[0])  # type: ignore[index]
        if not (host.startswith("127.") or host in {"::1", "localhost"}):
            raise OSError(f"a test tried to reach {host}: nothing here may call an outside network")
    return _connect(self, address)  # type: ignore[arg-type]


socket.socket.connect = _loopback_only  # type: ignore[method-assign]
