"""One history of consent, held to the laws of L1 and to those of who was heard."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from attrs import define, field, frozen
from tests.memory_store.rows import Audience
from tests.prove.consenting.heard import Heard, Listener
from tests.prove.consenting.people import Consenting
from tests.prove.histories.acts import POOL
from tests.prove.histories.history import History
from tests.prove.histories.judging import Judge
from tests.prove.histories.truth import Truth
from tests.prove.level import Promise, Trace, Violation

from rollkeeper.core.values import Mailbox
from rollkeeper.ledger.states import AudienceState
from rollkeeper.providers.port import Provider


def run(seed: int) -> Trace:
    history = OfConsent(Random(seed))
    history.live()
    history.come_to_rest()
    return history.trace()


@frozen
class TruthAsHeard(Truth):
    """Who is wanted, if only those refused who may have to be left in peace."""

    heard: Heard

    def is_suppressed(self, mailbox: Mailbox) -> bool:
        return self.heard.may_be_left(mailbox)


@define
class OfConsent(History):
    heard: Heard = field(init=False)

    def meet(self) -> Consenting:
        people = Consenting(self.chamber, self.rng)
        self.heard = Heard(self.chamber, people)
        people.hear = self.heard.noted
        return people

    def live(self) -> None:
        """Longer than usual, and with more nights: these are when people are seen who
        came back."""
        self.people.begin()
        self._sync(everything=True)
        for _ in range(self.rng.randint(3, 8)):
            for _ in range(self.rng.randint(1, 4)):
                self.people.act()
            self.people.wait()
            if self.rng.random() < 0.85:
                self._sync(everything=self.rng.random() < 0.4)

    def line(self, provider: Provider) -> Provider:
        usual: Provider = super().line(provider)
        return Listener(usual, self.heard, self.watch)

    def come_to_rest(self) -> None:
        super().come_to_rest()
        judge = Judge(self.chamber, self.people, self.watch, self.refused)
        truth = TruthAsHeard(self.chamber.memory.tables, self.heard)
        for audience in self.chamber.memory.tables.audiences.values():
            if audience.state is AudienceState.ACTIVE:
                for mailbox in POOL:
                    self.watch.violations.extend(
                        self._in_the_end(judge, truth, audience, mailbox)
                    )

    def _in_the_end(
        self, judge: Judge, truth: Truth, audience: Audience, mailbox: Mailbox
    ) -> Iterator[Violation]:
        there = judge.is_there(audience, mailbox)
        ours = (mailbox, audience.list_id) in self.watch.ours
        decided = truth.is_do_not_contact(mailbox)  # then staff may say: leave it
        if there and ours and not decided and self.heard.must_be_left(mailbox):
            what = f"{mailbox} refused, as was heard, and is on {audience.name}"
            yield Violation(promise=Promise.MAILABLE, law="heard", what=what)
        wanted = truth.is_wanted(mailbox, audience.list_id)
        if wanted and not there and not judge.may_lack(mailbox, audience):
            what = f"{mailbox} refuses no more, and is not back on {audience.name}"
            yield Violation(promise=Promise.LOST, law="heard", what=what)
