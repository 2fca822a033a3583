"""The world whose store is PostgreSQL, with the script's time as the database's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from attrs import asdict, define, field, frozen
from django.db import connection as database
from django_scopes import scope
from tests.builders import (
    a_connection,
    a_member,
    a_type,
    an_application,
    an_association,
    the_list_of,
)
from tests.engine.agreeing.world import EVERYBODY, World
from tests.prove.histories.clocks import Time

from rollkeeper.consent.models import Suppression
from rollkeeper.core.guards import Deed, Item
from rollkeeper.core.policy import Policy
from rollkeeper.core.values import AudienceId, ContactId, ListId, Mailbox, Person
from rollkeeper.directory.models import (
    Association,
    Contact,
    ContactList,
    EmailAddress,
    ListMembership,
    Mark,
    Member,
    MembershipType,
)
from rollkeeper.engine import holding
from rollkeeper.engine.lending import ConsentScreen
from rollkeeper.engine.postgres import STORE
from rollkeeper.ledger.models import (
    Audience,
    HeldItem,
    Hold,
    Operation,
    Outcome,
    RemoteContact,
    RemoteMembership,
)
from rollkeeper.ledger.services import audiences
from rollkeeper.ledger.services.newsletter import change_newsletter
from rollkeeper.ledger.states import OPEN_STATES, HoldState
from rollkeeper.providers.memory import MemoryAccount

_CLOCK = """
    CREATE SCHEMA IF NOT EXISTS script;
    CREATE OR REPLACE FUNCTION script.clock_timestamp() RETURNS timestamptz
        LANGUAGE sql AS $$ SELECT current_setting('script.now')::timestamptz $$;
    CREATE OR REPLACE FUNCTION script.statement_timestamp() RETURNS timestamptz
        LANGUAGE sql AS $$ SELECT current_setting('script.now')::timestamptz $$
