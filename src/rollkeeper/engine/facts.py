"""What happened to some contacts and their mailboxes, looked up for all at once.

Each look-up is made when the first sentence needs it, and never a second time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property

from attrs import define, frozen
from django.db.models import Q
from django.db.models.functions import Now

from rollkeeper.audit.models import Entry
from rollkeeper.connections.models import Connection
from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.core.guards import Deed
from rollkeeper.core.views import Permission
from rollkeeper.directory.models import Contact
from rollkeeper.engine.refusals import Refused, refusals_of
from rollkeeper.ledger import selectors as ledger
from rollkeeper.ledger.models import (
    OPEN_STATES,
    HeldItem,
    Hold,
    Operation,
    OperationSubject,
    Outcome,
    RemoteContact,
    RemoteMembership,
    Run,
)
from rollkeeper.ledger.states import HoldState

_STANDING = "standing_changed"
_DO_NOT_CONTACT = "do_not_contact_set"


@frozen
class Act:
    """What somebody did, by whom and when."""

    by: str
    at: datetime


@define(slots=False)
class Facts:
    """Look-ups about *contacts* and *mailboxes*. The association must be in scope."""

    connection: Connection
    contacts: Sequence[int]
    mailboxes: Sequence[str]
    lists: Sequence[int]

    @cached_property
    def _refusals(self) -> Sequence[Refused]:
        return refusals_of(self.mailboxes, self.contacts)

    def refusal(
        self,
        kinds: Collection[Kind],
        lists: Collection[int | None],
        mailbox: str,
        holders: Iterable[int],
    ) -> Refused | None:
        """Return what keeps the mailbox, or one of its holders, from mail."""
        those = set(holders)
        found = [
            one for one in self._refusals if one.kind in kinds and one.list_id in lists
        ]
        by_person = (one for one in found if one.contact_id in those)
        return next(by_person, None) or next(
            (one for one in found if one.mailbox == mailbox), None
        )

    @cached_property
    def _names(self) -> Mapping[int, str]:
        whose = {one.contact_id for one in self._refusals if one.contact_id}
        rows = Contact.objects.filter(pk__in=whose)
        return {row.pk: str(row) for row in rows}

    def name(self, contact: int) -> str:
        """Return the name of one whose refusal is told."""
        return self._names.get(contact, "somebody")

    @cached_property
    def _opt_ins(self) -> Mapping[str | int, datetime]:
        about = Q(mailbox__in=self.mailboxes) | Q(contact_id__in=self.contacts)
        rows = Suppression.objects.filter(about, kind=Kind.RESUBSCRIBED)
        found: dict[str | int, datetime] = {}
        for row in rows.order_by("happened_at", "pk"):
            for one in (row.mailbox, row.contact_id):
                if one is not None and row.happened_at is not None:
                    found[one] = row.happened_at
        return found

    def came_back(self, mailbox: str, holders: Iterable[int]) -> datetime | None:
        """Return when the mailbox, or one of its holders, last subscribed again."""
        keys: list[str | int] = [mailbox, *holders]
        return max(
            (self._opt_ins[one] for one in keys if one in self._opt_ins), default=None
        )

    @cached_property
    def _on_hold(self) -> frozenset[str]:
        rows = RemoteContact.objects.filter(
            connection=self.connection,
            mailbox__in=self.mailboxes,
            permission=Permission.ON_HOLD,
        )
        return frozenset(rows.values_list("mailbox", flat=True))

    def is_on_hold(self, mailbox: str) -> bool:
        """Does the provider send it no mail for now?"""
        return mailbox in self._on_hold

    @cached_property
    def _outcomes(self) -> Mapping[str, Outcome]:
        rows = Outcome.objects.filter(
            connection=self.connection, mailbox__in=self.mailboxes
        )
        return {row.mailbox: row for row in rows}

    def outcome(self, mailbox: str) -> Outcome | None:
        return self._outcomes.get(mailbox)

    @cached_property
    def _items(self) -> list[HeldItem]:
        rows = HeldItem.objects.filter(
            hold__connection=self.connection,
            hold__state__in=(HoldState.OPEN, HoldState.DISCARDED),
            mailbox__in=self.mailboxes,
            moot=False,
        )
        return list(rows.select_related("hold").order_by("-hold_id"))

    def hold(
        self,
        state: HoldState,
        mailbox: str,
        audience: int | None,
        deeds: Iterable[Deed],
    ) -> Hold | None:
        """Return the newest hold that has one of these deeds, for this list or all."""
        those = {deed.value for deed in deeds}
        return next(
            (
                item.hold
                for item in self._items
                if item.hold.state == state
                and item.mailbox == mailbox
                and item.audience_id in (None, audience)
                and item.deed in those
            ),
            None,
        )

    @cached_property
    def _addresses(self) -> Sequence[tuple[str, str]]:
        rows = RemoteContact.objects.filter(
            Q(mailbox__in=self.mailboxes) | Q(renamed_from__in=self.mailboxes),
            connection=self.connection,
            renamed_from__isnull=False,
        ).exclude(permission=Permission.DELETED)
        return [(row.renamed_from or "", row.mailbox) for row in rows]

    def addresses(self, mailbox: str) -> tuple[str, str] | None:
        """Return the address here and that over there, where they were parted there."""
        return next((both for both in self._addresses if mailbox in both), None)

    @cached_property
    def _under_way(self) -> Mapping[str, Operation]:
        about = Q(mailbox__in=self.mailboxes) | Q(before__in=self.mailboxes)
        rows = OperationSubject.objects.filter(
            about,
            operation__connection=self.connection,
            operation__state__in=OPEN_STATES,
        ).select_related("operation")
        found = {}
        for row in rows.order_by("pk"):
            found[row.mailbox] = row.operation
            if row.before:
                found[row.before] = row.operation
        return found

    def under_way(self, mailbox: str) -> Operation | None:
        return self._under_way.get(mailbox)

    @cached_property
    def _there_since(self) -> Mapping[tuple[int, str], datetime]:
        rows = RemoteMembership.objects.filter(
            contact__connection=self.connection,
            contact__mailbox__in=self.mailboxes,
            there=True,
        )
        return {
            (audience, mailbox): since
            for audience, mailbox, since in rows.values_list(
                "audience_id", "contact__mailbox", "since"
            )
        }

    def there_since(self, mailbox: str, audience: int | None) -> datetime | None:
        """Return since when it is on the list over there, None when it is not."""
        return self._there_since.get((audience or 0, mailbox))

    @cached_property
    def _acts(self) -> Mapping[tuple[str, int, int | None], Act]:
        rows = Entry.objects.filter(
            Q(
                action=_DO_NOT_CONTACT,
                subject__in=[f"contact:{one}" for one in self.contacts],
            )
            | Q(
                action=_STANDING,
                subject__in=[f"list:{one}" for one in self.lists],
                details__contact__in=list(self.contacts),
            )
        )
        found: dict[tuple[str, int, int | None], Act] = {}
        for row in rows.order_by("pk"):
            number = int(row.subject.rpartition(":")[2])
            act = Act(row.actor, row.at)
            if row.action == _STANDING:
                found[_STANDING, int(row.details["contact"]), number] = act
            else:
                found[_DO_NOT_CONTACT, number, None] = act
        return found

    def do_not_contact(self, holders: Iterable[int]) -> Act | None:
        """Return who last set one of these to Do Not Contact, if that is on record."""
        return _last(self._acts.get((_DO_NOT_CONTACT, one, None)) for one in holders)

    def standing(self, list_id: int, holders: Iterable[int]) -> Act | None:
        """Return who last said how one of these stands on the list, if on record."""
        return _last(self._acts.get((_STANDING, one, list_id)) for one in holders)

    @cached_property
    def pause(self) -> Run | None:
        """The last run, when nothing is tried again before a time still to come."""
        last = ledger.last_finished_sync(self.connection.pk)
        if last is None or last.retry_at is None:
            return None
        return Run.objects.filter(pk=last.pk, retry_at__gt=Now()).first()


def _last(acts: Iterable[Act | None]) -> Act | None:
    return max((act for act in acts if act), key=lambda act: act.at, default=None)
