"""Changing many contacts at once: what it will do here and over there; doing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen
from django.utils.translation import gettext_lazy as _

from rollkeeper.connections.models import Connection
from rollkeeper.core.values import AssociationId, ContactId, ListId
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import Contact, ContactList, ListMembership, Member
from rollkeeper.engine.coordinator import Busy
from rollkeeper.engine.forecast import forecast
from rollkeeper.engine.reconcile import NotConnected
from rollkeeper.engine.trying import preview_of
from rollkeeper.jobs.tasks import surroundings
from rollkeeper.web.roll import with_no_mass_emails, without_valid_address
from rollkeeper.web.situation import is_connected

MOST: Final = 20_000
"""Who wants to change more imports a file."""

ACTS: Final = {
    "put_on": _("Put on a list"),
    "take_off": _("Take off a list"),
    "stop": _("Set Do Not Contact"),
    "clear": _("Clear Do Not Contact"),
    "inactive": _("Set to inactive"),
    "active": _("Set to active"),
    "member": _("Set member"),
    "no_member": _("Set no member"),
}

ROWS: Final = (
    (_("Lists"), ("put_on", "take_off")),
    (_("Mail"), ("stop", "clear")),
    (_("Contact"), ("inactive", "active")),
    (_("Member"), ("member", "no_member")),
)
"""The acts as the page groups them."""

OF_LISTS: Final = frozenset({"put_on", "take_off"})

LEAVE: Final = frozenset({"take_off", "stop", "inactive"})


@frozen(kw_only=True)
class Change:
    """What is to be done, and to whom."""

    act: str
    list: ContactList | None
    """Set for exactly those acts that are about one."""
    member: Member | None = None
    """Likewise."""
    ids: Sequence[ContactId] = field(repr=False)
    association_id: AssociationId
    by: str

    def make(self) -> Any:
        """Do it; return how many were changed, or where they stood on the list."""
        one: dict[str, Any] = {"contact_ids": self.ids, "by": self.by}
        if self.list:
            list_id = ListId(self.list.pk)
            if self.act == "put_on":
                return directory.put_many_on_list(list_id=list_id, **one)
            return directory.take_many_off_list(list_id=list_id, **one)
        if self.act in ("member", "no_member"):
            return directory.set_member_of_many(
                association_id=self.association_id,
                member_id=self.member.pk if self.member else None,
                **one,
            )
        flag: Callable[..., int] = directory.set_do_not_contact_of_many
        if self.act in ("active", "inactive"):
            flag = directory.set_active_of_many
        value = self.act in ("stop", "active")
        return flag(association_id=self.association_id, value=value, **one)

    @property
    def changed(self) -> int:
        """How many it is news for."""
        among = Contact.objects.filter(pk__in=self.ids)
        on_it = ListMembership.objects.filter(list=self.list, contact_id__in=self.ids)
        match self.act:
            case "put_on":
                return among.count() - on_it.count()
            case "take_off":
                return on_it.count()
            case "member" | "no_member":
                return among.exclude(member=self.member).count()
            case "stop" | "clear":
                return among.filter(do_not_contact=self.act == "clear").count()
            case _:
                return among.filter(active=self.act == "inactive").count()


def unreached(change: Change) -> Mapping[str, int]:
    """Count whom the change will bring no mail, by why."""
    if change.act in LEAVE:
        return {}
    among = Contact.objects.filter(pk__in=change.ids)
    stopped = 0
    if change.act != "clear":
        stopped = among.filter(do_not_contact=True).count()
    found = {
        "do_not_contact": stopped,
        "no_mass_emails": among.filter(with_no_mass_emails()).count(),
        "no_address": among.filter(without_valid_address()).count(),
    }
    return {why: number for why, number in found.items() if number}


def over_there(change: Change, connection: Connection | None) -> dict[str, Any]:
    """Say what a sync would do at the provider after the change, or why none does."""
    if not is_connected(connection) or connection is None:
        return {"unsent": True}
    if connection.compared_at is None:
        return {"uncompared": True}
    try:
        found = preview_of(
            change.make,
            contacts=change.ids,
            connection_id=connection.pk,
            surroundings=surroundings(),
        )
    except Busy:
        return {"busy": True}
    except NotConnected:
        return {"unsent": True}
    cost = forecast(connection_id=connection.pk, requests=found.requests)
    return {"preview": found, "forecast": cost}
