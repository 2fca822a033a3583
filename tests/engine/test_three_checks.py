"""I2: who must be left in peace is looked for three times, each time anew.

By the planner, when an intent is about to be sent, and just before a body leaves. Each
is tested with the other two switched off.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from attrs import evolve, frozen
from django_scopes import scope
from tests.builders import a_contact, a_list, on_list
from tests.engine.worlds import World

from rollkeeper.consent.kinds import Kind
from rollkeeper.consent.services import Fact, suppress
from rollkeeper.core.eligibility import desired as wanted_of
from rollkeeper.core.values import ContactId, Mailbox
from rollkeeper.core.views import Views
from rollkeeper.directory.models import Contact
from rollkeeper.engine.postgres import STORE
from rollkeeper.engine.store import Question
from rollkeeper.ledger.services.operations import OpenOperation

ANN = Mailbox("ann@a.example")


@frozen
class BlindPlanner:
    """Views in which nobody ever refused."""

    real: Any = STORE.sights

    def narrow(self, **asked: Any) -> Any:
        return self.real.narrow(**asked)

    def holders(self, question: Question, only: Any) -> Any:
        return self.real.holders(question, only)

    @contextmanager
    def views(self, question: Question, **asked: Any) -> Iterator[Iterator[Views]]:
        with self.real.views(question, **asked) as stream:
            yield (self._unrefused(question, one) for one in stream)

    def _unrefused(self, question: Question, views: Views) -> Views:
        for held in self.real.holders(question, [views.mailbox]):
            willing = [
                evolve(one, do_not_contact=False, suppressed=False)
                for one in held.holders
            ]
            return evolve(
                views,
                desired=wanted_of(
                    holders=willing, audiences=question.lists, refused=False
                ),
            )
        return views


@frozen
class BlindSending:
    """Operations that are marked as sending without another look."""

    real: Any = STORE.operations

    def mark_sending(self, operation: OpenOperation, *, makes_mailable: bool) -> None:
        self.real.mark_sending(operation, makes_mailable=False)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


@frozen
class BlindScreen:
    def suppressed(self, mailboxes: Collection[Mailbox]) -> frozenset[Mailbox]:
        return frozenset()


def with_only(world: World, check: str) -> World:
    """Switch off the checks but this one."""
    store = STORE
    if check != "planner":
        store = evolve(store, sights=BlindPlanner())
    if check != "intent":
        store = evolve(store, operations=BlindSending())
    screen = None if check == "last look" else BlindScreen()
    return evolve(world, store=store, screen=screen)


def refused(world: World, ann: Contact) -> None:
    fact = Fact(
        mailbox=ANN, kind=Kind.UNSUBSCRIBED, provider="elsewhere", source="t", actor="t"
    )
    suppress(association_id=world.association.pk, facts=[fact])


def refused_at_an_earlier_address(world: World, ann: Contact) -> None:
    fact = Fact(
        mailbox=Mailbox("ann@old.example"),
        contact_id=ContactId(ann.pk),
        kind=Kind.UNSUBSCRIBED,
        provider="elsewhere",
        source="t",
        actor="t",
    )
    suppress(association_id=world.association.pk, facts=[fact])


def must_not_be_contacted(world: World, ann: Contact) -> None:
    with scope(association=world.association):
        Contact.objects.filter(pk=ann.pk).update(do_not_contact=True)


def the_other_holder_must_not(world: World, ann: Contact) -> None:
    must_not_be_contacted(world, a_contact(world.association, address=ANN))


REASONS = (
    refused,
    refused_at_an_earlier_address,
    must_not_be_contacted,
    the_other_holder_must_not,
)


@pytest.fixture
def peopled(world: World) -> World:
    """A list that is true over there, before Ann is put on it."""
    bob = a_contact(world.association, address="bob@b.example")
    a_list(world.association, bob, name="News")
    world.sync(everything=True)
    return world


def join(world: World, reason: Callable[[World, Contact], None]) -> None:
    ann = a_contact(world.association, address=ANN)
    with scope(association=world.association):
        on_list(ann, world.association.contactlist_set.get(name="News"))
    reason(world, ann)


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("check", ["planner", "intent", "last look"])
def test_each_check_alone_keeps_them_off(  # I2
    peopled: World, check: str, reason: Callable[[World, Contact], None]
) -> None:
    world = with_only(peopled, check)
    join(world, reason)
    world.sync()
    assert world.on("News") == {"bob@b.example"}
    assert world.account.contact(ANN) is None


@pytest.mark.parametrize("reason", REASONS)
def test_with_none_of_them_they_would_be_mailed(
    peopled: World, reason: Callable[[World, Contact], None]
) -> None:
    """The tests above can fail: without any check, somebody is put on the list."""
    world = with_only(peopled, "none")
    join(world, reason)
    world.sync()
    assert ANN in world.on("News")
