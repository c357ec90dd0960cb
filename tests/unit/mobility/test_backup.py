"""What is backed up comes back, and what was there is never lost."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from mobility.backup import BackupError, Belongings, back_up, restore
from tests.postgres import new_database


def town(folder: Path) -> Belongings:
    (folder / "keys").mkdir(parents=True)
    (folder / "keys" / "root.key").write_text("secret")
    write(folder, "before")
    url = f"sqlite:///{folder / 'cooperative.sqlite'}"
    return Belongings("cooperative", url, {}, {"keys": folder / "keys"})


def write(folder: Path, word: str) -> None:
    with closing(sqlite3.connect(folder / "cooperative.sqlite")) as connection, connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE IF NOT EXISTS word (word TEXT)")
        connection.execute("DELETE FROM word")
        connection.execute("INSERT INTO word VALUES (?)", (word,))


def read(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("SELECT word FROM word").fetchone()[0])


def test_a_restored_database_says_what_it_said_and_the_present_one_is_kept(tmp_path: Path) -> None:
    what = town(tmp_path / "town")
    copy = back_up(what, tmp_path / "data", None)
    write(tmp_path / "town", "after")
    aside = restore(what, copy)
    assert read(tmp_path / "town" / "cooperative.sqlite") == "before"
    assert aside is not None
    assert read(aside) == "after"


def test_a_backup_is_whole_while_somebody_writes(tmp_path: Path) -> None:
    what = town(tmp_path / "town")
    with closing(sqlite3.connect(tmp_path / "town" / "cooperative.sqlite")) as open_writer:
        open_writer.execute("BEGIN IMMEDIATE")
        open_writer.execute("UPDATE word SET word = 'unfinished'")
        copy = back_up(what, tmp_path / "data", None)
        open_writer.rollback()
    assert read(copy / "database.sqlite") == "before"


def test_data_and_keys_lie_apart(tmp_path: Path) -> None:
    what = town(tmp_path / "town")
    copy = back_up(what, tmp_path / "data", tmp_path / "safe")
    assert not list(copy.rglob("*.key"))
    (kept,) = (tmp_path / "safe").iterdir()
    assert (kept / "keys" / "root.key").read_text() == "secret"
    with pytest.raises(BackupError, match="must not lie with the data"):
        back_up(what, tmp_path / "data", tmp_path / "data")


def test_keys_come_back_and_the_present_ones_are_kept(tmp_path: Path) -> None:
    what = town(tmp_path / "town")
    back_up(what, tmp_path / "data", tmp_path / "safe")
    (kept,) = (tmp_path / "safe").iterdir()
    (tmp_path / "town" / "keys" / "root.key").write_text("other")
    aside = restore(what, kept)
    assert (tmp_path / "town" / "keys" / "root.key").read_text() == "secret"
    assert aside is not None
    assert (aside / "root.key").read_text() == "other"


def test_a_changed_backup_is_refused_by_the_name_of_the_file(tmp_path: Path) -> None:
    what = town(tmp_path / "town")
    copy = back_up(what, tmp_path / "data", None)
    with (copy / "database.sqlite").open("r+b") as file:
        file.seek(100)
        file.write(b"x")
    with pytest.raises(BackupError, match=r"database\.sqlite is missing or was changed"):
        restore(what, copy)


def test_the_backup_of_one_party_is_not_put_into_the_other(tmp_path: Path) -> None:
    what = town(tmp_path / "town")
    copy = back_up(what, tmp_path / "data", None)
    other = Belongings("platform", what.database_url, {}, {})
    with pytest.raises(BackupError, match="belongs to the cooperative"):
        restore(other, copy)


def test_a_folder_that_is_no_backup_is_named(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=f"{tmp_path} holds no backup"):
        restore(town(tmp_path / "town"), tmp_path)


@pytest.mark.postgis
def test_a_postgres_database_comes_back_as_it_was_when_it_was_copied(tmp_path: Path) -> None:
    url = new_database()
    what = Belongings("platform", url, {}, {})
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("create table word (word text)"))
        connection.execute(text("insert into word values ('before')"))
    copy = back_up(what, tmp_path / "data", None)
    with engine.begin() as connection:
        connection.execute(text("update word set word = 'after'"))
    restore(what, copy)
    with engine.connect() as connection:
        assert connection.execute(text("select word from word")).scalar() == "before"
    engine.dispose()
