"""From the paths that somebody named to the sources of tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from django.utils.translation import gettext_noop as _

from rollkeeper.directory.importing.delimited import DelimitedFile
from rollkeeper.directory.importing.limits import SPLIT, Limits
from rollkeeper.directory.importing.problems import ImportFailed, Sentence
from rollkeeper.directory.importing.rows import Source
from rollkeeper.directory.importing.tables import TABLES
from rollkeeper.directory.importing.workbooks import open_workbook

FILES = {f"{table.name}.csv": table for table in TABLES}
NAMES = ", ".join(FILES)


def find_sources(paths: Iterable[Path], limits: Limits) -> Sequence[Source]:
    """Return what is to be read, members first; each table once.

    A path is a folder with some of our files, one such file, or a workbook.
    """
    sources: list[Source] = []
    for path in paths:
        for source in _sources_of(path, limits):
            refuse_twice(source, sources)
            sources.append(source)
    return sorted(sources, key=lambda source: TABLES.index(source.table))


def _sources_of(path: Path, limits: Limits) -> Iterator[Source]:
    if path.is_dir():
        yield from _in_folder(path, limits)
    elif not path.is_file():
        raise ImportFailed.at(
            str(path),
            reason="There is no such file or folder.",
            remedy="Look at how the name is spelt.",
        )
    else:
        yield from _one_file(path, limits)


def _in_folder(folder: Path, limits: Limits) -> Iterator[Source]:
    files = sorted(one for one in folder.iterdir() if one.name.lower() in FILES)
    if not files:
        raise ImportFailed.at(
            str(folder),
            reason="None of our files is in this folder.",
            remedy=f"Put some of these into it: {NAMES}; or name a workbook (.xlsx).",
        )
    for file in files:
        yield from _one_file(file, limits)


def _one_file(path: Path, limits: Limits) -> Iterator[Source]:
    refuse_big(path, limits)
    if path.suffix.lower() == ".xlsx":
        yield from open_workbook(path, limits)
    elif path.name.lower() in FILES:
        yield DelimitedFile(path, FILES[path.name.lower()], limits)
    else:
        raise ImportFailed.at(
            path.name,
            reason="Its name does not say what is in it.",
            remedy=f"Call it one of these: {NAMES}; a workbook's name ends in .xlsx.",
        )


def refuse_big(path: Path, limits: Limits) -> None:
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise ImportFailed.at(
            path.name,
            reason=Sentence(
                _("The file has %(bytes)s bytes; %(most)s can be read."),
                {"bytes": size, "most": limits.file_bytes},
            ),
            remedy=SPLIT,
        )


def refuse_twice(source: Source, before: Iterable[Source]) -> None:
    for other in before:
        if other.table == source.table:
            raise ImportFailed.at(
                source.file,
                reason=f"It holds {source.table.name}, and so does {other.file}.",
                remedy="Import one of them first, then the other.",
            )
