"""Bugs in the decisions: who is wanted where, what is done about it, what waits."""

from __future__ import annotations

from typing import Final

from tests.prove.bugs.bug import Bug

_SITUATION: Final = "core/situation.py"
_GUARD: Final = "core/guards/guard.py"
_ELIGIBILITY: Final = "core/eligibility.py"

BUGS: Final = (
    Bug(
        wrong="Who left a list over there is put back on it.",
        file=_SITUATION,
        text="return self.wanted - self.there - self.ours",
        instead="return self.wanted - self.there",
        level="L0",
    ),
    Bug(
        wrong="Who is on lists of strangers is ended for want of a list of ours.",
        file=_SITUATION,
        text="            and not self.views.observed.elsewhere\n",
        instead="",
        level="L0",
    ),
    Bug(
        wrong="Strangers are taken off a list, whatever its policy says.",
        file=_SITUATION,
        text="removes = policy.strangers is Strangers.REMOVE and not self.desired.stop",
        instead="removes = not self.desired.stop",
        level="L0",
    ),
    Bug(
        wrong="A crash before somebody has left hides that they were to leave.",
        file=_SITUATION,
        text="return self.staying | (self.ours & self.there) | self.vanished",
        instead="return self.staying | self.vanished",
        level="L0",
    ),
    Bug(
        wrong="Half done, a mixed parting looks like the last list and ends somebody.",
        file=_SITUATION,
        text="return self._ending if mixed else self.leaving",
        instead="return self.leaving",
        level="L0",
    ),
    Bug(
        wrong="The policy about deleted contacts is not looked at.",
        file=_SITUATION,
        text="return policy.deleted",
        instead="return Parting.REMOVE",
        level="L0",
    ),
    Bug(
        wrong="A contact that is deleted over there is given the new address.",
        file=_SITUATION,
        text="            and is_active(move.observed)\n",
        instead="",
        level="L0",
    ),
    Bug(
        wrong="An add names lists besides that the person has left.",
        file="core/making.py",
        text="audiences=s.missing,",
        instead="audiences=s.wanted,",
        level="L0",
    ),
    Bug(
        wrong="Who must not be contacted is ended though nothing of theirs is ours.",
        file="core/decide.py",
        text="lambda s: s.do_not_contact and s.active and s.concerns_us,",
        instead="lambda s: s.do_not_contact and s.active,",
        level="L0",
    ),
    Bug(
        wrong="The guard counts one run only: many small runs empty a list.",
        file=_GUARD,
        text="if figures.removed + len(rest) > limit:",
        instead="if len(rest) > limit:",
        level="L0",
    ),
    Bug(
        wrong="An approval grows: one approved deed lets all of that mailbox pass.",
        file=_GUARD,
        text="    return item in approved or (",
        instead="    return item.mailbox in {one.mailbox for one in approved} or (",
        level="L0",
    ),
    Bug(
        wrong="A list is emptied to the last member without anybody being asked.",
        file=_GUARD,
        text="figures.members + balance <= 0:",
        instead="figures.members + balance < 0:",
        level="L2",
    ),
    Bug(
        wrong="What a person refused by their own act waits for staff.",
        file=_GUARD,
        text="    if _is_refusal(change):\n        return\n",
        instead="",
        level="L0",
    ),
    Bug(
        wrong="What somebody discarded is asked about again, run after run.",
        file=_GUARD,
        text="wanted = [kept for one in changes"
        " if (kept := _kept(one, discarded)) is not None]",
        instead="wanted = list(changes)",
        level="L0",
    ),
    Bug(
        wrong="Who refused stays on a list because somebody once discarded that.",
        file=_GUARD,
        text="return change if _is_refusal(change) else _without(change, discarded)",
        instead="return _without(change, discarded)",
        level="L0",
    ),
    Bug(
        wrong="However many are ended in a day, nobody is asked.",
        file=_GUARD,
        text="if figures.ended + len(endings) > limits.endings(whole):",
        instead="if False:",
        level="L0",
    ),
    Bug(
        wrong="Who was ended by us is taken for deleted over there.",
        file=_SITUATION,
        text="        and not synced.disabled\n",
        instead="",
        level="L0",
    ),
    Bug(
        wrong="A new name is never told.",
        file=_SITUATION,
        text="return self.agreed != self.desired.person",
        instead="return False",
        level="L0",
    ),
    Bug(
        wrong="Who leaves one list is taken off those of strangers too.",
        file="core/making.py",
        text="        audiences=s.leaving_first,\n",
        instead="        audiences=s.there,\n",
        level="L0",
    ),
    Bug(
        wrong="Who unsubscribed is put on lists again.",
        file="core/decide.py",
        text="        lambda s: s.unsubscribed,\n",
        instead="        lambda s: s.unsubscribed and s.active,\n",
        level="L0",
    ),
    Bug(
        wrong="The old address is ended while the new one takes its contact over.",
        file="core/decide.py",
        text="lambda s: s.views.moved_to is not None,",
        instead="lambda s: False,",
        level="L0",
    ),
    Bug(
        wrong="However many join a list in a day, nobody is asked.",
        file=_GUARD,
        text="over = figures.filled and figures.added + count > limit",
        instead="over = False",
        level="L2",
    ),
    Bug(
        wrong="Only the first holder's *do not contact* counts.",
        file=_ELIGIBILITY,
        text="if any(holder.do_not_contact for holder in holders):",
        instead="if next(iter(holders)).do_not_contact:",
        level="L1",
    ),
    Bug(
        wrong="That the mailbox itself refused is not asked, only who has it.",
        file=_ELIGIBILITY,
        text="    if refused or any(holder.suppressed for holder in holders):",
        instead="    if any(holder.suppressed for holder in holders):",
        level="L1",
    ),
    Bug(
        wrong="The directory puts people back on lists that they left.",
        file=_ELIGIBILITY,
        text="    if standing.left:\n        return Reason.LEFT_LIST\n",
        instead="",
        level="L1",
    ),
    Bug(
        wrong="No mass emails in one list is taken for a word about that holder only.",
        file=_ELIGIBILITY,
        text="    if _muted(ranked, list_id):\n        return []\n",
        instead="",
        level="L1",
    ),
    Bug(
        wrong="An orphaned mailbox forgets that its contact must not be contacted.",
        file=_ELIGIBILITY,
        text="    if do_not_contact:\n        stop = Stop.DO_NOT_CONTACT\n"
        "    elif refused:",
        instead="    if refused:",
        level="L2",
    ),
)
