"""Words are found alike on both databases, whatever somebody types."""

import pytest
from django.db import connection, models
from django.db.migrations.state import ProjectState

from constat.analysis.names import index_text
from constat.apps.register import textindex
from constat.apps.register.textindex import TextIndex, incomplete, matching, paused, rebuild

TABLE, COLUMN = "register_test_note", "search_text"
TEXTS = [
    "Trois femmes blessées au marché d’Ouattagouna, R-2026-000001",
    "Deux obus sur l’école de Bérabiche",
    "هجوم على سوق تمبكتو",
    "The well near Timbuktu OR the market",
    "Marché de Gossi NEAR la piste",
]


class Note(models.Model):
    search_text = models.TextField(blank=True)
    kind = models.CharField(max_length=10, default="a")

    class Meta:
        app_label = "register"
        db_table = TABLE
        managed = False


def forwards():
    # Not entered as a context: on SQLite that is refused inside the transaction of a test.
    editor, state = connection.SchemaEditorClass(connection, atomic=False), ProjectState()
    TextIndex(TABLE, COLUMN).database_forwards("register", editor, state, state)


def backwards():
    editor, state = connection.SchemaEditorClass(connection, atomic=False), ProjectState()
    TextIndex(TABLE, COLUMN).database_backwards("register", editor, state, state)


@pytest.fixture
def notes(db):
    with connection.cursor() as cursor:
        key = "integer PRIMARY KEY AUTOINCREMENT" if connection.vendor == "sqlite" else "serial PRIMARY KEY"
        cursor.execute(
            f"CREATE TABLE {TABLE} (id {key}, search_text text NOT NULL, kind varchar(10) NOT NULL)"
        )
    Note.objects.create(search_text=index_text("Avant l’index : Hombori"))
    forwards()
    return [Note.objects.create(search_text=index_text(text)) for text in TEXTS]


def found(words):
    return [TEXTS.index(text) for text in TEXTS if index_text(text) in
            set(matching(Note.objects.all(), words).values_list("search_text", flat=True))]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("marché", [0, 4]),
        ("marche", [0, 4]),
        ("MARCHÉ gossi", [4]),
        ("mar", [0, 3, 4]),  # beginnings
        ("berabiche", [1]),
        ("ecole", [1]),
        ("تمبكتو", [2]),
        ("سُوق", [2]),
        ("السوق", [2]),
        ("Tombouctou", [2]),  # in Latin letters, found in an Arabic text
        ("timbuktu", [2, 3]),
        ("R-2026-000001", [0]),
        ("000001", [0]),
        ("or", [3]),  # operators are words
        ("marché OR école", []),
        ("marche NOT gossi", []),
        ("near", [3, 4]),
        ("NEAR(marche gossi, 3)", [4]),
        ('"marche de"', [4]),
        ("marche*", [0, 4]),
        ("* école", [1]),
        ("search_text:marche", []),
        ("market' OR '1'='1", [3]),
        ("marche & gossi | ecole", []),
        ("!gossi", [4]),
        ("^ - + ( ) \\ : ; --", [0, 1, 2, 3, 4]),  # no word asks for nothing
        ("introuvable", []),
    ],
)
def test_words_find(notes, words, expected):
    assert found(words) == expected


def test_rows_older_than_the_index_are_found(notes):
    assert matching(Note.objects.all(), "hombori").count() == 1


def test_a_changed_row_is_found_by_its_new_words_only(notes):
    Note.objects.filter(pk=notes[0].pk).update(search_text=index_text("Puits de Ber"))

    assert found("ouattagouna") == []
    assert matching(Note.objects.all(), "puits").get() == notes[0]


def test_a_deleted_row_is_gone(notes):
    notes[1].delete()

    assert found("berabiche") == []


def test_filters_order_and_pages_go_on_working(notes):
    Note.objects.filter(pk=notes[4].pk).update(kind="b")
    newest_first = matching(Note.objects.order_by("-id"), "marché")

    assert [note.pk for note in newest_first] == [notes[4].pk, notes[0].pk]
    assert list(newest_first.filter(kind="a")) == [notes[0]]
    assert list(newest_first.filter(id__lt=notes[4].pk)[:1]) == [notes[0]]
    assert newest_first.count() == 2
    assert newest_first.filter(pk__in=Note.objects.filter(kind="b")).get() == notes[4]


def test_a_word_of_very_many_rows_gives_the_same_answer(notes, monkeypatch):
    few = list(matching(Note.objects.order_by("-id"), "marche"))
    monkeypatch.setattr(textindex, "MANY", 1)

    assert list(matching(Note.objects.order_by("-id"), "marche")) == few != []


def test_a_bulk_load_is_found_after_it(notes):
    with paused(TABLE):
        Note.objects.bulk_create([Note(search_text=index_text(f"Lot {n} Kidal")) for n in range(50)])
        Note.objects.filter(pk=notes[1].pk).update(search_text=index_text("Léré"))

    assert matching(Note.objects.all(), "kidal").count() == 50
    assert matching(Note.objects.all(), "lere").get() == notes[1]
    assert found("berabiche") == []
    assert incomplete() == []
    Note.objects.create(search_text=index_text("Anéfis"))
    assert matching(Note.objects.all(), "anefis").count() == 1


def test_rebuild_changes_no_answer(notes):
    rebuild(TABLE)

    assert found("marche") == [0, 4]


def test_a_lost_trigger_is_noticed(notes):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps its index current by itself")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {TABLE}_{COLUMN}_words_update")

    assert incomplete() == [f"{TABLE}_{COLUMN}_words"]


def test_the_operation_goes_back_and_forth(notes):
    backwards()
    with connection.cursor() as cursor:
        names = set(connection.introspection.table_names(cursor))
        if connection.vendor == "sqlite":
            cursor.execute("SELECT count(*) FROM sqlite_master WHERE name LIKE %s", [f"{TABLE}%words%"])
        else:
            cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname LIKE %s", [f"{TABLE}%words%"])
        assert cursor.fetchone()[0] == 0
    assert TABLE in names

    Note.objects.create(search_text=index_text("Sans index : Ménaka"))
    forwards()
    forwards()  # and repeated, as a repair

    assert matching(Note.objects.all(), "menaka").count() == 1


def test_every_index_of_this_node_is_complete(db):
    assert incomplete() == []


def test_the_operation_writes_itself_into_a_migration():
    assert TextIndex(TABLE, COLUMN).deconstruct() == ("TextIndex", [TABLE, COLUMN], {})
