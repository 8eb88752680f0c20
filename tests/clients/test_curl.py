"""curl, as Ayrshare's reference shows it: only the host and the keys are changed."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import Any, Final

import pytest
import requests

from tests.support.accounts import Account
from tests.support.linking import claims_of, parameters

PLAIN: Final = """\
curl \\
-H "Authorization: Bearer $api_key" \\
-H 'Content-Type: application/json' \\
-d '{"domain": "$domain", "privateKey": "$private_key", "profileKey": "$profile_key"}' \\
-X POST $base/api/profiles/generateJWT
"""
WITH_OWN_X_APP: Final = """\
curl \\
-H "Authorization: Bearer $api_key" \\
-H 'Content-Type: application/json' \\
-H "X-Twitter-OAuth1-Api-Key: consumer-key" \\
-H "X-Twitter-OAuth1-Api-Secret: consumer-secret" \\
-d '{"domain": "$domain", "privateKey": "$private_key", "profileKey": "$profile_key"}' \\
-X POST $base/api/profiles/generateJWT
"""
BASE64_WITH_LINE_BREAKS: Final = """\
curl \\
-H "Authorization: Bearer $api_key" \\
--data-urlencode "privateKey=$$(cat private.key | base64)" \\
-d domain=$domain -d profileKey=$profile_key -d base64=true -d verify=true \\
$base/api/profiles/generateJWT
"""
BASE64_ON_ONE_LINE: Final = """\
KEY=$$(cat private.key | base64 | tr -d '\\n')
curl \\
-H "Authorization: Bearer $api_key" \\
-H 'Content-Type: application/json' \\
-d '{"domain": "$domain", "privateKey": "'$$KEY'", "profileKey": "$profile_key",
     "base64": true, "verify": true}' \\
$base/api/profiles/generateJWT
"""
THROUGH_A_PROXY_SETTING: Final = """\
curl -x $base \\
-H "Authorization: Bearer $api_key" \\
-H 'Content-Type: application/json' \\
-d '{"domain": "$domain", "privateKey": "$private_key", "profileKey": "$profile_key"}' \\
http://api.ayrshare.com/api/profiles/generateJWT
"""
Curl = Callable[[str], dict[str, Any]]


@pytest.fixture
def curl(account: Account, server_url: str, tmp_path: Path) -> Curl:
    """Runs a command in a shell, beside the account's `private.key`; answers the JSON it prints."""
    (tmp_path / "private.key").write_text(account.private_key)
    values = {
        "base": server_url,
        "api_key": account.api_key,
        "domain": account.domain,
        "private_key": account.private_key.replace("\n", "\\n"),
        "profile_key": account.create_profile("Mia's Bakery")["profileKey"],
    }

    def curl(command: str) -> dict[str, Any]:
        shell = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", Template(command).substitute(values)],
            cwd=tmp_path,
            check=True,
            capture_output=True,
            text=True,
        )
        answer: dict[str, Any] = json.loads(shell.stdout)
        return answer

    return curl


def test_the_references_command_gets_a_url_that_opens(curl: Curl, account: Account) -> None:
    answer = curl(PLAIN)

    assert (answer["status"], answer["title"]) == ("success", "Mia's Bakery")
    assert claims_of(answer["token"])["iss"] == account.domain
    page = requests.get(answer["url"])
    assert page.status_code == 200
    assert "Mia&#39;s Bakery" in page.text


def test_the_references_command_with_an_own_x_app(curl: Curl, account: Account) -> None:
    answer = curl(WITH_OWN_X_APP)

    assert answer["status"] == "success"
    assert "xapp" in parameters(answer["url"])
    assert "consumer" not in json.dumps([answer, account.requests()])


@pytest.mark.parametrize("command", [BASE64_WITH_LINE_BREAKS, BASE64_ON_ONE_LINE])
def test_the_key_file_piped_through_base64(curl: Curl, command: str) -> None:
    assert curl(command)["status"] == "success"


def test_a_proxy_setting_leads_ayrshares_own_address_here(curl: Curl) -> None:
    assert curl(THROUGH_A_PROXY_SETTING)["url"].startswith("https://profile.ayrshare.com?domain=")
