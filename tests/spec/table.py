"""Reads the first table after a heading of a Markdown file: a list of rows, column name -> cell."""

from pathlib import Path

HERE = Path(__file__).parent


def rows(file: str, heading: str) -> list[dict[str, str]]:
    """The rows of the table under `heading`. A missing heading or an empty table fails the test."""
    lines = (HERE / file).read_text("utf-8").splitlines()
    start = lines.index(f"## {heading}")
    table: list[list[str]] = []
    for line in lines[start + 1 :]:
        if line.startswith("## "):
            break
        if line.startswith("|"):
            table.append([cell.strip() for cell in line.strip().strip("|").split("|")])
    names, _, *body = table
    assert body, f"{file}: no row under {heading}"
    assert all(len(row) == len(names) for row in body), f"{file}: ragged table under {heading}"
    return [dict(zip(names, row, strict=True)) for row in body]


def ticked(cell: str) -> bool:
    """'yes' or 'no'; anything else is a mistake in the table."""
    return {"yes": True, "no": False}[cell]


def words(cell: str, separator: str = ",") -> list[str]:
    return [part.strip() for part in cell.split(separator) if part.strip() not in ("", "-")]


def number(cell: str) -> int | None:
    """A count; `?` and an empty cell are unknown."""
    return None if cell in ("", "?") else int(cell.replace(",", ""))


def titles(found: list[dict[str, str]]) -> list[str]:
    return [row.get("case") or " ".join(row.values())[:80] for row in found]
