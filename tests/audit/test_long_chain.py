"""A record that is long: how fast it is verified, and that nothing piles up."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from tests.audit.test_chain import behind_our_back
from tests.builders import an_association

from rollkeeper.audit.chain import verify

ENTRIES = 200_000

_WRITE = """
    INSERT INTO audit_entry (association_id, actor, action, subject, details, digest)
    SELECT %s, 'staff:ann', 'contact_changed', 'contact:' || n,
           '{"fields": ["first_name", "last_name"]}', ''
      FROM generate_series(1, %s) AS n
"""


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.django_db
def test_a_long_record_is_verified_portion_by_portion(
    record_property: Callable[[str, object], None],
) -> None:
    association = an_association()
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [association.pk, ENTRIES])

    tracemalloc.start()
    began = time.monotonic()
    verdict = verify(association.pk)
    took = time.monotonic() - began
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (verdict.holds, verdict.entries) == (True, ENTRIES)
    assert most < 10_000_000, "entries were held"
    whole = timedelta(seconds=10_000_000 / ENTRIES * took)
    record_property(
        "figure",
        f"{ENTRIES:,} entries verified in {took:.1f} s; at that pace ten million take"
        f" {whole.total_seconds() / 60:.0f} minutes",
    )
    assert verdict.last_id is not None
    behind_our_back(
        "UPDATE audit_entry SET actor = 'other' WHERE id = %s", verdict.last_id
    )
    broken = verify(association.pk).broken
    assert broken is not None
    assert broken.entry_id == verdict.last_id
