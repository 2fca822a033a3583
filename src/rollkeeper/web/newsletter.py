"""Settings, Newsletter: the form, its words, and what follows from saving it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from attrs import asdict
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from rollkeeper.core.values import one_line
from rollkeeper.engine.spoken import Spoken
from rollkeeper.ledger.models.newsletter import Solution
from rollkeeper.ledger.services.newsletter import Newsletter
from rollkeeper.providers import registry
from rollkeeper.web.words import count

SETS: Final[Mapping[str, tuple[str, str]]] = Spoken(
    {
        "representatives": (
            gettext_noop("All active representatives"),
            gettext_noop(
                "One list of every active contact of members that are active or"
                " courtesy."
            ),
        ),
        "membership_types": (
            gettext_noop("Membership types"),
            gettext_noop(
                "One list for each membership type, made and renamed with the type."
            ),
        ),
        "lists": (
            gettext_noop("Lists, committees and groups"),
            gettext_noop(
                "Those that are switched on, on the Sync tab or on their own pages."
                " Without "
                "this their switches mean nothing."
            ),
        ),
    }
)
"""What each of the three sets is called and does, by its setting."""

NOT_TO_BE_HAD: Final = gettext_noop("Rollkeeper cannot send to it yet.")


def can_be_chosen(solution: str) -> bool:
    return solution == Solution.NONE or solution in registry.known()


class NewsletterForm(forms.Form):
    """The settings of `Newsletter`, field by field."""

    solution = forms.ChoiceField(choices=Solution.choices)
    representatives = forms.BooleanField(required=False)
    membership_types = forms.BooleanField(required=False)
    lists = forms.BooleanField(required=False)
    switch_on_new_lists = forms.BooleanField(required=False)
    representatives_name = forms.CharField(
        max_length=200,
        label=_("Name of the list of all representatives"),
        error_messages={"required": _("Give the list a name.")},
    )
    nightly = forms.BooleanField(required=False)
    window_from = forms.TimeField(
        label=_("Begins after"), widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    window_to = forms.TimeField(
        label=_("And before"), widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=60,
        widget=forms.TextInput({"list": "zones", "autocomplete": "off"}),
    )

    def __init__(
        self, data: QueryDict | None, *, now: Newsletter, name_is_fixed: bool
    ) -> None:
        super().__init__(data, initial=asdict(now))
        self.fields["representatives_name"].disabled = name_is_fixed
        for name in ("representatives_name", "window_from", "window_to", "time_zone"):
            self.fields[name].widget.attrs["class"] = "form-control"

    def clean_solution(self) -> Solution:
        chosen = Solution(self.cleaned_data["solution"])
        if not can_be_chosen(chosen):
            raise forms.ValidationError(
                gettext("%(label)s cannot be chosen: %(not_to_be_had)s")
                % {"label": chosen.label, "not_to_be_had": gettext(NOT_TO_BE_HAD)}
            )
        return chosen

    def clean_representatives_name(self) -> str:
        name = one_line(self.cleaned_data["representatives_name"])
        if not name:
            raise forms.ValidationError(gettext("Give the list a name."))
        return name

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"].strip()
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise forms.ValidationError(
                gettext(
                    "There is no time zone “%(name)s”. Choose one, such as"
                    " America/Chicago."
                )
                % {"name": name}
            ) from error
        return name

    def clean(self) -> None:
        begins, ends = (
            self.cleaned_data.get(name) for name in ("window_from", "window_to")
        )
        if begins is not None and begins == ends:
            self.add_error(
                "window_to", gettext("It must end at another time than it begins.")
            )

    def changes(self) -> Mapping[str, Any]:
        """Return what to set; the form must be valid."""
        return self.cleaned_data


def zones() -> list[str]:
    """Return the time zones to choose from, by name."""
    return sorted(name for name in available_timezones() if "/" in name)


def consequences(*, before: Collection[int], after: Collection[int], night: str) -> str:
    """Say what happens next, from the ids of the lists kept before and after."""
    begun, ended = len(set(after) - set(before)), len(set(before) - set(after))
    said = [gettext("Saved.")]
    if begun:
        said.append(
            gettext("%(begun)s compared next, and then kept true.")
            % {"begun": count(begun, "list")}
        )
    if ended:
        said.append(
            gettext(
                "%(ended)s no longer kept true: what is at Constant Contact stays"
                " there as it is."
            )
            % {"ended": count(ended, "list")}
        )
    if not begun and not ended:
        kept = count(len(set(after)), "list")
        said.append(gettext("%(kept)s kept true, as before.") % {"kept": kept})
    return " ".join((*said, night))
