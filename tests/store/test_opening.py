"""What a state may be: a file or a URL, and nothing that may hold a password is ever quoted."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from fakeayr.cli import main
from fakeayr.domain.ports import StoreUnusable
from fakeayr.store.opening import is_url, open_store

SECRET = "hunter2"
MISWRITTEN = [
    f'"postgresql://u:{SECRET}@h/d"',
    f"'postgresql://u:{SECRET}@h/d'",
    f" postgresql://u:{SECRET}@h/d",
    f"\tpostgresql://u:{SECRET}@h/d",
    f"\ufeffpostgresql://u:{SECRET}@h/d",
    f"<postgresql://u:{SECRET}@h/d>",
    f"POSTGRESQL://u:{SECRET}@h/d",
    f"Postgres://u:{SECRET}@h/d",
    f"postgresql:/u:{SECRET}@h/d",
    f"postgresql:u:{SECRET}@h/d",
    f"postgresql//u:{SECRET}@h/d",
    f"postgresql:\\\\u:{SECRET}@h\\d",
    f"postgresql%3A%2F%2Fu%3A{SECRET}%40h%2Fd",
    f"postgresql+psycopg://u:{SECRET}@h/d",
    f"jdbc:postgresql://h/d?user=u&password={SECRET}",
    f"FAKEAYR_STATE=postgresql://u:{SECRET}@h/d",
    f"//u:{SECRET}@h/d",
    f"u:{SECRET}@h/d",
    f"host=h user=u password={SECRET} dbname=d",
    f"host=h user=u PASSWORD = '{SECRET}'",
    f"mysql://u:{SECRET}@h/d",
    f"postgresql://u:{SECRET}@h:port/d",
    f"postgresql://u:{SECRET}@x@h/d",
]


@pytest.mark.parametrize("state", MISWRITTEN)
def test_what_may_hold_a_password_is_refused_without_being_quoted(
    state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreUnusable) as refused:
        open_store(state)
    assert SECRET not in str(refused.value)
    for how in ({"args": ["--state", state]}, {"args": [], "env": {"FAKEAYR_STATE": state}}):
        said = CliRunner().invoke(main, ["serve", "--port=0", *how["args"]], env=how.get("env"))  # type: ignore[arg-type]
        assert said.exit_code != 0
        assert "postgresql://" in said.output
        assert SECRET not in said.output + repr(said.exception)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "path",
    [
        "state.sqlite",
        "/data/postgres/state.sqlite",
        "mia@home/state",
        "postgresql.db",
        "password",
        "a b",
        ":memory:",
        "~/x",
        "100%/state",
    ],
)
def test_a_path_is_a_file(path: str) -> None:
    assert not is_url(path)
    assert not is_url(Path(path))
