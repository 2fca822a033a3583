"""A folder and an embedded PostgreSQL of its own, for one benchmark."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def a_house() -> Iterator[None]:
    """Set the product up in a house that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ROLLKEEPER_HOME"] = folder
        os.environ.pop("ROLLKEEPER_DATABASE_URL", None)
        from rollkeeper.config import embedded, startup

        startup.setup()
        try:
            startup.prepare_database()
            yield
        finally:
            embedded.stop(Path(folder))
