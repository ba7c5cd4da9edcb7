"""The texts of the screens in French, English and Arabic.

    python tools/messages.py extract [PREFIX]   TOML skeleton of strings without a translation (below PREFIX), to fill in
    python tools/messages.py merge              build locale/{fr,en,ar}/LC_MESSAGES/django.po from locale/parts/*.toml
    python tools/messages.py compile            build the .mo files (made at set-up, not committed)
    python tools/messages.py missing            exit 1 and list what is untranslated, wrong or not merged

The source language is English. Translations are written in parts/<area>.toml, one file per area of the program:

    [[message]]
    id = "%(n)s day"
    plural = "%(n)s days"          # only for a plural
    context = "duration"           # only for pgettext and {% translate … context %}
    fr = ["%(n)s jour", "%(n)s jours"]
    ar = [six forms: zero, one, two, 3-10, 11-99, others]
"""

import argparse
import ast
import io
import os
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.template.base import Lexer, Token, TokenType
from django.utils.translation import trim_whitespace

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src/constat"
LOCALE = SOURCE / "locale"
LANGUAGES = ("fr", "ar")
FORMS = {"fr": 2, "en": 2, "ar": 6}
# Babel puts the hundreds (100-102) before 11-99 in Arabic; the parts are written in the order of the books and of CLDR.
PLURALS = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
}
# How many leading arguments of each function are text: context, singular, plural.
FUNCTIONS = {
    f"{name}{lazy}": parts
    for name, parts in {
        "gettext": ("id",),
        "ngettext": ("id", "plural"),
        "pgettext": ("context", "id"),
        "npgettext": ("context", "id", "plural"),
    }.items()
    for lazy in ("", "_lazy")
} | {"gettext_noop": ("id",)}

Key = tuple[str, str]  # context ("" for none), id


@dataclass
class Message:
    """A string of the program and where it is used."""

    id: str
    context: str = ""
    plural: str = ""
    places: list[str] = field(default_factory=list)

    @property
    def key(self) -> Key:
        return self.context, self.id


@dataclass(frozen=True)
class Entry:
    """A translation as somebody wrote it in a part."""

    part: str
    plural: str
    texts: dict[str, str | list[str]]


class MessageError(Exception):
    """A part or a source file cannot be read; the message says which and what to mend."""


# What the program says -----------------------------------------------------------------------------------------


def skipped(path: Path) -> bool:
    """Tests and the developers' gallery are not translated."""
    return "tests" in path.parts or "migrations" in path.parts or path.name.startswith("gallery")


def extract(source: Path = SOURCE) -> dict[Key, Message]:
    """Every translatable string below `source`. Raises MessageError for a text that is not a plain string."""
    found: dict[Key, Message] = {}
    for path in sorted(
        [*source.rglob("*.py"), *source.rglob("templates/**/*.html"), *source.rglob("templates/**/*.txt")]
    ):
        place = path.relative_to(source)
        if skipped(place):
            continue
        text = path.read_text(encoding="utf-8")
        for message in (
            python_messages(text, str(place)) if path.suffix == ".py" else template_messages(text, str(place))
        ):
            kept = found.setdefault(message.key, message)
            kept.plural = kept.plural or message.plural
            if str(place) not in kept.places:
                kept.places.append(str(place))
    return found


