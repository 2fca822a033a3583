"""What a policy does, in words: the same wherever people read of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import fields, frozen

from rollkeeper.core.policy import Policy, preset_of


@frozen(kw_only=True)
class PresetWords:
    title: str
    sentence: str


PRESETS: Final[Mapping[str, PresetWords]] = {
    "default": PresetWords(
        title="Live, and asks",
        sentence="What changes here changes there within minutes. Somebody is asked "
        "before a list that is deleted here goes there, and before a list is used that "
        "has people there already.",
    ),
    "live": PresetWords(
        title="Live",
        sentence="What changes here changes there within minutes, and a list deleted "
        "here is deleted there.",
    ),
    "nightly": PresetWords(
        title="Add, and keep",
        sentence="Every night, who joined here joins there. Only who is disabled in "
        "the list comes off; everybody else is taken off by hand over there.",
    ),
    "replace": PresetWords(
        title="Exactly this list",
        sentence="Every night, the list there is made the list here: nobody else "
        "stays, and whom others put there is taken off.",
    ),
}
"""By the names of `core.policy.PRESETS`."""

MIXTURE: Final = PresetWords(
    title="Made to measure", sentence="Its fields were chosen one by one."
)


@frozen(kw_only=True)
class FieldWords:
    case: str
    values: Mapping[str, str]
    """What is done in that case, by value."""


FIELDS: Final[Mapping[str, FieldWords]] = {
    "leaving": FieldWords(
        case="Somebody leaves the list here",
        values={
            "remove": "comes off the list there",
            "keep": "stays on the list there",
        },
    ),
    "none_left": FieldWords(
        case="Somebody comes off the last of our lists there",
        values={"disable": "is disabled there", "keep": "stays a contact there"},
    ),
    "deleted": FieldWords(
        case="A contact is deleted from the directory",
        values={
            "disable": "comes off the list there, and is disabled",
            "remove": "comes off the list there, no more",
            "keep": "stays on the list there",
        },
    ),
    "new_address": FieldWords(
        case="The primary address of a contact changes",
        values={
            "update": "the address changes there",
            "add_new": "the new one joins there, the old one stays",
        },
    ),
    "list_deleted": FieldWords(
        case="The list is deleted here",
        values={
            "delete": "everybody comes off, and the list is deleted there",
            "ask": "somebody is asked first",
            "keep": "the list stays there as it is",
        },
    ),
    "strangers": FieldWords(
        case="Others are on the list there, put there by somebody else",
        values={"keep": "they are left alone", "remove": "they are taken off"},
    ),
    "edited_there": FieldWords(
        case="Somebody changes a name there",
        values={
            "keep": "the change there is kept",
            "restore": "the name from here is put back",
        },
    ),
    "when": FieldWords(
        case="Something changes here",
        values={
            "live": "the list there follows within minutes",
            "nightly": "the list there follows in the night",
            "by_hand": "the list there follows when somebody asks for it",
        },
    ),
    "namesake": FieldWords(
        case="There is a list of that name there already, with people on it",
        values={
            "adopt": "it is used, and who is on it stays",
            "new": "another list is made, with a number",
            "ask": "somebody is asked first",
        },
    ),
}
"""By the fields of `Policy`, in their order."""


def preset_words(policy: Policy) -> PresetWords:
    return PRESETS.get(preset_of(policy) or "", MIXTURE)


@frozen(kw_only=True)
class Difference:
    """One case in which two policies do something else."""

    case: str
    before: str
    after: str


def differences(before: Policy, after: Policy) -> Iterator[Difference]:
    for name in (one.name for one in fields(Policy)):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            said = FIELDS[name]
            yield Difference(
                case=said.case, before=said.values[old], after=said.values[new]
            )
