"""The model of a person: what two records of a human being can agree on, and how closely.

Engine: Splink on DuckDB (Linacre and others, International Journal of Population Data Science 7, 2022) brings the candidate
pairs, compares them level by level and measures agreement between random pairs. Ours are the columns understood, names across
spellings, dates with slips, ages that are guesses, the blocking keys, and the weights (see `weights`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from constat.analysis.errors import InputError
from constat.analysis.linkage import blocking
from constat.analysis.linkage import weights as weighing
from constat.analysis.linkage.engine import Comparison, Level, open_engine
from constat.analysis.linkage.records import Records, load, refuse_first
from constat.analysis.linkage.spelling import name_key, words_of

ROLES: Mapping[str, tuple[str, ...]] = {
    "given": ("given_name", "first_name", "firstname", "forename", "fname", "fname_c1", "prenom", "prenoms", "given"),
    "given2": ("middle_name", "second_name", "fname_c2", "other_names", "deuxieme_prenom"),
    "surname": (
        "surname", "last_name", "lastname", "family_name", "familyname", "lname", "lname_c1", "nom_de_famille", "patronyme",
        "patronym", "nom",
    ),
    "surname2": ("lname_c2", "second_surname", "maiden_name", "nom_de_jeune_fille"),
    "full": ("full_name", "fullname", "name", "names", "nom_complet", "nom_et_prenom", "person", "person_name", "victim_name", "victim"),
    "born": ("date_of_birth", "dob", "birth_date", "birthdate", "born", "date_naissance", "date_de_naissance", "ddn"),
    "born_year": ("by", "birth_year", "year_of_birth", "yob", "annee_naissance", "birthyear"),
    "born_month": ("bm", "birth_month", "month_of_birth", "mob", "birthmonth"),
    "born_day": ("bd", "birth_day", "day_of_birth", "birthday"),
    "age": ("age", "age_years", "age_at_death"),
    "sex": ("sex", "gender", "sexe", "genre"),
    "harmed": (
        "date_of_death", "death_date", "date_of_harm", "date_killed", "date_deces", "date_du_deces", "incident_date", "event_date", "date",
    ),
    "number": ("soc_sec_id", "ssn", "national_id", "nina", "nin", "id_number", "passport", "social_security_number"),
    "phone": ("phone", "phone_number", "telephone", "mobile", "tel"),
    "email": ("email", "e_mail", "mail", "courriel"),
    "birth_place": ("birth_place", "birthplace", "place_of_birth", "lieu_naissance", "lieu_de_naissance"),
    "place": ("suburb", "village", "place", "city", "town", "locality", "location", "commune", "ville", "lieu", "place_of_death", "residence"),
    "postcode": ("postcode", "postal_code", "post_code", "zip", "zip_code", "zipcode", "postcode_fake", "code_postal"),
    "address": ("address_1", "address", "street", "street_address", "street_name", "address1", "adresse", "rue"),
    "address2": ("address_2", "address2"),
    "house": ("street_number", "house_number", "number_of_house", "street_no"),
    "region": ("state", "province", "region", "district", "cercle", "county", "admin1", "adm_1", "adm1"),
    "occupation": ("occupation", "profession", "job", "metier"),
}  # fmt: skip
NAMED = ("given", "surname", "full")
OLDEST = 125
# A file of many records holds dates of birth with a slipped digit, and comparing them is the work: one in so many may lie ahead.
SLIPS = 50


@dataclass(frozen=True)
class Candidates:
    """Pairs that share a blocking key. levels: one column per comparison, -1 nothing to compare, 0 differs, more is better.

    left < right, rows of the records. rarity: bits. possible: pairs that could be at all. u: from random pairs, worst level first.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    levels: NDArray[np.int8]
    rarity: NDArray[np.float64]
    comparisons: tuple[Comparison, ...]
    u: tuple[NDArray[np.float64], ...]
    possible: float
    rules: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())


