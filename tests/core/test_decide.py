"""The table of docs/algorithm.md, one parametrised test: a row there is a row here."""

from __future__ import annotations

from typing import Any

import pytest
from tests.core.shorthand import (
    EVERYWHERE_LIVE,
    HOLDER,
    ID,
    KEEP_LAST,
    KEEP_LEAVING,
    KEEP_OLD_ADDRESS,
    ME,
    NAMED,
    OLD,
    OLD_ID,
    OTHER,
    RENAMED,
    REPLACE,
    RESTORE,
    SHORTER,
    UNKEPT,
    A,
    B,
    C,
    had,
    moved,
    shows,
    stopped,
    views,
    wants,
)

from rollkeeper.core.changes import (
    Add,
    Agree,
    Cause,
    Change,
    Disable,
    Hold,
    Left,
    Readdress,
    Remove,
    Update,
)
from rollkeeper.core.decide import EACH, FIRST, decide, readdresses, rows
from rollkeeper.core.policy import Policies
from rollkeeper.core.situation import Situation
from rollkeeper.core.values import AudienceId, Person
from rollkeeper.core.views import Permission, Stop, Views

UNSUBSCRIBED, DELETED = Permission.UNSUBSCRIBED, Permission.DELETED
PENDING, ON_HOLD = Permission.PENDING, Permission.ON_HOLD


def add(*audiences: AudienceId, **said: Any) -> Add:
    said = {
        "provider_id": ID,
        "person": NAMED,
        "carried_by": HOLDER,
        "cause": Cause.JOINED,
        "renames": False,
        "before": NAMED,
        **said,
    }
    return Add(mailbox=ME, audiences=frozenset(audiences), **said)


def brand_new(*audiences: AudienceId) -> Add:
    return add(*audiences, provider_id=None, renames=True, before=Person())


def update(*audiences: AudienceId, **said: Any) -> Update:
    said = {"provider_id": ID, "carried_by": HOLDER, **said}
    return Update(mailbox=ME, audiences=frozenset(audiences), **said)


def remove(*audiences: AudienceId, **said: Any) -> Remove:
    said = {"cause": Cause.NOT_WANTED, **said}
    return Remove(mailbox=ME, provider_id=ID, audiences=frozenset(audiences), **said)


def disable(*audiences: AudienceId, cause: Cause = Cause.NO_LIST_LEFT) -> Disable:
    return Disable(
        mailbox=ME, provider_id=ID, audiences=frozenset(audiences), cause=cause
    )


def agree(*audiences: AudienceId, **said: Any) -> Agree:
    said = {"person": NAMED, "carried_by": HOLDER, **said}
    return Agree(mailbox=ME, audiences=frozenset(audiences), **said)


def left(*audiences: AudienceId) -> Left:
    return Left(mailbox=ME, audiences=frozenset(audiences))


def hold(*audiences: AudienceId) -> Hold:
    return Hold(
        mailbox=ME, audiences=frozenset(audiences), cause=Cause.DELETED_OVER_THERE
    )


def readdress(*audiences: AudienceId, person: Person = NAMED) -> Readdress:
    return Readdress(
        mailbox=ME,
        before=OLD,
        provider_id=OLD_ID,
        person=person,
        person_before=NAMED,
        carried_by=HOLDER,
        audiences=frozenset(audiences),
    )


DNC, MUTED = stopped(Stop.DO_NOT_CONTACT), stopped(Stop.NO_MASS_EMAILS)
GONE = shows(permission=DELETED)
OUT = shows(permission=UNSUBSCRIBED)
STAYED = moved(shows(A), had(A))

