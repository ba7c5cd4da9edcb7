"""The places most like a name. Likeness first; among places of one likeness, where people live before hills and streams."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from constat.analysis.names import NameList, fold, loose, sound
from constat.analysis.place.gazetteer import Place

# Several spellings of one place are compared; the best one speaks for it. So many are looked at for each answer asked for.
DEEP = 12
# What a place without people has to be more alike by, to come before one with; and so much where its name is written as asked.
# Learned on the GeoNames variants of Mali whose hash is even, see docs/analysis/place.md.
PEOPLED, AS_WRITTEN = 0.1, 0.02


@dataclass(frozen=True, slots=True)
class Found:
    """One candidate: the place, the spelling that matched, likeness 0 to 1, and the share of the answer it holds among candidates."""

    place: Place
    spelling: str
    likeness: float
    share: float


class Finder:
    """A gazetteer prepared once; about 2 s for 25,000 places. A query takes milliseconds."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = tuple(places)
        self.spellings: list[str] = []
        self.owner: list[list[int]] = []
        at: dict[str, int] = {}
        for i, place in enumerate(self.places):
            for name in (place.name, *place.others):
                key = fold(name)
                if key and key not in at:
                    at[key] = len(self.spellings)
                    self.spellings.append(name)
                    self.owner.append([])
                if key and (not self.owner[at[key]] or self.owner[at[key]][-1] != i):
                    self.owner[at[key]].append(i)
        self.names = NameList(self.spellings)
        self.within: dict[str, list[int]] = {}
        for spelling, owners in enumerate(self.owner):
            for code in {code for i in owners for code in self.places[i].parents}:
                self.within.setdefault(code, []).append(spelling)

    def find(self, name: str, *, within: str = "", limit: int = 5) -> tuple[Found, ...]:
        """The places most like a name, best first; () for an empty name. KeyError for a parent that no place has."""
        among = self.within[within] if within else None
        ranked = self.names.rank(name, limit=limit * DEEP, among=among)
        best: dict[int, tuple[float, str]] = {}
        for one in ranked:
            for i in self.owner[one.index]:
                place = self.places[i]
                if within and within not in place.parents:
                    continue
                lonely = 0.0 if place.kind in ("P", "") else AS_WRITTEN if one.score == 1.0 else PEOPLED
                score = one.score - lonely
                if i not in best or score > best[i][0]:
                    best[i] = (score, self.spellings[one.index])
        order = sorted(best, key=lambda i: (-best[i][0], -self.places[i].people, self.places[i].code))[:limit]
        odds = np.exp2([40 * (best[i][0] - 1.0) for i in order])
        return tuple(
            Found(self.places[i], best[i][1], round(best[i][0], 4), round(float(share), 4))
            for i, share in zip(order, odds / max(odds.sum(), 1e-30), strict=True)
        )


def keys(name: str) -> dict[str, str]:
    """How a name was read: folded, as it sounds, and with the letters hearers confuse made one."""
    return {"fold": fold(name), "sound": sound(name), "loose": loose(name)}
