"""Copy the front-end files that pages need from node_modules into src/constat/ui/static/vendor.

Only these files are served; the folder is ignored by git and made again by set-up. Every library's licence
travels with its files. Nothing is changed on the way, so a file can be compared with the published package.

One exception: PDF and pictures of charts need TrueType files, so `fonts/documents` holds the same fonts in that form,
made here and never fetched (constat.ui.documents reads them).

    python tools/vendor.py [--from node_modules] [--to src/constat/ui/static/vendor]
"""

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

SANS = [
    f"noto-sans-{script}-{weight}-normal.woff2"
    for script in ("latin", "latin-ext")
    for weight in (400, 600, 700)
]
NASKH = [f"noto-naskh-arabic-arabic-{weight}-normal.woff2" for weight in (400, 700)]

# package -> (folder below vendor/, licence file in the package, files in the package)
LIBRARIES: dict[str, tuple[str, str, list[str]]] = {
    "bootstrap": ("bootstrap", "LICENSE", ["dist/css/bootstrap.min.css", "dist/css/bootstrap.rtl.min.css"]),
    "maplibre-gl": (
        "maplibre",
        "LICENSE.txt",
        ["dist/maplibre-gl.mjs", "dist/maplibre-gl-worker.mjs", "dist/maplibre-gl.css"],
    ),
    "topojson-client": ("topojson", "LICENSE", ["dist/topojson-client.min.js"]),
    # 110m: neighbouring countries as faint context only; the node's own outlines come from its register.
    "world-atlas": ("world", "LICENSE", ["countries-110m.json"]),
    "@fontsource/noto-sans": ("fonts/noto-sans", "LICENSE", [f"files/{name}" for name in SANS]),
    "@fontsource/noto-naskh-arabic": (
        "fonts/noto-naskh-arabic",
        "LICENSE",
        [f"files/{name}" for name in NASKH],
    ),
}

# file below fonts/documents -> (package, parts that together make it)
TRUETYPE: dict[str, tuple[str, list[str]]] = {
    **{
        f"NotoSans-{weight}.ttf": (
            "@fontsource/noto-sans",
            [f"files/noto-sans-{script}-{weight}-normal.woff2" for script in ("latin", "latin-ext")],
        )
        for weight in (400, 600, 700)
    },
    **{
        f"NotoNaskhArabic-{weight}.ttf": (
            "@fontsource/noto-naskh-arabic",
            # The Arabic part has no brackets, digits or minus sign: a line drawn in one face needs them too.
            [
                f"files/noto-naskh-arabic-{script}-{weight}-normal.woff2"
                for script in ("arabic", "latin", "latin-ext", "math")
            ],
        )
        for weight in (400, 700)
    },
}


class VendorError(Exception):
    """A file that pages need is not in node_modules: run `npm ci`, then this again."""


def copy(modules: Path, vendor: Path) -> list[tuple[str, int]]:
    """Replace `vendor` by the files of LIBRARIES; return (path below vendor, bytes), sorted.

    The new folder is made beside the old one and then put in its place, so that a missing file leaves the old one whole.
    """
    fresh = vendor.with_name(vendor.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    copied = []
    for package, (folder, licence, files) in LIBRARIES.items():
        target = fresh / folder
        target.mkdir(parents=True, exist_ok=True)
        for name in [licence, *files]:
            source = modules / package / name
            if not source.is_file():
                shutil.rmtree(fresh, ignore_errors=True)
                raise VendorError(
                    f"{package}: {name} is not in {modules.name}. Run `npm ci`, then this again."
                )
            kept = "LICENSE.txt" if name == licence else source.name
            shutil.copyfile(source, target / kept)
            copied.append((f"{folder}/{kept}", source.stat().st_size))
    copied += make_truetype(modules, fresh)
    shutil.rmtree(vendor, ignore_errors=True)
    fresh.rename(vendor)
    return sorted(copied)


def make_truetype(modules: Path, vendor: Path) -> list[tuple[str, int]]:
    """The fonts of documents as TrueType, the same bytes each time; (path below vendor, bytes)."""
    target = vendor / "fonts/documents"
    target.mkdir(parents=True, exist_ok=True)
    made = []
    for name, (package, parts) in TRUETYPE.items():
        _truetype([modules / package / part for part in parts], target / name)
        made.append((f"fonts/documents/{name}", (target / name).stat().st_size))
    for package, licence in (("noto-sans", "NotoSans"), ("noto-naskh-arabic", "NotoNaskhArabic")):
        text = modules / "@fontsource" / package / "LICENSE"
        shutil.copyfile(text, target / f"LICENSE-{licence}.txt")
        made.append((f"fonts/documents/LICENSE-{licence}.txt", text.stat().st_size))
    return made


def _truetype(parts: list[Path], target: Path) -> None:
    # Imported here, because the rest of this tool needs nothing but the standard library.
    from fontTools.merge import Merger
    from fontTools.ttLib import TTFont

    first = TTFont(parts[0], recalcTimestamp=False)
    made, changed = first["head"].created, first["head"].modified
    if len(parts) == 1:
        font = first
    else:
        plain = []
        for number, part in enumerate(parts):
            one = TTFont(part, recalcTimestamp=False)
            one.flavor = None
            plain.append(str(target.with_suffix(f".part{number}")))
            one.save(plain[-1])
        font = Merger().merge(plain)
        for path in plain:
            Path(path).unlink()
    font.flavor = None
    font.recalcTimestamp = False
    font["head"].created, font["head"].modified = made, changed
    _narrow_space(font)
    font.save(target)


def _narrow_space(font: Any) -> None:
    """U+202F stands before ; ! ? and between thousands in French; the web files leave it to the browser."""
    cmap = font.getBestCmap()
    if 0x202F in cmap:
        return
    font["glyf"]["narrowspace"] = type(font["glyf"][cmap[0x20]])()
    font["hmtx"]["narrowspace"] = (font["hmtx"][cmap[0x20]][0] * 4 // 5, 0)
    font.setGlyphOrder([*dict.fromkeys([*font.getGlyphOrder(), "narrowspace"])])
    for table in font["cmap"].tables:
        table.cmap[0x202F] = "narrowspace"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--from", dest="modules", type=Path, default=ROOT / "node_modules")
    parser.add_argument("--to", dest="vendor", type=Path, default=ROOT / "src/constat/ui/static/vendor")
    options = parser.parse_args(arguments)
    try:
        copied = copy(options.modules, options.vendor)
    except VendorError as error:
        print(f"vendor: {error}", file=sys.stderr)
        return 1
    for name, size in copied:
        print(f"{size / 1024:8.1f} KiB  {name}")
    print(f"{sum(size for _, size in copied) / 1024:8.1f} KiB  in {len(copied)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
