"""Settings, Limits."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from rollkeeper.audit.models import Entry
from rollkeeper.core.guards import Limits, Share
from rollkeeper.directory.models import Association
from rollkeeper.ledger.figures import limits

DEFAULTS = {
    "removals_of_list-percent": "5",
    "removals_of_list-least": "5",
    "removals_of_list-most": "200",
    "removals_of_account-percent": "3",
    "removals_of_account-least": "10",
    "removals_of_account-most": "500",
    "adds_of_list-percent": "20",
    "adds_of_list-least": "50",
    "adds_of_list-most": "2000",
    "emptied_fields-percent": "5",
    "emptied_fields-least": "5",
    "emptied_fields-most": "200",
    "left_at_once-percent": "5",
    "left_at_once-least": "5",
    "left_at_once-most": "",
    "source_fall-percent": "10",
    "source_fall-least": "5",
    "source_fall-most": "",
}


def acts(association: Association, action: str) -> list[str]:
    """Return who did that."""
    with scope(association=association):
        rows = Entry.objects.filter(action=action)
        return list(rows.values_list("actor", flat=True))


def limits_of(association: Association) -> Limits:
    with scope(association=association):
        return limits(association.pk)


def shown(client: Client) -> str:
    return client.get(reverse("limits")).content.decode()


def save(client: Client, **changed: str) -> HttpResponse:
    said = {name.replace("__", "-"): value for name, value in changed.items()}
    return client.post(reverse("limits_change"), {**DEFAULTS, **said})  # type: ignore[return-value]  # the client's own kind of answer


def test_an_administrator_may_change_them_and_everybody_sees_them(
    admin: Client, staff: Client
) -> None:
    assert 'value="2000"' in shown(admin)
    assert "2000" in shown(staff)
    assert "People who come off one list" in shown(staff)
    assert "Ask person" in shown(staff)
    assert 'type="number"' not in shown(staff)


def test_a_changed_limit_holds_from_now_on_and_is_kept_on_record(
    admin: Client, chamber: Association
) -> None:
    save(admin, removals_of_list__percent="10", removals_of_list__most="")

    now = limits_of(chamber)
    assert now.removals_of_list == Share(percent=10, least=5)
    assert now.removals_of_account == Limits().removals_of_account
    (actor,) = acts(chamber, "limit_changed")
    assert actor.startswith("staff:person")
    assert "Saved: 1 limit changed." in shown(admin)


def test_saving_what_stands_there_changes_nothing(
    admin: Client, chamber: Association
) -> None:
    save(admin)

    assert "Saved: nothing changed." in shown(admin)
    assert acts(chamber, "limit_changed") == []


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("removals_of_list__percent", "101", "Write a number from 0 to 100."),
        ("removals_of_list__least", "", "Write a number, 0 or more."),
        ("adds_of_list__least", "5000", "Write at least 5000, or nothing."),
        ("source_fall__most", "many", "Write a number, 0 or more."),
    ],
)
def test_a_number_that_makes_no_sense_is_said_beside_it(
    admin: Client, chamber: Association, field: str, value: str, says: str
) -> None:
    answer = save(admin, **{field: value})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert page.count('aria-invalid="true"') == 1
    assert limits_of(chamber) == Limits()


def test_only_administrators_change_them(staff: Client, chamber: Association) -> None:
    answer = save(staff, removals_of_list__percent="100")

    assert answer.status_code == 403
    assert limits_of(chamber) == Limits()