def _later(day: date) -> date:
    """A hundred years on, or the last day there is."""
    return date(min(day.year + 100, date.max.year), 12, 31)


def read(
    paths: Sequence[str | Path], *, truth: str = "", threads: int = 2, today: date = date.max
) -> Records:
    """Files of persons. InputError: no name and no identifying number, an age or a date that cannot be meant, an id twice."""
    records = load(paths, ROLES, truth=truth, threads=threads, today=today)
    if not any(role in records for role in (*NAMED, "number", "phone", "email")):
        raise InputError(
            f"{records.files[0][0]}: no column holds a name or a number of a person; here stand {', '.join(records.unused)}."
        )
    if "age" in records:
        no_number = (
            "age IS NOT NULL AND (TRY_CAST(age AS DOUBLE) IS NULL OR NOT isfinite(TRY_CAST(age AS DOUBLE)))"
        )
        refuse_first(
            records,
            "age",
            no_number,
            "{value} is not an age. Write a number, or nothing where it is unknown.",
        )
        refuse_first(
            records,
            "age",
            f"CAST(age AS DOUBLE) NOT BETWEEN 0 AND {OLDEST}",
            "{value} is not the age of a human being.",
        )
    for role in ("born", "harmed"):
        if role in records:
            # Only a real day of the calendar in the next hundred years is meant as a date; a misread year 7965 is compared as written.
            iso = (
                f'coalesce(TRY_CAST("{role}" AS DATE), TRY_CAST(try_strptime("{role}", \'%Y%m%d\') AS DATE))'
            )
            ahead = f"{iso} > DATE '{today}' AND {iso} < DATE '{_later(today)}'"
            many = records.connection.execute(f"SELECT count(*) FROM records WHERE {ahead}").fetchall()[0][0]  # noqa: S608
            if role == "harmed" or many * SLIPS > records.n:
                refuse_first(records, role, ahead, "{value} lies in the future (today is {today}).")
    return records


def candidates(
    records: Records,
    *,
    engine: str = "",
    seed: int = 1,
    threads: int = 2,
    progress: Callable[[str], None] | None = None,
) -> Candidates:
    """Blocked pairs and their levels, compared by Splink on `engine` (see `engine`)."""
    say = progress or (lambda _: None)
    say("preparing names and dates")
    _prepare(records)
    comparisons = tuple(_comparisons(records))
    keys = blocking.keys(*_keys(records), threads=threads)
    n = records.n
    possible = n * (n - 1) / 2
    with open_engine(engine, records.connection, "people", comparisons) as compared_by:
        compare = compared_by.levels
        say("comparing strangers")
        u = _of_strangers(compare, n, comparisons, seed)
        exact = _exact_shares(records, comparisons)
        u = tuple(_usual(_with_exact(one, share), possible) for one, share in zip(u, exact, strict=True))
        say(f"{len(keys)} blocking keys")
        keys = blocking.earning(keys, n, possible, u, compare, seed=seed)
        left, right = blocking.pairs(keys, n)
        say(f"comparing {len(left):,} pairs that {len(keys)} keys bring")
        levels = compare(left, right)
    rarity = _rarity(records, comparisons, left, right, levels)
    return Candidates(left, right, levels, rarity, comparisons, u, possible, tuple(key.name for key in keys))


def fitted(found: Candidates) -> weighing.Fit:
    return weighing.fit(found.levels, found.u, found.possible, rarity=found.rarity)


# Preparing -----------------------------------------------------------------------------------------------------