"""


@frozen
class RollInPostgres:
    association: Association
    tell_time: Any

    def add_contact(
        self, *, external_id: str, person: Person, mailbox: Mailbox
    ) -> ContactId:
        now = self.tell_time()
        made: Contact = Contact.objects.create(
            association=self.association,
            external_id=external_id,
            changed_at=now,
            **asdict(person),
        )
        contact_id = ContactId(made.pk)
        self.readdress(contact_id, mailbox)
        return contact_id

    def change_contact(self, contact_id: ContactId, **fields: Any) -> None:
        self.tell_time()
        if person := fields.pop("person", None):
            fields |= asdict(person)
        Contact.objects.filter(pk=contact_id).update(**fields)

    def person(self, contact_id: ContactId) -> Person:
        row = Contact.objects.get(pk=contact_id)
        return Person(
            first_name=row.first_name, last_name=row.last_name, company=row.company
        )

    def readdress(self, contact_id: ContactId, mailbox: Mailbox | None) -> None:
        now = EmailAddress.objects.filter(contact_id=contact_id, primary=True).first()
        if mailbox is None:
            EmailAddress.objects.filter(contact_id=contact_id).delete()
        elif now is None:
            EmailAddress.objects.create(
                association=self.association,
                contact_id=contact_id,
                typed=mailbox,
                mailbox=mailbox,
                primary=True,
            )
        else:
            EmailAddress.objects.filter(pk=now.pk).update(
                typed=mailbox, mailbox=mailbox
            )

    def delete_contact(self, contact_id: ContactId) -> None:
        Contact.objects.get(pk=contact_id).delete()

    def add_list(self, *, name: str) -> ListId:
        made: ContactList = ContactList.objects.create(
            association=self.association,
            external_id=f"{name} {ContactList.objects.count()} {self.tell_time()}",
            name=name,
            sync=True,
        )
        return ListId(made.pk)

    def represent(self, contact_id: ContactId, member: int | None) -> None:
        Contact.objects.filter(pk=contact_id).update(member_id=member)

    def add_type(self, *, name: str) -> tuple[int, ListId]:
        made = a_type(self.association, name=name)
        return made.pk, ListId(the_list_of(made).pk)

    def rename_type(self, of_type: int, name: str) -> None:
        MembershipType.objects.filter(pk=of_type).update(name=name)

    def delete_type(self, of_type: int) -> None:
        MembershipType.objects.filter(pk=of_type).delete()

    def is_had(self, of_type: int) -> bool:
        return bool(Member.objects.filter(membership_type_id=of_type).exists())

    def add_member(self, *, status: str, of_type: int | None) -> int:
        made = a_member(self.association, status=status, membership_type_id=of_type)
        return int(made.pk)

    def change_member(self, member: int, **fields: Any) -> None:
        if "of_type" in fields:
            fields["membership_type_id"] = fields.pop("of_type")
        Member.objects.filter(pk=member).update(**fields)

    def delete_member(self, member: int) -> None:
        Member.objects.get(pk=member).delete()

    def choose(self, **sets: bool) -> None:
        change_newsletter(association_id=self.association.pk, changes=sets, by="test")

    def change_list(self, list_id: ListId, **fields: Any) -> None:
        ContactList.objects.filter(pk=list_id).update(**fields)

    def delete_list(self, list_id: ListId) -> None:
        ContactList.objects.get(pk=list_id).delete()

    def put_on(
        self,
        contact_id: ContactId,
        list_id: ListId,
        *,
        disabled: bool = False,
        no_mass_email: bool = False,
    ) -> None:
        ListMembership.objects.update_or_create(
            contact_id=contact_id,
            list_id=list_id,
            defaults={
                "association": self.association,
                "status": "disabled" if disabled else "active",
                "no_mass_email": no_mass_email,
            },
        )

    def take_off(self, contact_id: ContactId, list_id: ListId) -> None:
        self._standing(contact_id, list_id).delete()

    def is_on(self, contact_id: ContactId, list_id: ListId) -> bool:
        return bool(self._standing(contact_id, list_id).exists())

    def _standing(self, contact_id: ContactId, list_id: ListId) -> Any:
        return ListMembership.objects.filter(contact_id=contact_id, list_id=list_id)


@define(kw_only=True, eq=False)
class WorldInPostgres(World):
    association: Association = field()

    def live(self, what: str, said: Mapping[str, Any]) -> None:
        with scope(association=self.association):
            tell(self.time)
            super().live(what, said)
            tell(self.time)

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        tell(self.time)

    def suppressed(self, mailboxes: Collection[Mailbox]) -> frozenset[Mailbox]:
        return ConsentScreen(association_id=self.association.pk).suppressed(mailboxes)

    def set_policy(self, list_id: ListId, policy: Policy) -> None:
        for one in Audience.objects.filter(list_id=list_id):
            audiences.set_policy(audience_id=one.pk, policy=policy, by="test")

    def decide(self, *, approve: bool) -> None:
        for hold in Hold.objects.filter(state=HoldState.OPEN).order_by("id"):
            said: dict[str, Any] = {
                "hold_id": hold.pk,
                "fingerprint": hold.fingerprint,
                "by": "test",
            }
            if approve:
                holding.approve(**said, typed=hold.count)
            else:
                holding.discard(**said)

    def remembered(self) -> Mapping[str, object]:
        with scope(association=self.association):
            return self._remembered()

    def _remembered(self) -> Mapping[str, object]:
        list_of = dict(Audience.objects.values_list("pk", "list_id"))
        return {
            "remotes": {
                one.mailbox: (
                    one.provider_id is not None,
                    one.permission,
                    one.elsewhere,
                    Person(**one.person),
                    one.agreed_person and Person(**one.agreed_person),
                    self.key_of(self.contacts, one.carried_by),
                    one.disabled_at is not None,
                    one.renamed_from,
                )
                for one in RemoteContact.objects.all()
            },
            "memberships": {
                (
                    one.contact.mailbox,
                    self.key_of(self.lists, list_of[one.audience_id]),
                ): (
                    one.there,
                    one.ours,
                )
                for one in RemoteMembership.objects.select_related("contact")
            },
            "facts": sorted(
                (
                    one.mailbox,
                    self.key_of(self.contacts, one.contact_id) or "",
                    one.person or "",
                    one.kind,
                    self.key_of(self.lists, one.list_id) or "",
                )
                for one in Suppression.objects.all()
            ),
            "outcomes": {
                one.mailbox: (one.kind, one.cause, one.asked)
                for one in Outcome.objects.all()
            },
            "open holds": {
                (one.hold.guard, self.item_key(_item(one), list_of))
                for one in HeldItem.objects.filter(
                    hold__state=HoldState.OPEN, hold__association=self.association
                ).select_related("hold")
            },
            "decided holds": sorted(
                Hold.objects.exclude(state=HoldState.OPEN).values_list("guard", "state")
            ),
            "marks": sorted(
                (
                    one.mailbox or "",
                    self.key_of(self.contacts, one.contact_id) or "",
                    self.key_of(self.lists, one.list_id) or "",
                    self.key_of(self.members, one.member_id) or "",
                )
                for one in Mark.objects.all()
            ),
            "open operations": list(
                Operation.objects.filter(state__in=OPEN_STATES)
                .order_by("id")
                .values_list("kind", "state", "rows")
            ),
            "audiences": {
                (
                    self.key_of(self.lists, one.list_id),
                    one.state,
                    one.name,
                    one.filled_at is None,
                    one.rule_changed_at is None,
                )
                for one in Audience.objects.all()
                if one.list_id in self.lists.values()
            },
        }


def _item(row: HeldItem) -> Item:
    return Item(
        deed=Deed(row.deed),
        mailbox=Mailbox(row.mailbox) if row.mailbox else None,
        audience=AudienceId(row.audience_id) if row.audience_id else None,
    )


def tell(time: Time) -> object:
    """Let it be this time in the database, and return it."""
    now = time.of_database()
    with database.cursor() as cursor:
        cursor.execute("SELECT set_config('script.now', %s, false)", [now.isoformat()])
    return now


def a_world_in_postgres() -> WorldInPostgres:
    time = Time()
    with database.cursor() as cursor:
        cursor.execute(_CLOCK)
        cursor.execute("SET search_path = script, public, pg_catalog")
    tell(time)
    association = an_association()
    application = an_application(provider="memory")
    connection = a_connection(association, application=application)
    return WorldInPostgres(
        store=STORE,
        connection_id=connection.pk,
        roll=RollInPostgres(association, lambda: tell(time)),
        lists={EVERYBODY: ListId(the_list_of(association).pk)},
        time=time,
        account=MemoryAccount(now=time.of_provider),
        association=association,
    )
