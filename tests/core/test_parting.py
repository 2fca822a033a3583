"""How a mailbox goes, by what became of who had it and by each policy value."""

from __future__ import annotations

import pytest
from attrs import evolve
from tests.core.shorthand import ID, ME, SHORTER, A, B, gone, had, shows, views, wants

from rollkeeper.core.changes import Cause, Change, Disable, Remove
from rollkeeper.core.decide import decide
from rollkeeper.core.policy import (
    LIVE,
    NIGHTLY,
    REPLACE,
    EditedThere,
    Leaving,
    NoneLeft,
    Parting,
    Policy,
)
from rollkeeper.core.views import Desired, Gone, Stop

DELETED, MOVED = gone(Gone.DELETED), gone(Gone.MOVED)
REMOVED_WHEN_DELETED = evolve(LIVE, deleted=Parting.REMOVE)
KEPT_WHEN_DELETED = evolve(LIVE, deleted=Parting.KEEP)
KEPT_ON_THE_LIST = evolve(LIVE, leaving=Leaving.KEEP)
NEVER_ENDED = evolve(LIVE, none_left=NoneLeft.KEEP)


def off(cause: Cause) -> tuple[Change, ...]:
    return (Remove(mailbox=ME, provider_id=ID, audiences=frozenset({A}), cause=cause),)


def ended(cause: Cause = Cause.NO_LIST_LEFT) -> tuple[Change, ...]:
    return (Disable(mailbox=ME, provider_id=ID, audiences=frozenset({A}), cause=cause),)


@pytest.mark.parametrize(
    ("desired", "policy", "expected"),
    [
        pytest.param(wants(), LIVE, ended(), id="S30 left the list: live"),
        pytest.param(wants(), NIGHTLY, (), id="S40 left the list: nightly"),
        pytest.param(wants(), REPLACE, off(Cause.NOT_WANTED), id="left: replace"),
        pytest.param(wants(), NEVER_ENDED, off(Cause.NOT_WANTED), id="left: not ended"),
        pytest.param(wants(off=A), LIVE, ended(), id="disabled in the list: live"),
        pytest.param(wants(off=A), NIGHTLY, off(Cause.NOT_WANTED), id="S41 disabled"),
        pytest.param(wants(off=A), KEPT_ON_THE_LIST, ended(), id="disabled, not kept"),
        pytest.param(wants(off=B), NIGHTLY, (), id="disabled in another list"),
        pytest.param(DELETED, LIVE, ended(), id="S32 contact deleted: live"),
        pytest.param(DELETED, NIGHTLY, (), id="S40 contact deleted: nightly"),
        pytest.param(DELETED, REPLACE, off(Cause.DELETED_HERE), id="deleted: replace"),
        pytest.param(
            DELETED, REMOVED_WHEN_DELETED, off(Cause.DELETED_HERE), id="deleted: remove"
        ),
        pytest.param(DELETED, KEPT_WHEN_DELETED, (), id="deleted: keep"),
        pytest.param(DELETED, KEPT_ON_THE_LIST, ended(), id="deleted, not only left"),
        pytest.param(MOVED, LIVE, ended(), id="the old address: live"),
        pytest.param(MOVED, NIGHTLY, (), id="S42 the old address: nightly"),
        pytest.param(MOVED, REPLACE, (), id="S42 the old address: replace"),
        pytest.param(MOVED, KEPT_ON_THE_LIST, (), id="the old address: leaving kept"),
        pytest.param(
            gone(Gone.MOVED, stop=Stop.DO_NOT_CONTACT),
            NIGHTLY,
            ended(Cause.DO_NOT_CONTACT),
            id="do not contact reaches an address that somebody had",
        ),
        pytest.param(
            gone(Gone.MOVED, stop=Stop.NO_MASS_EMAILS),
            NIGHTLY,
            off(Cause.NO_MASS_EMAILS),
            id="so does a refusal",
        ),
    ],
)
def test_how_a_mailbox_goes(
    desired: Desired, policy: Policy, expected: tuple[Change, ...]
) -> None:
    assert decide(views(desired, shows(A), had(A)), {A: policy}) == expected


def test_on_another_list_somebody_moved_away_from_is_not_ended() -> None:
    policies = {A: LIVE, B: LIVE}
    assert decide(views(MOVED, shows(A, B), had(A)), policies) == off(
        Cause.ADDRESS_CHANGED
    )


def test_one_list_that_keeps_is_enough_not_to_be_ended() -> None:
    policies = {A: LIVE, B: NIGHTLY}
    assert decide(views(wants(), shows(A, B), had(A, B)), policies) == off(
        Cause.NOT_WANTED
    )


def test_a_name_restored_never_writes_what_we_do_not_tell() -> None:
    policies = {A: evolve(LIVE, edited_there=EditedThere.RESTORE)}
    case = views(wants(A, person=SHORTER), shows(A), had(A, person=SHORTER))
    assert decide(case, policies) == ()
