"""Rows for tests: plain functions, sane defaults, everything can be said otherwise."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.utils import timezone
from django_scopes import scope

from rollkeeper.connections.models import Application, Connection, ConnectionState
from rollkeeper.core.values import Email, InvalidAddress
from rollkeeper.directory.models import (
    Association,
    Contact,
    ContactList,
    EmailAddress,
    ListKind,
    ListMembership,
    Member,
    MembershipType,
)
from rollkeeper.ledger.models import Run, RunKind, RunState

_numbers = count(1)


def an_association(**fields: Any) -> Association:
    number = next(_numbers)
    fields = {"name": f"Chamber {number}", "slug": f"chamber-{number}", **fields}
    return Association.objects.create(**fields)


def a_member(association: Association, **fields: Any) -> Member:
    number = next(_numbers)
    fields = {"external_id": f"m{number}", "name": f"Member {number}", **fields}
    with scope(association=association):
        member: Member = Member.objects.create(association=association, **fields)
    return member


def a_type(association: Association, **fields: Any) -> MembershipType:
    """Make a membership type; its list comes with it."""
    fields = {"name": f"Type {next(_numbers)}", **fields}
    with scope(association=association):
        made: MembershipType = MembershipType.objects.create(
            association=association, **fields
        )
    return made


def the_list_of(of: Association | MembershipType) -> ContactList:
    """Return the automatic list of all representatives, or of a type."""
    association = of if isinstance(of, Association) else of.association
    with scope(association=association):
        its: ContactList = (
            ContactList.objects.get(kind=ListKind.REPRESENTATIVES)
            if isinstance(of, Association)
            else ContactList.objects.get(membership_type=of)
        )
    return its


def a_contact(
    association: Association, *, address: str | None = "", **fields: Any
) -> Contact:
    """Make a contact with one primary address: *address*, or one of its own.

    With None it has no address. An invalid one is kept as such.
    """
    number = next(_numbers)
    fields = {
        "external_id": f"c{number}",
        "first_name": "Ann",
        "last_name": f"Nr{number}",
        **fields,
    }
    with scope(association=association):
        contact: Contact = Contact.objects.create(association=association, **fields)
        if address is not None:
            an_address(contact, address or f"ann{number}@members.example", primary=True)
    return contact


def an_address(contact: Contact, typed: str, *, primary: bool = False) -> EmailAddress:
    try:
        mailbox = Email.parse(typed).mailbox
    except InvalidAddress:
        mailbox = None
    with scope(association=contact.association):
        address: EmailAddress = EmailAddress.objects.create(
            association=contact.association,
            contact=contact,
            typed=typed,
            mailbox=mailbox,
            primary=primary,
        )
    return address


def a_list(
    association: Association, *contacts: Contact, sync: bool = True, **fields: Any
) -> ContactList:
    """Make a list that is synchronized, with *contacts* on it."""
    number = next(_numbers)
    fields = {"external_id": f"l{number}", "name": f"List {number}", **fields}
    with scope(association=association):
        made: ContactList = ContactList.objects.create(
            association=association, sync=sync, **fields
        )
    for contact in contacts:
        on_list(contact, made)
    return made


def on_list(contact: Contact, its_list: ContactList, **fields: Any) -> ListMembership:
    with scope(association=contact.association):
        membership: ListMembership = ListMembership.objects.create(
            association=contact.association, contact=contact, list=its_list, **fields
        )
    return membership


def an_application(**fields: Any) -> Application:
    fields = {
        "provider": "constant_contact",
        "client_id": f"key-{next(_numbers)}",
        **fields,
    }
    return Application.objects.create(**fields)


def a_connection(
    association: Association, *, application: Application | None = None, **fields: Any
) -> Connection:
    """Make a connection that is connected; it has no tokens unless they are given."""
    application = application or an_application()
    fields = {
        "provider": application.provider,
        "state": ConnectionState.CONNECTED,
        "account_id": f"account-{next(_numbers)}",
        "account_name": association.name,
        **fields,
    }
    with scope(association=association):
        connection: Connection = Connection.objects.create(
            association=association, application=application, **fields
        )
    return connection


def a_first_sync(connection: Connection) -> Run:
    """Have a sync of everything be done, so that lists go by themselves from now on."""
    with scope(association=connection.association):
        run: Run = Run.objects.create(
            association=connection.association,
            connection=connection,
            kind=RunKind.EVERYTHING,
            by="staff:ann",
            state=RunState.DONE,
            finished_at=timezone.now(),
        )
    return run
