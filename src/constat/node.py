"""The folder a node lives in, without Django: where it is, its keys, what it says of itself (node.toml).

  constat.sqlite3   the database (unless DATABASE_URL names a PostgreSQL)
  keys/             session.key (signs cookies and forms), vault.key (seals identities), receipt.key (derives receipts),
                    signing.key (Ed25519: signs decisions; its public half is stored with each)
  evidence/         files as they were received, by their SHA-256
  logs/             what the server wrote
  node.toml         the mission's name; whether everything in it is invented

Whoever holds keys/ holds the identities in the vault: back it up apart from the database, never beside it.
"""

import os
import secrets
import tomllib
from dataclasses import dataclass
from pathlib import Path

KEYS = ("session.key", "vault.key", "receipt.key")
# Apart from the others: nodes older than signed decisions get it when it is first needed, and losing it loses no record,
# for every signature carries the public key it was made with.
SIGNING = "signing.key"


class NodeError(Exception):
    """The folder is not a node, or cannot become one."""


@dataclass(frozen=True)
class Node:
    """What a node says of itself. `synthetic`: everything in it is invented, and every page says so."""

    name: str = ""
    synthetic: bool = False


def home() -> Path:
    return Path(os.environ.get("CONSTAT_HOME", ".constat")).resolve()


def is_node(folder: Path) -> bool:
    return all((folder / "keys" / name).is_file() for name in KEYS)


def create(folder: Path, *, name: str) -> bool:
    """Make the folder and its keys. False when it is a node already: keys are never replaced, that would lose the vault."""
    keys = folder / "keys"
    if is_node(folder):
        signing_seed(folder)
        return False
    if any((keys / key).exists() for key in KEYS):
        raise NodeError(f"{keys} holds some keys and lacks others. Bring back the missing ones from your copy; "
                        "new keys would make the identities in the vault unreadable.")  # fmt: skip
    try:
        for part in (folder, keys, folder / "evidence", folder / "logs"):
            part.mkdir(mode=0o700, parents=True, exist_ok=True)
        for key in (*KEYS, SIGNING):
            if key in KEYS or not (keys / key).exists():
                _write_key(keys / key)
    except OSError as error:
        raise NodeError(f"{folder} cannot be made into a node: {error.strerror or error}") from error
    if not (folder / "node.toml").exists():
        write(folder, Node(name=name))
    return True


def _write_key(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())


def signing_seed(folder: Path) -> bytes:
    """The 32 bytes of the node's signing key, made if it has none yet."""
    path = folder / "keys" / SIGNING
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Written whole under another name first: of two processes that need it at once, one makes it, both read the same.
        new = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
        if not path.exists():
            _write_key(new)
            try:
                os.link(new, path)
            except FileExistsError:
                pass
            finally:
                new.unlink()
        seed = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise NodeError(f"{path} cannot be read or made: {error}") from error
    if len(seed) != 32:
        raise NodeError(
            f"{path} holds {len(seed)} bytes, a signing key has 32. Bring it back from your copy."
        )
    return seed


def write(folder: Path, node: Node) -> None:
    # One line of printable text: a control character would make a file that cannot be read back.
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in node.name).split())
    quoted = plain.replace("\\", "\\\\").replace('"', '\\"')
    path = folder / "node.toml"
    path.with_suffix(".new").write_text(
        f'name = "{quoted}"\nsynthetic = {str(node.synthetic).lower()}\n', encoding="utf-8"
    )
    path.with_suffix(".new").replace(path)


def read(folder: Path) -> Node:
    try:
        data = tomllib.loads((folder / "node.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Node()
    return Node(str(data.get("name", "")), bool(data.get("synthetic", False)))
