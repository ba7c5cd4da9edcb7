"""Undocumented is failing: nouns and verbs in the glossary, words of the program in the reference, decisions in their list."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from constat import cli
from constat.rules.workflows import WORKFLOWS

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.onedb


def first_column(file: str, section: str) -> set[str]:
    text = (ROOT / file).read_text(encoding="utf-8").split(f"\n## {section}\n", 1)[1].split("\n## ", 1)[0]
    cells = [row.split("|")[1].strip() for row in text.splitlines() if row.startswith("|")]
    return set(cells[2:])


def test_every_record_of_the_product_is_in_the_glossary() -> None:
    models = {
        model.__name__
        for model in apps.get_models()
        if model.__module__.startswith("constat.") and ".tests." not in model.__module__
    }

    assert first_column("GLOSSARY.md", "Nouns") == models


def test_every_workflow_verb_is_in_the_glossary() -> None:
    verbs = {step.verb for table in WORKFLOWS for step in table.transitions}

    assert first_column("GLOSSARY.md", "Verbs") >= verbs


def test_every_word_of_the_program_is_in_the_reference() -> None:
    reference = (ROOT / "docs/reference/cli.md").read_text(encoding="utf-8")

    assert [word for word in cli.COMMANDS if f"`constat {word}" not in reference] == []


def test_every_decision_is_in_the_list_of_decisions() -> None:
    folder = ROOT / "docs/adr"
    listed = set(
        re.findall(r"\((\d{4}-[a-z0-9-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    )

    assert {path.name for path in folder.glob("0*.md")} == listed


def test_links_between_documents_lead_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    broken = [
        f"{document.relative_to(ROOT)} -> {target}"
        for document in documents
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
        if "://" not in target and not (document.parent / target).exists()
    ]

    assert broken == []
