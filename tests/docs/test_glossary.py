from __future__ import annotations

import re
from collections import Counter

from tests.docs.pages import text_of

ENTRIES = re.findall(r"^\*\*(.+?)\.\*\*", text_of("docs/glossary.md"), re.MULTILINE)

WORDS = {
    *("association", "member", "contact", "address", "mailbox", "list", "audience"),
    *("connection", "application", "provider", "run", "plan", "change", "hold"),
    *("suppression", "desired", "observed", "synced"),
    *("gather", "apply", "confirm", "suppress"),
}
"""The words that code, pages and docs use for one thing each."""


def test_every_word_of_ours_is_defined_once() -> None:
    times = Counter(entry.lower() for entry in ENTRIES)
    assert [word for word in sorted(WORDS) if times[word] != 1] == []
    assert max(times.values()) == 1


def test_words_can_be_found_by_the_alphabet() -> None:
    folded = [entry.lower() for entry in ENTRIES]
    assert folded == sorted(folded)
