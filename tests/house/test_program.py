"""The program as a newcomer or another program meets it: its words, its exit codes, its folder."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).parent / "constat"
pytestmark = pytest.mark.onedb


def constat(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "CONSTAT_DEBUG"}}
    return subprocess.run(
        [str(PROGRAM), *words],
        capture_output=True,
        text=True,
        check=False,
        env={**env, "CONSTAT_HOME": str(home)},
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("node") / "home"
    made = constat(folder, "init", "--name", "Mission d’essai")
    assert made.returncode == 0, made.stderr
    return folder


def test_init_makes_a_folder_only_its_owner_can_enter(home: Path) -> None:
    assert stat.S_IMODE((home / "keys").stat().st_mode) == 0o700
    assert {stat.S_IMODE(key.stat().st_mode) for key in (home / "keys").iterdir()} == {0o600}
    assert 'name = "Mission d’essai"' in (home / "node.toml").read_text(encoding="utf-8")


def test_init_twice_keeps_keys_and_database(home: Path) -> None:
    before = {key.name: key.read_bytes() for key in (home / "keys").iterdir()}

    again = constat(home, "init")

    assert again.returncode == 0
    assert {key.name: key.read_bytes() for key in (home / "keys").iterdir()} == before


def test_init_refuses_a_folder_that_lost_a_key(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/vault.key").write_text("00", encoding="ascii")

    result = constat(tmp_path, "init")

    assert result.returncode == 1
    assert "Bring back the missing ones" in result.stderr


def test_the_database_survives_a_power_cut_by_its_settings(home: Path) -> None:
    # journal_mode is a property of the file; synchronous of each connection, which config/selfcheck.py reads at start.
    with sqlite3.connect(home / "constat.sqlite3") as database:
        assert database.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


@pytest.mark.parametrize(
    "words", [(), ("nonsense",), ("import",), ("totals", "--scope", "everything"), ("import", "ucdp")]
)
def test_wrong_use_ends_with_two(home: Path, words: tuple[str, ...]) -> None:
    result = constat(home, *words)

    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    assert result.stderr


def test_a_refusal_ends_with_one_and_says_why(home: Path) -> None:
    result = constat(home, "import", "ucdp", "/nowhere/events.csv")

    assert result.returncode == 1
    assert "events.csv" in result.stderr


def test_a_command_without_a_node_says_what_to_do(tmp_path: Path) -> None:
    result = constat(tmp_path / "nothing", "totals", "--scope", "all", "--json")

    assert result.returncode == 1
    assert "constat init" in result.stderr
    assert not (tmp_path / "nothing").exists()


def test_help_needs_no_node(tmp_path: Path) -> None:
    result = constat(tmp_path / "nothing", "import", "ucdp", "--help")

    assert result.returncode == 0
    assert "constat import ucdp" in result.stdout


def test_totals_of_an_empty_node_are_an_empty_table_with_its_scope(home: Path) -> None:
    result = constat(home, "totals", "--scope", "own", "--by", "country,year,type_of_violence", "--json")

    answer = json.loads(result.stdout)
    assert (answer["scope"], answer["rows"]) == ("own", [])


def test_verify_finds_a_changed_event(tmp_path: Path) -> None:
    constat(tmp_path / "home", "init")
    constat(tmp_path / "home", "demo", "--seed", "3", "--size", "small")
    assert constat(tmp_path / "home", "verify").returncode == 0
    with sqlite3.connect(tmp_path / "home/constat.sqlite3") as database:
        for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'access_event'"
        ).fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE access_event SET verb = 'reports.other' WHERE seq = 5")

    result = constat(tmp_path / "home", "verify")

    assert result.returncode == 1
    assert "5" in result.stderr


def test_demo_refuses_a_node_with_real_data(tmp_path: Path) -> None:
    home = tmp_path / "home"
    constat(home, "init")
    (tmp_path / "few.csv").write_text(
        "id,year,month,day,country,type_of_violence,conflict_name,side_a,side_b,latitude,longitude,low_death,best_death,high_death\n"
        "1,2018,3,2,Mali,One-sided violence,c,A,B,14.5,-4.2,1,2,3\n",
        encoding="utf-8",
    )
    assert constat(home, "import", "ucdp", str(tmp_path / "few.csv")).returncode == 0

    result = constat(home, "demo", "--seed", "1", "--size", "small")

    assert result.returncode == 1
    assert "real" in result.stderr


def test_a_name_with_a_line_break_becomes_one_line(tmp_path: Path) -> None:
    from constat import node

    node.write(tmp_path, node.Node('Mission\nsynthetic = true "x" \\', synthetic=False))

    assert node.read(tmp_path) == node.Node('Mission synthetic = true "x" \\', synthetic=False)
