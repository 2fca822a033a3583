"""`export`: who may be mailed, as a file; who may not, in another one."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from attrs import frozen
from django_scopes import scope
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from rollkeeper.cli.choosing import actor, association_named, list_called
from rollkeeper.cli.output import (
    WRONG_USE,
    Stopped,
    answer_json,
    answer_table,
    stderr,
)
from rollkeeper.directory.models import Association, Contact
from rollkeeper.engine.exporting import (
    SHAPES,
    Chosen,
    Exported,
    Format,
    by_hand,
    export,
    of_list,
    term_of,
)
from rollkeeper.engine.postgres import STORE

_NAMED = 10
"""So many unknown ids are named."""


@frozen(kw_only=True)
class Choice:
    """Whom the words of the command name."""

    list_name: str | None
    contacts: str | None
    everybody: bool

    def chosen(self, association: Association) -> Chosen:
        named = self.list_name is not None or self.contacts is not None
        if self.everybody == named:
            raise Stopped(
                "Say whom to export: a LIST, some of them with --contacts ID,ID, or"
                " everybody with --all.",
                status=WRONG_USE,
            )
        some = Contact.objects.all()
        if self.contacts is not None:
            some = some.filter(external_id__in=_known(self.contacts))
        if self.list_name is None:
            return by_hand(association.pk, some)
        return of_list(list_called(self.list_name), some)


@frozen(kw_only=True)
class Targets:
    """Where the files go; None for a name made from the list's."""

    output: Path | None
    reasons: Path | None


def run(
    choice: Choice,
    targets: Targets,
    slug: str | None,
    *,
    kind: str,
    as_json: bool,
) -> None:
    association = association_named(slug)
    with scope(association=association):
        chosen = choice.chosen(association)
        try:
            done = _export(chosen, Format(kind), targets)
        except OSError as error:
            raise Stopped(
                f"The files could not be written: {error}. Nothing half written is"
                " left. Make room, or say another place with --output and --reasons."
            ) from error
    if as_json:
        answer_json(describe(chosen, Format(kind), done))
    else:
        _show(chosen, Format(kind), done)


def describe(chosen: Chosen, format: Format, done: Exported) -> dict[str, object]:
    """Return what JSON tells of an export."""
    return {
        "list": chosen.list.name if chosen.list else None,
        "format": str(format),
        "files": list(done.parts),
        "contacts": done.contacts,
        "recipients": done.recipients,
        "left_out": done.left_out,
        "left_out_file": done.left_out_file,
    }


def _known(text: str) -> list[str]:
    """Return the ids in *text*, all of them ids of contacts."""
    wanted = list(filter(None, (one.strip() for one in text.split(","))))
    rows = Contact.objects.filter(external_id__in=wanted)
    there = set(rows.values_list("external_id", flat=True))
    unknown = [one for one in wanted if one not in there]
    if unknown or not wanted:
        some = ", ".join(unknown[:_NAMED]) or "no id at all"
        more = f" and {len(unknown) - _NAMED} more" if unknown[_NAMED:] else ""
        raise Stopped(
            f"No contact has this id: {some}{more}. Write ids as in contacts.csv, with"
            " commas between them.",
            status=WRONG_USE,
        )
    return wanted


def _export(chosen: Chosen, format: Format, targets: Targets) -> Exported:
    """Write beside where the files go, and put them there when they are whole."""
    suffix = SHAPES[format].suffix
    output = targets.output or Path(f"{chosen.name}-{format.dashed}{suffix}")
    reasons = targets.reasons or output.with_name(f"{output.stem}-left-out.csv")
    if output.absolute() == reasons.absolute():
        raise Stopped(
            "--output and --reasons name the same file. Name two.", status=WRONG_USE
        )
    for place in (output.parent, reasons.parent):
        if not place.is_dir():
            raise Stopped(
                f"There is no folder {place}. Make it first, or say another place with"
                " --output and --reasons.",
                status=WRONG_USE,
            )
    with TemporaryDirectory(dir=output.parent, prefix=".rollkeeper-export-") as folder:
        done = _with_progress(chosen, format, Path(folder))
        _put(done.left_out_file, reasons)
        parts = [_named(output, number, len(done.parts)) for number in _numbers(done)]
        for source, target in zip(done.parts, parts, strict=True):
            _put(source, target)
    return done.at(parts=parts, left_out_file=reasons)


def _numbers(done: Exported) -> range:
    return range(1, len(done.parts) + 1)


def _named(output: Path, number: int, of: int) -> Path:
    if of == 1:
        return output
    return output.with_name(f"{output.stem}-{number}-of-{of}{output.suffix}")


def _put(source: Path, target: Path) -> None:
    """Have *target* be the whole of *source*, or what it was."""
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            shutil.copyfile(source, beside)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)


def _with_progress(chosen: Chosen, format: Format, folder: Path) -> Exported:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=stderr, transient=True) as bar:
        task = bar.add_task("Exporting", total=None)
        return export(
            chosen,
            format,
            store=STORE,
            folder=folder,
            by=actor(),
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _show(chosen: Chosen, format: Format, done: Exported) -> None:
    names = ", ".join(str(one) for one in done.parts)
    whom = f"the list {chosen.list.name}" if chosen.list else "those chosen"
    if not done.contacts:
        click.echo(f"Nobody is on {whom}: {names} holds only its header.")
    elif not done.recipients:
        click.echo(
            f"Nobody of {whom} may be sent mail: {names} holds only its header, and"
            " there is nothing to import."
        )
    else:
        click.echo(f"{done.recipients:,} addresses are in {names}.")
    if len(done.parts) > 1:
        click.echo(
            f"{SHAPES[format].title} drops what is too much for one file: import"
            f" all {len(done.parts)}."
        )
    if done.left_out:
        answer_table(
            f"Left out; {done.left_out_file} says of each why",
            ("contacts", "how many"),
            [(term_of(reason), number) for reason, number in done.left_out.items()],
        )
