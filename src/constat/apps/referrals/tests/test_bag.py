"""A bag is whole, and every way of breaking it is named: by the standard tool and by the one-file verifier."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import bagit
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import example, given, settings
from hypothesis import strategies as st

from constat.apps.referrals import bag
from constat.apps.referrals.errors import BagBroken

pytestmark = pytest.mark.onedb

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
VERIFIER = Path(bag.__file__).parent / "bagfiles/verify_bag.py"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def sign(data: bytes) -> str:
    return f"algorithm: Ed25519\nkey: {PUBLIC}\nsignature: {KEY.sign(data).hex()}\n"


def parts() -> Iterator[bag.Part]:
    yield bag.text_part("case.json", '{"items": []}')
    yield bag.text_part("items/E-2026-000001/Pièce n° 1, été.txt", "une note")
    yield bag.Part("items/E-2026-000002/film.bin", lambda: io.BytesIO(b"\0" * 3_000_000))


def build(top: Path) -> bag.Bag:
    return bag.write(
        bag.Folder(top),
        name="X-2026-000001",
        parts=parts(),
        info=[("Source-Organization", "Mission d’essai"), ("External-Identifier", "X-2026-000001")],
        tags={"verify_bag.py": VERIFIER.read_bytes()},
        sign=sign,
    )


def verify(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The verifier alone: another interpreter, isolated from our packages and from the environment."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFIER), str(path), "--lang", "en", *options],
        capture_output=True, text=True, check=False, env={"PYTHONUTF8": "1"},
    )  # fmt: skip


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    build(tmp_path / "bag")
    return tmp_path / "bag"


def test_the_standard_tool_accepts_it(whole):
    assert bagit.Bag(str(whole)).validate()


def test_the_one_file_verifier_accepts_it_and_names_the_signer(whole):
    found = verify(whole, "--key", PUBLIC)

    assert found.returncode == 0, found.stdout + found.stderr
    assert "WHOLE: 3 files" in found.stdout and PUBLIC in found.stdout


def test_the_copy_inside_the_bag_verifies_the_bag_it_lies_in(whole):
    found = subprocess.run(
        [sys.executable, "-I", "-S", str(whole / "verify_bag.py")],
        capture_output=True, text=True, check=False, env={"PYTHONUTF8": "1"},
    )  # fmt: skip
    assert found.returncode == 0 and "ENTIER" in found.stdout


def test_a_zip_is_verified_without_unpacking(tmp_path):
    for name in ("one.zip", "two.zip"):
        with (tmp_path / name).open("wb") as into:
            bag.archive_of(name="X-1", at=AT, parts=parts(), info=[], tags={}, sign=sign, into=into)

    assert verify(tmp_path / "one.zip").returncode == 0
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes(), (
        "same content, same bytes"
    )
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        archive.extractall(tmp_path / "out")
    assert bagit.Bag(str(tmp_path / "out/X-1")).validate()


def _flip(path: Path, at: int = 0) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))


DAMAGES = {
    "a flipped bit": (lambda top: _flip(top / "data/items/E-2026-000002/film.bin", 2_999_999),
                      "Changed file: data/items/E-2026-000002/film.bin"),
    "a file gone": (lambda top: (top / "data/case.json").unlink(), "Missing file: data/case.json"),
    "a file more": (lambda top: (top / "data/more.txt").write_text("x"), "File that nobody declared: data/more.txt"),
    "a tag file more": (lambda top: (top / "note.txt").write_text("x"), "File that nobody declared: note.txt"),
    "the tool changed": (lambda top: _flip(top / "verify_bag.py", 40), "Changed file: verify_bag.py"),
    "the sum changed": (lambda top: _flip(top / "bag-info.txt", 3), "Changed file: bag-info.txt"),
    "a link": (lambda top: ((top / "data/case.json").rename(top / "x"), (top / "data/case.json").symlink_to("../x")),
               "A link instead of a file: data/case.json"),
    "points elsewhere": (lambda top: (top / "fetch.txt").write_text("http://x - data/x\n"), "fetch.txt points elsewhere"),
    "signature changed": (lambda top: (top / "signature.txt").write_text(
        f"key: {PUBLIC}\nsignature: {'0' * 128}\n"), "The signature is not that of the content."),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damage_is_named(whole, damage):
    harm, sentence = DAMAGES[damage]
    harm(whole)

    found = verify(whole)

    assert found.returncode == 1
    assert sentence in found.stdout


def test_another_key_is_named(whole):
    assert "Signed by another key" in verify(whole, "--key", "00" * 32).stdout


def test_a_manifest_that_leads_outside_is_refused(whole):
    with (whole / "manifest-sha256.txt").open("a") as file:
        file.write(f"{'0' * 64}  data/../../etc/passwd\n")

    assert "Path outside the bag" in verify(whole).stdout


def test_what_changed_since_it_was_sealed_is_not_written_as_if_it_were_the_same(tmp_path):
    with pytest.raises(BagBroken, match="is not what was sealed"):
        bag.write(bag.Folder(tmp_path / "b"), name="b", info=[], tags={},
                  parts=[bag.Part("a", lambda: io.BytesIO(b"other"), sha256="0" * 64)])  # fmt: skip


@pytest.mark.parametrize("path", ["../a", "/a", "a/../../b", "", "a\\b", "50%", "a\nb"])
def test_a_path_stays_in_the_bag(tmp_path, path):
    with pytest.raises(BagBroken):
        bag.write(bag.Folder(tmp_path / "b"), name="b", info=[], tags={}, parts=[bag.text_part(path, "x")])


def test_two_files_of_one_name_are_refused(tmp_path):
    with pytest.raises(BagBroken, match="Two files"):
        bag.write(bag.Folder(tmp_path / "b"), name="b", info=[], tags={},
                  parts=[bag.text_part("a", "x"), bag.text_part("a", "y")])  # fmt: skip


@settings(max_examples=40, deadline=None)
@example(names=["$\x1f", "$HOME", "~root"])
@given(names=st.lists(st.text(min_size=1, max_size=130), min_size=1, max_size=5))
def test_names_in_any_writing_survive(tmp_path_factory, names):
    top = tmp_path_factory.mktemp("bag") / "b"
    places = [f"i/{number}/{bag.file_name(name, fallback='file')}" for number, name in enumerate(names)]
    bag.write(bag.Folder(top), name="b", info=[], tags={}, parts=[bag.text_part(one, one) for one in places])

    assert verify(top).returncode == 0
    assert bagit.Bag(str(top)).validate()
