"""What is deleted is gone from the files, while the application runs on."""

from pathlib import Path

from sqlalchemy import text

from mobility.accounts.service import Accounts
from mobility.db import open_database
from mobility.weblib.forgetting import empty_log
from tests.town_app import new_sqlite


def test_an_emptied_log_and_an_overwritten_page_hold_no_deleted_row(tmp_path: Path) -> None:
    database = open_database(new_sqlite(tmp_path))
    Accounts(database).add_user("somebody-unusual", "correct horse battery", ["crew"])
    with database.write() as session:
        session.execute(text("delete from staff_user"))
    assert _holds(tmp_path, b"somebody-unusual")
    empty_log(database.engine)
    assert not _holds(tmp_path, b"somebody-unusual")
    database.engine.dispose()


def test_a_log_in_use_is_left_alone(tmp_path: Path) -> None:
    database = open_database(new_sqlite(tmp_path))
    with database.read() as reader:
        reader.execute(text("select count(*) from staff_user"))
        Accounts(database).add_user("somebody", "correct horse battery", ["crew"])
        empty_log(database.engine)
        assert reader.execute(text("select count(*) from staff_user")).scalar() == 0
    assert [user.name for user in Accounts(database).list_users()] == ["somebody"]
    database.engine.dispose()


def _holds(folder: Path, word: bytes) -> bool:
    return any(word in path.read_bytes() for path in folder.glob("*.sqlite*"))