def _prepare(records: Records) -> None:
    """The table `people`: one row per record, every column that a comparison or a key asks for."""
    run = records.connection.execute
    have = records.columns
    chosen = ["row", "source"]
    for role in ("given", "given2", "surname", "surname2", "full"):
        if role in have:
            _spellings(records, role)
    joins = []
    for role in ("given", "given2", "surname", "surname2", "full"):
        if role in have:
            chosen += [f"s_{role}.folded AS {role}", f"s_{role}.key AS {role}_key", f"s_{role}.n AS {role}_n"]
            chosen += [f"s_{role}.words AS {role}_words"] if role == "full" else []
            joins.append(f'LEFT JOIN s_{role} ON s_{role}.written = records."{role}"')
    chosen += _born(have)
    if "harmed" in have:
        chosen.append(
            "coalesce(TRY_CAST(harmed AS DATE), TRY_CAST(try_strptime(harmed, '%Y%m%d') AS DATE)) AS harmed"
        )
    if "age" in have:
        chosen.append("CAST(age AS DOUBLE) AS age")
    if "sex" in have:
        chosen.append("substr(replace(lower(sex), 'h', 'm'), 1, 1) AS sex")
    for role in ("number", "phone", "postcode", "house"):
        if role in have:
            chosen.append(f"nullif(regexp_replace(lower(\"{role}\"), '[^a-z0-9]', '', 'g'), '') AS {role}")
    for role in ("email", "birth_place", "place", "address", "address2", "region", "occupation"):
        if role in have:
            chosen.append(
                f"nullif(trim(regexp_replace(lower(strip_accents(\"{role}\")), '[^a-z0-9@.]+', ' ', 'g')), '') AS {role}"
            )
    born = "born" in have or "born_year" in have
    counted = ["number", "phone", "postcode", "birth_place", "place", "address", "address2", "occupation"]
    counted = [*(["born"] if born else []), *(role for role in counted if role in have)]
    counts = ", ".join(
        f"c_{role} AS MATERIALIZED (SELECT {role} AS v, count(*) AS n FROM written WHERE {role} IS NOT NULL GROUP BY 1)"  # noqa: S608
        for role in counted
    )
    more = [*(_PARTS_OF_BIRTH if born else ()), *(f"c_{role}.n AS {role}_n" for role in counted)]
    joined = " ".join(f"LEFT JOIN c_{role} ON c_{role}.v = written.{role}" for role in counted)
    run(f"CREATE TABLE written AS SELECT {', '.join(chosen)} FROM records {' '.join(joins)}")  # noqa: S608
    run(
        f"CREATE TABLE people AS {f'WITH {counts}' if counts else ''} SELECT {', '.join(['written.*', *more])} FROM written {joined}"  # noqa: S608
    )
    run("DROP TABLE written")


def _spellings(records: Records, role: str) -> None:
    """s_<role>: every way the column is written, folded, its key, how often the folded form stands in the file."""
    from constat.analysis.names import fold

    run = records.connection.execute
    written = [
        one
        for (one,) in run(f'SELECT DISTINCT "{role}" FROM records WHERE "{role}" IS NOT NULL').fetchall()  # noqa: S608
    ]
    table = {
        "written": np.array(written, object),
        "folded": np.array([fold(one) for one in written], object),
        "key": np.array([name_key(one) for one in written], object),
        "words": np.array([" ".join(words_of(one)) if role == "full" else "" for one in written], object),
    }
    records.connection.register("spellings_now", table)
    run(
        f"CREATE TABLE s_{role} AS WITH t AS (SELECT written, nullif(folded, '') AS folded, nullif(key, '') AS key, "  # noqa: S608
        f"string_split(nullif(words, ''), ' ') AS words FROM spellings_now), "
        f'c AS (SELECT t.folded, count(*) AS n FROM records JOIN t ON t.written = records."{role}" GROUP BY 1) '
        "SELECT t.*, c.n FROM t LEFT JOIN c ON c.folded = t.folded"
    )
    records.connection.unregister("spellings_now")


