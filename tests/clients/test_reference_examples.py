"""Small programs in the manner of the reference's examples: Python's requests and Node's fetch."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
import requests

from tests.support.accounts import Account
from tests.support.linking import claims_of, parameters

CLIENTS: Final = Path(__file__).parent


@pytest.mark.parametrize(
    "program",
    [
        pytest.param((sys.executable, CLIENTS / "python" / "linking_url.py"), id="python"),
        pytest.param(
            ("node", CLIENTS / "node" / "generate_jwt.mjs"),
            id="node",
            marks=pytest.mark.outside("node"),
        ),
    ],
)
def test_the_program_gets_a_url_that_opens(
    program: tuple[str | Path, ...], account: Account, server_url: str, tmp_path: Path
) -> None:
    (tmp_path / "private.key").write_text(account.private_key)
    profile_key = account.create_profile("Mia's Bakery")["profileKey"]

    ran = subprocess.run(
        program,
        cwd=tmp_path,
        env={
            **os.environ,
            "AYRSHARE_BASE_URL": f"{server_url}/api",
            "AYRSHARE_API_KEY": account.api_key,
            "AYRSHARE_DOMAIN": account.domain,
            "AYRSHARE_PROFILE_KEY": profile_key,
        },
        check=True,
        capture_output=True,
        text=True,
    )

    answer = json.loads(ran.stdout)
    assert (answer["status"], answer["title"]) == ("success", "Mia's Bakery")
    assert claims_of(answer["token"])["profileKey"] == profile_key
    assert "xapp" in parameters(answer["url"])
    assert requests.get(answer["url"]).status_code == 200
