"""Who is on an automatic list follows from contacts and members (S10, S11, S22)."""

from __future__ import annotations

from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction
from tests.builders import (
    a_contact,
    a_list,
    a_member,
    a_type,
    an_association,
    on_list,
    the_list_of,
)
from tests.directory.marking import sql

from rollkeeper.core.automatic import outside
from rollkeeper.core.values import AssociationId, ContactId, ListId
from rollkeeper.directory import services
from rollkeeper.directory.models import (
    Association,
    Contact,
    ContactList,
    ListKind,
    ListMembership,
    MemberStatus,
    PlaceOnList,
    Standing,
)
from rollkeeper.directory.services import Refused


def on(its_list: ContactList) -> set[int]:
    rows = PlaceOnList.objects.filter(list=its_list)
    return set(rows.values_list("contact_id", flat=True))


def test_every_association_has_one_list_of_all_representatives(
    chamber: Association,
) -> None:
    made = the_list_of(chamber)
    assert (made.automatic, made.sync, str(made)) == (
        True,
        True,
        "All active representatives",
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        a_list(chamber, kind=ListKind.REPRESENTATIVES)


def test_every_type_has_a_list_that_is_called_as_it_is(chamber: Association) -> None:
    gold = a_type(chamber, name="Gold")
    its_list = the_list_of(gold)
    gold.name = "Platinum"
    gold.save()
    assert (the_list_of(gold).pk, the_list_of(gold).name) == (its_list.pk, "Platinum")
    gold.delete()
    assert not ContactList.objects.filter(pk=its_list.pk).exists()


def test_a_list_has_a_type_exactly_when_it_is_of_that_kind(
    chamber: Association,
) -> None:
    gold = a_type(chamber)
    for wrong in (
        {"kind": ListKind.GROUP, "membership_type": gold},
        {"kind": ListKind.MEMBERSHIP_TYPE},
        {"kind": ListKind.MEMBERSHIP_TYPE, "membership_type": gold},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            a_list(chamber, **wrong)


def test_a_list_cannot_be_of_another_associations_type(chamber: Association) -> None:
    theirs = a_type(an_association())
    with pytest.raises(IntegrityError), transaction.atomic():
        sql(
            "UPDATE directory_contactlist SET association_id = association_id,"
            " kind = 'membership_type', membership_type_id = %s WHERE id = %s",
            theirs.pk,
            a_list(chamber).pk,
        )


def test_the_view_and_the_rule_agree_about_everybody(chamber: Association) -> None:
    gold, tin = a_type(chamber), a_type(chamber)
    expected: dict[int, set[int]] = {the_list_of(one).pk: set() for one in (gold, tin)}
    everybody = the_list_of(chamber).pk
    expected[everybody] = set()
    for active, status, its_type in product(
        (True, False), (None, *MemberStatus.values), (None, gold, tin)
    ):
        member = status and a_member(chamber, status=status, membership_type=its_type)
        contact = a_contact(chamber, active=active, member=member or None)
        for list_id, of_type in (
            (everybody, None),
            (the_list_of(gold).pk, gold.pk),
            (the_list_of(tin).pk, tin.pk),
        ):
            if not outside(
                active=active,
                member_status=status,
                member_type=its_type.pk if its_type else None,
                of_type=of_type,
            ):
                expected[list_id].add(contact.pk)
    assert {one: on(ContactList.objects.get(pk=one)) for one in expected} == expected
    assert [len(people) for people in expected.values()] == [2, 2, 6]


def test_on_other_lists_stand_those_who_were_put_there_inactive_or_not(
    chamber: Association,
) -> None:
    inactive = a_contact(chamber, active=False, member=a_member(chamber))
    its_list = a_list(chamber)
    on_list(inactive, its_list, status=Standing.DISABLED, no_mass_email=True)
    (place,) = PlaceOnList.objects.filter(contact=inactive)
    assert (place.list, place.status, place.no_mass_email) == (
        its_list,
        Standing.DISABLED,
        True,
    )


@pytest.fixture
def ann(chamber: Association) -> Contact:
    return a_contact(chamber, member=a_member(chamber))


def test_nobody_is_put_on_an_automatic_list_or_taken_off_by_hand(
    chamber: Association, ann: Contact
) -> None:
    who, everybody = ContactId(ann.pk), ListId(the_list_of(chamber).pk)
    with pytest.raises(Refused, match="follows from"):
        services.put_on_list(contact_id=who, list_id=everybody, by="test")
    with pytest.raises(Refused, match="follows from"):
        services.take_off_list(contact_id=who, list_id=everybody, by="test")
    with pytest.raises(Refused, match="follows from"):
        services.set_standing(
            contact_id=who,
            list_id=everybody,
            status=Standing.DISABLED,
            no_mass_email=False,
            by="test",
        )
    assert not ListMembership.objects.exists()
    assert on(the_list_of(chamber)) == {ann.pk}


def test_an_automatic_list_is_switched_but_not_written_or_deleted(
    chamber: Association,
) -> None:
    made = the_list_of(chamber)
    list_id = ListId(made.pk)
    with pytest.raises(Refused, match="cannot be deleted"):
        services.delete_list(list_id=list_id, by="test")
    with pytest.raises(Refused, match="cannot be changed"):
        services.save_list(
            association_id=AssociationId(chamber.pk),
            list_id=list_id,
            details=services.ListDetails(name="Other"),
            by="test",
        )
    services.set_list_sync(list_ids_on=(), list_ids_off={list_id}, by="test")
    made.refresh_from_db()
    assert (made.name, made.sync) == ("All active representatives", False)


def test_nobody_makes_an_automatic_list(chamber: Association) -> None:
    with pytest.raises(Refused, match="by themselves"):
        services.save_list(
            association_id=AssociationId(chamber.pk),
            list_id=None,
            details=services.ListDetails(name="All", kind=ListKind.REPRESENTATIVES),
            by="test",
        )


@pytest.mark.django_db(transaction=True)
def test_a_type_that_is_deleted_takes_its_list_along_however_it_is_deleted() -> None:
    gold = a_type(an_association())
    list_id = the_list_of(gold).pk
    sql("DELETE FROM directory_membershiptype WHERE id = %s", gold.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM directory_contactlist WHERE id = %s", [list_id])
        assert cursor.fetchone() is None
