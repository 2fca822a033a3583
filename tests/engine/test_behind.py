"""The people behind each term of a sum are as many as the term says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django_scopes import scope
from pytest_django import DjangoAssertNumQueries
from tests.builders import a_connection, a_contact, a_list, an_association
from tests.directory.files import import_
from tests.engine.random_worlds import RandomWorld, a_random_world
from tests.engine.worlds import World, a_world

from rollkeeper.connections.models import Connection
from rollkeeper.core.eligibility import Reason
from rollkeeper.directory.models import Contact, ContactList, ListMembership
from rollkeeper.directory.sample import write_sample
from rollkeeper.engine.behind import Side, Term, people
from rollkeeper.engine.equation import Sum
from rollkeeper.engine.explain import Explanation
from rollkeeper.engine.postgres.sums import sums

WORLDS = 12


@pytest.fixture(params=range(WORLDS))
def world(request: pytest.FixtureRequest, db: None) -> Iterator[RandomWorld]:
    world = a_random_world(request.param)
    with scope(association=world.association):
        world.fill()
        yield world


def terms_of(one: Sum) -> Iterator[Term]:
    for reason in one.not_there:
        yield Term(side=Side.AWAY, reason=reason)
    for reason in one.still_there:
        yield Term(side=Side.STILL, reason=reason)
    yield Term(side=Side.THERE)
    yield Term(side=Side.OTHERS)


def everybody(
    connection: Connection, of: Sum, term: Term, *, limit: int = 4
) -> list[Explanation]:
    """Turn all the pages."""
    found: list[Explanation] = []
    after = ""
    while True:
        page = people(
            connection=connection,
            target=of.target,
            term=term,
            after=after,
            limit=limit,
        )
        assert page.number == term.number(of)
        found += page.rows
        after = page.more_after
        if not after:
            return found


def test_as_many_people_are_behind_each_term_as_it_says(world: RandomWorld) -> None:
    for one in sums(world.connection):
        for term in terms_of(one):
            found = everybody(world.connection, one, term)
            assert len(found) == term.number(one), term
            who = {(row.contact_id, row.mailbox) for row in found}
            assert len(who) == len(found)
            assert all(row.sentence for row in found)
            if term.side is Side.AWAY:
                assert {row.reason for row in found} == {term.reason}
            if term.side is Side.STILL:
                assert {row.still_there for row in found} == {term.reason}


def test_nobody_is_behind_a_term_that_a_sum_lacks(db: None) -> None:
    world = a_random_world(3)
    with scope(association=world.association):
        world.fill()
        for one in sums(world.connection):
            for reason in set(Reason) - one.not_there.keys():
                term = Term(side=Side.AWAY, reason=reason)
                assert everybody(world.connection, one, term) == []


@pytest.mark.parametrize("word", ["away", "there-held", "away-nothing", "", "gone"])
def test_what_is_no_term_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r"term|valid"):
        Term.parse(word)


def test_a_term_is_found_by_its_word() -> None:
    for term in (Term(side=Side.THERE), Term(side=Side.STILL, reason=Reason.HELD)):
        assert Term.parse(term.word) == term


@pytest.mark.parametrize("words", ["berta", "B_RTA's", "bert@x", "Smith Berta"])
def test_people_are_searched_by_name_company_and_address(db: None, words: str) -> None:
    association = an_association()
    wanted = a_contact(
        association,
        address="bert@x.example",
        first_name="Smith",
        last_name="Berta",
        company="B_rta's",
    )
    other = a_contact(association, company="BARTA's")
    made = a_list(association, wanted, other)
    connection = a_connection(association)
    with scope(association=association):
        (one,) = (one for one in sums(connection) if one.target.list_id == made.pk)
        term = Term(side=Side.AWAY, reason=Reason.WAITING)
        page = people(connection=connection, target=one.target, term=term, words=words)
    assert [row.contact_id for row in page.rows] == [wanted.pk]


def test_a_page_of_many_takes_as_many_queries_as_one_of_few(
    db: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    association = an_association()
    made = a_list(association, *(a_contact(association) for _ in range(30)))
    connection = a_connection(association)
    term = Term(side=Side.AWAY, reason=Reason.WAITING)
    with scope(association=association):
        (one,) = (one for one in sums(connection) if one.target.list_id == made.pk)
        with django_assert_max_num_queries(25):
            page = people(connection=connection, target=one.target, term=term)
    assert len(page.rows) == 25
    assert page.more_after == page.rows[-1].mailbox


@pytest.fixture
def messy(db: None, tmp_path: Path) -> Iterator[World]:
    """The sample chamber, kept true once, then changed on both sides and not again."""
    write_sample(tmp_path, seed=7, contacts=200)
    world = a_world()
    import_(world.association, *sorted(tmp_path.glob("*.csv")))
    with scope(association=world.association):
        ContactList.objects.update(sync=True)
        world.sync(everything=True)
        world.finish_jobs()
        world.sync(everything=True)
        on = list(ListMembership.objects.order_by("pk").values_list("pk", flat=True))
        ListMembership.objects.filter(pk__in=on[::7]).update(status="disabled")
        ListMembership.objects.filter(pk__in=on[3::11]).delete()
        people = list(Contact.objects.order_by("pk").values_list("pk", flat=True))
        Contact.objects.filter(pk__in=people[::13]).update(do_not_contact=True)
        yield world


def test_the_sample_chamber_opens_as_many_as_its_sums_say(messy: World) -> None:
    seen: set[str] = set()
    for one in sums(messy.connection):
        for term in terms_of(one):
            found = everybody(messy.connection, one, term, limit=25)
            assert len(found) == term.number(one), term
            seen |= {term.word} if found else set()

    assert {"there", "away-disabled_in_list", "away-do_not_contact"} <= seen
    assert {"away-address_invalid", "away-no_primary_address"} <= seen
    assert "still-waiting" in seen
