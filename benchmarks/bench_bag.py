"""Writing and verifying a hand-over bag of many files against plain sha256sum over the same files.

    python benchmarks/bench_bag.py [--files 2000] [--megabytes 2048]

Side by side in one run: `sha256sum` reads the files once and writes nothing, so it is the floor for verifying; writing a bag
reads, digests and writes. `cp` with `sha256sum` is the floor for writing. Evidence decryption is measured by bench_evidence.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))


def timed(what: Callable[[], object]) -> float:
    os.sync()
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=int(os.environ.get("BENCH_FILES", "2000")))
    parser.add_argument("--megabytes", type=int, default=int(os.environ.get("BENCH_MB", "2048")))
    options = parser.parse_args()
    from constat.apps.referrals import bag

    verifier = ROOT / "src/constat/apps/referrals/bagfiles/verify_bag.py"
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as name:
        folder = Path(name)
        source = folder / "source"
        source.mkdir()
        size = options.megabytes * 1024 * 1024 // options.files
        block = os.urandom(size)
        for number in range(options.files):
            # Different files of one size; drawing two gigabytes at random would measure the kernel.
            (source / f"{number:05}.bin").write_bytes(number.to_bytes(8, "big") + block[8:])
        files = sorted(source.iterdir())

        def build(top: Path) -> None:
            parts = (bag.Part(f"items/{file.name}", (lambda file=file: file.open("rb"))) for file in files)
            bag.write(
                bag.Folder(top), name="X", parts=parts, info=[], tags={"verify_bag.py": verifier.read_bytes()}
            )

        def archive(path: Path) -> None:
            parts = (bag.Part(f"items/{file.name}", (lambda file=file: file.open("rb"))) for file in files)
            with path.open("wb") as into:
                bag.archive_of(
                    name="X",
                    at=datetime(2026, 1, 1, tzinfo=UTC),
                    parts=parts,
                    info=[],
                    tags={},
                    sign=None,
                    into=into,
                )

        run = lambda *words: subprocess.run(words, check=True, stdout=subprocess.DEVNULL)  # noqa: E731
        plain = timed(lambda: run("sha256sum", *map(str, files)))
        plain = min(plain, timed(lambda: run("sha256sum", *map(str, files))))
        copied = timed(lambda: (shutil.copytree(source, folder / "copy"), run("sha256sum", *map(str, files))))
        built = timed(lambda: build(folder / "bag"))
        zipped = timed(lambda: archive(folder / "bag.zip"))
        ours = timed(lambda: run(sys.executable, "-I", "-S", str(verifier), str(folder / "bag")))
        theirs = timed(
            lambda: run(sys.executable, "-m", "bagit", "--validate", "--quiet", str(folder / "bag"))
        )

        print(f"{options.files} files, {options.megabytes} MB, {os.cpu_count()} cores")
        print(f"{'what':<34}{'seconds':>9}{'MB/s':>8}{'ratio':>8}  against")
        for what, seconds, floor, against in (
            ("sha256sum", plain, plain, "itself"),
            ("copy + sha256sum", copied, plain, "sha256sum"),
            ("write a bag (folder)", built, copied, "copy + sha256sum"),
            ("write a bag (ZIP)", zipped, copied, "copy + sha256sum"),
            ("verify_bag.py", ours, plain, "sha256sum"),
            ("bagit 1.8.1 --validate", theirs, plain, "sha256sum"),
        ):
            print(
                f"{what:<34}{seconds:>9.2f}{options.megabytes / seconds:>8.0f}{seconds / floor:>8.2f}  {against}"
            )


if __name__ == "__main__":
    main()
