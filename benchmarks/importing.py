"""How fast a large chamber is imported, and how much memory that takes.

    python benchmarks/importing.py [CONTACTS]

Makes a sample chamber in a folder of its own, with an embedded PostgreSQL of its own,
and imports it: for the first time, again as it is, again with one contact in a hundred
changed, and for the first time while somebody follows. The limits on file sizes are
lifted, for they are what this goes beyond.
"""

from __future__ import annotations

import csv
import os
import resource
import sys
import tempfile
import time
from pathlib import Path


def main(contacts: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ROLLKEEPER_HOME"] = folder
        os.environ.pop("ROLLKEEPER_DATABASE_URL", None)
        from rollkeeper.config import embedded, startup

        startup.setup()
        try:
            startup.prepare_database()
            measure(Path(folder) / "sample", contacts)
        finally:
            embedded.stop(Path(folder))


def measure(files: Path, contacts: int) -> None:
    from rollkeeper.core.values import AssociationId
    from rollkeeper.directory.sample import write_sample
    from rollkeeper.directory.services import create_association, follow

    write_sample(files, seed=1, contacts=contacts)
    size = sum(file.stat().st_size for file in files.iterdir())
    print(f"{contacts:,} contacts, {size / 1e6:.1f} MB; {peak()} before")
    plain = create_association(name="Plain", slug="plain", by="benchmark")
    once("first time", plain, files)
    once("again, unchanged", plain, files)
    change_one_in_a_hundred(files / "contacts.csv")
    once("again, 1 % changed", plain, files)
    followed = create_association(name="Followed", slug="followed", by="benchmark")
    follow(association_id=AssociationId(followed.pk), name="benchmark")
    once("first time, followed", followed, files)


def once(what: str, association: object, files: Path) -> None:
    from rollkeeper.directory.importing import Limits, import_files
    from rollkeeper.directory.models import Association

    assert isinstance(association, Association)
    limits = Limits(file_bytes=10**9, rows=10**7)
    begin = time.perf_counter()
    report = import_files(
        association=association, paths=[files], by="benchmark", limits=limits
    )
    seconds = time.perf_counter() - begin
    rows = sum(file.read for file in report.files)
    written = sum(file.created + file.changed for file in report.files)
    print(
        f"{what:22}{rows:>10,} rows{seconds:>8.1f} s{rows / seconds:>10,.0f} rows/s"
        f"{written:>10,} written{report.marks:>10,} marks  {peak()}"
    )


def change_one_in_a_hundred(path: Path) -> None:
    before = path.rename(path.with_suffix(".before"))
    with (
        before.open(encoding="utf-8", newline="") as old,
        path.open("w", encoding="utf-8", newline="") as new,
    ):
        writer = csv.writer(new)
        for number, row in enumerate(csv.reader(old)):
            if number % 100 == 1:
                row[3] += " II"
            writer.writerow(row)


def peak() -> str:
    """Return the most memory this process ever had; the server's is not in it."""
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return f"peak {kilobytes / 1024:.0f} MB"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
