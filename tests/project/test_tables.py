"""What stands in documents but comes from the data is up to date."""

from pathlib import Path

import pytest

from docs import tables


@pytest.mark.parametrize("document", tables.BLOCKS, ids=lambda path: path.name)
def test_a_document_says_what_the_data_says(document: Path) -> None:
    assert tables.stale(document) == "", "Run ./dev docs."


@pytest.mark.parametrize("document", tables.BLOCKS, ids=lambda path: path.name)
def test_a_change_by_hand_is_found(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = tmp_path / document.name
    text = document.read_text("utf-8")
    by_hand = text.replace("Ayrshare takes up to ten.", "Nobody knows.")
    by_hand = by_hand.replace("API Key not valid.", "The API key is wrong.")
    by_hand = by_hand.replace("| 63,206 |", "| 1,000 |")
    by_hand = by_hand.replace("`lifeAtPageViews`", "`lifePageViews`").replace("`views.", "`seen.")
    by_hand = by_hand.replace("lost its line ends", "is fine")
    changed.write_text(by_hand, "utf-8")
    monkeypatch.setitem(tables.BLOCKS, changed, tables.BLOCKS[document])

    assert by_hand != text
    assert tables.written(changed) == text
    assert tables.stale(changed) != ""


def test_a_piece_of_advice_says_when_to_allow_it_only_if_that_is_unusual() -> None:
    pieces = (tables.ROOT / "docs/advice.md").read_text("utf-8").split("\n### ")
    unusual = {piece.split("\n")[0]: piece for piece in pieces if "\nAllow it: " in piece}

    assert (
        "Allow it: Where the picture itself does not matter."
        in unusual["post-watermark-not-fetched"]
    )
    assert "key-quoted" not in unusual
    assert "None known." not in "".join(pieces)


def test_what_most_pieces_of_a_chapter_say_stands_once() -> None:
    text = (tables.ROOT / "docs/advice.md").read_text("utf-8")
    keys = " ".join(text.partition("## Private keys")[2].partition("\n## ")[0].split())
    crlf = " ".join(text.partition("### key-crlf")[2].partition("\n### ")[0].split())

    usual = "then refuses the URL with 401. The key must be sent exactly as it stands in its file"
    assert keys.partition(usual)[0].count("Unless an entry says otherwise:") == 1
    assert keys.count(usual) == 1
    assert keys.count('right "-----BEGIN RSA PRIVATE KEY-----\\nMIICX…\\n-----END RSA') == 1
    assert "whether Ayrshare does is not documented" in crlf


def test_a_block_that_lost_its_marks_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = tmp_path / "settings.md"
    document.write_text("# Settings\n", "utf-8")
    monkeypatch.setitem(tables.BLOCKS, document, {"settings": tables.settings})

    with pytest.raises(ValueError, match="must mark the block settings once, not 0 times"):
        tables.written(document)
