"""Importing members, contacts, lists and memberships from files; `docs/import.md`.

Rows are read as a stream, copied to temporary tables and merged there by a few
statements over whole sets. One transaction: a file that cannot be read changes nothing
at all; a bad row is reported and left out. A row that says what is known already is not
written, so importing the same files again changes nothing and leaves no marks. Who is
missing leaves only when the files are said to be complete, and somebody lets them.
"""

from __future__ import annotations

from rollkeeper.directory.importing.departing import (
    Departing,
    Departures,
    Missing,
    Part,
    depart,
)
from rollkeeper.directory.importing.guessing import Guess, columns_of, guess
from rollkeeper.directory.importing.importer import (
    Progress,
    import_files,
    import_sources,
    unwatched,
)
from rollkeeper.directory.importing.limits import LIMITS, Limits
from rollkeeper.directory.importing.problems import (
    ImportFailed,
    Problem,
    Sentence,
)
from rollkeeper.directory.importing.report import Absences, FileReport, ImportReport
from rollkeeper.directory.importing.rows import Source
from rollkeeper.directory.importing.sheets import (
    Choice,
    Sheet,
    chosen_sources,
    first_rows,
    sheets_in,
)
from rollkeeper.directory.importing.sources import find_sources
from rollkeeper.directory.importing.tables import TABLES, Table

__all__ = [
    "LIMITS",
    "TABLES",
    "Absences",
    "Choice",
    "Departing",
    "Departures",
    "FileReport",
    "Guess",
    "ImportFailed",
    "ImportReport",
    "Limits",
    "Missing",
    "Part",
    "Problem",
    "Progress",
    "Sentence",
    "Sheet",
    "Source",
    "Table",
    "chosen_sources",
    "columns_of",
    "depart",
    "find_sources",
    "first_rows",
    "guess",
    "import_files",
    "import_sources",
    "sheets_in",
    "unwatched",
]
