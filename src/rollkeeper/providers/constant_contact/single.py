"""Changes of one contact that no bulk call can make."""

from __future__ import annotations

from typing import assert_never

from attrs import frozen

from rollkeeper.core.calls import Create, Rewrite, SingleCall, purpose_of
from rollkeeper.providers.checks import none_suppressed
from rollkeeper.providers.constant_contact import reading, rewriting, wire
from rollkeeper.providers.constant_contact.errors import NotThere
from rollkeeper.providers.errors import AnswerLost, ChangeRefused
from rollkeeper.providers.http import Reply, Request, Transport
from rollkeeper.providers.port import Done, Purpose, Screen


@frozen(kw_only=True)
class OneByOne:
    """Makes single changes; each answer shows the contact as it is then."""

    transport: Transport
    screen: Screen

    def make(self, call: SingleCall) -> Done:
        """Make the change, or raise `ChangeRefused` when it cannot be made."""
        match call:
            case Create():
                return self._create(call)
            case Rewrite():
                return self._rewrite(call)
            case _:
                assert_never(call)

    def _create(self, call: Create) -> Done:
        none_suppressed((call.row.mailbox,), self.screen)
        document = wire.create_document(call)
        reply = self.transport.send(
            Request(
                method="POST",
                target="/contacts",
                purpose=Purpose.ADD,
                body=wire.encoded(document),
            )
        )
        return _done(reply, document)

    def _rewrite(self, call: Rewrite) -> Done:
        where = f"/contacts/{call.target.provider_id}"
        current = self._current(where, purpose_of(call))
        if rewriting.is_so_already(current, call):
            return Done(seen=wire.seen(current))
        if call.lists or wire.seen(current).mailbox != call.target.mailbox:
            none_suppressed((call.target.mailbox,), self.screen)
        document = rewriting.rewritten(current, call)
        reply = self.transport.send(
            Request(
                method="PUT",
                target=where,
                purpose=purpose_of(call),
                body=wire.encoded(document),
                known=current,
            )
        )
        return _done(reply, {**current, **document})

    def _current(self, where: str, purpose: Purpose) -> wire.Document:
        with_lists = reading.target(where, {"include": "list_memberships"})
        try:
            return reading.fetch(self.transport, with_lists, purpose)
        except NotThere as error:
            raise ChangeRefused(
                "Constant Contact has no contact of this id."
            ) from error


def _done(reply: Reply, expected: wire.Document) -> Done:
    if not isinstance(reply.document, dict):
        raise AnswerLost("Constant Contact took the change and showed no contact.")
    # answers to writes need not show memberships, and no read would be surer so soon
    lists = {"list_memberships": expected.get("list_memberships")}
    return Done(seen=wire.seen({**lists, **reply.document}))
