"""The first line of a file: which column stands where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from attrs import frozen
from django.utils.translation import gettext_noop as _

from rollkeeper.directory.importing.limits import Limits
from rollkeeper.directory.importing.problems import ImportFailed, Sentence
from rollkeeper.directory.importing.tables import Table


@frozen(kw_only=True)
class Header:
    """The names of the columns, and where those that the table knows stand."""

    line: int
    names: tuple[str, ...]
    known: tuple[int | None, ...]
    """Where each column of the table stands; None where the file lacks it."""
    others: tuple[tuple[int, str], ...]


def read_header(
    file: str,
    table: Table,
    line: int,
    cells: Sequence[str],
    limits: Limits,
    columns: Mapping[str, str] | None = None,
) -> Header:
    """Return the header of *file*, or raise `ImportFailed` with what is wrong in it.

    Upper and lower case are the same there; columns without name at the end are none.
    With *columns* somebody has said what the file calls those of the table, and it may
    lack the others.
    """
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    _refuse_too_many(file, line, names, limits)
    folded = [name.casefold() for name in names]
    if columns is not None:
        return _as_chosen(file, table, line, names, columns)
    _refuse_missing(file, line, folded, table)
    _refuse_unclear(file, line, folded)
    known = tuple(folded.index(column.name) for column in table.columns)
    return _header(line, names, known)


def _as_chosen(
    file: str,
    table: Table,
    line: int,
    names: Sequence[str],
    columns: Mapping[str, str],
) -> Header:
    """Of columns that are called the same, the first is meant."""
    for name in columns.values():
        if name not in names:
            raise ImportFailed.at(
                file,
                line,
                name,
                reason=Sentence(_("The column %(name)s is not there."), {"name": name}),
                remedy=_("Choose again which column means what."),
            )
    known = (
        names.index(columns[column.name]) if column.name in columns else None
        for column in table.columns
    )
    return _header(line, names, tuple(known))


def _header(line: int, names: Sequence[str], known: tuple[int | None, ...]) -> Header:
    others = ((at, name) for at, name in enumerate(names) if name and at not in known)
    return Header(line=line, names=tuple(names), known=known, others=tuple(others))


def _refuse_too_many(
    file: str, line: int, names: Sequence[str], limits: Limits
) -> None:
    if len(names) > limits.columns:
        raise ImportFailed.at(
            file,
            line,
            reason=Sentence(
                _("The file has %(columns)s columns; %(most)s can be read."),
                {"columns": str(len(names)), "most": str(limits.columns)},
            ),
            remedy=_("Delete the columns that are not needed."),
        )


def _refuse_missing(file: str, line: int, names: Sequence[str], table: Table) -> None:
    missing = [column.name for column in table.columns if column.name not in names]
    if not missing:
        return
    for mark, word in ((";", "semicolons"), ("\t", "tabs")):
        if len(names) == 1 and mark in names[0]:
            raise ImportFailed.at(
                file,
                line,
                reason=f"The columns are separated by {word}, not by commas.",
                remedy="Save the file as CSV with commas between the columns.",
            )
    raise ImportFailed.at(
        file,
        line,
        missing[0],
        reason=f"The column {' and the column '.join(missing)} is not there.",
        remedy="Add it to the first line; the cells below it may be empty.",
    )


def _refuse_unclear(file: str, line: int, names: Sequence[str]) -> None:
    if "" in names:
        raise ImportFailed.at(
            file,
            line,
            reason=f"Column number {names.index('') + 1} has no name.",
            remedy="Give it a name in the first line, or delete the column.",
        )
    name, count = Counter(names).most_common(1)[0]
    if count > 1:
        raise ImportFailed.at(
            file,
            line,
            name,
            reason=f"{count} columns are called {name}.",
            remedy="Rename or delete all but one of them.",
        )
