"""Questions the vendor's documents leave open, each as a switch with its answers.

The first answer of each switch is the careful default, the one FACTS tells a client
to assume. ``worst`` names the answers that hurt a careless client most; the mood of
that name picks among them by seed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random

from attrs import field, frozen
from attrs.validators import min_len


class UnknownSwitch(ValueError):
    """No switch of that name, or the switch has no such answer."""


@frozen(kw_only=True)
class Switch:
    """One open question: its number, what it asks, and the answers it can take."""

    question: int
    name: str
    asks: str
    answers: tuple[str, ...] = field(validator=min_len(2))
    worst: tuple[str, ...]


class Switches:
    """The answers in force. Reading is by name: ``switches["blanks"]``."""

    def __init__(self, known: Iterable[Switch]) -> None:
        self._known = {switch.name: switch for switch in known}
        self._answers: dict[str, str] = {}
        self.be_careful()

    def be_careful(self) -> None:
        """Give every switch its careful answer."""
        self._answers = {name: s.answers[0] for name, s in self._known.items()}

    def __getitem__(self, name: str) -> str:
        return self._answers[name]

    def on(self, name: str) -> bool:
        """Return whether a yes-or-no switch says yes."""
        return self._answers[name] == "yes"

    def answer(self, answers: Mapping[str, str]) -> None:
        """Set several answers. Raises UnknownSwitch and then sets none of them."""
        for name, value in answers.items():
            if name not in self._known:
                names = ", ".join(sorted(self._known))
                raise UnknownSwitch(f"no switch is called {name}; there are: {names}")
            if value not in self._known[name].answers:
                allowed = ", ".join(self._known[name].answers)
                raise UnknownSwitch(f"{name} can be {allowed}; it cannot be {value}")
        self._answers.update(answers)

    def be_worst(self, chance: Random) -> None:
        """Give every switch one of its worst answers."""
        for name, switch in self._known.items():
            self._answers[name] = chance.choice(switch.worst)

    def document(self) -> list[dict[str, object]]:
        return [
            {
                "question": switch.question,
                "name": name,
                "asks": switch.asks,
                "answer": self._answers[name],
                "answers": list(switch.answers),
            }
            for name, switch in self._known.items()
        ]
