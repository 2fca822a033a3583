from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django_scopes import scope
from tests.builders import an_association

import rollkeeper
from rollkeeper.audit.selectors import Sought, actors, entries
from rollkeeper.audit.services import record
from rollkeeper.audit.words import ACTIONS, in_words
from rollkeeper.directory.models import Association

SOURCE = Path(rollkeeper.__file__).parent


@pytest.fixture
def association(db: None) -> Association:
    association = an_association()
    for by, action, subject in (
        ("staff:ann", "list_added", "list:1"),
        ("staff:ben", "limit_changed", "removals_of_list"),
        ("staff:ann", "list_deleted", "list:1"),
        ("rule:tokens", "reconnect_needed", "connection:1"),
    ):
        record(association_id=association.pk, by=by, action=action, subject=subject)
    record(association_id=an_association().pk, by="staff:eve", action="list_added")
    return association


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        (Sought(), ["reconnect_needed", "list_deleted", "limit_changed", "list_added"]),
        (Sought(action="list_added"), ["list_added"]),
        (Sought(actor="staff:ann"), ["list_deleted", "list_added"]),
        (Sought(subject="list"), ["list_deleted", "list_added"]),
        (Sought(subject="list:1", action="list_deleted"), ["list_deleted"]),
        (Sought(subject="list:11"), []),
        (Sought(until=timezone.now() - timedelta(days=1)), []),
        (Sought(since=timezone.now() + timedelta(days=1)), []),
    ],
)
def test_what_is_sought_is_found_the_newest_first(
    association: Association, sought: Sought, found: list[str]
) -> None:
    with scope(association=association):
        assert [one.action for one in entries(association.pk, sought)] == found


def test_everybody_who_acted_is_named_once(association: Association) -> None:
    assert actors(association.pk) == ["rule:tokens", "staff:ann", "staff:ben"]


def test_nobody_acted_where_nothing_is_recorded(db: None) -> None:
    assert actors(an_association().pk) == []


def test_every_action_that_is_recorded_has_words() -> None:
    recorded = {
        action
        for file in SOURCE.rglob("*.py")
        for action in _actions_in(ast.parse(file.read_text(encoding="utf-8")))
    }
    assert recorded >= {"account_connected", "hold_approved", "list_added"}
    assert recorded - ACTIONS.keys() == set()


def test_an_action_of_a_later_version_is_shown_as_it_is() -> None:
    assert in_words("roof_mended") == "Roof mended"


def _actions_in(tree: ast.AST) -> set[str]:
    """Return the actions that calls of `record`, and of those that end in it, name."""
    return {
        text.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("record", "_record", "_close")
        for argument in (
            *call.args[1:],
            *(one.value for one in call.keywords if one.arg == "action"),
        )
        for text in ast.walk(argument)
        if isinstance(text, ast.Constant)
        and isinstance(text.value, str)
        and "_" in text.value
    }
