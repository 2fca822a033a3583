"""Writers and claimers at the same time, each with a connection of its own (I7, I8)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from threading import Event, Lock

import psycopg
import pytest
from attrs import define, field
from django.db import connection, transaction
from django_scopes import scope
from tests.builders import a_contact, a_list, a_member, an_association
from tests.directory.marking import sql

from rollkeeper.core.values import AssociationId
from rollkeeper.directory import marks
from rollkeeper.directory.models import Association, Contact, Follower, ListMembership
from rollkeeper.directory.services import follow

WRITERS, CLAIMERS, WRITES = 8, 2, 40
ANN = "ann@members.example"
MAILBOXES = [f"box{number}@members.example" for number in range(12)]

STATE = """
    SELECT mailbox, array_agg(
        ROW(contact.id, do_not_contact, first_name, ARRAY(
            SELECT list_id FROM directory_standing
            WHERE contact_id = contact.id ORDER BY list_id
        ))::text ORDER BY contact.id)
    FROM directory_contact AS contact
    JOIN directory_emailaddress AS address ON contact_id = contact.id
    WHERE mailbox = ANY(%s) GROUP BY mailbox
"""

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def state_of(mailboxes: list[str]) -> dict[str, list[str] | None]:
    """Return what would be computed for each of the mailboxes."""
    with connection.cursor() as cursor:
        cursor.execute(STATE, [mailboxes])
        found = dict(cursor.fetchall())
    return {mailbox: found.get(mailbox) for mailbox in mailboxes}


@contextmanager
def own_connection() -> Iterator[None]:
    """Give a thread's connection back when its work is done."""
    try:
        yield
    finally:
        connection.close()


@define
class World:
    """Contacts that share few mailboxes, and what has been computed of them."""

    association: Association
    follower: Follower
    contacts: list[int]
    lists: list[int]
    members: list[int]
    computed: dict[str, list[str] | None] = field(factory=dict)
    one_at_a_time: Lock = field(factory=Lock)
    writing_is_over: Event = field(factory=Event)


def a_world() -> World:
    association = an_association()
    contacts = [
        a_contact(association, address=MAILBOXES[number % len(MAILBOXES)])
        for number in range(8)
    ]
    lists = [a_list(association) for _ in range(4)]
    members = [a_member(association) for _ in range(3)]
    follower = follow(association_id=AssociationId(association.pk), name="engine")
    world = World(
        association,
        follower,
        [contact.pk for contact in contacts],
        [one.pk for one in lists],
        [one.pk for one in members],
    )
    world.computed = state_of(MAILBOXES)
    return world


def move(world: World, contact: int, random: Random) -> None:
    sql(
        "UPDATE directory_emailaddress SET mailbox = %s WHERE contact_id = %s",
        random.choice(MAILBOXES),
        contact,
    )


def rename(world: World, contact: int, random: Random) -> None:
    sql(
        "UPDATE directory_contact SET first_name = %s, do_not_contact = %s"
        " WHERE id = %s",
        random.choice("abcdef"),
        random.choice([True, False]),
        contact,
    )


def join(world: World, contact: int, random: Random) -> None:
    sql(
        "INSERT INTO directory_listmembership"
        " (association_id, list_id, contact_id, status, no_mass_email)"
        " VALUES (%s, %s, %s, 'active', false) ON CONFLICT DO NOTHING",
        world.association.pk,
        random.choice(world.lists),
        contact,
    )


def leave(world: World, contact: int, random: Random) -> None:
    sql("DELETE FROM directory_listmembership WHERE contact_id = %s", contact)


def represent(world: World, contact: int, random: Random) -> None:
    sql(
        "UPDATE directory_contact SET member_id = %s WHERE id = %s",
        random.choice(world.members),
        contact,
    )


def drop(world: World, contact: int, random: Random) -> None:
    sql(
        "UPDATE directory_member SET status = %s WHERE id = %s",
        random.choice(["active", "dropped"]),
        random.choice(world.members),
    )