def python_messages(text: str, place: str) -> Iterator[Message]:
    """The gettext calls of a module, under whatever names it imported them."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise MessageError(f"{place}:{error.lineno}: not valid Python") from None
    names = {
        alias.asname or alias.name: FUNCTIONS[alias.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in FUNCTIONS
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            parts = names.get(node.func.id)
        elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            parts = FUNCTIONS.get(node.func.attr) if node.func.value.id == "translation" else None
        else:
            parts = None
        if parts is None:
            continue
        values = [
            argument.value if isinstance(argument, ast.Constant) else None
            for argument in node.args[: len(parts)]
        ]
        if len(values) < len(parts) or not all(isinstance(value, str) for value in values):
            raise MessageError(
                f"{place}:{node.lineno}: a translated text must be a plain string, so that it can be found"
            )
        yield Message(**dict(zip(parts, map(str, values), strict=True)), places=[place])


def template_messages(text: str, place: str) -> Iterator[Message]:
    """The {% translate %} and {% blocktranslate %} tags and the _("…") arguments of a template."""
    tokens = iter(Lexer(text).tokenize())
    for token in tokens:
        if token.token_type == TokenType.BLOCK:
            name = token.contents.split(maxsplit=1)[0] if token.contents.split() else ""
            if name in {"blocktranslate", "blocktrans"}:
                yield block_message(token, tokens, place)
                continue
            if name in {"translate", "trans"} and (message := tag_message(token, place)):
                yield message
            if name == "comment":
                for inner in tokens:
                    if inner.token_type == TokenType.BLOCK and inner.contents.split()[:1] == ["endcomment"]:
                        break
        if token.token_type in {TokenType.BLOCK, TokenType.VAR}:
            for quoted in re.findall(r"""\b_\(("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\)""", token.contents):
                yield Message(unquoted(quoted), places=[place])


def unquoted(text: str) -> str:
    quote = text[0]
    # As django.template.base.Variable does: a literal percent sign is doubled before it is looked up.
    return text[1:-1].replace(f"\\{quote}", quote).replace("\\\\", "\\").replace("%", "%%")


def tag_message(token: Token, place: str) -> Message | None:
    bits = token.split_contents()
    if len(bits) < 2 or bits[1][0] not in "\"'":
        return None  # a variable: its text is translated where it is made
    literal = re.match(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""", bits[1])
    if literal is None:
        raise MessageError(f"{place}:{token.lineno}: the text of {{% translate %}} cannot be read")
    return Message(unquoted(literal.group()), context_of(bits), places=[place])


def context_of(bits: list[str]) -> str:
    return bits[bits.index("context") + 1][1:-1] if "context" in bits else ""


def block_message(token: Token, tokens: Iterator[Token], place: str) -> Message:
    bits = token.split_contents()
    texts = ["", ""]
    part = 0
    for inner in tokens:
        if inner.token_type == TokenType.TEXT:
            texts[part] += inner.contents.replace("%", "%%")
        elif inner.token_type == TokenType.VAR:
            texts[part] += f"%({inner.contents})s"
        elif inner.token_type == TokenType.BLOCK:
            word = inner.contents.split()[0]
            if word == "plural":
                part = 1
            elif word in {"endblocktranslate", "endblocktrans"}:
                break
            else:
                raise MessageError(
                    f"{place}:{inner.lineno}: {{% {word} %}} may not stand inside {{% blocktranslate %}}"
                )
    else:
        raise MessageError(f"{place}:{token.lineno}: {{% blocktranslate %}} has no end")
    if "trimmed" in bits:
        texts = [trim_whitespace(one) for one in texts]
    return Message(texts[0], context_of(bits), texts[1], [place])


# What people translated ----------------------------------------------------------------------------------------


def entries(locale: Path = LOCALE) -> tuple[dict[Key, Entry], list[str]]:
    """(translations of all parts, complaints). Two parts may translate the same string only in the same words."""
    found: dict[Key, Entry] = {}
    complaints: list[str] = []
    for path in sorted(locale.glob("parts/*.toml")):
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise MessageError(f"{path.name}: {error}") from None
        for raw in data.get("message", []):
            if "id" not in raw:
                raise MessageError(f"{path.name}: a message has no id: {raw}")
            if strange := raw.keys() - {"id", "context", "plural", "fr", "ar", "en"}:
                raise MessageError(f"{path.name}: {raw['id']!r} has an unknown key {sorted(strange)}")
            key = raw.get("context", ""), raw["id"]
            texts = {tag: raw[tag] for tag in ("fr", "ar", "en") if raw.get(tag)}
            entry = Entry(path.name, raw.get("plural", ""), texts)
            other = found.setdefault(key, entry)
            complaints += [
                f"{path.name}: {raw['id']!r} is translated otherwise in {other.part} ({tag})"
                for tag in sorted(texts.keys() & other.texts.keys())
                if texts[tag] != other.texts[tag]
            ]
            if other is not entry:
                found[key] = Entry(other.part, other.plural or entry.plural, {**texts, **other.texts})
    return found, complaints


def catalog(tag: str, messages: dict[Key, Message], translated: dict[Key, Entry]) -> Catalog:
    # Fixed dates: a catalogue changes when a text changes, and then only.
    date = datetime(2026, 1, 1, tzinfo=UTC)
    made = Catalog(
        locale=tag, project="Constat", version="1", header_comment="# Made by tools/messages.py merge from locale/parts: edit there.",
        copyright_holder="", creation_date=date, revision_date=date, last_translator="Constat", language_team=tag, fuzzy=False,
    )  # fmt: skip
    if tag in PLURALS:
        made.mime_headers = [("Plural-Forms", PLURALS[tag])]
    for key, message in sorted(messages.items()):
        entry = translated.get(key)
        text = entry.texts.get(tag) if entry else None
        if text is None and tag == "en":
            text = [message.id, message.plural] if message.plural else message.id
        if text is None:
            text = [""] * FORMS[tag] if message.plural else ""
        if isinstance(text, str) and message.plural:
            text = [text] * FORMS[tag]
        made.add(
            (message.id, message.plural) if message.plural else message.id,
            tuple(text) if message.plural else (text if isinstance(text, str) else text[0]),
            locations=[(place, 0) for place in sorted(message.places)],
            context=message.context or None,
        )
    return made


def po_bytes(made: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_po(buffer, made, width=0, sort_output=True, include_lineno=False)
    return buffer.getvalue()


def po_path(locale: Path, tag: str) -> Path:
    return locale / tag / "LC_MESSAGES/django.po"


def put(path: Path, data: bytes) -> None:
    """Write whole or not at all: another process may be reading the catalogue."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_bytes(data)
    fresh.replace(path)


def merge(source: Path = SOURCE, locale: Path = LOCALE) -> list[str]:
    """Write the .po files; return the entries of parts that no string uses any more."""
    messages = extract(source)
    translated, complaints = entries(locale)
    for tag in ("fr", "en", "ar"):
        put(po_path(locale, tag), po_bytes(catalog(tag, messages, translated)))
    unused = [
        f"{entry.part}: {key[1]!r} is not used any more"
        for key, entry in translated.items()
        if key not in messages
    ]
    return complaints + sorted(unused)


def compile_all(locale: Path = LOCALE) -> list[str]:
    """Write a .mo beside every .po; return what was made. Nothing there yet is not an error."""
    made = []
    for path in sorted(locale.glob("*/LC_MESSAGES/django.po")):
        with path.open("rb") as file:
            read = read_po(file, locale=path.parts[-3])
        buffer = io.BytesIO()
        write_mo(buffer, read)
        put(path.with_suffix(".mo"), buffer.getvalue())
        made.append(
            f"{path.parts[-3]}: {sum(1 for message in read if message.id and message.string)} strings"
        )
    return made


# What is missing or wrong --------------------------------------------------------------------------------------

PLACEHOLDER = re.compile(r"%\([^)]*\)[a-z]|%%|\{[a-z_]+\}|</?[a-z][^>]*>")
TAG = re.compile(r"<[^>]*>|&[a-z]+;|https?://\S+")
FRENCH = [
    ("'", "a straight apostrophe: write ’"),
    ('"', "a straight quotation mark: write « »"),
    ("“", "an English quotation mark: write « »"),
    (r"\.\.\.", "three points: write …"),
    (r"(?<=[^\s\u202f\u00a0?!;.…(])[;!?»]", "no narrow no-break space (U+202F) before ; ! ? »"),
    (r"[ \u00a0](?=[;!?»])", "a plain or wide space before ; ! ? »: write U+202F"),
    (r"«(?!\u202f)", "no narrow no-break space (U+202F) after «"),
    (r"(?<=[^\s\u202f\u00a0\d]):(?=\s|$)", "no no-break space (U+00A0) before :"),
    (r"[ \u202f](?=:(\s|$))", "a plain or narrow space before : write U+00A0"),
]
ARABIC = [
    (r"\?", "a Latin question mark: write ؟"),
    (r",(?=\s|$)", "a Latin comma: write ،"),
    (r";(?=\s|$)", "a Latin semicolon: write ؛"),
]


def typography(text: str, tag: str) -> list[str]:
    """Faults of French or Arabic typography. Placeholders count as a word, markup as nothing."""
    plain = re.sub(r"%\([^)]*\)[a-z]|\{[a-z_]+\}", "x", TAG.sub("", text))
    rules = {"fr": FRENCH, "ar": ARABIC}.get(tag, [])
    return [fault for pattern, fault in rules if re.search(pattern, plain)]


def check(message: Message, entry: Entry | None, tag: str) -> list[str]:
    """What is wrong with the translation of one message into one language."""
    text = entry.texts.get(tag) if entry else None
    if not text:
        return ["no translation"]
    if message.plural and (not isinstance(text, list) or len(text) != FORMS[tag]):
        return [f"a plural: give a list of {FORMS[tag]} forms"]
    if not message.plural and not isinstance(text, str):
        return ["not a plural: give one text, not a list"]
    forms = text if isinstance(text, list) else [text]
    faults = [
        fault for form in forms for fault in (typography(form, tag) if form.strip() else ["an empty form"])
    ]
    wanted = [Counter(PLACEHOLDER.findall(source)) for source in (message.id, message.plural or message.id)]
    for place, form in enumerate(forms):
        has = Counter(PLACEHOLDER.findall(form))
        # "One day" needs no figure in it; the forms for many do.
        special = message.plural and place < {"fr": 1, "ar": 3}.get(tag, 0)
        allowed = has.keys() <= (wanted[0] | wanted[1]).keys() if special else has in wanted
        if not allowed:
            faults.append(f"placeholders differ: {sorted(wanted[1].elements())} and {sorted(has.elements())}")
    return sorted(set(faults))


def missing(source: Path = SOURCE, locale: Path = LOCALE, *, merged: bool = True) -> list[str]:
    """All complaints, one line each. `merged`: also compare the .po files with what merge would write."""
    messages = extract(source)
    translated, complaints = entries(locale)
    for key, message in sorted(messages.items()):
        for tag in LANGUAGES:
            for fault in check(message, translated.get(key), tag):
                complaints.append(f"{tag}: {message.id!r} ({', '.join(message.places)}): {fault}")
    if merged:
        for tag in ("fr", "en", "ar"):
            path = po_path(locale, tag)
            if not path.exists() or path.read_bytes() != po_bytes(catalog(tag, messages, translated)):
                complaints.append(f"{tag}: {path.name} is behind the parts: run tools/messages.py merge")
    return complaints


def skeleton(messages: Iterable[Message], translated: dict[Key, Entry]) -> Iterator[str]:
    """TOML of the messages that lack French or Arabic, to be filled in."""

    def quoted(text: str) -> str:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'

    for message in messages:
        entry = translated.get(message.key)
        if entry and all(entry.texts.get(tag) for tag in LANGUAGES):
            continue
        lines = [f"# {', '.join(message.places)}", "[[message]]", f"id = {quoted(message.id)}"]
        if message.plural:
            lines.append(f"plural = {quoted(message.plural)}")
        if message.context:
            lines.append(f"context = {quoted(message.context)}")
        lines += [
            f"{tag} = " + ("[" + ", ".join(['""'] * FORMS[tag]) + "]" if message.plural else '""')
            for tag in LANGUAGES
        ]
        yield "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["extract", "merge", "compile", "missing"])
    parser.add_argument(
        "prefix", nargs="?", default="", help="extract, missing: only strings used below src/constat/PREFIX"
    )
    options = parser.parse_args(arguments)
    try:
        if options.command == "extract":
            found = [
                m for m in extract().values() if any(place.startswith(options.prefix) for place in m.places)
            ]
            print("\n".join(skeleton(found, entries()[0])))
        elif options.command == "merge":
            print("\n".join(merge()) or "messages: merged")
        elif options.command == "compile":
            print("\n".join(compile_all()) or "messages: nothing to compile yet")
        else:
            complaints = [line for line in missing() if options.prefix in line]
            print("\n".join(complaints) or "messages: complete")
            return 1 if complaints else 0
    except MessageError as error:
        print(f"messages: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