def _born(have: Mapping[str, str]) -> list[str]:
    """The date of birth as yyyymmdd, ? for what is not known."""
    if "born" in have:
        digits = "regexp_replace(born, '[^0-9]', '', 'g')"
        # 19651013, 1965-10-13, 13/10/1965, 1965-10 and 1965 are read; anything else has no parts.
        whole = (
            "CASE WHEN regexp_matches(born, '^[0-9]{8}$') THEN born "
            f"WHEN regexp_matches(born, '^[0-9]{{4}}[^0-9][0-9]{{2}}[^0-9][0-9]{{2}}') THEN substr({digits}, 1, 8) "
            f"WHEN regexp_matches(born, '^[0-9]{{2}}[^0-9][0-9]{{2}}[^0-9][0-9]{{4}}$') "
            f"THEN substr({digits}, 5, 4) || substr({digits}, 3, 2) || substr({digits}, 1, 2) "
            f"WHEN regexp_matches(born, '^[0-9]{{4}}([^0-9][0-9]{{2}})?$') THEN rpad({digits}, 8, '?') END"
        )
    elif "born_year" in have:
        month = "coalesce(lpad(born_month, 2, '0'), '??')" if "born_month" in have else "'??'"
        day = "coalesce(lpad(born_day, 2, '0'), '??')" if "born_day" in have else "'??'"
        whole = f"lpad(born_year, 4, '0') || {month} || {day}"
    else:
        return []
    return [f"{whole} AS born"]


# Year, month and day as numbers, the last two only where the whole is known: numbers compare faster than words.
_PARTS_OF_BIRTH = (
    "TRY_CAST(substr(born, 1, 4) AS SMALLINT) AS born_year",
    "CASE WHEN NOT contains(born, '?') THEN TRY_CAST(substr(born, 5, 2) AS SMALLINT) END AS born_month",
    "CASE WHEN NOT contains(born, '?') THEN TRY_CAST(substr(born, 7, 2) AS SMALLINT) END AS born_day",
)


# Comparing -----------------------------------------------------------------------------------------------------


def _comparisons(records: Records) -> list[Comparison]:
    have = records.columns
    made = []
    # A name in full beside its parts says nothing new; it only brings candidates.
    split = "given" in have and "surname" in have
    for role, other in (("given", "surname"), ("surname", "given")):
        if role in have:
            made.append(_name(role, other if other in have else ""))
    for role in ("given2", "surname2"):
        if role in have:
            same = Level("same", f"{role}_key_l = {role}_key_r")
            made.append(Comparison(role, f"{role}_l IS NULL OR {role}_r IS NULL", (same,)))
    if "full" in have and not split:
        made.append(_words())
    if "born" in have or "born_year" in have:
        made.append(_date_of_birth())
    if "age" in have:
        made.append(_age())
    if "harmed" in have:
        days = "abs(date_diff('day', harmed_l, harmed_r))"
        steps = (("same day", 0), ("a day apart", 1), ("a week apart", 7), ("a month apart", 31))
        levels = tuple(Level(name, f"{days} <= {most}") for name, most in steps)
        made.append(Comparison("date of harm", "harmed_l IS NULL OR harmed_r IS NULL", levels))
    if "sex" in have:
        made.append(_same("sex"))
    made += [_code(role) for role in ("number", "phone") if role in have]
    if "email" in have:
        local = "split_part(email_l, '@', 1) = split_part(email_r, '@', 1)"
        made.append(
            Comparison(
                "email", "email_l IS NULL OR email_r IS NULL",
                (Level("same", "email_l = email_r"), Level("same before @", local),
                 Level("alike", "jaro_winkler_similarity(email_l, email_r) >= 0.9")),
            )
        )  # fmt: skip
    other_line = "address2" if "address2" in have else ""
    made += [
        _text(role, other_line if role == "address" else "")
        for role in ("birth_place", "place", "address", "address2")
        if role in have
    ]
    if "postcode" in have:
        made.append(_postcode())
    if "house" in have:
        made.append(_same("house"))
    if "region" in have:
        made.append(_same("region"))
    if "occupation" in have:
        made.append(_same("occupation", rarity=True))
    return made


