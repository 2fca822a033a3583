from __future__ import annotations

import pytest

from rollkeeper.config.startup import check_durability


@pytest.mark.django_db
def test_the_embedded_database_forgets_nothing_it_acknowledged() -> None:
    check_durability()
