"""The addresses of a contact, as they stand in two cells of its row."""

from __future__ import annotations

from attrs import define, field

from rollkeeper.core.values import Email, InvalidAddress, Mailbox


@define
class Addresses:
    """Addresses and their mailboxes side by side; the first pair is the primary one.

    An address that no mail can be sent to is kept without a mailbox.
    """

    typed: list[str | None] = field(factory=list)
    mailboxes: list[Mailbox | None] = field(factory=list)
    invalid: list[tuple[int, str, str]] = field(factory=list)
    """In which of the two cells, which address, and what is wrong with it."""

    @classmethod
    def parse(cls, primary: str, others: str) -> Addresses:
        """Take both cells apart; none is taken twice, for one mailbox or as typed."""
        addresses = cls()
        addresses._add(0, primary or None)
        for other in others.split(";") if others else ():
            if other.strip() not in ("", *addresses.typed):
                addresses._add(1, other.strip())
        return addresses

    def _add(self, cell: int, typed: str | None) -> None:
        mailbox = self._mailbox(cell, typed) if typed else None
        if mailbox is None or mailbox not in self.mailboxes:
            self.typed.append(typed)
            self.mailboxes.append(mailbox)

    def _mailbox(self, cell: int, typed: str) -> Mailbox | None:
        try:
            return Email.parse(typed).mailbox
        except InvalidAddress as error:
            self.invalid.append((cell, typed, str(error)))
            return None