def _name(role: str, other: str) -> Comparison:
    """A spelling that stands nowhere else is a slip of a common one; two common spellings one letter apart are two names."""
    a, b = f"{role}_l", f"{role}_r"
    common, rare = f"greatest({role}_n_l, {role}_n_r)", f"least({role}_n_l, {role}_n_r)"
    slip = f"{rare} <= 1 + {common} / 50"
    near = f"({role}_key_l = {role}_key_r OR jaro_winkler_similarity({a}, {b}) >= 0.93 OR {_within(a, b, 1)})"
    far = f"(jaro_winkler_similarity({a}, {b}) >= 0.88 OR {_within(a, b, 1)})"
    part = f"(starts_with({a}, {b}) OR starts_with({b}, {a}) OR (length({a}) = 1 OR length({b}) = 1) AND substr({a}, 1, 1) = substr({b}, 1, 1))"
    levels = [
        Level("same", f"{a} = {b}", by_rarity=True),
        Level("a slip of the pen", f"{slip} AND {near}", by_rarity=True),
        Level("another spelling of the name", f"{role}_key_l = {role}_key_r", by_rarity=True),
        Level("alike", far),
        Level("begins alike", part),
    ]
    if other:
        swapped = f"({role}_key_l = {other}_key_r OR {other}_key_l = {role}_key_r)"
        levels.insert(3, Level(f"stands as the {other}", swapped))
    return Comparison(role, f"{a} IS NULL OR {b} IS NULL", tuple(levels), values=role)


def _within(a: str, b: str, most: int) -> str:
    """At most so many letters changed, added, dropped or exchanged. CASE, so that the costly distance is computed for few."""
    likely = f"abs(length({a}) - length({b})) <= {most} AND jaro_similarity({a}, {b}) >= {0.75 if most == 1 else 0.6}"
    return f"(CASE WHEN {likely} THEN damerau_levenshtein({a}, {b}) <= {most} ELSE false END)"


def _words() -> Comparison:
    """Names in one column: the words they share, in any order."""
    shared = "len(list_intersect(full_words_l, full_words_r))"
    least = "least(len(full_words_l), len(full_words_r))"
    most = "greatest(len(full_words_l), len(full_words_r))"
    alike = "jaro_winkler_similarity(array_to_string(full_words_l, ' '), array_to_string(full_words_r, ' ')) >= 0.92"
    levels = (
        Level("same, letter by letter", "full_l = full_r", by_rarity=True),
        Level("same words, or other spellings of them", f"{shared} = {most} AND {most} > 1"),
        Level("all words of the shorter name", f"{shared} = {least} AND {least} > 1"),
        Level("alike", alike),
        Level("two words", f"{shared} >= 2"),
        Level("one word, and it is all there is", f"{shared} = 1 AND {least} = 1"),
        Level("one word", f"{shared} = 1"),
    )
    return Comparison(
        "name in full",
        "full_words_l IS NULL OR full_words_r IS NULL",
        levels,
        values="full",
    )


def _date_of_birth() -> Comparison:
    """Which part differs matters: by chance two people share month and day far oftener than year and month."""
    # Month and day are NULL where the whole is not known, and nothing is equal to that.
    y, m, d = (f"born_{part}_l = born_{part}_r" for part in ("year", "month", "day"))
    whole = "(born_month_l IS NULL OR born_month_r IS NULL)"
    one = _within("born_l", "born_r", 1)
    swap = "born_month_l = born_day_r AND born_day_l = born_month_r"
    levels = (
        Level("same", f"{y} AND {m} AND {d}", by_rarity=True),
        Level("day and month exchanged", f"{y} AND {swap}"),
        Level("a digit of the month differs", f"{y} AND {d} AND {one}"),
        Level("a digit of the day differs", f"{y} AND {m} AND {one}"),
        Level("a digit of the year differs", f"{m} AND {d} AND {one}"),
        Level("the month differs", f"{y} AND {d}"),
        Level("the day differs", f"{y} AND {m}"),
        Level("the year differs", f"{m} AND {d}"),
        Level(
            "same as far as known",
            f"{whole} AND {y} AND (substr(born_l, 5, 2) = substr(born_r, 5, 2) OR contains(born_l, '??') OR contains(born_r, '??'))",
        ),
        Level("same year", y),
        Level("a year or two apart", "abs(born_year_l - born_year_r) <= 2"),
    )
    return Comparison("date of birth", "born_l IS NULL OR born_r IS NULL", levels, values="born")


