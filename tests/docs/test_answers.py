"""The samples of docs/command-line.md against what the commands answer with."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

import attrs
import pytest
from tests.docs.pages import blocks, section, text_of

from rollkeeper.cli import connecting, consenting, exporting, holds, reading, syncing
from rollkeeper.cli.house import Finding
from rollkeeper.cli.syncing import describe
from rollkeeper.core.eligibility import Reason
from rollkeeper.core.guards import Guard, Limits
from rollkeeper.core.policy import PRESETS, Policy
from rollkeeper.directory.importing import Absences, FileReport, ImportReport, Problem
from rollkeeper.engine.explain import Explanation
from rollkeeper.engine.previewing import HELD, WORDS, Example, Preview
from rollkeeper.ledger.models import AudienceState, Run, RunKind, RunState
from rollkeeper.ledger.states import HoldState

PAGE = text_of("docs/command-line.md")


def samples(command: str) -> list[Any]:
    inside = blocks(section(PAGE, f"rollkeeper {command}"))
    return [json.loads(block.text) for block in inside if block.language == "json"]


def fields(of: type[attrs.AttrsInstance]) -> set[str]:
    return {field.name for field in attrs.fields(of)}


def keys_written_in(function: Callable[..., None]) -> list[set[str]]:
    """Return the keys of each dictionary that the function's code spells out."""
    nodes = ast.walk(ast.parse(inspect.getsource(function)))
    return [
        {str(key.value) for key in node.keys if isinstance(key, ast.Constant)}
        for node in nodes
        if isinstance(node, ast.Dict)
    ]


def test_the_sample_of_a_preview_has_what_a_preview_has() -> None:
    (preview,) = samples("plan")
    (beside,) = keys_written_in(syncing.plan)
    assert set(preview) == fields(Preview) | beside
    assert set(preview["counts"]) == {*WORDS.values(), HELD}
    assert set(preview["examples"][0]) == fields(Example)


def test_the_sample_of_an_explanation_has_what_an_explanation_has() -> None:
    ((explanation, *_),) = samples("explain")
    assert set(explanation) == fields(Explanation)


def test_the_sample_of_a_finding_has_what_a_finding_has() -> None:
    ((finding, *_),) = samples("doctor")
    assert set(finding) == fields(Finding)


def test_the_sample_of_an_import_has_what_an_import_reports() -> None:
    report, complete, failure = samples("import")
    empty = ImportReport(files=(), errors=(), warnings=(), marks=0)
    assert set(report) == set(empty.to_json())
    assert set(report["files"][0]) == fields(FileReport)
    assert set(report["errors"][0]) == fields(Problem) == set(failure["failed"])
    assert set(complete) == set(report) | {"absences", "held"}
    assert set(complete["absences"]) == fields(Absences)


def test_the_sample_of_limits_has_every_limit() -> None:
    (limits,) = samples("limits")
    assert set(limits) == fields(Limits)


def test_the_sample_of_a_policy_has_every_field() -> None:
    ((policy,),) = samples("policy")
    assert set(policy) == fields(Policy) | {"list", "preset"}


def test_the_presets_of_a_policy_are_told_as_they_are() -> None:
    told = section(PAGE, "rollkeeper policy")
    for name in fields(Policy):
        (line,) = re.findall(rf"^\| `{name}` \|.*\|$", told, re.MULTILINE)
        cells = [cell.strip(" `") for cell in line.strip("|").split("|")]
        assert cells[2:] == [str(getattr(one, name)) for one in PRESETS.values()]


@pytest.mark.parametrize(
    ("command", "function"),
    [
        ("audiences", reading.audiences),
        ("connect", connecting._answer_address),
        ("connect", connecting._finish),
        ("sync", syncing._defer),
        ("holds", holds.describe),
        ("approve", holds.describe),
        ("discard", holds.describe),
        ("export", exporting.describe),
        ("resubscribe", consenting.describe),
        ("suppress", consenting.suppress),
    ],
)
def test_a_sample_has_the_keys_that_a_function_writes_out(
    command: str, function: Callable[..., None]
) -> None:
    (keys,) = keys_written_in(function)
    shown = [one[0] if isinstance(one, list) else one for one in samples(command)]
    assert keys in [set(one) for one in shown]


@pytest.mark.parametrize("command", ["history", "sync", "pull"])
def test_the_sample_of_a_run_has_what_a_run_tells(command: str) -> None:
    run = samples(command)[0]
    (run,) = run if isinstance(run, list) else [run]
    assert set(run) == set(describe(Run()))


@pytest.mark.parametrize(
    ("command", "field", "words"),
    [
        ("explain", "reason", Reason),
        ("history", "state", RunState),
        ("history", "kind", RunKind),
        ("holds", "guard", Guard),
        ("holds", "state", HoldState),
        ("audiences", "state", AudienceState),
    ],
)
def test_every_word_that_a_field_can_hold_is_told(
    command: str, field: str, words: Iterable[StrEnum]
) -> None:
    told = section(section(PAGE, f"rollkeeper {command}"), f"What `{field}` can be")
    assert set(re.findall(r"^\| `(\w+)` \|", told, re.MULTILINE)) == set(words)
