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


def test_the_action_is_composite_and_keeps_reports() -> None:
    action = yaml.safe_load(TEMPLATES["github"].read_text("utf-8"))

    assert action["runs"]["using"] == "composite"
    assert action["runs"]["steps"][-1]["if"] == "${{ always() }}"
