from __future__ import annotations

import pytest
from django_scopes import scope
from tests.builders import a_list, an_association

from rollkeeper.core.sorting import sorting_key
from rollkeeper.directory.models import ContactList
from rollkeeper.directory.sorting import in_order

EXPECTED = ["ambassadors", "Board", "Événements français", "Events", "Ñandú", "Young"]


def test_a_name_stands_beside_its_letter_whatever_its_accent_or_case() -> None:
    assert sorted(set(EXPECTED), key=sorting_key) == EXPECTED


@pytest.mark.django_db
def test_the_database_orders_names_in_the_same_way() -> None:
    association = an_association()
    for name in reversed(EXPECTED):
        a_list(association, name=name)
    with scope(association=association):
        rows = ContactList.objects.order_by(in_order(), "pk")
        assert [row.name for row in rows if row.name in EXPECTED] == EXPECTED
