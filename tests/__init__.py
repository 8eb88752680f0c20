import pytest

pytest.register_assert_rewrite("tests.support")  # A helper's failed assertion shows its values.
