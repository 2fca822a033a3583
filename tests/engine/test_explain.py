"""One sentence for a contact and a list: the fact, its date here, and the next step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from attrs import asdict, frozen
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope
from tests.builders import a_connection, a_contact, a_list, an_association, on_list

from rollkeeper.connections.models import Connection
from rollkeeper.consent.models import Suppression
from rollkeeper.core.policy import DEFAULT, NIGHTLY, Policy
from rollkeeper.core.values import ContactId, ListId
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import Association, Contact, ContactList
from rollkeeper.engine.explain import Explanation, explain, explain_address
from rollkeeper.ledger.models import (
    Audience,
    HeldItem,
    Hold,
    Operation,
    OperationSubject,
    Outcome,
    RemoteContact,
    RemoteMembership,
    Run,
)

EVENING = datetime(2026, 3, 5, 2, tzinfo=UTC)
"""In Chicago it is still the fourth."""

ANN = "ann@a.example"


@frozen(kw_only=True)
class Chamber:
    association: Association
    connection: Connection
    ann: Contact
    board: ContactList
    audience: Audience

    @property
    def ownership(self) -> dict[str, object]:
        return {"association": self.association, "connection": self.connection}

    def there(self, mailbox: str = ANN, *, ours: bool = True) -> RemoteContact:
        remote: RemoteContact = RemoteContact.objects.create(
            **self.ownership,
            mailbox=mailbox,
            permission="mailable",
            seen_at=EVENING,
            agreed_person={},
        )
        RemoteMembership.objects.create(
            association=self.association,
            audience=self.audience,
            contact=remote,
            there=True,
            ours=ours,
            since=EVENING,
        )
        return remote

    def hold(self, deed: str, guard: str, **fields: object) -> Hold:
        fields = {"state": "open", "made_at": EVENING, **fields}
        hold: Hold = Hold.objects.create(
            **self.ownership,
            guard=guard,
            audience=self.audience,
            fingerprint="",
            count=1,
            of=9,
            limit=5,
            already=0,
            **fields,
        )
        HeldItem.objects.create(
            hold=hold, deed=deed, mailbox=ANN, audience_id=self.audience.pk, why=""
        )
        return hold

    def under_policy(self, policy: Policy) -> None:
        said = asdict(policy, value_serializer=lambda _, __, value: str(value))
        Audience.objects.update(**said)

    def run(self, **fields: object) -> Run:
        fields = {"kind": "changes", "by": "test", "state": "done", **fields}
        run: Run = Run.objects.create(**self.ownership, **fields)
        return run

    def said(self) -> Explanation:
        (one,) = explain(connection=self.connection, contacts=[self.ann])
        return one


@pytest.fixture
def chamber(db: None) -> Iterator[Chamber]:
    association = an_association(time_zone="America/Chicago")
    connection = a_connection(association)
    ann = a_contact(association, address=ANN, first_name="Ann", last_name="Oak")
    board = a_list(association, ann, name="Board")
    with scope(association=association):
        audience = Audience.objects.create(
            association=association,
            connection=connection,
            list_id=board.pk,
            name="Board",
            provider_list_id="there",
            **asdict(DEFAULT, value_serializer=lambda _, __, value: str(value)),
        )
        yield Chamber(
            association=association,
            connection=connection,
            ann=ann,
            board=board,
            audience=audience,
        )


def test_who_is_there_is_told_so(chamber: Chamber) -> None:
    chamber.there()
    one = chamber.said()
    assert (one.there, one.reason, one.since) == (True, None, EVENING)
    assert one.sentence == "Ann Oak is on the list at Constant Contact."


def test_who_set_do_not_contact_is_named(chamber: Chamber) -> None:
    directory.set_do_not_contact(
        contact_id=ContactId(chamber.ann.pk), value=True, by="staff:pat"
    )
    one = chamber.said()
    assert one.reason == "do_not_contact"
    assert ", set by pat on " in one.sentence
    assert one.since is not None


def test_a_refusal_is_dated_in_the_associations_time_zone(chamber: Chamber) -> None:
    Suppression.objects.create(
        association=chamber.association,
        mailbox=ANN,
        contact_id=chamber.ann.pk,
        kind="unsubscribed",
        provider="constant_contact",
        happened_at=EVENING,
        source="opt-out pull",
        actor="rule:pull",
    )
    one = chamber.said()
    assert one.reason == "no_mass_emails"
    assert one.sentence.endswith(
        "unsubscribed from everything at Constant Contact on March 4, 2026."
    )


def test_what_a_guard_holds_names_the_hold(chamber: Chamber) -> None:
    hold = chamber.hold("add", "adds_of_list")
    one = chamber.said()
    assert one.reason == "held"
    assert (
        f"so many would join the list within a day (hold {hold.pk}, on March 4, 2026)"
        in (one.sentence)
    )
    assert f"hold {hold.pk}" in one.next_step


def test_who_comes_off_and_is_held_is_still_there(chamber: Chamber) -> None:
    chamber.there()
    chamber.hold("remove", "removals_of_list")
    directory.take_off_list(
        contact_id=ContactId(chamber.ann.pk),
        list_id=ListId(chamber.board.pk),
        by="test",
    )
    one = chamber.said()
    assert (one.reason, one.still_there, one.there) == ("not_on_list", "held", False)
    assert "but the address is still on the list" in one.sentence


def test_whom_a_person_let_go_is_left(chamber: Chamber) -> None:
    chamber.hold(
        "add",
        "deleted_over_there",
        state="discarded",
        decided_by="staff:pat",
        decided_at=EVENING,
    )
    one = chamber.said()
    assert one.reason == "let_go"
    assert "pat decided so on March 4, 2026" in one.sentence


def test_who_left_a_list_that_keeps_is_kept_by_policy(chamber: Chamber) -> None:
    chamber.there()
    chamber.under_policy(NIGHTLY)
    chamber.board.memberships.all().delete()
    assert chamber.said().still_there == "kept_by_policy"


def test_a_list_switched_off_leaves_all_as_it_is(chamber: Chamber) -> None:
    ContactList.objects.update(sync=False)
    assert chamber.said().reason == "switched_off"


def test_a_job_at_the_provider_is_told(chamber: Chamber) -> None:
    operation = Operation.objects.create(
        **chamber.ownership,
        run=chamber.run(),
        op_id=uuid4(),
        kind="import",
        state="accepted",
        rows=1,
        payload_hash="",
        sent_at=EVENING,
    )
    OperationSubject.objects.create(
        operation=operation, position=0, mailbox=ANN, cause="joined"
    )
    one = chamber.said()
    assert one.reason == "waiting"
    assert (
        "a job is running at Constant Contact since March 4, 2026, 8:00 PM"
        in one.sentence
    )


def test_until_when_the_day_is_spent_is_told(chamber: Chamber) -> None:
    chamber.run(
        state="will_try_again",
        retry_at=timezone.now() + timedelta(hours=3),
        finished_at=timezone.now(),
        message="The requests of this day are used up.",
    )
    one = chamber.said()
    assert one.reason == "waiting"
    assert "waits until " in one.sentence
    assert one.sentence.endswith("The requests of this day are used up.")


def test_the_providers_own_words_are_told(chamber: Chamber) -> None:
    Outcome.objects.create(
        **chamber.ownership, mailbox=ANN, kind="refused", message="Not a name."
    )
    one = chamber.said()
    assert one.reason == "refused_by_provider"
    assert one.sentence.endswith("Not a name.")


def test_a_stranger_on_a_list_is_told_by_its_address(chamber: Chamber) -> None:
    chamber.there("new@x.example", ours=False)
    (one,) = explain_address(connection=chamber.connection, text=" New@x.example ")
    assert (one.contact_id, one.there, one.list_name) == (None, True, "Board")
    assert "put there by somebody else" in one.sentence


def test_an_address_that_was_seen_nowhere_has_no_explanation(chamber: Chamber) -> None:
    assert explain_address(connection=chamber.connection, text="no@x.example") == []


def test_many_lists_cost_no_more_look_ups_than_one(chamber: Chamber) -> None:
    def look_ups() -> int:
        with CaptureQueriesContext(database) as queries:
            explain(connection=chamber.connection, contacts=[chamber.ann])
        return len(queries)

    few = look_ups()
    for number in range(20):
        on_list(chamber.ann, a_list(chamber.association, name=f"List {number}"))
    assert look_ups() == few <= 12
