"""Which association, connection or list a command is about."""

from __future__ import annotations

import getpass

from rollkeeper.cli.output import HELD, WRONG_USE, Stopped
from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.core.values import ListId
from rollkeeper.directory.models import Association, ContactList
from rollkeeper.directory.services import create_association
from rollkeeper.engine.switches import shown

FIRST_SLUG = "main"


def actor() -> str:
    """Who gives the command, for the audit record."""
    return f"command line:{getpass.getuser()}"


def association_named(slug: str | None) -> Association:
    """Return the association, or the only one; the first command ever makes one."""
    if slug is not None:
        found = Association.objects.filter(slug=slug).first()
        if found is None:
            raise Stopped(
                f"There is no association '{slug}'. There {_those_known()}.",
                status=WRONG_USE,
            )
        return found
    known = list(Association.objects.order_by("id")[:2])
    if len(known) > 1:
        raise Stopped(
            "There are several associations: say which with --association SLUG."
            f" There {_those_known()}.",
            status=WRONG_USE,
        )
    if known:
        return known[0]
    return create_association(name="My association", slug=FIRST_SLUG, by=actor())


def _those_known() -> str:
    slugs = list(Association.objects.order_by("slug").values_list("slug", flat=True))
    if not slugs:
        return "is none yet"
    return ("is " if len(slugs) == 1 else "are ") + ", ".join(slugs[:20])


def connection_of(association: Association) -> Connection:
    """Return the association's usable connection. Its scope must be open."""
    connection = Connection.objects.order_by("id").first()
    if connection is None:
        raise Stopped(
            "No provider is connected. Run 'rollkeeper connect constant_contact"
            f" --association {association.slug}'.",
            status=HELD,
        )
    if connection.state != ConnectionState.CONNECTED:
        raise Stopped(
            f"{connection.get_state_display()}: {connection.state_reason}"
            f" Run 'rollkeeper connect {connection.provider}"
            f" --association {association.slug}'.",
            status=HELD,
        )
    return connection


def list_named(text: str | None) -> ListId | None:
    """Return the synchronized list with this name or id, None for all lists.

    The association must be in scope.
    """
    if text is None:
        return None
    found = list_called(text)
    if not shown().filter(pk=found.pk, sync=True).exists():
        raise Stopped(
            f"The list '{found.name}' is not synchronized. Switch it on first.",
            status=WRONG_USE,
        )
    return ListId(found.pk)


def list_called(text: str) -> ContactList:
    """Return the list with this id or name. The association must be in scope."""
    wanted = text.strip()
    found = list(ContactList.objects.filter(external_id=wanted)) or list(
        ContactList.objects.filter(name__iexact=wanted)
    )
    if len(found) != 1:
        names = ", ".join(shown().order_by("name").values_list("name", flat=True)[:30])
        problem = "Several lists are" if found else "No list is"
        raise Stopped(
            f"{problem} called '{wanted}'. Lists: {names or 'none'}. Give its id.",
            status=WRONG_USE,
        )
    return found[0]
