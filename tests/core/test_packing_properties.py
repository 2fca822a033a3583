"""What holds for the calls of any plan, and that they do what its changes say."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, combinations, groupby
from random import Random

from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st
from tests.core.account import Account, Kept
from tests.core.packing_words import LIMITS
from tests.core.pretend import World
from tests.core.shorthand import provider_list
from tests.core.strategies import KEPT, UNKEPT, some_policies, worlds

from rollkeeper.core.calls import (
    Create,
    Delete,
    Import,
    Join,
    Leave,
    Rewrite,
    purpose_of,
)
from rollkeeper.core.changes import (
    Add,
    Cause,
    Change,
    Disable,
    Readdress,
    Remove,
    Update,
)
from rollkeeper.core.packing import Packed, Packing, pack
from rollkeeper.core.packing.cover import Group, fewest
from rollkeeper.core.plan import build_plan
from rollkeeper.core.values import (
    AudienceId,
    ContactId,
    Mailbox,
    Person,
    ProviderListId,
)

SMALL = evolve(
    LIMITS,
    import_rows=3,
    import_bytes=1_000,
    targets_per_call=2,
    lists_per_call=2,
    lists_per_contact=3,
    import_address_length=25,
    address_length=35,
)
MAILBOXES = tuple(
    Mailbox(f"{name}@members.example")
    for name in (*"abcd", "long-enough-e", "long-enough-f", "much-too-long-for-it")
)
LISTS = {audience: provider_list(audience) for audience in (*KEPT, UNKEPT)}

Request = Add | Update | Readdress | Remove | Disable


def requests(world: World) -> list[Request]:
    plan = build_plan(world.views(), world.policies, limit=10_000)
    return [change for change in plan.changes if isinstance(change, Request)]


def forgetting_ids(world: World, rng: Random) -> World:
    """An import made some contacts whose ids were not learnt yet."""
    for mailbox, seen in sorted(world.observed.items()):
        if len(mailbox) <= SMALL.import_address_length and rng.random() < 0.2:
            world.observed[mailbox] = evolve(seen, provider_id=None)
    return world


many_worlds = st.builds(
    forgetting_ids,
    worlds(some_policies, MAILBOXES),
    st.randoms(use_true_random=False),
)


def packed(changes: Iterable[Change], *, refreshed: bool = False) -> Packing:
    return pack(tuple(changes), lists=LISTS, limits=SMALL, refreshed=refreshed)


def sent(packing: Packing) -> Iterator[Packed]:
    return chain.from_iterable(packing.stages)


def edges(change: Change) -> Iterator[tuple[str, Mailbox, AudienceId | None]]:
    """What must find its place: each list of it, or the one thing it does."""
    kind = type(change).__name__
    if isinstance(change, Add | Remove):
        yield from ((kind, change.mailbox, each) for each in change.audiences)
    else:
        yield kind, change.mailbox, None


@given(many_worlds, st.booleans())
def test_every_change_has_exactly_one_place(world: World, refreshed: bool) -> None:
    changes = requests(world)
    packing = packed(changes, refreshed=refreshed)
    reported = {*packing.too_long, *packing.unknown_ids}
    surplus = {
        ("Add", mailbox, audience)
        for mailbox, audiences in packing.over_limit
        for audience in audiences
    }
    placed = Counter(
        edge
        for each in sent(packing)
        for change in each.changes
        for edge in edges(change)
    )
    for change in changes:
        names = {change.mailbox, getattr(change, "before", None)}
        for edge in edges(change):
            assert placed[edge] + (edge in surplus) <= 1
            assert placed[edge] or edge in surplus or not names.isdisjoint(reported)


@given(many_worlds, st.booleans())
def test_the_nth_change_is_what_the_nth_row_makes_true(
    world: World, refreshed: bool
) -> None:
    for each in sent(packed(requests(world), refreshed=refreshed)):
        assert mailboxes_of(each) == [change.mailbox for change in each.changes]


def mailboxes_of(each: Packed) -> list[Mailbox]:
    match each.call:
        case Import(rows=rows):
            return [row.mailbox for row in rows]
        case Join(targets=targets) | Leave(targets=targets) | Delete(targets=targets):
            return [target.mailbox for target in targets]
        case Create(row=row):
            return [row.mailbox]
        case Rewrite(target=target):
            return [target.mailbox]


@given(many_worlds, st.booleans())
def test_no_call_is_over_a_limit(world: World, refreshed: bool) -> None:
    for each in sent(packed(requests(world), refreshed=refreshed)):
        call = each.call
        if isinstance(call, Import):
            assert len(call.rows) <= SMALL.import_rows
            assert all(len(row.mailbox) <= 25 for row in call.rows)
            assert call.lists
        if isinstance(call, Join | Leave | Delete):
            assert len(call.targets) <= SMALL.targets_per_call
        if isinstance(call, Import | Join | Leave):
            assert len(call.lists) <= SMALL.lists_per_call
        if isinstance(call, Create | Rewrite):
            assert len(call.lists) <= SMALL.lists_per_contact
        if isinstance(call, Import | Create):
            assert all(len(mailbox) <= 35 for mailbox in mailboxes_of(each))


@given(many_worlds, st.booleans())
def test_no_two_calls_of_a_stage_touch_one_key(  # I13
    world: World, refreshed: bool
) -> None:
    for stage in packed(requests(world), refreshed=refreshed).stages:
        keys = Counter(
            (mailbox, list_id)
            for each in stage
            for mailbox in mailboxes_of(each)
            for list_id in touched(each)
        )
        assert set(keys.values()) <= {1}


def touched(each: Packed) -> Iterable[str]:
    """The lists of the call; a call for the whole contact touches them all."""
    if isinstance(each.call, Import | Join | Leave):
        return each.call.lists
    return LISTS.values()


@given(many_worlds)
def test_who_joins_and_leaves_has_joined_before_leaving(world: World) -> None:
    stage_of: dict[tuple[type, Mailbox], int] = {
        (type(change), change.mailbox): number
        for number, stage in enumerate(packed(requests(world)).stages)
        for each in stage
        for change in each.changes
    }
    for (kind, mailbox), number in stage_of.items():
        if kind is Remove:
            assert stage_of.get((Add, mailbox), -1) < number
            assert stage_of.get((Update, mailbox), -1) < number


@given(many_worlds, st.booleans())
def test_what_is_more_urgent_never_stands_behind_anything_less(  # I20
    world: World, refreshed: bool
) -> None:
    for stage in packed(requests(world), refreshed=refreshed).stages:
        purposes = [purpose_of(each.call) for each in stage]
        assert purposes == sorted(purposes)


@given(many_worlds, st.booleans(), st.randoms(use_true_random=False))
def test_calls_do_what_the_changes_say_and_nothing_else(
    world: World, refreshed: bool, rng: Random
) -> None:
    account = account_of(world)
    packing = packed(requests(world), refreshed=refreshed)
    for stage in packing.stages:
        for each in rng.sample(stage, len(stage)):
            account.perform(each.call)
    made = [change for each in sent(packing) for change in each.changes]
    world.apply(sorted(made, key=lambda change: isinstance(change, Remove)))
    either = {each.mailbox for each in made if isinstance(each, Add)} - renamed(made)
    assert contents(account, either) == contents(account_of(world), either)


def renamed(made: Iterable[Change]) -> set[Mailbox]:
    """Whose fields must be written; who else is added may keep what is there."""
    return {
        each.mailbox
        for each in made
        if isinstance(each, Update | Readdress)
        or (isinstance(each, Add) and each.renames)
    }


def account_of(world: World) -> Account:
    account = Account()
    for mailbox, seen in world.observed.items():
        # the account knows its own ids, whatever the ledger has forgotten
        account.contacts[seen.provider_id or f"id of {mailbox}"] = Kept(  # type: ignore[index]  # a plain text will do
            mailbox=mailbox,
            permission=seen.permission,
            lists={provider_list(audience) for audience in seen.audiences},
            person=seen.person,
        )
    return account


def contents(account: Account, either: set[Mailbox]) -> dict[Mailbox, object]:
    return {
        kept.mailbox: (
            kept.permission,
            kept.lists,
            None if kept.mailbox in either else kept.person,
        )
        for kept in account.contacts.values()
    }


def sets_of(*wanted: str) -> list[frozenset[AudienceId]]:
    return [frozenset(AudienceId(int(each)) for each in one) for one in wanted]


sets = st.frozensets(
    st.sampled_from([AudienceId(n) for n in range(6)]), min_size=1, max_size=3
)


@given(st.lists(sets, max_size=8))
@example(sets_of("13", "1", "02", "34", "3"))
@example(sets_of("0", "01", "23", "24", "1"))
def test_no_mixture_of_sets_and_lists_takes_fewer_calls(
    wanted: list[frozenset[AudienceId]],
) -> None:
    found = fewest(
        {Mailbox(str(number)): each for number, each in enumerate(wanted)},
        lambda group: [group],
    )
    distinct = set(wanted)
    choices = chain.from_iterable(
        combinations(distinct, size) for size in range(len(distinct) + 1)
    )
    assert len(found) == min(
        len(alone) + len(frozenset().union(*distinct.difference(alone)))
        for alone in choices
    )


@given(st.dictionaries(st.text(max_size=3).map(Mailbox), sets))
def test_groups_meet_every_edge_once_and_no_other(
    wanted: dict[Mailbox, frozenset[AudienceId]],
) -> None:
    def in_twos(group: Group) -> Iterator[Group]:
        for _, part in groupby(enumerate(group.mailboxes), lambda pair: pair[0] // 2):
            yield evolve(group, mailboxes=tuple(mailbox for _, mailbox in part))

    met = Counter(
        (mailbox, audience)
        for group in fewest(wanted, in_twos)
        for mailbox in group.mailboxes
        for audience in group.audiences
    )
    assert met == Counter(
        (mailbox, audience) for mailbox, each in wanted.items() for audience in each
    )


names = st.text('a"\N{LATIN SMALL LETTER E WITH ACUTE}\N{OWL}', max_size=50)
people = st.builds(Person, first_name=names, last_name=names, company=names)


@given(st.lists(people, min_size=1, max_size=20))
def test_the_encoded_body_of_an_import_is_under_the_limit(
    people: list[Person],
) -> None:
    roomy = evolve(LIMITS, import_bytes=5_000)
    lists = {
        AudienceId(number): ProviderListId(f"{number:036}") for number in range(40)
    }
    adds = [
        Add(
            mailbox=Mailbox(f"{number}@members.example"),
            provider_id=None,
            audiences=frozenset(lists),
            person=person,
            carried_by=ContactId(number),
            cause=Cause.JOINED,
            renames=True,
        )
        for number, person in enumerate(people)
    ]
    for each in pack(adds, lists=lists, limits=roomy).stages[0]:
        assert isinstance(each.call, Import)
        assert len(each.changes) == 1 or len(encoded(each.call)) < 5_000


def encoded(call: Import) -> bytes:
    """As a vendor's import may look, with every character escaped."""
    rows = [
        {
            "email": row.mailbox,
            "first_name": row.person.first_name,
            "last_name": row.person.last_name,
            "company_name": row.person.company,
        }
        for row in call.rows
    ]
    return json.dumps({"import_data": rows, "list_ids": call.lists}).encode()
