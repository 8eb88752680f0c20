"""What the tests of the contract share."""

import pytest

from tests.support.standin import Onboarding, onboard


@pytest.fixture(scope="package")
def onboarding(tmp_path_factory: pytest.TempPathFactory) -> Onboarding:
    """An account on the stand-in, and its certificates."""
    return onboard(tmp_path_factory.mktemp("standin"))
