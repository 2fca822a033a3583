"""Asking somebody to come back: once for ever, and durable before it is sent."""

from __future__ import annotations

import pytest
from tests.ledger.places import Place

from rollkeeper.audit.models import Entry
from rollkeeper.core.values import ContactId, Mailbox, ProviderContactId, ProviderListId
from rollkeeper.ledger.models import ResubscribeRequest, ResubscribeState
from rollkeeper.ledger.services import resubscribing
from rollkeeper.ledger.services.resubscribing import AskedBefore

ANN, BOB = Mailbox("ann@members.example"), Mailbox("bob@members.example")


def ask(place: Place, mailbox: Mailbox = ANN) -> ResubscribeRequest:
    return resubscribing.ask(
        association_id=place.association.pk,
        connection_id=place.connection.pk,
        mailbox=mailbox,
        contact_id=ContactId(7),
        provider_id=ProviderContactId(f"id of {mailbox}"),
        lists={ProviderListId("l-1"): "News"},
        by="staff:pat",
    )


def test_the_wish_is_kept_with_who_had_it_and_which_lists(place: Place) -> None:
    row = ask(place)

    assert row.state == ResubscribeState.ASKED
    assert (row.lists, row.list_names) == (["l-1"], ["News"])
    entry = Entry.objects.get(action="resubscribe_asked")
    assert (entry.actor, entry.subject) == ("staff:pat", "contact:7")
    assert entry.details == {"connection": place.connection.pk, "lists": ["News"]}


@pytest.mark.parametrize("state", ResubscribeState)
def test_nobody_is_asked_a_second_time_whatever_became_of_the_first(
    place: Place, state: ResubscribeState
) -> None:
    resubscribing.conclude(ask(place).pk, state)

    with pytest.raises(AskedBefore):
        ask(place)

    assert Entry.objects.filter(action="resubscribe_asked").count() == 1


def test_they_go_out_in_the_order_they_were_asked_for(place: Place) -> None:
    first, second = ask(place), ask(place, BOB)

    assert resubscribing.take_next(place.connection.pk) == first
    assert resubscribing.take_next(place.connection.pk) == second
    assert resubscribing.take_next(place.connection.pk) is None


def test_what_was_taken_up_is_unknown_until_an_answer_comes(place: Place) -> None:
    ask(place)
    resubscribing.take_next(place.connection.pk)

    row = resubscribing.request_for(place.connection.pk, ANN)
    assert row is not None
    assert row.state == ResubscribeState.UNKNOWN
    assert "may have been sent" in row.words


def test_what_had_no_effect_waits_again(place: Place) -> None:
    row = ask(place)
    resubscribing.take_next(place.connection.pk)
    resubscribing.conclude(row.pk, ResubscribeState.ASKED)

    assert resubscribing.take_next(place.connection.pk) == row