CHANGES = [move, rename, represent, join, leave, drop]
"""Always in this order, lest two writers of one contact wait for each other."""


def write(world: World, seed: int) -> None:
    """Change one contact at a time, committing late, so that ids overtake commits."""
    random = Random(seed)
    with own_connection():
        for _ in range(WRITES):
            contact = random.choice(world.contacts)
            with transaction.atomic():
                for change in CHANGES:
                    if random.random() < 0.5:
                        change(world, contact, random)
                    sql("SELECT pg_sleep(%s)", random.uniform(0, 0.004))
                if random.random() < 0.1:
                    transaction.set_rollback(True)


def compute(world: World) -> bool:
    """Claim, read, remember, settle. Reads are remembered in the order made."""
    claimed = claim(world.follower)
    with world.one_at_a_time:
        fresh = state_of(sorted(claimed.mailboxes))
        with transaction.atomic():
            world.computed.update(fresh)
            marks.settle(claimed)
    return bool(claimed)


def compute_until_quiet(world: World) -> None:
    with own_connection():
        over = False
        while compute(world) or not over:
            over = world.writing_is_over.is_set()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_eight_writers_and_two_claimers_lose_nothing(seed: int) -> None:
    world = a_world()
    with ThreadPoolExecutor(WRITERS + CLAIMERS) as pool:
        claimers = [pool.submit(compute_until_quiet, world) for _ in range(CLAIMERS)]
        writers = [
            pool.submit(write, world, seed * 100 + one) for one in range(WRITERS)
        ]
        wait(writers)
        world.writing_is_over.set()
    for finished in (*writers, *claimers):
        finished.result()
    assert world.computed == state_of(MAILBOXES)
    with scope(association=world.association):
        assert Contact.objects.exclude(first_name="Ann").exists()
        assert ListMembership.objects.exists()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not happen within a minute"
        time.sleep(0.01)


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        (waits,) = cursor.fetchone()
    return bool(waits)


def test_who_begins_to_follow_sees_what_was_being_written_then() -> None:
    association = an_association()
    contact = a_contact(association)

    def follow_and_read() -> bool:
        with own_connection():
            follow(association_id=AssociationId(association.pk), name="engine")
            with scope(association=association):
                return Contact.objects.get(pk=contact.pk).do_not_contact

    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            sql("UPDATE directory_contact SET do_not_contact = true")
            seen: Future[bool] = pool.submit(follow_and_read)
            wait_until(somebody_waits_for_a_lock)
        assert seen.result()


def test_who_joins_while_the_address_changes_is_computed_at_the_new_one() -> None:
    association = an_association()
    contact = a_contact(association, address="ann@old.example")
    its_list = a_list(association)
    follower = follow(association_id=AssociationId(association.pk), name="engine")
    with psycopg.connect(**connection.get_connection_params()) as neighbour:
        neighbour.execute(
            "INSERT INTO directory_listmembership"
            " (association_id, list_id, contact_id, status, no_mass_email)"
            " VALUES (%s, %s, %s, 'active', false)",
            [association.pk, its_list.pk, contact.pk],
        )
        sql("UPDATE directory_emailaddress SET mailbox = 'ann@new.example'")
        marks.settle(claim(follower))
    assert claim(follower).mailboxes == {"ann@new.example"}


def test_who_comes_to_a_member_while_it_is_dropped_is_computed_once_it_is() -> None:
    association = an_association()
    contact, member = a_contact(association, address=ANN), a_member(association)
    follower = follow(association_id=AssociationId(association.pk), name="engine")
    with psycopg.connect(**connection.get_connection_params()) as neighbour:
        neighbour.execute("UPDATE directory_member SET status = 'dropped'")
        sql("UPDATE directory_contact SET member_id = %s", member.pk)
        marks.settle(claim(follower))
    claimed = claim(follower)
    assert claimed.contacts == {contact.pk}
    assert claimed.mailboxes == {ANN}


def claim(follower: Follower) -> marks.ClaimedMarks:
    return marks.claim(follower=follower, lease=timedelta(minutes=1), limit=15)
