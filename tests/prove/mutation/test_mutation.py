"""Mutants are made and noticed; a sample of them in every run of the tests."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from tests.prove.bugs_and_mutants import mutated
from tests.prove.mutation.groups import GROUPS, ROOT, equivalent
from tests.prove.mutation.installing import install
from tests.prove.mutation.operators import mutants_of

pytestmark = pytest.mark.slow

SOURCE = """
LIMIT = 3

class Account:
    @property
    def over(self) -> int | None:
        if self.held >= LIMIT and not self.waived:
            return self.held - LIMIT
        log.info("nothing over")

def greet(name, *, loud=False):
    return f"hello {name}" + "!" * loud
"""

SAMPLE = 25
"""So many mutants are tried each time."""


def test_mutants_change_one_thing_each_and_leave_the_tree_as_it_was() -> None:
    tree = ast.parse(SOURCE)
    names = [mutant.name for mutant in mutants_of(tree)]
    assert ast.dump(tree) == ast.dump(ast.parse(SOURCE))
    assert len(set(names)) == len(names)
    assert {
        ": 3 -> 4",
        "Account.over: self.held >= LIMIT -> self.held > LIMIT",
        "Account.over: not self.waived -> self.waived",
        "Account.over: return self.held - LIMIT -> return None",
        "Account.over: self.held - LIMIT -> self.held + LIMIT",
        "greet: False -> True",
    } <= set(names)
    assert not [name for name in names if "int" in name or "log" in name]


@pytest.fixture
def accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("accounts")
    monkeypatch.setitem(sys.modules, "accounts", module)
    file = tmp_path / "accounts.py"
    file.write_text(SOURCE, encoding="utf-8")
    module.__file__ = str(file)
    exec(compile(SOURCE, str(file), "exec"), vars(module))
    return module


def test_a_changed_module_reaches_who_holds_the_old_one(accounts: ModuleType) -> None:
    greet, account = accounts.greet, accounts.Account()
    account.held, account.waived = 3, False
    changed = SOURCE.replace("loud=False", "loud=True").replace(">= LIMIT", "> LIMIT")
    assert (greet("you"), account.over) == ("hello you", 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(vars(accounts), "log", _Log())
        install(ast.parse(changed), ast.parse(SOURCE), accounts)
        assert (greet("you"), account.over) == ("hello you!", None)


class _Log:
    def info(self, event: str) -> None:
        assert event == "nothing over"


def test_a_changed_constant_is_bound_anew(accounts: ModuleType) -> None:
    changed = SOURCE.replace("LIMIT = 3", "LIMIT = 4")
    install(ast.parse(changed), ast.parse(SOURCE), accounts)
    assert accounts.LIMIT == 4


def test_what_is_called_equivalent_is_still_a_mutant() -> None:
    names = set()
    for group in GROUPS.values():
        for name in group.modules:
            tree = ast.parse(Path(str(import_module(name).__file__)).read_text("utf-8"))
            short = name.rpartition(".")[2]
            names |= {f"{short}.{mutant.name}" for mutant in mutants_of(tree)}
    assert set(equivalent()) <= names


def test_a_sample_of_mutants_is_noticed(
    record_property: Callable[[str, object], None],
) -> None:
    """Of which group, and which of its mutants, changes with the sources.

    The score of a whole group is for `make prove`; a sample may miss a little more.
    """
    sources = sorted((ROOT / "src/rollkeeper/core").glob("*.py"))
    digest = sha256(b"".join(one.read_bytes() for one in sources)).digest()
    group = sorted(set(GROUPS) - {"tokens", "plan"})[digest[0] % (len(GROUPS) - 2)]
    results = mutated(group, every=12, first=digest[1])[:SAMPLE]
    known = equivalent()
    unnoticed = [
        one["name"] for one in results if not one["killed"] and one["name"] not in known
    ]
    record_property(
        "figure", f"{len(results) - len(unnoticed)} of {len(results)} of {group}"
    )
    assert len(unnoticed) <= max(2, len(results) // 5), unnoticed
