"""Accounts at servers that are already up, as the environment names them."""

import base64
from pathlib import Path

import pytest

from fakeayr.client.credentials import Credentials, NoCredentials, read_environment
from fakeayr.web import development

KEY = development.private_key()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("AYRSHARE_API_KEY", "AJ3PGW1-8HZM8R4-GCWTVJW-YE153PE")
    monkeypatch.setenv("AYRSHARE_DOMAIN", "acme")
    monkeypatch.setenv("AYRSHARE_PRIVATE_KEY", KEY)
    return monkeypatch


def test_the_variables_name_an_account() -> None:
    assert read_environment() == Credentials("AJ3PGW1-8HZM8R4-GCWTVJW-YE153PE", "acme", KEY)


def test_a_key_may_be_a_file_or_one_line(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "private.key"
    file.write_text(KEY)
    encoded = base64.b64encode(KEY.encode()).decode()
    masked = tmp_path / "masked"
    masked.write_text(f"{encoded}\n")
    for written in (
        str(file),
        KEY.replace("\n", "\\n"),
        encoded,
        encoded.rstrip("="),
        f" {encoded}\n",
        base64.encodebytes(KEY.encode()).decode(),
        base64.urlsafe_b64encode(KEY.encode()).decode(),
        str(masked),
    ):
        environment.setenv("AYRSHARE_PRIVATE_KEY", written)
        assert read_environment().private_key == KEY


@pytest.mark.parametrize("value", [None, ""])
def test_what_is_missing_is_named(environment: pytest.MonkeyPatch, value: str | None) -> None:
    for name in ("AYRSHARE_DOMAIN", "AYRSHARE_PRIVATE_KEY"):
        if value is None:
            environment.delenv(name)
        else:
            environment.setenv(name, value)
    with pytest.raises(NoCredentials, match=r"^AYRSHARE_DOMAIN, AYRSHARE_PRIVATE_KEY must be set"):
        read_environment()


@pytest.mark.parametrize("written", ["no-such-file", "MIICXAIBAAKBgQC" * 400, "a\udcffb", "."])
def test_what_is_neither_key_nor_file_is_said_without_telling_it(
    environment: pytest.MonkeyPatch, written: str
) -> None:
    environment.setenv("AYRSHARE_PRIVATE_KEY", written)
    with pytest.raises(NoCredentials) as refused:
        read_environment()
    told = (
        "AYRSHARE_PRIVATE_KEY is neither a key, nor one in base64, nor a readable file; "
        "set it to one of them."
    )
    assert str(refused.value) == told


def test_keys_do_not_show() -> None:
    assert repr(read_environment()) == "<Credentials acme>"
