"""Histories that once broke a promise, kept for ever in tests/seeds/, a file each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from attrs import asdict, frozen
from tests.prove.kept import commit
from tests.prove.level import Level, Trace
from tests.prove.levels import level_named
from tests.prove.running import lived

FOLDER = Path(__file__).parents[1] / "seeds"


@frozen(kw_only=True)
class Seed:
    level: str
    seed: int
    commit: str
    """Where it failed."""
    why: str
    smallest: Any = None
    """The history made small, for levels that can; it survives a new generator."""

    @property
    def file(self) -> Path:
        return FOLDER / f"{self.level}-{self.seed}.json"


def kept_seeds() -> list[Seed]:
    files = sorted(FOLDER.glob("*.json"))
    return [Seed(**json.loads(file.read_text(encoding="utf-8"))) for file in files]


def keep_seed(level: Level, seed: int, why: str) -> Path:
    smallest = level.minimise(seed) if level.minimise else None
    kept = Seed(
        level=level.name, seed=seed, commit=commit(), why=why, smallest=smallest
    )
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps(asdict(kept), indent=2, ensure_ascii=False)
    kept.file.write_text(text + "\n", encoding="utf-8")
    return kept.file


def replayed(kept: Seed) -> Trace:
    """Live through it once more, as small as it was made."""
    level = level_named(kept.level)
    if kept.smallest is not None and level.replay is not None:
        return level.replay(kept.smallest)
    with level.prepare():
        return lived(level, kept.seed)
