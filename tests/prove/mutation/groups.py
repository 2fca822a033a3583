"""Which modules are mutated, and which tests must notice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from attrs import frozen

ROOT: Final = Path(__file__).parents[3]
SOURCES: Final = ROOT / "src"
EQUIVALENT: Final = Path(__file__).with_name("equivalent.json")

LEAST_PERCENT: Final = 90


@frozen(kw_only=True)
class Group:
    modules: tuple[str, ...]
    tests: tuple[str, ...]


GROUPS: Final[Mapping[str, Group]] = {
    "decide": Group(
        modules=(
            "rollkeeper.core.decide",
            "rollkeeper.core.situation",
            "rollkeeper.core.making",
        ),
        tests=(
            "tests/core/test_decide.py",
            "tests/core/test_decide_closely.py",
            "tests/core/test_parting.py",
        ),
    ),
    "plan": Group(
        modules=("rollkeeper.core.plan",), tests=("tests/core/test_plan.py",)
    ),
    "guards": Group(
        modules=(
            "rollkeeper.core.guards.guard",
            "rollkeeper.core.guards.items",
            "rollkeeper.core.guards.limits",
        ),
        tests=(
            "tests/core/test_guards.py",
            "tests/core/test_guards_closely.py",
            "tests/core/test_guards_decided.py",
            "tests/core/test_limits.py",
        ),
    ),
    "budget": Group(
        modules=("rollkeeper.core.budget",), tests=("tests/core/test_budget.py",)
    ),
    "eligibility": Group(
        modules=("rollkeeper.core.eligibility",),
        tests=("tests/core/test_eligibility.py", "tests/core/test_orphans.py"),
    ),
    "tokens": Group(
        modules=(
            "rollkeeper.connections.tokens",
            "rollkeeper.connections.secrets",
            "rollkeeper.connections.seals",
        ),
        tests=(
            "tests/connections/test_probing.py",
            "tests/connections/test_rotating.py",
            "tests/connections/test_seals.py",
            "tests/connections/test_secrets.py",
            "tests/connections/test_tokens.py",
            "tests/connections/test_tokens_closely.py",
        ),
    ),
}


def equivalent() -> Mapping[str, str]:
    """Return why mutants, by name, change nothing that anybody could notice."""
    reasons: dict[str, str] = json.loads(EQUIVALENT.read_text(encoding="utf-8"))
    return reasons
