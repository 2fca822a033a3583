"""Messages to staff as pages show them, and where their links lead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import frozen
from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rollkeeper.directory.models import Contact, ContactList
from rollkeeper.engine.noticing.wording import gist
from rollkeeper.engine.stored import told
from rollkeeper.ledger.models import Hold, Run
from rollkeeper.notices.events import Event, MessageState
from rollkeeper.notices.history import Wanted, event_in_words, recipients
from rollkeeper.notices.models import Message

MOODS: Final = {
    MessageState.WAITING: "going",
    MessageState.SENT: "true",
    MessageState.FAILED: "need",
    MessageState.GIVEN_UP: "stop",
    MessageState.NOBODY: "off",
}


@frozen(kw_only=True)
class MessageRow:
    """A message in a table, and at the head of its page."""

    id: int
    title: str
    """The subject, without the association that every page names already."""
    about: str
    """Its first paragraph."""
    event: str
    to: str
    address: str
    made_at: datetime
    sent_at: datetime | None
    seen_at: datetime | None
    mood: str
    state: str
    words: str
    attempts: int


def row_of(message: Message, association: str) -> MessageRow:
    # Beside what was sent there is a word only where it went into a file.
    in_a_file = message.state == MessageState.SENT and message.words != ""
    return MessageRow(
        id=message.pk,
        title=message.subject.removeprefix(f"{association}: "),
        about=gist(message.body),
        event=event_in_words(message),
        to=message.name or gettext("Nobody"),
        address=message.address,
        made_at=message.made_at,
        sent_at=message.sent_at,
        seen_at=message.seen_at,
        mood="off" if in_a_file else MOODS[MessageState(message.state)],
        state=gettext("Kept as a file") if in_a_file else message.get_state_display(),
        words=told(message.words),
        attempts=message.attempts,
    )


def page_of(message: Message) -> str:
    """Return where the link of a message leads: to what it is about, if it is there
    still; else to the message."""
    itself = reverse("communication", args=[message.pk])
    if message.incident is None:
        return itself
    facts = message.incident.facts
    match Event(message.event):
        case Event.PLAN_HELD if "hold" in facts:
            there = Hold.objects.filter(pk=facts["hold"]).exists()
            return reverse("hold", args=[facts["hold"]]) if there else itself
        case Event.UNSUBSCRIBED | Event.NIGHT_REPORT:
            there = Run.objects.filter(pk=facts["run"]).exists()
            return reverse("run", args=[facts["run"]]) if there else itself
        case Event.PLAN_HELD | Event.LIST_RENAMED:
            there = ContactList.objects.filter(pk=facts["list"]).exists()
            return reverse("list", args=[facts["list"]]) if there else itself
        case _:
            return reverse("constant_contact")


ANY: Final = ("", _("Any"))
SELECT: Final = forms.Select(attrs={"class": "form-select"})
DAY: Final = forms.DateInput(attrs={"class": "form-control", "type": "date"})


class HistoryForm(forms.Form):
    """What to look for in the communication history."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(
            attrs={
                "class": "form-control",
                "type": "search",
                "placeholder": _("Words, or who it went to"),
                "autocomplete": "off",
            }
        ),
    )
    event = forms.ChoiceField(
        label=_("About"), required=False, choices=[ANY, *Event.choices], widget=SELECT
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[ANY, *MessageState.choices],
        widget=SELECT,
    )
    to = forms.ChoiceField(label=_("Who was told"), required=False, widget=SELECT)
    since = forms.DateField(label=_("From"), required=False, widget=DAY)
    until = forms.DateField(label=_("To"), required=False, widget=DAY)
    contact = forms.IntegerField(required=False, widget=forms.HiddenInput)
    connection = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, association_id: int) -> None:
        super().__init__(data)
        people: Sequence[tuple[str, str]] = [
            ("", gettext("Anybody")),
            *recipients(association_id),
        ]
        self.fields["to"].choices = people  # type: ignore[attr-defined]  # see `to`

    def wanted(self) -> Wanted:
        """Return what is wanted; what makes no sense does not matter."""
        self.is_valid()
        said = self.cleaned_data
        return Wanted(
            words=said.get("q", ""),
            event=Event(said["event"]) if said.get("event") else None,
            state=MessageState(said["state"]) if said.get("state") else None,
            recipient=said.get("to", ""),
            contact_id=said.get("contact"),
            connection_id=said.get("connection"),
            since=_midnight(said.get("since")),
            until=_midnight(said.get("until"), days=1),
        )

    def contact_name(self) -> str:
        """Return whose messages are shown, where it is one contact's."""
        self.is_valid()
        wanted = self.cleaned_data.get("contact")
        found = Contact.objects.filter(pk=wanted).first() if wanted else None
        return str(found) if found else ""


def _midnight(day: object, *, days: int = 0) -> datetime | None:
    """Return when a day begins by the clocks of the association."""
    if day is None:
        return None
    begins = datetime.fromisoformat(str(day)) + timedelta(days=days)
    return timezone.make_aware(begins)
