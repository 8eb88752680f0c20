"""Texts that are the same, or nearly."""

import pytest

from fakeayr.domain.posting.duplicates import digest_of


@pytest.mark.parametrize(
    "similar",
    [
        "fresh bread",
        "FRESH BREAD",
        " Fresh\n bread ",
        "Fresh, bread!",
        "Fresh-bread \U0001f35e",
        "#Fresh_bread",
        "freshbread",
    ],
)
def test_case_spaces_and_signs_do_not_tell_texts_apart(similar: str) -> None:
    assert digest_of(similar) == digest_of("Fresh bread")


@pytest.mark.parametrize("other", ["Fresh breads", "Fresh bread 2", "Frisch bread", "bread fresh"])
def test_another_word_makes_another_text(other: str) -> None:
    assert digest_of(other) != digest_of("Fresh bread")


@pytest.mark.parametrize("text", ["", " ", "\U0001f35e", "!?", "__"])
def test_a_text_without_words_is_like_no_other(text: str) -> None:
    assert digest_of(text) is None


def test_letters_of_all_scripts_count() -> None:
    assert digest_of("\u041f\u0440\u0438\u0432\u0435\u0442") == digest_of(
        "\u043f\u0440\u0438\u0432\u0435\u0442!"
    )
    assert digest_of("\u30d1\u30f3") != digest_of("\u3054\u98ef")
