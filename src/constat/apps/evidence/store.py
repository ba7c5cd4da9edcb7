"""The store of sealed files: CONSTAT_HOME/evidence/sealed/<two digits>/<uuid>.sealed, encrypted while they are received.

A file is never whole in memory and never in clear on the disk: each piece that arrives is added to the SHA-256 and
encrypted at once. File layout:

    magic "CSEV", version, key id (8), blob uuid (16), salt (32), key commitment (32)     the header
    chunks of CHUNK plain bytes, each AES-256-GCM with its own tag; the last one may be shorter

The key is drawn for this one file (keys.drawn, salt and uuid), the nonce is the chunk's number and whether it is the
last, the header is authenticated with every chunk. So a chunk that was changed, moved, repeated, taken from another file,
or left out at the end does not open. The name of a file says nothing of its content.
"""

import hashlib
import hmac
import io
import os
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext as _

from constat.apps.evidence import keys
from constat.apps.evidence.errors import Empty, FileMissing, KeyMissing, SealBroken, TooLarge

MAGIC = b"CSEV\x01"
SALT = 32
HEADER = len(MAGIC) + 8 + 16 + SALT + keys.COMMITMENT
CHUNK = 256 * 1024  # bytes of plain text; seeking costs one chunk, sealing one call per chunk
TAG = 16
LARGEST = 2 * 1024**3  # bytes; a node says another limit with CONSTAT_EVIDENCE_MAX
SUFFIX = ".sealed"


def folder() -> Path:
    return Path(settings.HOME) / "evidence" / "sealed"


def path_of(blob: uuid.UUID) -> Path:
    return folder() / blob.hex[:2] / f"{blob}{SUFFIX}"


def largest() -> int:
    return int(getattr(settings, "EVIDENCE_MAX", LARGEST))


class Blob(Protocol):
    """What of an Item the store needs."""

    code: str
    blob: uuid.UUID | None
    sha256: str
    size: int


@dataclass(frozen=True)
class Sealed:
    """A file that is in the store and belongs to nothing yet. `head`: its first bytes, to tell what it is."""

    blob: uuid.UUID
    sha256: str
    size: int
    head: bytes

    def discard(self) -> None:
        path_of(self.blob).unlink(missing_ok=True)


def _info(blob: uuid.UUID) -> bytes:
    return b"constat evidence file v1\x00" + blob.bytes


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