TABLE: tuple[tuple[str, Views, Policies, tuple[Change, ...]], ...] = (
    ("1", views(None, shows(A), had(A), moved_to=OLD), EVERYWHERE_LIVE, ()),
    ("2", views(wants(A), OUT), EVERYWHERE_LIVE, ()),
    (
        "2",
        views(wants(A), shows(A, permission=UNSUBSCRIBED), had(A), moved_from=STAYED),
        EVERYWHERE_LIVE,
        (),
    ),
    ("2", views(DNC, OUT), EVERYWHERE_LIVE, ()),
    ("2", views(wants(A), OUT, had(A, B)), EVERYWHERE_LIVE, (agree(),)),
    (
        "3",
        views(DNC, shows(A, B), had(A)),
        EVERYWHERE_LIVE,
        (disable(A, B, cause=Cause.DO_NOT_CONTACT),),
    ),
    (
        "3",
        views(DNC, shows(permission=ON_HOLD, elsewhere=True), had()),
        EVERYWHERE_LIVE,
        (disable(cause=Cause.DO_NOT_CONTACT),),
    ),
    (
        "3",
        views(DNC, shows(A, permission=PENDING)),
        EVERYWHERE_LIVE,
        (disable(A, cause=Cause.DO_NOT_CONTACT),),
    ),
    ("4", views(DNC, shows(elsewhere=True)), EVERYWHERE_LIVE, ()),
    ("4", views(DNC), EVERYWHERE_LIVE, ()),
    ("4", views(DNC, GONE, had(A)), EVERYWHERE_LIVE, ()),
    (
        "15",
        views(MUTED, shows(A, B), had(A)),
        EVERYWHERE_LIVE,
        (remove(A, cause=Cause.NO_MASS_EMAILS),),
    ),
    (
        "15",
        views(MUTED, shows(A), had(A)),
        KEEP_LEAVING,
        (remove(A, cause=Cause.NO_MASS_EMAILS),),
    ),
    ("none", views(MUTED, shows(A)), EVERYWHERE_LIVE, ()),
    ("none", views(MUTED, shows(A)), REPLACE, ()),
    (
        "5",
        views(wants(A), moved_from=moved(OUT, had(A))),
        EVERYWHERE_LIVE,
        (),
    ),
    (
        "5",
        views(wants(A), shows(), moved_from=moved(OUT, had(A))),
        EVERYWHERE_LIVE,
        (),
    ),
    ("6", views(wants(A), moved_from=STAYED), EVERYWHERE_LIVE, (readdress(A),)),
    (
        "6",
        views(wants(B, person=RENAMED), moved_from=moved(shows(), had())),
        EVERYWHERE_LIVE,
        (readdress(B, person=RENAMED),),
    ),
    ("8", views(wants(A), shows(), moved_from=STAYED), EVERYWHERE_LIVE, (add(A),)),
    (
        "8",
        views(wants(A), GONE, moved_from=STAYED),
        EVERYWHERE_LIVE,
        (add(A, renames=True, before=Person()),),
    ),
    ("8", views(wants(A), moved_from=STAYED), KEEP_OLD_ADDRESS, (brand_new(A),)),
    (
        "8",
        views(wants(A), moved_from=moved(GONE, had(disabled=True))),
        EVERYWHERE_LIVE,
        (brand_new(A),),
    ),
    (
        "7",
        views(wants(A), moved_from=moved(GONE, had(B))),
        EVERYWHERE_LIVE,
        (hold(A),),
    ),
    ("7", views(wants(A, B), GONE, had(A)), EVERYWHERE_LIVE, (hold(A, B),)),
    ("7", views(wants(A), None, had(A)), EVERYWHERE_LIVE, (hold(A),)),
    (
        "8",
        views(wants(A), GONE, had(disabled=True)),
        EVERYWHERE_LIVE,
        (add(A, cause=Cause.BACK_AGAIN, renames=True),),
    ),
    ("8", views(wants(A, B)), EVERYWHERE_LIVE, (brand_new(A, B),)),
    (
        "8",
        views(wants(A), GONE),
        EVERYWHERE_LIVE,
        (add(A, renames=True, before=Person()),),
    ),
    ("8", views(wants(A), GONE, had()), EVERYWHERE_LIVE, (add(A, renames=True),)),
    (
        "8",
        views(wants(A), GONE, had(A, person=RENAMED, disabled=True)),
        EVERYWHERE_LIVE,
        (
            agree(person=RENAMED),
            add(A, cause=Cause.BACK_AGAIN, renames=True, before=RENAMED),
        ),
    ),
    ("9", views(wants()), EVERYWHERE_LIVE, ()),
    ("9", views(None, GONE, had(A)), EVERYWHERE_LIVE, ()),
    ("9", views(wants(), GONE, had(disabled=True)), EVERYWHERE_LIVE, ()),
    ("none", views(wants(A), shows(A), had(A)), EVERYWHERE_LIVE, ()),
    ("none", views(wants(), shows(elsewhere=True)), EVERYWHERE_LIVE, ()),
    (
        "none",
        views(wants(A), shows(A, person=RENAMED), had(A)),
        EVERYWHERE_LIVE,
        (),
    ),
    ("10", views(wants(A, B), shows(A), had(A, B)), EVERYWHERE_LIVE, (left(B),)),
    (
        "10",
        views(wants(A, B), shows(permission=PENDING), had(A)),
        EVERYWHERE_LIVE,
        (left(A), add(B)),
    ),
    (
        "12",
        views(wants(A, B), shows(A), had(A)),
        EVERYWHERE_LIVE,
        (add(B, already_on=1),),
    ),
    (
        "12",
        views(wants(A), shows(elsewhere=True, permission=ON_HOLD)),
        EVERYWHERE_LIVE,
        (add(A, already_on=1),),
    ),
    (
        "12",
        views(wants(A, B, person=RENAMED), shows(A), had(A)),
        EVERYWHERE_LIVE,
        (add(B, person=RENAMED, renames=True, already_on=1),),
    ),
    ("11", views(wants(A), shows(A)), EVERYWHERE_LIVE, (agree(A),)),
    (
        "11",
        views(wants(A, B), shows(A)),
        EVERYWHERE_LIVE,
        (agree(A), add(B, already_on=1)),
    ),
    (
        "11",
        views(wants(A), shows(A, person=RENAMED)),
        EVERYWHERE_LIVE,
        (agree(A, person=RENAMED), update(A, before=RENAMED, person=NAMED)),
    ),
    (
        "11",
        views(wants(A, person=SHORTER), shows(A)),
        EVERYWHERE_LIVE,
        (agree(A, person=SHORTER),),
    ),
    (
        "11",
        views(wants(A, person=Person(company="Works")), shows(A)),
        EVERYWHERE_LIVE,
        (agree(A, person=Person(company="Works")),),
    ),
    (
        "13",
        views(wants(A, person=RENAMED), shows(A), had(A)),
        EVERYWHERE_LIVE,
        (update(A, before=NAMED, person=RENAMED),),
    ),
    (
        "13",
        views(wants(A, person=SHORTER), shows(A, person=RENAMED), had(A)),
        EVERYWHERE_LIVE,
        (update(A, before=NAMED, person=SHORTER),),
    ),
    (
        "11",
        views(wants(A), shows(A), had(A, carried_by=OTHER)),
        EVERYWHERE_LIVE,
        (agree(A),),
    ),
    ("15", views(wants(A), shows(A, B), had(A, B)), EVERYWHERE_LIVE, (remove(B),)),
    (
        "15",
        views(wants(B), shows(A), had(A)),
        EVERYWHERE_LIVE,
        (add(B, already_on=1), remove(A)),
    ),
    (
        "15",
        views(wants(), shows(A, elsewhere=True), had(A)),
        EVERYWHERE_LIVE,
        (remove(A),),
    ),
    ("15", views(wants(), shows(A, B), had(A)), EVERYWHERE_LIVE, (remove(A),)),
    ("15", views(wants(), shows(A, UNKEPT), had(A)), EVERYWHERE_LIVE, (remove(A),)),
    ("15", views(wants(), shows(A), had(A)), KEEP_LAST, (remove(A),)),
    (
        "15",
        views(wants(), shows(A, B, C), had(A, B)),
        {**EVERYWHERE_LIVE, **KEEP_LAST, C: REPLACE[A]},
        (remove(B, more_to_come=True),),
    ),
    ("none", views(wants(), shows(A), had(A)), KEEP_LEAVING, ()),
    ("16", views(None, shows(A, B), had(A, B)), EVERYWHERE_LIVE, (disable(A, B),)),
    ("16", views(wants(), shows(A), had(A)), EVERYWHERE_LIVE, (disable(A),)),
    ("10", views(wants(B), shows(A), had(A, B)), EVERYWHERE_LIVE, (left(B),)),
    ("none", views(wants(), shows(A)), EVERYWHERE_LIVE, ()),
    ("none", views(wants(), shows(UNKEPT), had(UNKEPT)), EVERYWHERE_LIVE, ()),
    ("15", views(wants(), shows(A)), REPLACE, (remove(A),)),
    ("11", views(wants(), shows(elsewhere=True), had(C)), EVERYWHERE_LIVE, (agree(),)),
    (
        "11",
        views(wants(A), shows(A, elsewhere=True), had(A, C)),
        EVERYWHERE_LIVE,
        (agree(A),),
    ),
    ("11", views(MUTED, shows(), had(A)), EVERYWHERE_LIVE, (agree(),)),
    (
        "14",
        views(wants(A), shows(A, person=RENAMED), had(A)),
        RESTORE,
        (update(A, before=NAMED, person=NAMED, cause=Cause.EDITED_OVER_THERE),),
    ),
)


