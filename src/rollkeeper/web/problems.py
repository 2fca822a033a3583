"""What is wrong with a file, in the language of who reads it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from attrs import evolve
from django.utils.translation import gettext

from rollkeeper.directory.importing import Problem, Sentence
from rollkeeper.engine.spoken import figure
from rollkeeper.engine.stored import told

COLUMNS = ("file", "line", "column", "what is wrong", "what to do")


class Writable(Protocol):
    def write(self, text: str, /) -> object: ...


def read(kept: Sequence[Mapping[str, Any]]) -> Sequence[Problem]:
    """Return problems that were kept with an import."""
    return [said(Problem.again(one)) for one in kept]


def said(problem: Problem) -> Problem:
    """Return it with its sentences in the language that is active."""
    return evolve(problem, reason=_said(problem.reason), remedy=_said(problem.remedy))


def _said(sentence: str) -> str:
    if not isinstance(sentence, Sentence):
        return gettext(sentence)
    values = {
        name: figure(value)
        if isinstance(value, int)
        else told(value)  # as why an address is none
        for name, value in sentence.values.items()
    }
    return gettext(sentence.marked) % values


def write(problems: Iterable[Problem], file: Writable) -> None:
    """Write the problems as CSV; no spreadsheet takes a cell of it for a formula."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for one in map(said, problems):
        cells = (one.file, one.line, one.column, one.reason, one.remedy)
        writer.writerow(_harmless(str(cell or "")) for cell in cells)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
