"""Writing a hand-over bag: BagIt 1.0 (RFC 8493), SHA-256, as a folder or as one ZIP file, without ever holding a file whole.

Evidence lies encrypted in the node. A bag is written straight from there into the hands of whoever carries it, and is never
left lying in the node's folder. The same content gives the same bytes, so that a bag written again can be compared.
"""

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from constat.apps.referrals.errors import BagBroken

CHUNK = 1024 * 1024
DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
SIGNATURE = "signature.txt"


@dataclass(frozen=True)
class Part:
    """One file of the payload. `path`: below data/, with forward slashes. `sha256`: what it must be, if that is known."""

    path: str
    open: Callable[[], IO[bytes]]
    sha256: str = ""


def text_part(path: str, text: str) -> Part:
    data = text.encode("utf-8")
    return Part(path, lambda: io.BytesIO(data), hashlib.sha256(data).hexdigest())


@dataclass(frozen=True)
class Bag:
    """What was written: the manifest (path -> SHA-256, path from the top of the bag) and the digest of the tag manifest, which
    stands for the whole bag: one line to read out over the telephone."""

    name: str
    files: int
    octets: int
    manifest: Mapping[str, str]
    digest: str


class Target(Protocol):
    """Where a bag is written to."""

    def write(self, path: str, chunks: Iterable[bytes]) -> None: ...


class Folder:
    """A folder that does not exist yet."""

    def __init__(self, top: Path) -> None:
        top.mkdir(parents=True, exist_ok=False, mode=0o700)
        self.top = top

    def write(self, path: str, chunks: Iterable[bytes]) -> None:
        file = self.top / path
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with file.open("xb") as out:
            for chunk in chunks:
                out.write(chunk)


class Archive:
    """A ZIP, stored and not compressed: photographs and films do not shrink, and every unpacker reads it."""

    def __init__(self, archive: zipfile.ZipFile, name: str, at: datetime) -> None:
        self.archive, self.name = archive, name
        moment = at.astimezone(UTC)
        self.moment = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)

    def write(self, path: str, chunks: Iterable[bytes]) -> None:
        entry = zipfile.ZipInfo(f"{self.name}/{path}", self.moment)
        entry.external_attr = 0o100600 << 16
        with self.archive.open(entry, "w", force_zip64=True) as out:
            for chunk in chunks:
                out.write(chunk)


@dataclass
class _Count:
    """What passes through on its way into the bag."""

    octets: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def passing(self, file: IO[bytes]) -> Iterator[bytes]:
        while chunk := file.read(CHUNK):
            self.octets += len(chunk)
            self.digest.update(chunk)
            yield chunk


def write(
    target: Target,
    *,
    name: str,
    parts: Iterable[Part],
    info: Sequence[tuple[str, str]],
    tags: Mapping[str, bytes],
    sign: Callable[[bytes], str] | None = None,
) -> Bag:
    """Write the bag. `info`: lines of bag-info.txt besides the ones every bag has. `tags`: further files at the top.

    Raises BagBroken when a file is not what it was when it was sealed, or when two files want the same place.
    """
    manifest: dict[str, str] = {}
    octets = 0
    for part in parts:
        path = f"data/{_safe(part.path)}"
        if path in manifest:
            raise BagBroken(f"Two files want the place {path} in the bag {name}.", path=path)
        count = _Count()
        with part.open() as file:
            target.write(path, count.passing(file))
        found = count.digest.hexdigest()
        if part.sha256 and found != part.sha256:
            raise BagBroken(
                f"{path} is not what was sealed: SHA-256 is {found}, it was {part.sha256}. "
                "Nothing may be handed over before it is known why.",
                path=path,
            )
        manifest[path] = found
        octets += count.octets
    top = _top_files(manifest, octets, info, tags)
    sums: dict[str, str] = {}
    for path, data in top.items():
        target.write(path, [data])
        sums[path] = hashlib.sha256(data).hexdigest()
    tagmanifest = _lines(sums)
    target.write("tagmanifest-sha256.txt", [tagmanifest])
    if sign is not None:
        # Outside every manifest: it signs the tag manifest, and through it all the rest.
        target.write(SIGNATURE, [sign(tagmanifest).encode("ascii")])
    return Bag(name, len(manifest), octets, manifest, hashlib.sha256(tagmanifest).hexdigest())


def _top_files(
    manifest: Mapping[str, str], octets: int, info: Sequence[tuple[str, str]], tags: Mapping[str, bytes]
) -> dict[str, bytes]:
    oxum = ("Payload-Oxum", f"{octets}.{len(manifest)}")
    lines = [f"{label}: {' '.join(value.split())}" for label, value in (*info, oxum)]
    return {
        "bagit.txt": DECLARATION.encode(),
        "bag-info.txt": ("\n".join(lines) + "\n").encode("utf-8"),
        "manifest-sha256.txt": _lines(manifest),
        **dict(sorted(tags.items())),
    }


def _lines(sums: Mapping[str, str]) -> bytes:
    return "".join(f"{sums[path]}  {path}\n" for path in sorted(sums)).encode("utf-8")


def _safe(path: str) -> str:
    parts = PurePosixPath(path).parts
    # A percent sign or a line end must be encoded in a manifest (RFC 8493, 2.1.3) and the standard tool does not decode it:
    # such names are not used at all. `file_name` makes a proper one.
    bad = any(sign in path for sign in "\\%\r\n\0") or any(part in ("..", ".") for part in parts)
    if not parts or path.startswith("/") or bad:
        raise BagBroken(f"{path!r} is not a place inside a bag.", path=path)
    return "/".join(parts)


def file_name(name: str, *, fallback: str) -> str:
    """A name that every system can unpack: no path, no sign that a file system or a manifest refuses, 100 characters at most.

    No dollar either: a receiver's tool that reads `$HOME` in a name as a variable refuses the whole bag.
    """
    plain = "".join(
        sign if sign.isprintable() and sign not in '$%/\\:*?"<>|' else "_" for sign in name
    ).strip(" .~")
    stem, dot, ending = plain.rpartition(".")
    return (
        f"{stem[: 99 - len(ending)]}{dot}{ending}" if dot and len(ending) < 12 else plain[:100]
    ) or fallback


def archive_of(
    *,
    name: str,
    at: datetime,
    parts: Iterable[Part],
    info: Sequence[tuple[str, str]],
    tags: Mapping[str, bytes],
    sign: Callable[[bytes], str] | None,
    into: IO[bytes],
) -> Bag:
    """The bag as one ZIP written into a binary file, which need not be seekable."""
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        return write(Archive(archive, name, at), name=name, parts=parts, info=info, tags=tags, sign=sign)
