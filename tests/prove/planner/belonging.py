"""Who belongs where, by who has a mailbox and what they refused: worked out anew."""

from __future__ import annotations

from attrs import frozen
from tests.prove.planner.world import AUDIENCES, LIST_OF, Contact, World

from rollkeeper.core.values import AudienceId, Mailbox

NONE: frozenset[AudienceId] = frozenset()


@frozen(kw_only=True)
class Belonging:
    """Where a mailbox belongs, by its holders and by what they refused."""

    audiences: frozenset[AudienceId]
    speaker: Contact | None
    must_not: bool
    """Is it, or was whoever had it last, not to be contacted at all?"""
    refused: bool


def belonging(
    world: World, mailbox: Mailbox, left: frozenset[AudienceId] = NONE
) -> Belonging:
    """Return where it belongs, if it also left *left* just now."""
    held = world.holders(mailbox)
    if not held:
        return _nobody_has(world, mailbox)
    names = {contact.id for contact in held}
    must_not = bool(names & world.do_not_contact)
    refused = mailbox in world.refused_mailboxes or bool(names & world.refused_contacts)
    carriers: list[Contact] = []
    audiences = set()
    for audience in () if must_not or refused else AUDIENCES:
        if audience not in left and (here := _carriers(world, held, audience)):
            audiences.add(audience)
            carriers += here
    return Belonging(
        audiences=frozenset(audiences),
        speaker=_speaker(carriers),
        must_not=must_not,
        refused=refused,
    )


def _nobody_has(world: World, mailbox: Mailbox) -> Belonging:
    agreed = world.synced.get(mailbox)
    carrier = agreed.carried_by if agreed else None
    return Belonging(
        audiences=NONE,
        speaker=None,
        must_not=carrier in world.do_not_contact,
        refused=mailbox in world.refused_mailboxes or carrier in world.refused_contacts,
    )


def _carriers(world: World, held: list[Contact], audience: AudienceId) -> list[Contact]:
    list_id = LIST_OF[audience]
    if list_id not in world.audiences:
        return []
    on = [contact for contact in held if list_id in contact.standings]
    if any(contact.standings[list_id][1] for contact in on):
        return []
    return [
        contact
        for contact in on
        if not contact.standings[list_id][0] and (contact.id, list_id) not in world.left
    ]


def _speaker(carriers: list[Contact]) -> Contact | None:
    return min(
        carriers,
        key=lambda one: (not one.speaks_for_member, -one.changed, one.id),
        default=None,
    )
