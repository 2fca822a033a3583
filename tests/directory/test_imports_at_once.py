"""Imports beside each other, each on a connection of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection
from django_scopes import scope
from tests.builders import an_association
from tests.directory.files import counts, import_

from rollkeeper.directory.importing import ImportReport
from rollkeeper.directory.models import Association, Contact, EmailAddress
from rollkeeper.directory.sample import write_sample

pytestmark = pytest.mark.django_db(transaction=True)


def import_and_close(association: Association, folder: Path) -> ImportReport:
    try:
        return import_(association, folder)
    finally:
        connection.close()


def test_the_same_files_at_once_are_imported_once(tmp_path: Path) -> None:
    write_sample(tmp_path, seed=3, contacts=300)
    association = an_association()
    with ThreadPoolExecutor() as pool:
        imports = [
            pool.submit(import_and_close, association, tmp_path) for _ in range(3)
        ]
        reports = [counts(one.result()) for one in imports]
    for file in reports[0]:
        created, changed, unchanged, bad = zip(
            *(one[file] for one in reports), strict=True
        )
        assert sorted(created) == [0, 0, sum(created)]
        assert (sum(changed), sum(bad)) == (0, 0)
        assert sum(unchanged) == 2 * sum(created)


def test_two_associations_at_once_do_not_mix(tmp_path: Path) -> None:
    write_sample(tmp_path, seed=3, contacts=300)
    associations = [an_association(), an_association()]
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda one: import_and_close(one, tmp_path), associations))
    assert primary_addresses(associations[0]) == primary_addresses(associations[1])


def primary_addresses(association: Association) -> dict[str, str]:
    with scope(association=association):
        assert Contact.objects.count() == 300
        rows = EmailAddress.objects.filter(primary=True)
        return dict(rows.values_list("contact__external_id", "typed"))
