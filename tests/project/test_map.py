"""The map in CONTRIBUTING.md is the house: each room imports only rooms below it."""

from importlinter.cli import lint_imports


def test_each_room_imports_only_rooms_below_it() -> None:
    assert lint_imports(no_cache=True, verbose=False) == 0
