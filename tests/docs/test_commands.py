from __future__ import annotations

import json
import re

import click
import pytest
from tests.docs.pages import PAGES, blocks, headings, name_of, section, text_of
from tests.docs.typed import commands, complaint, options, statements

from rollkeeper.cli.commands import cli
from rollkeeper.cli.output import FAILED, HELD, WRONG_USE

PAGE = text_of("docs/command-line.md")
COMMANDS = dict(commands(cli))
IN_SHELLS = [
    pytest.param(words, id=f"{name_of(page)}: {' '.join(words)}")
    for page in PAGES
    for block in blocks(page.read_text(encoding="utf-8"))
    for words in statements(block)
]


def about(name: str) -> str:
    return section(PAGE, f"rollkeeper {name}")


def test_every_command_has_its_section_and_no_other_has() -> None:
    documented = {one for one in headings(PAGE) if one.startswith("rollkeeper ")}
    assert documented == {f"rollkeeper {name}" for name in COMMANDS}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_is_in_its_section_and_no_other_is(name: str) -> None:
    said = set(re.findall(r"`(--[a-z-]+)", about(name)))
    assert said == options(COMMANDS[name])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_argument_of_a_command_is_in_its_section(name: str) -> None:
    for parameter in COMMANDS[name].params:
        if isinstance(parameter, click.Argument):
            assert parameter.metavar or str(parameter.name).upper() in about(name)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_speaks_json_shows_what_it_says(name: str) -> None:
    shown = [
        json.loads(one.text) for one in blocks(about(name)) if one.language == "json"
    ]
    assert bool(shown) == ("--json" in options(COMMANDS[name]))


def test_every_exit_status_is_told() -> None:
    told = re.findall(r"^\| (\d) \|", section(PAGE, "Exit status"), re.MULTILINE)
    assert {int(status) for status in told} == {0, FAILED, WRONG_USE, HELD}


@pytest.mark.parametrize("words", IN_SHELLS)
def test_a_command_that_a_page_asks_for_can_be_typed(words: list[str]) -> None:
    assert complaint(words) is None


def test_a_command_that_is_not_ours_is_noticed() -> None:
    assert complaint(["rollkeeper", "sink"])
    assert complaint(["rollkeeper", "sync", "--hurry"])
    assert complaint(["mailtwin", "serve", "--colour"])
    assert complaint(["make", "believe"])
    assert complaint([".ci/walk"])
    assert complaint([".venv/bin/no-such-tool"])
    assert complaint(["rolkeeper", "sync"])
