"""The templates for integrators' pipelines are valid, and call commands that exist."""

import re
import subprocess
from pathlib import Path

import click
import pytest
import yaml

from fakeayr.contract.command import contract

ROOT = Path(__file__).parents[2]
TEMPLATES = {"github": ROOT / "action.yml", "gitlab": ROOT / "ci" / "gitlab.yml"}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_valid_yaml(name: str) -> None:
    assert yaml.safe_load(TEMPLATES[name].read_text("utf-8"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_calls_options_that_exist(name: str) -> None:
    text = TEMPLATES[name].read_text("utf-8")
    run = contract.commands["run"]
    known = {option for parameter in run.params for option in parameter.opts}

    assert "fakeayr contract run" in text
    assert "fakeayr contract clean --url" in text
    assert isinstance(run, click.Command)
    options = re.findall(r" (--[a-z-]+)", text.partition("fakeayr contract run")[2])
    assert set(options) - {"--quiet"} <= known


@pytest.mark.outside("bash")
def test_the_template_of_gitlab_installs_only_what_it_was_told() -> None:
    """There is no fakeayr of ours on PyPI: a package of that name would be somebody else's."""
    job = yaml.safe_load(TEMPLATES["gitlab"].read_text("utf-8"))["ayrshare-contract"]
    guard, install = job["before_script"]

    assert install.endswith('install --quiet "$FAKEAYR"')
    assert job["variables"]["FAKEAYR"] == ""
    refused = subprocess.run(
        ["bash", "-c", guard], env={"FAKEAYR": ""}, capture_output=True, text=True, check=False
    )
    assert (refused.returncode, refused.stdout) == (2, "Set FAKEAYR to what pip shall install.\n")


def commands(name: str) -> str:
    """The shell commands of a template that run the checks."""
    template = yaml.safe_load(TEMPLATES[name].read_text("utf-8"))
    if name == "gitlab":
        return "\n".join(template["ayrshare-contract"]["script"])
    steps = template["runs"]["steps"]
    return str(next(step["run"] for step in steps if step.get("name") == "Check the contract"))


@pytest.mark.outside("bash")
@pytest.mark.parametrize(("wish", "is_posting"), [("true", True), ("false", False), ("", False)])
@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_posts_only_where_true_is_said(name: str, wish: str, is_posting: bool) -> None:
    script = f'fakeayr() {{ echo "$@"; }}\n{commands(name)}'
    variables = {
        "TARGET_URL": "https://api.ayrshare.com/api",
        "AYRSHARE_URL": "https://api.ayrshare.com/api",
        "POSTS": wish,
        "AYRSHARE_POSTS": wish,
        "TIME_BUDGET": "9",
        "AYRSHARE_TIME_BUDGET": "9",
    }
    done = subprocess.run(
        ["bash", "-c", script], env=variables, capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith(
        "contract run --url https://api.ayrshare.com/api --yes "
        + ("--posts " if is_posting else "")
        + "--time-budget 9 "
    ), done.stdout + done.stderr


def test_the_defaults_of_the_templates_post_nothing() -> None:
    action = yaml.safe_load(TEMPLATES["github"].read_text("utf-8"))
    job = yaml.safe_load(TEMPLATES["gitlab"].read_text("utf-8"))["ayrshare-contract"]

    assert action["inputs"]["posts"]["default"] == "false"
    assert job["variables"]["AYRSHARE_POSTS"] == "false"


def test_the_action_is_composite_and_keeps_reports() -> None:
    action = yaml.safe_load(TEMPLATES["github"].read_text("utf-8"))

    assert action["runs"]["using"] == "composite"
    assert action["runs"]["steps"][-1]["if"] == "${{ always() }}"
