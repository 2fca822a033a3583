"""What a person can type at a prompt: commands, their options, make targets."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import entry_points

import click
from tests.docs.pages import ROOT, Block, text_of

from mailtwin.__main__ import main as mailtwin
from rollkeeper.cli.commands import cli as rollkeeper

GROUPS: Mapping[str, click.Group] = {"rollkeeper": rollkeeper, "mailtwin": mailtwin}

MAKE_TARGETS = frozenset(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))

OF_THE_SYSTEM = frozenset(
    {"apt-get", "cat", "cd", "chmod", "cp", "createdb", "curl", "export", "git", "jq"}
    | {"mkdir", "openssl", "pg_dump", "python3", "python3.11", "source", "sudo"}
    | {
        "systemctl",
        "tar",
        "useradd",
        "while",
        "do",
        "done",
        "sleep",
        "echo",
        "psql",
        "pg_restore",
    }
)
"""Programs that are not ours, which a reader of our pages may be asked to type."""

_PROMPTED = frozenset({"console"})
_SHELLS = frozenset({"sh", "bash", "shell"}) | _PROMPTED
_SETTING = re.compile(r"[A-Z_]+=")


def commands(group: click.Group, *before: str) -> Iterator[tuple[str, click.Command]]:
    """Yield everything that does something, by its whole name, such as "staff add"."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *before, name)
        else:
            yield " ".join((*before, name)), command


def options(command: click.Command) -> set[str]:
    """Return the long options of a command, `--help` left out."""
    return {
        spelling
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for spelling in (*parameter.opts, *parameter.secondary_opts)
    }


def statements(block: Block) -> Iterator[list[str]]:
    """Yield the words of every command in a block for a shell; of others, nothing."""
    if block.language not in _SHELLS:
        return
    for line in block.text.replace("\\\n", " ").splitlines():
        if block.language in _PROMPTED:
            if not line.startswith("$ "):
                continue
            line = line.removeprefix("$ ")
        yield from _parts(line)


def _parts(line: str) -> Iterator[list[str]]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    words: list[str] = []
    for word in [*lexer, ";"]:
        if set(word) <= set("|&;"):
            if words:
                yield words
            words = []
        elif words or not _SETTING.match(word):
            words.append(word)


def complaint(words: Sequence[str]) -> str | None:
    """Return what is wrong with a command, None when it can be typed like that."""
    first, *rest = words
    name = first.rpartition("/")[2]
    if name in GROUPS:
        return _complaint_about(GROUPS[name], rest)
    if name == "make":
        unknown = {word for word in rest if "=" not in word} - MAKE_TARGETS
        return f"make has no {', '.join(sorted(unknown))}" if unknown else None
    if first.startswith(".venv/bin/"):
        known = {one.name for one in entry_points(group="console_scripts")}
        return None if name in known | {"python", "pip"} else f"{name} is not installed"
    if "/" in first:
        return None if (ROOT / first).exists() else f"there is no {first}"
    return None if first in OF_THE_SYSTEM else f"{first} is none of our commands"


def _complaint_about(group: click.Group, words: Sequence[str]) -> str | None:
    command: click.Command = group
    given = list(words)
    while isinstance(command, click.Group) and given and given[0] in command.commands:
        command = command.commands[given.pop(0)]
    named = {word.partition("=")[0] for word in given if word.startswith("-")}
    if isinstance(command, click.Group) and not named:
        return f"{command.name} has no command {' '.join(given)}"
    unknown = named - options(command) - {"--help", "-h", "--version"}
    return f"{command.name} has no {', '.join(sorted(unknown))}" if unknown else None
