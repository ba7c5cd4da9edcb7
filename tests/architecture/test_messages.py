"""Every text of the screens exists in French and Arabic, well written; and the check that says so bites."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("constat_messages_tool", ROOT / "tools/messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


messages = load()


def test_nothing_is_missing() -> None:
    complaints = messages.missing(ROOT / "src/constat", ROOT / "src/constat/locale")
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A little program of its own: one template, one module, one part."""
    (tmp_path / "templates/area").mkdir(parents=True)
    (tmp_path / "locale/parts").mkdir(parents=True)
    return tmp_path


def complaints(program: Path, *, template: str = "", python: str = "", part: str = "") -> list[str]:
    (program / "templates/area/page.html").write_text(template, encoding="utf-8")
    (program / "views.py").write_text(python, encoding="utf-8")
    (program / "locale/parts/area.toml").write_text(part, encoding="utf-8")
    return messages.missing(program, program / "locale", merged=False)


def test_a_planted_string_without_translation_is_found(program: Path) -> None:
    found = complaints(program, template='{% load i18n %}{% translate "Planted" %}')
    assert [line.split(":")[0] for line in found] == ["fr", "ar"]
    assert all("'Planted'" in line and "no translation" in line for line in found)


def test_every_way_of_writing_a_text_is_found(program: Path) -> None:
    template = """
      {% translate "Plain" %} {% translate 'Said so' context "speech" as x %} {% include "a" with b=_("Argument") %}
      {% blocktranslate trimmed count n=rows with who=name %}
        {{ n }} row of
        {{ who }}
      {% plural %}{{ n }} rows of {{ who }}{% endblocktranslate %}
      {% comment %}{% translate "Not this" %}{% endcomment %} {% translate "100 %" %}
    """
    python = (
        "from django.utils.translation import gettext as _, gettext_lazy, ngettext, npgettext_lazy, pgettext\n"
        "_('One' ' sentence'); gettext_lazy('Later'); ngettext('a day', 'days', n)\n"
        "pgettext('month', 'May'); npgettext_lazy('c', 's', 'p', n); other('Not this')\n"
    )
    complaints(program, template=template, python=python)
    found = {(m.context, m.id, m.plural) for m in messages.extract(program).values()}
    assert found == {
        ("", "Plain", ""),
        ("speech", "Said so", ""),
        ("", "Argument", ""),
        ("", "%(n)s row of %(who)s", "%(n)s rows of %(who)s"),
        ("", "100 %%", ""),
        ("", "One sentence", ""),
        ("", "Later", ""),
        ("", "a day", "days"),
        ("month", "May", ""),
        ("c", "s", "p"),
    }


def test_a_text_that_cannot_be_found_is_refused(program: Path) -> None:
    with pytest.raises(messages.MessageError, match=r"views\.py:2: a translated text must be a plain string"):
        complaints(program, python="from django.utils.translation import gettext as _\n_(f'{n} rows')\n")


@pytest.mark.parametrize(
    ("french", "fault"),
    [
        ("L'incident", "straight apostrophe"),
        ("Vraiment ?", "U+202F"),
        ("Vraiment?", "U+202F"),
        ("Attention : lu", "U+00A0"),
        ("Attention: lu", "U+00A0"),
        ('Dit "oui"', "quotation mark"),
        ("« oui »", "U+202F"),
        ("Attendez...", "three points"),
    ],
)
def test_bad_french_typography_is_found(program: Path, french: str, fault: str) -> None:
    part = f"[[message]]\nid = \"x\"\nfr = '''{french}'''\nar = \"س\"\n"
    found = complaints(program, template='{% translate "x" %}', part=part)
    assert found
    assert fault in found[0]


@pytest.mark.parametrize(
    "french",
    [
        "L’incident",
        "Vraiment\u202f?",
        "Lu\u00a0: oui",
        "«\u202foui\u202f»",
        "à 14:30",
        "https://x.org/?a=b",
        "%(n)s\u202f; fin",
    ],
)
def test_good_french_passes(french: str) -> None:
    assert messages.typography(french, "fr") == []


def test_latin_punctuation_in_arabic_is_found() -> None:
    assert messages.typography("لماذا?", "ar")
    assert messages.typography("نعم, لا", "ar")
    assert messages.typography("نعم، لا؟", "ar") == []


def test_a_lost_placeholder_is_found(program: Path) -> None:
    part = '[[message]]\nid = "%(n)s of %(all)s"\nfr = "%(n)s sur"\nar = "%(n)s من %(all)s"\n'
    python = "from django.utils.translation import gettext as _\n_('%(n)s of %(all)s')\n"
    found = complaints(program, python=python, part=part)
    assert len(found) == 1
    assert "placeholders differ" in found[0]


def test_plural_forms_are_counted_and_one_may_leave_out_its_figure(program: Path) -> None:
    python = "from django.utils.translation import ngettext\nngettext('%(n)s day', '%(n)s days', n)\n"
    head = '[[message]]\nid = "%(n)s day"\nplural = "%(n)s days"\n'
    good = 'fr = ["un jour", "%(n)s jours"]\nar = ["لا", "يوم", "يومان", "%(n)s أيام", "%(n)s يومًا", "%(n)s يوم"]\n'
    assert complaints(program, python=python, part=head + good) == []
    few = complaints(program, python=python, part=head + good.replace('"لا", ', ""))
    assert ["list of 6 forms" in line for line in few] == [True]
    lost = complaints(program, python=python, part=head + good.replace("%(n)s jours", "jours"))
    assert ["placeholders differ" in line for line in lost] == [True]


def test_two_parts_that_disagree_are_found(program: Path) -> None:
    (program / "locale/parts/other.toml").write_text('[[message]]\nid = "x"\nfr = "y"\n', encoding="utf-8")
    found = complaints(
        program, template='{% translate "x" %}', part='[[message]]\nid = "x"\nfr = "z"\nar = "س"\n'
    )
    assert any("translated otherwise" in line for line in found)


def test_a_catalogue_behind_its_parts_is_found_and_merge_mends_it(program: Path) -> None:
    complaints(
        program,
        template='{% translate "x" %}',
        part='[[message]]\nid = "x"\nfr = "y"\nar = "س"\n[[message]]\nid = "old"\nfr = "v"\n',
    )
    locale = program / "locale"
    assert sum("behind the parts" in line for line in messages.missing(program, locale)) == 3
    assert messages.merge(program, locale) == ["area.toml: 'old' is not used any more"]
    assert messages.missing(program, locale) == []
    first = (locale / "fr/LC_MESSAGES/django.po").read_bytes()
    messages.merge(program, locale)
    assert (locale / "fr/LC_MESSAGES/django.po").read_bytes() == first
    assert messages.compile_all(locale) == ["ar: 1 strings", "en: 1 strings", "fr: 1 strings"]
    assert (locale / "fr/LC_MESSAGES/django.mo").stat().st_size > 0


def test_compiling_nothing_is_no_error(tmp_path: Path) -> None:
    assert messages.compile_all(tmp_path) == []
