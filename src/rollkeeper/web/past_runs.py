"""The runs of a connection, found by kind, result and day, a portion at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from attrs import frozen
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rollkeeper.ledger import selectors as ledger
from rollkeeper.ledger.models import Run, RunKind, RunState
from rollkeeper.ledger.states import KEEP_NO_LIST_TRUE
from rollkeeper.web.runs import RunRow, row_of, what_of

SHOWN: Final = 25


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


def _day() -> forms.DateInput:
    return forms.DateInput(
        format="%Y-%m-%d", attrs={"class": "form-control", "type": "date"}
    )


class RunForm(forms.Form):
    """Which runs to show."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, widget=_select())
    result = forms.ChoiceField(
        label=_("Result"),
        required=False,
        choices=[("", _("Any")), *RunState.choices],
        widget=_select(),
    )
    since = forms.DateField(label=_("From"), required=False, widget=_day())
    until = forms.DateField(label=_("To"), required=False, widget=_day())

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as it is called
        self.fields["kind"].choices = [  # type: ignore[attr-defined]  # of choices
            ("", _("All that kept lists true")),
            *((kind.value, what_of(kind)) for kind in RunKind),
        ]

    def found(self, connection_id: int) -> QuerySet[Run]:
        """Return the runs that are asked for, the newest first; days are local ones."""
        said = self.cleaned_data
        rows = ledger.runs(connection_id)
        if said["kind"]:
            rows = rows.filter(kind=said["kind"])
        else:
            rows = rows.exclude(kind__in=KEEP_NO_LIST_TRUE)
        if said["result"]:
            rows = rows.filter(state=said["result"])
        if said["since"]:
            rows = rows.filter(started_at__gte=_midnight(said["since"]))
        if said["until"]:
            rows = rows.filter(started_at__lt=_midnight(said["until"], days=1))
        return rows


def _midnight(day: date, *, days: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time()))


@frozen(kw_only=True)
class Portion:
    """Runs, the newest first, and before which number older ones are."""

    rows: Sequence[RunRow]
    older: int | None


def portion(found: QuerySet[Run], *, before: int | None) -> Portion:
    """Return the newest of these runs, or those older than *before*."""
    if before is not None:
        found = found.filter(pk__lt=before)
    runs = list(found[: SHOWN + 1])
    return Portion(
        rows=[row_of(run) for run in runs[:SHOWN]],
        older=runs[SHOWN - 1].pk if len(runs) > SHOWN else None,
    )
