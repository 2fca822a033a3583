"""`python -m tests.prove`: run levels, print one table, tell how to repeat."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click
from tests.prove import kept
from tests.prove.level import Level
from tests.prove.levels import LEVELS, level_named
from tests.prove.outcome import Outcome
from tests.prove.running import prove
from tests.prove.seeds import keep_seed
from tests.prove.table import in_terminal, promises


@click.command()
@click.option(
    "--level",
    "names",
    type=click.Choice(list(LEVELS)),
    multiple=True,
    help="Only this level; may be given several times.",
)
@click.option("--seed", default=0, help="Of the first history.")
@click.option(
    "--histories",
    type=click.IntRange(min=1),
    help="How many; without it as many as make a full run.",
)
@click.option("--processes", type=click.IntRange(min=1), default=os.cpu_count())
@click.option(
    "--json", "file", type=click.Path(path_type=Path), help="Write the figures there."
)
@click.option(
    "--keep",
    is_flag=True,
    help="If nothing broke, take the figures over into docs/reliability.md.",
)
@click.option(
    "--keep-seeds", is_flag=True, help="Keep what failed in tests/seeds/, made small."
)
def main(
    names: tuple[str, ...],
    seed: int,
    histories: int | None,
    processes: int,
    file: Path | None,
    *,
    keep: bool,
    keep_seeds: bool,
) -> None:
    """Prove the promises of docs/reliability.md, by histories."""
    figures: dict[str, Any] = {}
    whole = True
    for level in map(level_named, names or tuple(LEVELS)):
        begun_at = kept.commit()
        outcome = prove(level.name, seed=seed, histories=histories, processes=processes)
        figures[level.name] = kept.figures_of(
            level, outcome, processes=processes, commit=begun_at
        )
        whole &= _judge(level, outcome, full=histories is None)
        _show_failures(level, outcome, keep_seeds=keep_seeds)
    click.echo(in_terminal(figures))
    click.echo(promises(figures))
    if file:
        kept.write(figures, file)
    if keep and whole:
        kept.keep(figures)
    sys.exit(0 if whole else 1)


def _judge(level: Level, outcome: Outcome, *, full: bool) -> bool:
    """Say what else the level tells, and return whether it passed."""
    if level.explain:
        click.echo(level.explain(outcome.counts))
    empty = sorted(level.cells - outcome.cells)
    if full and empty:
        click.echo(f"{level.name} never reached:")
        for cell in empty:
            click.echo(f"  {' / '.join(cell)}")
    return not outcome.broken.total() and not (full and empty)


def _show_failures(level: Level, outcome: Outcome, *, keep_seeds: bool) -> None:
    for seed, violation in outcome.failures:
        click.echo(f"{level.name}, {violation.promise}: {violation.law}")
        click.echo("  " + violation.what.replace("\n", "\n  "))
        click.echo(
            f"  at commit {kept.commit()}, again by: python -m tests.prove"
            f" --level {level.name} --seed {seed} --histories 1"
        )
        if keep_seeds:
            why = f"{violation.promise}: {violation.law}"
            click.echo(f"  kept in {keep_seed(level, seed, why)}")


if __name__ == "__main__":
    main()
