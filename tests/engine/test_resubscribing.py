"""Asking somebody who unsubscribed to come back: once, and never by a sync."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from attrs import define
from django.db import connection as database
from django_scopes import scope
from tests.builders import a_contact, a_list, an_address
from tests.engine.worlds import Killed, World, a_world

from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.core.values import ContactId, Mailbox
from rollkeeper.directory.models import Contact, EmailAddress
from rollkeeper.engine import reconcile, resubscribing
from rollkeeper.engine.coordinator import Busy, sole_coordinator
from rollkeeper.engine.noting import note_refusal
from rollkeeper.engine.resubscribing import CannotAsk
from rollkeeper.engine.store import Run
from rollkeeper.ledger.models import ResubscribeRequest, ResubscribeState, RunState
from rollkeeper.providers.errors import AnswerLost, QuotaSpent
from rollkeeper.providers.memory import MemoryAsking

pytestmark = pytest.mark.django_db(transaction=True)
ANN = Mailbox("ann@members.example")


@define
class Asked:
    """Ann unsubscribed; she is on two lists that are kept true."""

    world: World
    ann: Contact

    def ask(self) -> ResubscribeRequest:
        with scope(association=self.world.association):
            return resubscribing.ask(self.world.connection, self.ann, by="staff:pat")

    def send(self) -> Run:
        world = self.world
        asking = MemoryAsking(held_by=world.account, gate=world.meter)
        return reconcile.ask_to_resubscribe(
            connection_id=world.connection.pk,
            by="staff:pat",
            surroundings=world.surroundings,
            open_asking=lambda *_: asking,
        )

    @property
    def row(self) -> ResubscribeRequest:
        with scope(association=self.world.association):
            row: ResubscribeRequest = ResubscribeRequest.objects.get()
        return row

    @property
    def mails(self) -> int:
        return sum(what == "ask" for what, _ in self.world.account.requests)

    def refuses(self) -> str:
        """Say why she cannot be asked."""
        with pytest.raises(CannotAsk) as refusal:
            self.ask()
        return str(refusal.value)


@pytest.fixture
def asked() -> Asked:
    world = a_world()
    ann = a_contact(world.association, address=ANN)
    for name in ("News", "Golf"):
        a_list(world.association, ann, name=name)
    world.sync(everything=True)
    world.account.unsubscribe(ANN)
    world.sync(everything=True)
    return Asked(world, ann)


def on_here(asked: Asked, name: str, **standing: object) -> None:
    with scope(association=asked.world.association):
        asked.ann.memberships.filter(list__name=name).update(**standing)


def test_the_one_mail_names_the_lists_that_she_is_on_here(asked: Asked) -> None:
    asked.ask()
    run = asked.send()

    assert (run.state, run.counts) == (RunState.DONE, {"asked_back": 1})
    assert asked.row.state == ResubscribeState.SENT
    assert asked.row.list_names == ["Golf", "News"]
    lists = asked.world.held(ANN).asked_back_to
    assert lists == frozenset(map(asked.world.list_id, ("News", "Golf")))


def test_she_stays_off_all_lists_until_she_confirms(asked: Asked) -> None:
    asked.ask()
    asked.send()
    asked.world.sync(everything=True)
    assert asked.world.on("News") == set()

    asked.world.account.resubscribe(ANN)

    assert asked.world.on("News") == asked.world.on("Golf") == {ANN}


@pytest.mark.parametrize(
    ("standing", "named"),
    [
        ({"status": "disabled"}, ["News"]),
        ({"no_mass_email": True}, ["News"]),
    ],
    ids=["disabled", "no mass emails"],
)
def test_a_list_that_would_not_mail_her_is_not_named(
    asked: Asked, standing: dict[str, object], named: list[str]
) -> None:
    on_here(asked, "Golf", **standing)

    assert asked.ask().list_names == named


def test_nobody_is_asked_twice(asked: Asked) -> None:
    asked.ask()
    assert "was asked by pat" in asked.refuses()
    asked.send()
    assert "can be asked only once" in asked.refuses()
    asked.send()

    assert asked.mails == 1


def test_a_lost_answer_is_unknown_and_not_asked_again_by_itself(asked: Asked) -> None:
    asked.ask()
    asked.world.account.on_answer = lambda what: lost() if what == "ask" else None
    assert asked.send().state == RunState.DONE
    assert asked.row.state == ResubscribeState.UNKNOWN
    assert "may have been sent" in asked.row.words

    asked.send()

    assert asked.mails == 1
    assert resubscribing.waiting() == []


def lost() -> None:
    raise AnswerLost("No answer came.")


def test_one_who_is_killed_while_sending_leaves_it_unknown(asked: Asked) -> None:
    asked.ask()
    asked.world.account.on_request = lambda what: killed() if what == "ask" else None
    with pytest.raises(Killed):
        asked.send()

    assert asked.row.state == ResubscribeState.UNKNOWN
    assert resubscribing.waiting() == []


def killed() -> None:
    raise Killed


def test_what_had_no_effect_waits_for_a_better_time(asked: Asked) -> None:
    asked.ask()
    asked.world.meter.stop_at = 1
    asked.world.meter.stop_with = lambda: QuotaSpent("The day is spent.")
    asked.world.meter.requests.clear()
    assert asked.send().state == RunState.WILL_TRY_AGAIN
    assert asked.row.state == ResubscribeState.ASKED
    assert resubscribing.waiting() == [asked.world.connection.pk]

    asked.world.meter.stop_at = None
    asked.send()

    assert asked.row.state == ResubscribeState.SENT


def test_the_providers_no_is_kept_in_its_words(asked: Asked) -> None:
    asked.ask()
    asked.world.held(ANN).asked_back_to = frozenset()

    assert asked.send().state == RunState.DONE

    assert asked.row.state == ResubscribeState.REFUSED
    assert asked.row.words == "This contact was asked before."


def test_who_asked_meanwhile_not_to_be_contacted_gets_no_mail(asked: Asked) -> None:
    asked.ask()
    with scope(association=asked.world.association):
        Contact.objects.update(do_not_contact=True)

    asked.send()

    assert asked.mails == 0
    assert asked.row.state == ResubscribeState.REFUSED
    assert "Do Not Contact" in asked.row.words


def test_whoever_has_the_mailbox_with_her_can_stop_it(asked: Asked) -> None:
    a_contact(asked.world.association, address=ANN, do_not_contact=True)

    assert "Do Not Contact" in asked.refuses()


def test_who_told_staff_not_to_be_mailed_is_not_asked(asked: Asked) -> None:
    with scope(association=asked.world.association):
        note_refusal(
            association_id=asked.world.association.pk,
            mailbox=ANN,
            contacts=[ContactId(asked.ann.pk)],
            because="Said so on the phone.",
            by="staff:pat",
        )

    assert "asked us not to mail" in asked.refuses()


def test_only_an_address_that_unsubscribed_can_be_asked(asked: Asked) -> None:
    with scope(association=asked.world.association):
        EmailAddress.objects.update(primary=False)
    an_address(asked.ann, "ann@new.example", primary=True)

    assert "not known as unsubscribed" in asked.refuses()


def test_who_is_on_no_list_has_nothing_to_come_back_to(asked: Asked) -> None:
    with scope(association=asked.world.association):
        asked.ann.memberships.all().delete()

    assert "Put the contact on a list first" in asked.refuses()


def test_it_does_not_run_beside_a_run_of_the_connection(asked: Asked) -> None:
    asked.ask()

    def send_elsewhere() -> None:
        try:
            asked.send()
        finally:
            database.close()

    with (
        sole_coordinator(asked.world.connection.pk),
        ThreadPoolExecutor(1) as elsewhere,
        pytest.raises(Busy),
    ):
        elsewhere.submit(send_elsewhere).result()

    assert asked.mails == 0


def test_while_we_are_not_connected_it_waits(asked: Asked) -> None:
    asked.ask()
    with scope(association=asked.world.association):
        Connection.objects.update(state=ConnectionState.RECONNECT_NEEDED)
    assert resubscribing.waiting() == []

    asked.world.reconnect()

    assert resubscribing.waiting() == [asked.world.connection.pk]


def test_no_sync_of_whatever_kind_asks_anybody(asked: Asked) -> None:
    asked.ask()
    asked.world.sync(everything=True)
    asked.world.sync()
    asked.world.pull()

    assert asked.mails == 0
    assert asked.row.state == ResubscribeState.ASKED
