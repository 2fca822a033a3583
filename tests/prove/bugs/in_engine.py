"""Bugs in the engine: what is sent, what is believed, what is remembered of it."""

from __future__ import annotations

from typing import Final

from tests.prove.bugs.bug import Bug

_SETTLING: Final = "engine/settling.py"
_OUTBOUND: Final = "engine/outbound.py"
_INBOUND: Final = "engine/inbound.py"
_CONSENTING: Final = "engine/consenting.py"
_PASSES: Final = "engine/passes.py"

BUGS: Final = (
    Bug(
        wrong="Accepted is taken for done.",
        file=_OUTBOUND,
        text="            _accept(session, operation, answer)\n        else:",
        instead="            settling.confirm(session, operation)\n        else:",
        level="L1",
    ),
    Bug(
        wrong="The watermark of opt-outs is moved before the last page was read.",
        file=_INBOUND,
        text="    pages = session.provider.opted_out(",
        instead="    session.store.connections.note_pull(\n"
        "        session.connection_id, pulled_at=read.begun,\n"
        "        pulled_through=read.begun\n    )\n"
        "    pages = session.provider.opted_out(",
        level="L2",
    ),
    Bug(
        wrong="What a dead process had planned is taken for done.",
        file=_OUTBOUND,
        text="            settling.drop(session, operation)\n        elif",
        instead="            settling.confirm(session, operation)\n        elif",
        level="L1",
    ),
    Bug(
        wrong="What a dead process was sending is done again, unlooked.",
        file=_OUTBOUND,
        text="_lose("
        'session, operation, "The process ended while this was being sent.")',
        instead="settling.drop(session, operation)",
        level="L1",
    ),
    Bug(
        wrong="What a look finds untrue is not computed again.",
        file=_SETTLING,
        text="        _mark(session, [*rest, *(",
        instead="        _mark(session, [*(",
        level="L2",
    ),
    Bug(
        wrong="What did not happen is not computed again.",
        file=_SETTLING,
        text="        _mark(session, session.store.operations.subjects(operation))\n"
        "        session.store.operations.close(operation, OperationState.SUPERSEDED",
        instead="        session.store.operations.close("
        "operation, OperationState.SUPERSEDED",
        level="L2",
    ),
    Bug(
        wrong="A job that failed is taken for done.",
        file=_SETTLING,
        text='        fail(session, operation, "The provider ended the job without'
        ' doing it.")\n',
        instead="        confirm(session, operation)\n",
        level="L1",
    ),
    Bug(
        wrong="A job that did fewer rows than it was sent is taken for done.",
        file=_SETTLING,
        text="adds_up = job.rows in (None, operation.rows)",
        instead="adds_up = True",
        level="L2",
    ),
    Bug(
        wrong="An opt-out is not held against whom the address was sent for.",
        file=_CONSENTING,
        text="                *((carriers[mailbox],)"
        " if mailbox in carriers else ()),\n",
        instead="",
        level="LC",
    ),
    Bug(
        wrong="Who was not among the few just looked at is taken for gone.",
        file=_INBOUND,
        text="_take_down(session, audiences, [page], begun=begun, complete=False)",
        instead="_take_down(session, audiences, [page], begun=begun, complete=True)",
        level="L1",
    ),
    Bug(
        wrong="That somebody left a list over there is not written down.",
        file=_PASSES,
        text="        _note_departures(session, audiences, prepared.allowed)\n",
        instead="",
        level="L1",
    ),
    Bug(
        wrong="What staff approved is asked about again, for ever.",
        file="engine/planning.py",
        text="    approved = store.holds.approved_items(connection_id)\n",
        instead="    approved: Collection[Item] = frozenset()\n",
        level="L1",
    ),
    Bug(
        wrong="What runs removed is not remembered against the limit of the day.",
        file="engine/intents.py",
        text="        removed=_by_audience(deeds, Deed.REMOVE),\n",
        instead="        removed={},\n",
        level="L1",
    ),
    Bug(
        wrong="What the provider refused is asked for in every run again.",
        file="engine/planning.py",
        text="        if refused.get(change.mailbox) != asked:\n",
        instead="        if asked:\n",
        level="L1",
    ),
    Bug(
        wrong="The next calls leave before the jobs of the last ones have ended.",
        file=_OUTBOUND,
        text="        _send(session, audiences, planned)\n"
        "    wait(session, audiences)\n",
        instead="        _send(session, audiences, planned)\n",
        level="L1",
    ),
    Bug(
        wrong="What an earlier run left is never taken up.",
        file="engine/reconcile.py",
        text="    outbound.recover(session, audiences)\n",
        instead="",
        level="L1",
    ),
    Bug(
        wrong="Marks are settled, and nothing of their work is sent.",
        file=_PASSES,
        text="            outbound.send_stage(session, audiences, stage)\n",
        instead="            pass\n",
        level="L1",
    ),
    Bug(
        wrong="What is sent is not asked again who refused meanwhile.",
        file=_OUTBOUND,
        text="makes_mailable=operation.kind in MAKES_MAILABLE",
        instead="makes_mailable=False",
        level="L1",
    ),
    Bug(
        wrong="Before a body leaves nobody looks any more who is in it.",
        file="providers/checks.py",
        text="    if found := screen.suppressed(frozenset(mailboxes)):",
        instead="    if found := screen.suppressed(frozenset()):",
        level="L1",
    ),
    Bug(
        wrong="After a change of address the lists of the new one are forgotten.",
        file=_SETTLING,
        text="        _follow_up(session, operation)\n",
        instead="",
        level="L1",
    ),
    Bug(
        wrong="Who leaves by two steps is not looked at after the first.",
        file=_PASSES,
        text="        session.mark(_with_more_to_come(prepared.allowed))\n",
        instead="",
        level="L2",
    ),
    Bug(
        wrong="A list made anew stays empty when another one was to be looked at.",
        file="engine/audiences.py",
        text="        if one.audience_id == audience:\n",
        instead="        if False:\n",
        level="L1",
    ),
    Bug(
        wrong="Whoever is on too many lists counts as missed by marks.",
        file=_PASSES,
        text="count_missed(session, audiences, _sendable(prepared))",
        instead="count_missed(session, audiences, prepared.allowed)",
        level="L2",
    ),
    Bug(
        wrong="A lost answer is judged while its job may still be running.",
        file=_OUTBOUND,
        text="    elif not any("
        "_may_still_act(job, too_old) for job in jobs.values()):\n",
        instead="    else:\n",
        level="L1",
    ),
    Bug(
        wrong="Nobody is known to be on lists that are not ours.",
        file=_INBOUND,
        text="elsewhere=any(there not in ours for there in seen.lists)",
        instead="elsewhere=False",
        level="L1",
    ),
    Bug(
        wrong="A list with strangers on it is to be deleted.",
        file="engine/closing.py",
        text="        if one.strangers:\n",
        instead="        if False:\n",
        level="L1",
    ),
    Bug(
        wrong="A pull begins where the last one began by our own clock.",
        file=_INBOUND,
        text="        pulled_through=read.begun_there,\n    )\n",
        instead="        pulled_through=read.begun,\n    )\n",
        level="LC",
    ),
    Bug(
        wrong="What staff over there take back lifts the person's refusal.",
        file=_CONSENTING,
        text="        and seen.opted_in_by_person\n",
        instead="",
        level="LC",
    ),
    Bug(
        wrong="Somebody who shares a mailbox lifts what another refused elsewhere.",
        file=_CONSENTING,
        text="{one.contact_id for one in about if one.made_at != mailbox}",
        instead="set[ContactId | None]()",
        level="LC",
    ),
    Bug(
        wrong="Whoever subscribed again is never heard of.",
        file=_CONSENTING,
        text="    if not back or page.served_at is None:\n",
        instead="    if page.contacts is not None:\n",
        level="LC",
    ),
)
