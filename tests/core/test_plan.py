"""Streams into a plan: in step, in order, bounded, and with a name of its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.core.pretend import World
from tests.core.shorthand import EVERYWHERE_LIVE, RENAMED, A, B, had, shows, wants
from tests.core.strategies import some_policies, worlds

from rollkeeper.core.changes import Add, Agree, Change
from rollkeeper.core.plan import OutOfOrder, build_plan, fingerprint, kind_of, merge
from rollkeeper.core.values import Mailbox, ProviderContactId
from rollkeeper.core.views import Desired, Observed, Synced, Views

P, Q, R = Mailbox("p@x.example"), Mailbox("q@x.example"), Mailbox("r@x.example")


def newcomer(mailbox: Mailbox) -> Views:
    return Views(mailbox=mailbox, desired=wants(A))


def numbered(number: int) -> Mailbox:
    return Mailbox(f"{number:09}@members.example")


def test_streams_are_joined_by_mailbox() -> None:
    joined = list(merge([(P, wants(A)), (R, wants())], [(R, shows())], [(Q, had())]))
    assert joined == [
        Views(mailbox=P, desired=wants(A)),
        Views(mailbox=Q, synced=had()),
        Views(mailbox=R, desired=wants(), observed=shows()),
    ]


def test_a_pair_without_a_value_keeps_streams_in_step() -> None:
    read: list[str] = []

    def noted(name: str) -> Iterator[tuple[Mailbox, None]]:
        for mailbox in (P, Q, R):
            read.append(f"{name} {mailbox}")
            yield mailbox, None

    next(merge([], noted("observed"), noted("synced")))
    assert read == [
        f"{name} {mailbox}" for mailbox in (P, Q) for name in ("observed", "synced")
    ]


mailboxes = st.sampled_from([P, Q, R])


@given(
    st.dictionaries(mailboxes, st.just(wants(A))),
    st.dictionaries(mailboxes, st.just(shows(A))),
    st.dictionaries(mailboxes, st.just(had(A))),
)
def test_no_view_is_lost_or_doubled(
    desired: dict[Mailbox, Desired],
    observed: dict[Mailbox, Observed],
    synced: dict[Mailbox, Synced],
) -> None:
    joined = merge(
        sorted(desired.items(), key=lambda pair: pair[0]),
        sorted(observed.items(), key=lambda pair: pair[0]),
        sorted(synced.items(), key=lambda pair: pair[0]),
    )
    assert list(joined) == [
        Views(
            mailbox=mailbox,
            desired=desired.get(mailbox),
            observed=observed.get(mailbox),
            synced=synced.get(mailbox),
        )
        for mailbox in sorted(desired.keys() | observed.keys() | synced.keys())
    ]


@pytest.mark.parametrize("order", [(Q, P), (P, P)])
def test_mailboxes_that_do_not_rise_are_an_error(order: tuple[Mailbox, ...]) -> None:
    with pytest.raises(OutOfOrder):
        build_plan(map(newcomer, order), EVERYWHERE_LIVE, limit=10)


def test_a_plan_is_ordered_and_counted() -> None:
    moving = Views(mailbox=Q, desired=wants(B), observed=shows(A), synced=had(A))
    plan = build_plan([newcomer(P), moving], EVERYWHERE_LIVE, limit=10)
    kinds = [(change.mailbox, kind_of(change)) for change in plan.changes]
    assert kinds == [(P, "add"), (Q, "add"), (Q, "remove")]
    assert plan.counts == {"add": 2, "remove": 1}
    assert plan.next_after is None


def test_an_endless_stream_gives_a_plan_of_the_limit_and_where_to_go_on() -> None:
    endless = (newcomer(numbered(number)) for number in count())
    plan = build_plan(endless, EVERYWHERE_LIVE, limit=3)
    assert [change.mailbox for change in plan.changes] == list(map(numbered, range(3)))
    assert plan.next_after == numbered(2)


def test_the_changes_of_one_mailbox_are_never_torn_apart() -> None:
    moving = Views(mailbox=P, desired=wants(B), observed=shows(A), synced=had(A))
    plan = build_plan([moving, newcomer(Q)], EVERYWHERE_LIVE, limit=1)
    assert (len(plan.changes), plan.next_after) == (2, P)


@given(worlds(some_policies))
def test_windows_of_any_size_add_up_to_the_whole_plan(world: World) -> None:
    whole = build_plan(world.views(), world.policies, limit=10_000).changes
    pieces: list[Change] = []
    after: Mailbox | None = Mailbox("")
    while after is not None:
        rest = (views for views in world.views() if views.mailbox > after)
        window = build_plan(rest, world.policies, limit=2)
        pieces += window.changes
        after = window.next_after
    assert tuple(pieces) == whole


def agreement(*audiences: int) -> Agree:
    return Agree(
        mailbox=P,
        audiences=frozenset(audiences),  # type: ignore[arg-type]  # plain numbers do
        person=RENAMED,
        carried_by=None,
    )


def test_a_fingerprint_does_not_depend_on_the_order_inside_a_set() -> None:
    # 8 and 0 fall on one slot of a small set, so they keep the order they came in
    assert fingerprint([agreement(0, 8)]) == fingerprint([agreement(8, 0)])
    assert fingerprint([agreement(0, 8)]) != fingerprint([agreement(0)])


def test_a_fingerprint_says_what_the_changes_would_do() -> None:
    [change] = build_plan([newcomer(P)], EVERYWHERE_LIVE, limit=9).changes
    assert isinstance(change, Add)
    learnt = evolve(change, provider_id=ProviderContactId("learnt since"))
    assert fingerprint([learnt]) == fingerprint([change])
    for other in (
        evolve(change, person=RENAMED),
        evolve(change, audiences=frozenset({B})),
        evolve(change, mailbox=Q),
    ):
        assert fingerprint([other]) != fingerprint([change])


@given(worlds(some_policies))
def test_the_same_views_give_the_same_plan(world: World) -> None:
    first, second = (
        build_plan(world.views(), world.policies, limit=100) for _ in range(2)
    )
    assert first == second