def _age() -> Comparison:
    """Ages are guesses, and the older the rougher; 40 and 45 said by two witnesses agree."""
    apart, mean = "abs(age_l - age_r)", "(age_l + age_r) / 2"
    levels = (
        Level("same", "age_l = age_r"),
        Level("a year apart", f"{apart} <= 1"),
        Level("as near as guesses are", f"{apart} <= greatest(2, 0.15 * {mean})"),
        Level("far for a guess", f"{apart} <= greatest(5, 0.3 * {mean})"),
    )
    return Comparison("age", "age_l IS NULL OR age_r IS NULL", levels)


def _code(role: str) -> Comparison:
    a, b = f"{role}_l", f"{role}_r"
    levels = (Level("same", f"{a} = {b}"), Level("one digit differs", _within(a, b, 1)),
              Level("two digits differ", _within(a, b, 2)))  # fmt: skip
    return Comparison(role, f"{a} IS NULL OR {b} IS NULL", levels)


def _postcode() -> Comparison:
    area = "length(postcode_l) > 4 AND substr(postcode_l, 1, length(postcode_l) - 3) = substr(postcode_r, 1, length(postcode_r) - 3)"
    levels = (
        Level("same", "postcode_l = postcode_r", by_rarity=True),
        Level("one digit differs", _within("postcode_l", "postcode_r", 1)),
        Level("same area", area),
    )
    return Comparison("postcode", "postcode_l IS NULL OR postcode_r IS NULL", levels, values="postcode")


def _text(role: str, swapped: str = "") -> Comparison:
    a, b = f"{role}_l", f"{role}_r"
    levels = [
        Level("same", f"{a} = {b}", by_rarity=True),
        Level(
            "alike", f"jaro_winkler_similarity({a}, {b}) >= 0.92 OR length({a}) > 4 AND {_within(a, b, 2)}"
        ),
    ]
    if swapped:
        levels.append(Level("in the other line", f"{a} = {swapped}_r OR {swapped}_l = {b}"))
    levels.append(
        Level(
            "one holds the other",
            f"length({a}) > 3 AND length({b}) > 3 AND (contains({a}, {b}) OR contains({b}, {a}))",
        )
    )
    return Comparison(role, f"{a} IS NULL OR {b} IS NULL", tuple(levels), values=role)


def _same(role: str, *, rarity: bool = False) -> Comparison:
    level = Level("same", f"{role}_l = {role}_r", by_rarity=rarity)
    return Comparison(role, f"{role}_l IS NULL OR {role}_r IS NULL", (level,), values=role if rarity else "")


# Blocking ------------------------------------------------------------------------------------------------------


