"""The example application: its tests pass, and find each mistake that is planted in it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes
pytest_plugins = ["pytester"]

EXAMPLE = Path(__file__).parents[2] / "examples" / "shop"


@dataclass(frozen=True)
class Mistake:
    """What integrators do wrong, as a change of the example's text, and the test that finds it."""

    name: str
    right: str
    wrong: str
    found_by: str


MISTAKES = [
    Mistake(
        "seconds for minutes",
        "EMAIL_LINK_MINUTES = 60\n",
        "EMAIL_LINK_MINUTES = 60 * 60\n",
        "test_a_link_in_an_email_lives_an_hour",
    ),
    Mistake(
        "the API key as profile key",
        '"profileKey": profile_key,',
        '"profileKey": self.api_key,',
        "test_a_customer_links_an_account",
    ),
    Mistake(
        "a private key whose newlines became backslash-n",
        '.replace("\\\\n", "\\n")',
        "",
        "test_a_private_key_from_a_one_line_variable_works",
    ),
    Mistake(
        "an invented signature header",
        'SIGNATURE_HEADER = "X-Authorization-Content-SHA256"',
        'SIGNATURE_HEADER = "X-Ayrshare-Signature"',
        "test_a_signed_webhook_is_believed",
    ),
    Mistake(
        "one signature only, which is the new secret's while it rotates",
        'headers.get(SIGNATURES_HEADER, "")',
        '""',
        "test_while_the_secret_rotates_webhooks_are_still_believed",
    ),
    Mistake(
        "a signature over re-encoded JSON",
        "raw = request.get_data()",
        "raw = __import__('json').dumps(request.get_json()).encode()",
        "test_a_signed_webhook_is_believed",
    ),
    Mistake(
        "no way on when the link has expired",
        "status_code == 401",
        "status_code == 410",
        "test_an_expired_link_gives_a_fresh_one",
    ),
    Mistake(
        "activeSocialAccounts read when it is absent",
        'user.get("activeSocialAccounts", [])',
        'user["activeSocialAccounts"]',
        "test_a_new_customer_has_nothing_linked",
    ),
    Mistake(
        "retrying on 429",
        "self.session = requests.Session()",
        "self.session = requests.Session(); self.session.mount('http://', "
        "requests.adapters.HTTPAdapter(max_retries=__import__('urllib3').Retry("
        "3, status_forcelist=[429], allowed_methods=None, raise_on_status=False)))",
        "test_a_rate_limit_is_not_hammered",
    ),
    Mistake(
        "HTTP 200 taken for success",
        'ok=result["status"] != "error"',
        "ok=answer.status_code == 200",
        "test_an_offer_that_one_network_refuses_is_not_called_fine",
    ),
    Mistake(
        "everything posted again after a partial failure",
        'self._call("PUT", "/post/retry", {"id": post_id}, profile_key)',
        'self._call("POST", "/post", self._call("GET", f"/post/{post_id}", None, profile_key), '
        "profile_key)",
        "test_trying_again_posts_only_what_is_missing",
    ),
    Mistake(
        "only the first of postIds read",
        'post.get("postIds", [])',
        'post.get("postIds", [])[:1]',
        "test_an_offer_appears_on_every_network",
    ),
    Mistake(
        "an address read that the network has not told yet",
        'one.get("postUrl")',
        'one["postUrl"]',
        "test_an_offer_whose_address_is_not_known_yet_is_shown",
    ),
    Mistake(
        "posts around the result of a profile overlooked",
        'payload.get("posts", [payload])[0]',
        "payload",
        "test_an_offer_appears_on_every_network",
    ),
    Mistake(
        "local time sent as scheduleDate",
        "at.astimezone(UTC)",
        "at",
        "test_a_scheduled_offer_appears_at_its_time",
    ),
    Mistake(
        "an empty history taken for a failure",
        "if error.code == NO_POSTS_YET:",
        "if error.code == 404:",
        "test_a_customer_without_offers_sees_none",
    ),
    Mistake(
        "every webhook taken for a link",
        'if event["action"] == "scheduled":',
        'if event["action"] == "post":',
        "test_the_end_of_a_scheduled_offer_is_known_from_its_webhook",
    ),
]


@pytest.fixture
def shop(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example, where no other plugin takes part."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return Path(shutil.copytree(EXAMPLE, pytester.path, dirs_exist_ok=True))


def test_the_examples_tests_pass(shop: Path, pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("-p", "fakeayr", timeout=280)

    result.assert_outcomes(passed=23)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_planted_mistake_is_found(
    shop: Path, pytester: pytest.Pytester, mistake: Mistake
) -> None:
    source = shop / "shop.py"
    text = source.read_text("utf-8")
    assert text.count(mistake.right) == 1
    source.write_text(text.replace(mistake.right, mistake.wrong), "utf-8")

    finder = f"tests/test_shop.py::{mistake.found_by}"
    result = pytester.runpytest_inprocess("-p", "fakeayr.testing.plugin", finder)

    result.stdout.fnmatch_lines([f"FAILED {finder}*"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_the_readme_names_every_mistake() -> None:
    readme = (EXAMPLE / "README.md").read_text("utf-8")

    assert all(f"`{mistake.found_by}`" in readme for mistake in MISTAKES)
    assert readme.count("| `test_") == len(MISTAKES)
