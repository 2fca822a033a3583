"""What a policy does, in words: the same wherever people read of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import fields, frozen
from django.utils.translation import gettext_noop as _

from rollkeeper.core.policy import Policy, preset_of
from rollkeeper.engine.spoken import Spoken, spoken


@frozen(kw_only=True)
class PresetWords:
    title: str
    sentence: str


PRESETS: Final[Mapping[str, PresetWords]] = Spoken(
    {
        "default": PresetWords(
            title=_("Live, and asks"),
            sentence=_(
                "What changes here changes there within minutes. Somebody is asked "
                "before a list that is deleted here goes there, and before a list is"
                " used that "
                "has people there already."
            ),
        ),
        "live": PresetWords(
            title=_("Live"),
            sentence=_(
                "What changes here changes there within minutes, and a list deleted "
                "here is deleted there."
            ),
        ),
        "nightly": PresetWords(
            title=_("Add, and keep"),
            sentence=_(
                "Every night, who joined here joins there. Only who is disabled in "
                "the list comes off; everybody else is taken off by hand over there."
            ),
        ),
        "replace": PresetWords(
            title=_("Exactly this list"),
            sentence=_(
                "Every night, the list there is made the list here: nobody else "
                "stays, and whom others put there is taken off."
            ),
        ),
    }
)
"""By the names of `core.policy.PRESETS`."""

MIXTURE: Final = PresetWords(
    title=_("Made to measure"), sentence=_("Its fields were chosen one by one.")
)


@frozen(kw_only=True)
class FieldWords:
    case: str
    values: Mapping[str, str]
    """What is done in that case, by value."""


FIELDS: Final[Mapping[str, FieldWords]] = Spoken(
    {
        "leaving": FieldWords(
            case=_("Somebody leaves the list here"),
            values=Spoken(
                {
                    "remove": _("comes off the list there"),
                    "keep": _("stays on the list there"),
                }
            ),
        ),
        "none_left": FieldWords(
            case=_("Somebody comes off the last of our lists there"),
            values=Spoken(
                {"disable": _("is disabled there"), "keep": _("stays a contact there")}
            ),
        ),
        "deleted": FieldWords(
            case=_("A contact is deleted from the directory"),
            values=Spoken(
                {
                    "disable": _("comes off the list there, and is disabled"),
                    "remove": _("comes off the list there, no more"),
                    "keep": _("stays on the list there"),
                }
            ),
        ),
        "new_address": FieldWords(
            case=_("The primary address of a contact changes"),
            values=Spoken(
                {
                    "update": _("the address changes there"),
                    "add_new": _("the new one joins there, the old one stays"),
                }
            ),
        ),
        "list_deleted": FieldWords(
            case=_("The list is deleted here"),
            values=Spoken(
                {
                    "delete": _("everybody comes off, and the list is deleted there"),
                    "ask": _("somebody is asked first"),
                    "keep": _("the list stays there as it is"),
                }
            ),
        ),
        "strangers": FieldWords(
            case=_("Others are on the list there, put there by somebody else"),
            values=Spoken(
                {"keep": _("they are left alone"), "remove": _("they are taken off")}
            ),
        ),
        "edited_there": FieldWords(
            case=_("Somebody changes a name there"),
            values=Spoken(
                {
                    "keep": _("the change there is kept"),
                    "restore": _("the name from here is put back"),
                }
            ),
        ),
        "when": FieldWords(
            case=_("Something changes here"),
            values=Spoken(
                {
                    "live": _("the list there follows within minutes"),
                    "nightly": _("the list there follows in the night"),
                    "by_hand": _("the list there follows when somebody asks for it"),
                }
            ),
        ),
        "namesake": FieldWords(
            case=_("There is a list of that name there already, with people on it"),
            values=Spoken(
                {
                    "adopt": _("it is used, and who is on it stays"),
                    "new": _("another list is made, with a number"),
                    "ask": _("somebody is asked first"),
                }
            ),
        ),
    }
)
"""By the fields of `Policy`, in their order."""


def preset_words(policy: Policy) -> PresetWords:
    return PRESETS.get(preset_of(policy) or "") or spoken(MIXTURE)


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