def _keys(records: Records) -> tuple[blocking.Atoms, list[tuple[str, ...]]]:
    """What keys are made of, and the keys: two records are compared when they share one."""
    have = records.columns
    born = "born" in have or "born_year" in have
    names = [role for role in ("given", "surname") if role in have]
    places = [role for role in ("birth_place", "place", "postcode", "address") if role in have]
    numbers = [role for role in ("number", "phone", "email") if role in have]
    sql = {role: role for role in (*places, *numbers)}
    sql |= {role: f"{role}_key" for role in names}
    if len(names) == 2:
        sql |= {f"{role} letters": f"substr({role}, 1, 3)" for role in names}
        sql |= {f"{role} letter": f"substr({role}_key, 1, 1)" for role in names}
    if "harmed" in have:
        sql["harmed"] = "CAST(harmed AS VARCHAR)"
    if born:
        parts = {"year": (1, 4), "year and month": (1, 6), "month and day": (5, 4)}
        sql |= {name: f"substr(born, {at}, {n})" for name, (at, n) in parts.items()}
        sql["year and day"] = "substr(born, 1, 4) || '|' || substr(born, 7, 2)"
        # Day and month exchanged are one date.
        month, day = "substr(born, 5, 2)", "substr(born, 7, 2)"
        sql["date of birth"] = f"substr(born, 1, 4) || least({month}, {day}) || greatest({month}, {day})"
    wanted: list[tuple[str, ...]] = [(one,) for one in numbers]
    if len(names) == 2:
        wanted += [("given", "surname"), ("given letters", "surname"), ("given", "surname letters")]
    if born:
        wanted.append(("date of birth",))
        wanted += [
            (role, part) for role in names for part in ("year and month", "month and day", "year and day")
        ]
        wanted += [("year", place) for place in places]
    wanted += [(role, place) for role in names for place in places]
    wanted += [(role, "harmed") for role in names if "harmed" in have]
    if "postcode" in have and "address" in have:
        wanted.append(("postcode", "address"))
    wanted += [(role,) for role in names]
    listed = {}
    if "full" in have:
        listed = _words_of_names(records)
        beside = [
            *(("year and month", "year") if born else ()),
            *places,
            *(("harmed",) if "harmed" in have else ()),
        ]
        wanted += [("two words",), *(("word", one) for one in beside)]
        if not beside:
            wanted.append(("word",))
    single = _numbered(records, sql)
    narrows = [
        one
        for one in ("given letter", "surname letter", "date of birth", "year", "harmed", *places)
        if one in single
    ]
    return blocking.Atoms(records.n, single, listed, narrows, _IMPLIED, frozenset(names)), wanted


_IMPLIED: Mapping[str, frozenset[str]] = {
    "given": frozenset({"given letters", "given letter"}),
    "surname": frozenset({"surname letters", "surname letter"}),
    "given letters": frozenset({"given letter"}),
    "surname letters": frozenset({"surname letter"}),
    "date of birth": frozenset({"year", "year and month", "month and day", "year and day"}),
    "year and month": frozenset({"year"}),
    "year and day": frozenset({"year"}),
    "two words": frozenset({"word"}),
}


def _numbered(records: Records, sql: Mapping[str, str]) -> dict[str, NDArray[np.uint64]]:
    """A number for the value of each record, 0 for none: numbers sort and join faster than words."""
    if not sql:
        return {}
    chosen = ", ".join(
        f"CASE WHEN ({one}) IS NULL THEN 0 ELSE hash({one}) END AS a{i}" for i, one in enumerate(sql.values())
    )
    found = records.connection.execute(f"SELECT row, {chosen} FROM people").fetchnumpy()  # noqa: S608
    made = {}
    for i, name in enumerate(sql):
        made[name] = np.zeros(records.n, np.uint64)
        made[name][found["row"]] = np.asarray(found[f"a{i}"]).astype(np.uint64)
    return made


def _words_of_names(records: Records) -> dict[str, tuple[NDArray[np.int64], NDArray[np.uint64]]]:
    two = "flatten(list_transform(full_words, lambda a, i: list_transform(full_words[i + 1:], lambda b: a || '|' || b)))"
    made = {}
    for name, sql in (("word", "full_words"), ("two words", two)):
        found = records.connection.execute(
            f"SELECT row, hash(v) AS v FROM (SELECT row, unnest(list_distinct({sql})) AS v FROM people)"  # noqa: S608
        ).fetchnumpy()
        made[name] = (np.asarray(found["row"], np.int64), np.asarray(found["v"]).astype(np.uint64))
    return made


# Strangers -----------------------------------------------------------------------------------------------------

# Random pairs that say how often strangers agree: so many, and so many comparisons in all.
RANDOM_PAIRS, RANDOM_COMPARED = 1e6, 3e6


