"""The targets of a mapping, from targets.toml: what a column may be and by which headings it is recognised."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from constat.analysis.names import fold
from constat.rules.speech import language_of

# Target -> code of the vocabulary "harm". Killed and injured have ranges and parts; the others one figure.
HARMS = {
    "killed": "death", "injured": "injury", "abducted": "abduction", "detained": "detention",
    "missing": "missing_disappeared", "displaced": "displacement",
}  # fmt: skip
WITH_PARTS = ("killed", "injured")
DIMENSIONS = ("sex", "age_band", "status")
_COLON = {"fr": "\u00a0: ", "en": ": ", "ar": ": "}


@dataclass(frozen=True)
class Target:
    """words: the vocabulary its cells are words of. answer: yes, no or unknown. many: several columns may be this."""

    code: str
    labels: Mapping[str, str]
    headings: tuple[str, ...]
    words: str = ""
    answer: bool = False
    many: bool = False
    harm: str = ""  # for parts: which total they are parts of
    part: Mapping[str, Any] = field(default_factory=dict)  # sex, age_band or status of a part

    def label(self, language: str) -> str:
        return self.labels[language_of(language)]


@cache
def targets() -> Mapping[str, Target]:
    text = resources.files("constat.integrations.spreadsheet").joinpath("targets.toml").read_text("utf-8")
    data = tomllib.loads(text)
    found = {
        one["code"]: Target(one["code"], one["label"], tuple(one["headings"]), one.get("words", ""),
                            one.get("answer", False), one.get("many", False))
        for one in data["target"]
    }  # fmt: skip
    parts: dict[str, Target] = {}
    for harm in WITH_PARTS:
        for one in data["part"]:
            target = _part(found[harm], harm, one)
            parts[target.code] = target
    return {**found, **parts}


def _part(whole: Target, harm: str, one: Mapping[str, object]) -> Target:
    labels = one["label"]
    assert isinstance(labels, dict)  # noqa: S101 (shape of our own file)
    words = one["headings"]
    assert isinstance(words, list)  # noqa: S101
    # "tués femmes", "femmes tuées", "women killed": either order. A bare "femmes" means the dead: that is what lists count.
    stems = [head for head in whole.headings if " " not in head]
    feminine = [stem[:-1] + "es" for stem in stems if stem.endswith("s")]
    headings = [
        f"{a} {b}" for word in words for stem in [*stems, *feminine] for a, b in ((stem, word), (word, stem))
    ]
    bare = words if harm == "killed" else []
    return Target(
        code=f"{harm}_{one['code']}",
        labels={tag: f"{whole.labels[tag].split(' (')[0]}{_COLON[tag]}{labels[tag]}" for tag in labels},
        headings=(*headings, *bare),
        harm=harm,
        part={name: str(one[name]) for name in DIMENSIONS if name in one},
    )


@cache
def headings() -> Mapping[str, str]:
    """Folded heading -> code of the target. The code itself is a heading too. The first target to claim one keeps it."""
    found: dict[str, str] = {}
    for target in targets().values():
        for heading in (target.code, *target.headings):
            found.setdefault(fold(heading) or heading, target.code)
    return found


__all__ = ["DIMENSIONS", "HARMS", "WITH_PARTS", "Target", "headings", "targets"]
