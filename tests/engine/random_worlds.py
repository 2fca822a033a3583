"""Worlds at random: people, lists, refusals, and whatever may be over there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from attrs import asdict, frozen
from tests.builders import (
    a_connection,
    a_contact,
    a_list,
    an_address,
    an_application,
    an_association,
    on_list,
)

from rollkeeper.connections.models import Connection
from rollkeeper.consent.kinds import Kind
from rollkeeper.consent.models import Suppression
from rollkeeper.core.policy import PRESETS
from rollkeeper.core.views import Permission
from rollkeeper.directory.models import Association, Contact, ContactList
from rollkeeper.ledger.models import (
    Audience,
    HeldItem,
    Hold,
    Operation,
    OperationSubject,
    Outcome,
    OutcomeKind,
    RemoteContact,
    RemoteMembership,
    Run,
    RunKind,
)
from rollkeeper.ledger.states import HoldState

_NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
_numbers = count(1)


@frozen(kw_only=True)
class RandomWorld:
    """Rows of one association, drawn by *random*. Its scope must be open."""

    association: Association
    connection: Connection
    random: Random

    @property
    def mailboxes(self) -> Sequence[str]:
        return [f"m{number}@x.example" for number in range(8)]

    def often(self) -> bool:
        return self.random.random() < 0.6

    def seldom(self) -> bool:
        return self.random.random() < 0.15

    def fill(self) -> None:
        people = [self.person() for _ in range(self.random.randint(1, 12))]
        lists = [self.list_of(people) for _ in range(self.random.randint(1, 4))]
        audiences = [self.audience(one.pk, one.name) for one in lists if self.often()]
        audiences += [self.audience(9_000_000 + n, "Gone") for n in range(2)]
        for mailbox in self.mailboxes:
            if self.often():
                self.remote(mailbox, people, audiences)
            if self.seldom():
                self.outcome(mailbox)
            if self.seldom():
                self.under_way(mailbox)
            self.refuse(mailbox, people, lists)
        for audience in audiences:
            self.holds(audience)

    def person(self) -> Contact:
        kind = self.random.choice(["valid"] * 6 + ["none", "invalid"])
        address = {"none": None, "invalid": "nowhere"}.get(
            kind, self.random.choice(self.mailboxes)
        )
        contact = a_contact(
            self.association, address=address, do_not_contact=self.seldom()
        )
        if self.seldom():
            an_address(contact, f"other{contact.pk}@y.example")
        return contact

    def list_of(self, people: Sequence[Contact]) -> ContactList:
        row = a_list(self.association, sync=not self.seldom())
        for contact in people:
            if self.often():
                status = "disabled" if self.seldom() else "active"
                on_list(contact, row, status=status, no_mass_email=self.seldom())
        return row

    def audience(self, list_id: int, name: str) -> Audience:
        policy = self.random.choice(list(PRESETS.values()))
        made: Audience = Audience.objects.create(
            association=self.association,
            connection=self.connection,
            list_id=list_id,
            name=name,
            provider_list_id=f"there-{list_id}",
            **asdict(policy, value_serializer=lambda _, __, value: str(value)),
        )
        return made

    def remote(
        self, mailbox: str, people: Sequence[Contact], audiences: Sequence[Audience]
    ) -> None:
        carriers = [None, 9_000_000, *(contact.pk for contact in people)]
        contact = RemoteContact.objects.create(
            association=self.association,
            connection=self.connection,
            mailbox=mailbox,
            permission=self.random.choice(list(Permission)),
            seen_at=_NOW,
            agreed_person={} if self.often() else None,
            carried_by=self.random.choice(carriers),
        )
        for audience in audiences:
            there, ours = self.often(), self.often()
            if there or ours:
                RemoteMembership.objects.create(
                    association=self.association,
                    audience=audience,
                    contact=contact,
                    there=there,
                    ours=ours,
                )

    def outcome(self, mailbox: str) -> None:
        Outcome.objects.create(
            association=self.association,
            connection=self.connection,
            mailbox=mailbox,
            kind=self.random.choice(list(OutcomeKind)),
            cause=self.random.choice(["over_limit", "joined"]),
            message="Not this one.",
        )

    def under_way(self, mailbox: str) -> None:
        operation = Operation.objects.create(
            association=self.association,
            connection=self.connection,
            run=self.run(),
            op_id=self.some_uuid(),
            kind="import",
            state=self.random.choice(["planned", "accepted", "unknown"]),
            rows=1,
            payload_hash="",
            sent_at=_NOW,
        )
        OperationSubject.objects.create(
            operation=operation, position=0, mailbox=mailbox, cause="joined"
        )

    def some_uuid(self) -> str:
        return f"{self.random.getrandbits(128):032x}"

    def run(self) -> Run:
        made: Run = Run.objects.create(
            association=self.association,
            connection=self.connection,
            kind=RunKind.CHANGES,
            by="test",
            state=self.random.choice(["done", "will_try_again"]),
            retry_at=_NOW + timedelta(days=self.random.choice([-1, 10_000])),
            message="The provider cannot be reached.",
        )
        return made

    def refuse(
        self, mailbox: str, people: Sequence[Contact], lists: Sequence[ContactList]
    ) -> None:
        for kind in (Kind.UNSUBSCRIBED, Kind.LEFT_LIST):
            if self.seldom():
                whom = self.random.choice([None, *people])
                about = self.random.choice(lists).pk if kind == Kind.LEFT_LIST else None
                Suppression.objects.get_or_create(
                    association=self.association,
                    mailbox=mailbox,
                    contact_id=whom.pk if whom else None,
                    kind=kind,
                    list_id=about,
                    defaults={
                        "provider": "constant_contact",
                        "source": "test",
                        "actor": "test",
                    },
                )

    def holds(self, audience: Audience) -> None:
        for state in (HoldState.OPEN, HoldState.DISCARDED, HoldState.APPLIED):
            hold = Hold.objects.create(
                association=self.association,
                connection=self.connection,
                guard="removals_of_list",
                audience=audience,
                state=state,
                fingerprint="",
                count=1,
                of=1,
                limit=1,
                already=0,
                decided_by="staff:pat",
                decided_at=_NOW,
            )
            for mailbox in self.mailboxes:
                if self.seldom():
                    self.held(hold, mailbox, audience)

    def held(self, hold: Hold, mailbox: str, audience: Audience) -> None:
        deed = self.random.choice(["add", "remove", "leave", "end", "update"])
        whole = deed in ("end", "update")
        HeldItem.objects.create(
            hold=hold,
            deed=deed,
            mailbox=mailbox,
            audience_id=None if whole else audience.pk,
            why="joined",
            moot=self.seldom(),
        )


def a_random_world(seed: int) -> RandomWorld:
    association = an_association(time_zone="America/Chicago")
    application = an_application(provider="memory")
    return RandomWorld(
        association=association,
        connection=a_connection(association, application=application),
        random=Random(seed),
    )