def _of_strangers(
    compare: blocking.Compare, n: int, comparisons: Sequence[Comparison], seed: int
) -> tuple[NDArray[np.float64], ...]:
    """How often random pairs are at each level; every pair of a small file."""
    many = int(min(RANDOM_PAIRS, RANDOM_COMPARED / len(comparisons)))
    if n * (n - 1) // 2 <= many:
        one, other = np.triu_indices(n, 1)
    else:
        random = np.random.default_rng(seed)
        one = random.integers(0, n, many)
        other = (one + random.integers(1, n, many)) % n
    levels = compare(np.minimum(one, other), np.maximum(one, other))
    made = []
    for j, comparison in enumerate(comparisons):
        seen = levels[levels[:, j] >= 0, j]
        counts = np.bincount(seen, minlength=len(comparison.levels) + 1).astype(np.float64)
        made.append(np.maximum(counts / max(counts.sum(), 1.0), weighing.LEAST_U))
    return tuple(made)


# Rarity --------------------------------------------------------------------------------------------------------


def _rarity(
    records: Records, comparisons: Sequence[Comparison], left: NDArray[np.int64], right: NDArray[np.int64],
    levels: NDArray[np.int8],
) -> NDArray[np.float64]:  # fmt: skip
    """Bits that agreeing on this value says beyond agreeing on any: log2(sum of shares squared / share of the commoner one)."""
    bits = np.zeros(len(left))
    for j, one in enumerate(comparisons):
        if not one.values:
            continue
        column = records.connection.execute(
            f"SELECT coalesce({one.values}_n, 0) AS n FROM people ORDER BY row"  # noqa: S608
        ).fetchnumpy()["n"]
        many = np.asarray(column, float)
        share = many / max((many > 0).sum(), 1)
        mean = share.sum() / max((many > 0).sum(), 1)  # over records, so values weigh by how common they are
        top = len(one.levels)
        rare = np.array([False] + [level.by_rarity for level in reversed(one.levels)] + [False])
        at = rare[levels[:, j]] & (levels[:, j] >= 0)
        commoner = np.maximum(share[left[at]], share[right[at]])
        bits[at] += np.clip(np.log2(mean / np.maximum(commoner, 1e-9)), -6, 9) * np.where(
            levels[at, j] == top, 1.0, RARE_SLIP
        )
    return bits


# A slip of a rare name is rarer than a slip of a common one, in the same proportion.
RARE_SLIP = 1.0


def _exact_shares(records: Records, comparisons: Sequence[Comparison]) -> list[float | None]:
    """How often two records have the very same value, over all pairs: counted, where random pairs would hardly meet it."""
    found: list[float | None] = []
    for one in comparisons:
        column = EXACT.get(one.name)
        if column is None:
            found.append(None)
            continue
        same, n = records.connection.execute(
            f"SELECT sum(n * (n - 1) / 2), sum(n) FROM (SELECT count(*) AS n FROM people WHERE {column} IS NOT NULL GROUP BY {column})"  # noqa: S608
        ).fetchall()[0]
        found.append(same / (n * (n - 1) / 2) if n and n > 1 else None)
    return found


EXACT: Mapping[str, str] = {
    **{name: name for name in ("given", "surname", "number", "phone", "postcode", "birth_place", "place", "address", "address2", "occupation", "email")},
    "date of birth": "born",
}  # fmt: skip


# A file of a few records says little about strangers, and half of its pairs may be no strangers: as much as so many pairs
# would say is what is usual, nine in ten differing.
USUAL_PAIRS = 200.0


def _usual(u: NDArray[np.float64], possible: float) -> NDArray[np.float64]:
    usual = np.append(0.9, np.full(len(u) - 1, 0.1 / (len(u) - 1)))
    weight = USUAL_PAIRS / (USUAL_PAIRS + min(possible, RANDOM_PAIRS))
    return u + weight * (usual - u) if possible < 100 * USUAL_PAIRS else u


def _with_exact(u: NDArray[np.float64], exact: float | None) -> NDArray[np.float64]:
    if exact is None or not 0 < exact < 1:
        return u
    rest = u[:-1] / max(u[:-1].sum(), 1e-12) * (1 - exact)
    return np.append(rest, exact)