class Sealer:
    """Takes the bytes as they arrive: `write` ..., then `finish` or `abandon`. Raises TooLarge while receiving."""

    HEAD = 64 * 1024

    def __init__(self, *, limit: int | None = None) -> None:
        self.blob = uuid.uuid4()
        self._limit = largest() if limit is None else limit
        key_id, master = keys.sealing()
        salt = secrets.token_bytes(SALT)
        key, commitment = keys.drawn(master, salt=salt, info=_info(self.blob))
        self._header = MAGIC + key_id + self.blob.bytes + salt + commitment
        self._cipher = AESGCM(key)
        self._digest = hashlib.sha256()
        self._size = self._number = 0
        self._waiting = bytearray()
        self.head = b""
        self._path = path_of(self.blob)
        self._part = self._path.with_suffix(".part")
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file: IO[bytes] = os.fdopen(descriptor, "wb")
        self._file.write(self._header)

    def write(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._limit:
            self.abandon()
            raise TooLarge(
                _("The file is larger than %(limit)s MB, the most this node takes. Nothing was kept. Deposit it in parts,"
                  " or record the medium it is on as an object.") % {"limit": f"{self._limit / 1024**2:.0f}"},
                field="file",
            )  # fmt: skip
        if len(self.head) < self.HEAD:
            self.head += piece[: self.HEAD - len(self.head)]
        self._digest.update(piece)
        self._waiting += piece
        # One chunk is kept back: only at the end is it known which one is the last.
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def _put(self, plain: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last), plain, self._header))
        self._number += 1

    def finish(self) -> Sealed:
        """The file is on the disk, named and durable, when this returns. Raises Empty."""
        if not self._size:
            self.abandon()
            raise Empty(_("The file is empty: there is nothing to seal. Choose it again."), field="file")
        self._put(bytes(self._waiting), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.replace(self._path)
        _durable(self._path.parent)
        _durable(folder())
        return Sealed(self.blob, self._digest.hexdigest(), self._size, self.head)

    def abandon(self) -> None:
        self._file.close()
        self._part.unlink(missing_ok=True)


def _durable(directory: Path) -> None:
    """A renamed file survives a power cut only once its folder was written too."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def seal(file: IO[bytes]) -> Sealed:
    """Read a file to its end and seal it. Raises Empty, TooLarge."""
    sealer = Sealer()
    try:
        while piece := file.read(1024 * 1024):
            sealer.write(piece)
        return sealer.finish()
    except BaseException:
        sealer.abandon()
        raise


class Plain(io.RawIOBase):
    """The plain bytes of a sealed file, read and seeked chunk by chunk. Raises SealBroken where a chunk does not open."""

    def __init__(self, item: Blob) -> None:
        super().__init__()
        if item.blob is None:
            raise FileMissing(
                _("%(code)s is an object: it has no file.") % {"code": item.code}, code=item.code
            )
        self._code, self._blob, self._length = item.code, item.blob, item.size
        self._path = path_of(item.blob)
        self._position, self._number, self._chunk = 0, -1, b""
        try:
            self._file = self._path.open("rb")
        except FileNotFoundError:
            raise FileMissing(
                _("The file of %(code)s is missing from the store: %(file)s. Bring it back from your backup.")
                % {"code": item.code, "file": self._path.name},
                code=item.code,
            ) from None
        try:
            self._begin()
        except BaseException:
            self._file.close()
            raise

    def _begin(self) -> None:
        self._header = self._file.read(HEADER)
        start = len(MAGIC)
        key_id, blob = self._header[start : start + 8], self._header[start + 8 : start + 24]
        salt, stored = self._header[start + 24 : start + 24 + SALT], self._header[start + 24 + SALT :]
        if self._header[:start] != MAGIC or len(self._header) != HEADER or blob != self._blob.bytes:
            raise self._broken()
        try:
            master = keys.master_of(key_id)
        except KeyMissing as error:
            raise KeyMissing(f"{self._code}: {error}", code=self._code) from None
        key, commitment = keys.drawn(master, salt=salt, info=_info(self._blob))
        if not hmac.compare_digest(stored, commitment):
            raise self._broken()
        chunks = max(1, -(-self._length // CHUNK))
        if os.fstat(self._file.fileno()).st_size != HEADER + self._length + chunks * TAG:
            raise self._broken()
        self._cipher, self._last = AESGCM(key), chunks - 1

    def _broken(self) -> SealBroken:
        return SealBroken(
            _(
                "%(code)s is no longer what was sealed: the file %(file)s was changed. Bring it back from your backup."
            )
            % {"code": self._code, "file": self._path.name},
            code=self._code,
        )

    def _load(self, number: int) -> None:
        if number == self._number:
            return
        self._file.seek(HEADER + number * (CHUNK + TAG))
        try:
            self._chunk = self._cipher.decrypt(
                _nonce(number, number == self._last), self._file.read(CHUNK + TAG), self._header
            )
        except InvalidTag:
            raise self._broken() from None
        self._number = number

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._length}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        if self._position >= self._length or not len(buffer):
            return 0
        self._load(self._position // CHUNK)
        inside = self._position % CHUNK
        piece = self._chunk[inside : inside + len(buffer)]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def chunks(self) -> Iterator[bytes]:
        """From the start to the end, without copying a chunk twice."""
        for number in range(self._last + 1):
            self._load(number)
            yield self._chunk

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def open_bytes(item: Blob) -> Plain:
    """A binary file with the plain bytes of an item: read, seek, iterate `chunks()`. Close it.

    Who may have them was asked before (queries.get, actions.open_original). Raises FileMissing, SealBroken, KeyMissing.
    """
    return Plain(item)


def check(item: Blob) -> None:
    """Read the file whole. Raises FileMissing, SealBroken, KeyMissing when it is not what was sealed."""
    digest = hashlib.sha256()
    with open_bytes(item) as plain:
        for piece in plain.chunks():
            digest.update(piece)
        if digest.hexdigest() != item.sha256:
            raise plain._broken()


def files() -> Iterator[Path]:
    """Every file in the store, whatever its name."""
    if folder().is_dir():
        yield from (path for path in sorted(folder().rglob("*")) if path.is_file())


__all__ = [
    "LARGEST",
    "Blob",
    "Plain",
    "Sealed",
    "Sealer",
    "check",
    "files",
    "folder",
    "open_bytes",
    "path_of",
    "seal",
]