@pytest.mark.parametrize(
    ("case", "policies", "expected"),
    [pytest.param(case, policies, then, id=row) for row, case, policies, then in TABLE],
)
def test_each_row_of_the_table_holds(
    case: Views, policies: Policies, expected: tuple[Change, ...]
) -> None:
    assert decide(case, policies) == expected


def test_no_row_goes_without_an_example() -> None:
    taken = {
        row.number
        for _, case, policies, _ in TABLE
        for row in rows(Situation(views=case, policies=policies))
    }
    assert taken == {row.number for row in (*FIRST, *EACH)}


@pytest.mark.parametrize(
    ("case", "moves"),
    [
        (views(wants(A), moved_from=STAYED), True),
        (views(wants(A)), False),
        (views(wants(), moved_from=STAYED), False),
        (views(DNC, moved_from=STAYED), False),
        (views(wants(A), GONE, moved_from=STAYED), False),
    ],
)
def test_who_gathers_can_ask_whether_an_address_changes_in_place(
    case: Views, moves: bool
) -> None:
    assert readdresses(case, EVERYWHERE_LIVE) is moves


def test_a_mailbox_wanted_without_a_carrier_is_a_defect_of_ours() -> None:
    nobody = wants(A, carried_by=None)  # type: ignore[arg-type]  # what must not be
    with pytest.raises(ValueError, match="nobody carries it"):
        decide(views(nobody), EVERYWHERE_LIVE)
