"""What staff can do to a list, and to associations."""

from __future__ import annotations

from typing import Any

import pytest
from tests.builders import a_contact, a_list, an_association
from tests.directory.marking import NOTHING, take_marks

from rollkeeper.audit.models import Entry
from rollkeeper.core.values import AssociationId, ContactId, ListId
from rollkeeper.directory import services
from rollkeeper.directory.models import (
    AUTOMATIC,
    Association,
    Contact,
    ContactList,
    Follower,
    ListKind,
    ListMembership,
    Role,
    Staff,
    Standing,
)
from rollkeeper.directory.services import ListDetails, Refused

BY = "staff:somebody"


def save(
    chamber: Association, details: ListDetails, row: ContactList | None = None
) -> ContactList:
    return services.save_list(
        association_id=AssociationId(chamber.pk),
        list_id=ListId(row.pk) if row else None,
        details=details,
        by=BY,
    )


def ids(contact: Contact, its_list: ContactList) -> dict[str, Any]:
    return {"contact_id": ContactId(contact.pk), "list_id": ListId(its_list.pk)}


def acts() -> list[tuple[str, str]]:
    return list(Entry.objects.order_by("id").values_list("action", "subject"))


def test_a_list_is_made_and_changed(chamber: Association) -> None:
    made = save(chamber, ListDetails(name=" Choir ", kind=ListKind.GROUP))
    save(chamber, ListDetails(name="Choir", kind=ListKind.GROUP), made)
    save(chamber, ListDetails(name="Big Choir", sync=True), made)
    made.refresh_from_db()
    assert (made.name, made.kind, made.sync) == ("Big Choir", "list", True)
    subject = f"list:{made.pk}"
    assert acts() == [("list_added", subject), ("list_changed", subject)]


def test_a_list_needs_a_name(chamber: Association) -> None:
    with pytest.raises(Refused, match="Every list needs a name"):
        save(chamber, ListDetails(name="  "))


def test_several_lists_are_switched_in_one_save(
    chamber: Association, follower: Follower
) -> None:
    """S16"""
    on, off, on_already = (a_list(chamber, sync=sync) for sync in (False, True, True))
    take_marks(follower)
    services.set_list_sync(
        list_ids_on=[ListId(on.pk), ListId(on_already.pk)],
        list_ids_off=[ListId(off.pk)],
        by=BY,
    )
    by_hand = ContactList.objects.exclude(kind__in=AUTOMATIC)
    assert dict(by_hand.values_list("pk", "sync")) == {
        on.pk: True,
        off.pk: False,
        on_already.pk: True,
    }
    assert take_marks(follower).lists == {on.pk, off.pk}


def test_a_list_cannot_be_switched_both_ways(chamber: Association) -> None:
    both = [ListId(a_list(chamber).pk)]
    with pytest.raises(ValueError, match="both on and off"):
        services.set_list_sync(list_ids_on=both, list_ids_off=both, by=BY)


def test_a_deleted_list_leaves_its_people_in_the_directory(
    chamber: Association,
) -> None:
    contact = a_contact(chamber)
    services.delete_list(list_id=ListId(a_list(chamber, contact).pk), by=BY)
    contact.refresh_from_db()
    assert not contact.memberships.exists()


def test_a_contact_is_put_on_a_list_and_taken_off_once(chamber: Association) -> None:
    contact, its_list = a_contact(chamber), a_list(chamber)
    who: dict[str, Any] = {
        "contact_id": ContactId(contact.pk),
        "list_id": ListId(its_list.pk),
    }
    for _ in range(2):
        services.put_on_list(**who, by=BY)
    assert its_list.memberships.count() == 1
    for _ in range(2):
        services.take_off_list(**who, by=BY)
    assert not its_list.memberships.exists()
    assert [action for action, _ in acts()] == ["put_on_list", "taken_off_list"]


def test_who_is_put_on_a_list_again_stands_as_before(chamber: Association) -> None:
    contact = a_contact(chamber)
    its_list = a_list(chamber, contact)
    who: dict[str, Any] = {
        "contact_id": ContactId(contact.pk),
        "list_id": ListId(its_list.pk),
    }
    services.set_standing(**who, status=Standing.DISABLED, no_mass_email=True, by=BY)
    services.put_on_list(**who, by=BY)
    row = ListMembership.objects.get()
    assert (row.status, row.no_mass_email) == ("disabled", True)


def test_the_same_standing_again_is_no_change(
    chamber: Association, follower: Follower
) -> None:
    contact = a_contact(chamber)
    its_list = a_list(chamber, contact)
    take_marks(follower)
    services.set_standing(
        contact_id=ContactId(contact.pk),
        list_id=ListId(its_list.pk),
        status=Standing.ACTIVE,
        no_mass_email=False,
        by=BY,
    )
    assert (acts(), take_marks(follower)) == ([], NOTHING)


def test_a_list_elsewhere_is_not_found(chamber: Association) -> None:
    elsewhere = ListId(a_list(an_association()).pk)
    with pytest.raises(ContactList.DoesNotExist):
        services.delete_list(list_id=elsewhere, by=BY)
    services.set_list_sync(list_ids_on=(), list_ids_off=[elsewhere], by=BY)
    assert acts() == []


@pytest.mark.parametrize(
    ("details", "message"),
    [
        ({"slug": "main"}, "There is an association called main already"),
        ({"slug": "my chamber"}, "Use letters, digits and hyphens"),
        ({"slug": "x" * 61}, "at most 60"),
        ({"name": " "}, "Every association needs a name"),
        ({"time_zone": "Chicago"}, "no time zone"),
    ],
)
@pytest.mark.django_db
def test_an_association_is_refused_with_the_reason(
    details: dict[str, str], message: str
) -> None:
    services.create_association(name="Chamber", slug="main", by=BY)
    with pytest.raises(Refused, match=message):
        services.create_association(**{"name": "C", "slug": "c", **details}, by=BY)


def test_staff_are_added_once(chamber: Association, django_user_model: type) -> None:
    user = django_user_model.objects.create_user("somebody")  # type: ignore[attr-defined]
    for role in (Role.VIEWER, Role.VIEWER, Role.ADMINISTRATOR):
        services.add_staff(
            association_id=AssociationId(chamber.pk),
            user_id=user.pk,
            role=role,
            by=BY,
        )
    assert Staff.objects.get().role == Role.ADMINISTRATOR
    assert len(acts()) == 2
