"""Bugs in SQL: what PostgreSQL remembers is not what the engine was promised."""

from __future__ import annotations

from typing import Final

from tests.prove.bugs.bug import BOTH_STORES, Bug

BUGS: Final = (
    Bug(
        wrong="Who leaves one list is forgotten on all of them.",
        file="ledger/services/effects.py",
        text="       AND membership.contact_id = remote.id\n"
        "       AND membership.audience_id = ANY(picked.audiences)\n",
        instead="       AND membership.contact_id = remote.id\n",
        level=BOTH_STORES,
    ),
    Bug(
        wrong="A person's refusal does not go with them to a new address.",
        file="engine/gather.py",
        text="                      AND refusal.contact_id = contact.id\n"
        "                      AND refusal.list_id IS NULL) AS refused_by_person",
        instead="                      AND false) AS refused_by_person",
        level=BOTH_STORES,
    ),
    Bug(
        wrong="Who has the mailbox of one who refused is taken for refusing as well.",
        file="consent/services.py",
        text="                      OR fact.contact_id IS NOT NULL END\n",
        instead="                      OR false END\n",
        level=BOTH_STORES,
    ),
    Bug(
        wrong="Joining a list does not make the membership ours.",
        file="ledger/services/effects.py",
        text="       SET there = true, ours = true, since = excluded.since",
        instead="       SET there = true, since = excluded.since",
        level=BOTH_STORES,
    ),
    Bug(
        wrong="Who opted out is still remembered as being on lists.",
        file="ledger/services/sightings.py",
        text="               AND remote.mailbox = ANY(%(mailboxes)s)\n"
        "               AND membership.contact_id = remote.id\n",
        instead="               AND false AND remote.mailbox = ANY(%(mailboxes)s)\n"
        "               AND membership.contact_id = remote.id\n",
        level=BOTH_STORES,
    ),
)
