"""A refusal stands until the person's own act, seen at a provider, came after it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django_scopes import scope
from tests.builders import a_contact, an_association
from tests.consent.clockwork import NOON, install, tell

from rollkeeper.consent.models import Kind, Refusal, Suppression
from rollkeeper.consent.selectors import suppressed_among, suppressed_contacts_among
from rollkeeper.consent.services import Fact, lift, suppress
from rollkeeper.core.values import ContactId, ListId, Mailbox
from rollkeeper.directory.models import Association

ANN = Mailbox("ann@members.example")
OTHER = Mailbox("ann@home.example")
SEVEN, EIGHT = ContactId(7), ContactId(8)
CC, MC = "constant_contact", "mailchimp"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def association(db: None) -> Iterator[Association]:
    association = an_association()
    install()
    with scope(association=association):
        yield association


def refused(association: Association, **fields: Any) -> int:
    return suppress(association_id=association.pk, facts=[_fact(**fields)])


def came_back(association: Association, at: datetime, **fields: Any) -> int:
    fields = {"told_at": at, **fields}
    fact = _fact(kind=Kind.RESUBSCRIBED, happened_at=at, **fields)
    return lift(association_id=association.pk, facts=[fact])


def _fact(**fields: Any) -> Fact:
    said = {"mailbox": ANN, "contact_id": SEVEN, "provider": CC}
    return Fact(**{**said, "source": "test", "actor": "rule:test", **fields})


def stands(association: Association, mailbox: Mailbox = ANN) -> bool:
    return bool(suppressed_among(association.pk, [mailbox]))


def test_who_came_back_later_is_left_out_no_more(association: Association) -> None:
    refused(association, happened_at=NOON)
    assert came_back(association, NOON + MINUTE) == 1
    assert not stands(association)
    assert not suppressed_contacts_among(association.pk, [SEVEN])


@pytest.mark.parametrize("seconds", [-60, 0])
def test_who_had_subscribed_before_still_refuses(
    association: Association, seconds: int
) -> None:
    refused(association, happened_at=NOON)
    assert came_back(association, NOON + timedelta(seconds=seconds)) == 0
    assert stands(association)


def test_one_may_refuse_come_back_and_refuse_again(association: Association) -> None:
    refused(association, happened_at=NOON)
    came_back(association, NOON + MINUTE)
    assert refused(association, happened_at=NOON + 2 * MINUTE) == 1
    assert stands(association)
    came_back(association, NOON + 3 * MINUTE)
    assert not stands(association)


def test_a_pull_that_reaches_back_tells_nothing_new(association: Association) -> None:
    refused(association, happened_at=NOON)
    came_back(association, NOON + MINUTE)
    assert refused(association, happened_at=NOON) == 0
    assert not stands(association)


def test_a_refusal_of_no_known_time_is_told_anew_once_it_was_lifted(
    association: Association,
) -> None:
    assert [refused(association), refused(association)] == [1, 0]
    tell(10 * MINUTE)
    came_back(association, NOON + 10 * MINUTE)
    tell(20 * MINUTE)
    assert [refused(association), refused(association)] == [1, 0]
    assert stands(association)


def test_what_staff_are_told_again_later_is_another_refusal(
    association: Association,
) -> None:
    """In between the person came back, of which we only hear at night."""
    noted = {"kind": Kind.STAFF, "provider": ""}
    assert [refused(association, **noted) for _ in range(2)] == [1, 0]
    tell(timedelta(hours=5))
    assert refused(association, **noted) == 1
    tell(timedelta(hours=9))
    came_back(association, NOON + timedelta(hours=3), told_at=NOON + 9 * 60 * MINUTE)
    assert stands(association)


def test_who_has_the_mailbox_later_did_not_refuse(association: Association) -> None:
    refused(association, happened_at=NOON)
    assert refused(association, happened_at=NOON, contact_id=EIGHT) == 0
    assert not suppressed_contacts_among(association.pk, [EIGHT])
    assert stands(association)


def test_what_was_nobodys_act_is_taken_for_the_first_holders(
    association: Association,
) -> None:
    refused(association, happened_at=NOON, contact_id=None)
    assert refused(association, happened_at=NOON) == 1
    assert suppressed_contacts_among(association.pk, [SEVEN, EIGHT]) == {SEVEN}


def test_both_who_share_a_mailbox_refused(association: Association) -> None:
    both = [_fact(happened_at=NOON, contact_id=one) for one in (SEVEN, EIGHT)]
    assert suppress(association_id=association.pk, facts=both) == 2
    assert suppressed_contacts_among(association.pk, [SEVEN, EIGHT]) == {SEVEN, EIGHT}


def test_the_act_of_who_has_the_mailbox_now_lifts_nothing_of_who_had_it(
    association: Association,
) -> None:
    refused(association, happened_at=NOON)
    came_back(association, NOON + MINUTE, contact_id=EIGHT)
    assert not stands(association)
    assert suppressed_contacts_among(association.pk, [SEVEN]) == {SEVEN}


def test_a_person_may_come_back_at_another_address(association: Association) -> None:
    refused(association, happened_at=NOON)
    came_back(association, NOON + MINUTE, mailbox=OTHER)
    assert not suppressed_contacts_among(association.pk, [SEVEN])
    assert stands(association), "that address still refuses"


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": Kind.UNSUBSCRIBED, "provider": MC, "happened_at": NOON},
        {"kind": Kind.STAFF, "provider": ""},
        {"kind": Kind.COMPLAINT},
    ],
)
@pytest.mark.parametrize(("after", "lifted"), [(30, False), (90, True)])
def test_times_of_two_clocks_are_compared_with_a_minute_to_spare(
    association: Association, fields: dict[str, Any], after: int, *, lifted: bool
) -> None:
    refused(association, **fields)
    tell(timedelta(hours=1))
    fast = timedelta(hours=4)  # the provider's clock, which we can tell by its word
    act = NOON + timedelta(seconds=after) + fast - timedelta(hours=1)
    came_back(association, act, told_at=NOON + fast)
    assert stands(association) is not lifted


def test_coming_back_to_one_list_lifts_what_was_said_of_that_list(
    association: Association,
) -> None:
    three, four = ListId(3), ListId(4)
    refused(association, happened_at=NOON)
    for one in (three, four):
        refused(association, happened_at=NOON, kind=Kind.LEFT_LIST, list_id=one)
    came_back(association, NOON + MINUTE, list_id=three)
    left = Refusal.objects.filter(mailbox=ANN).order_by("fact_id")
    assert list(left.values_list("list_id", flat=True)) == [None, four]


def test_a_bounce_is_the_mailboxs_alone(association: Association) -> None:
    refused(association, kind=Kind.BOUNCED)
    assert stands(association)
    assert not Refusal.objects.filter(contact_id=SEVEN).exists()


def test_coming_back_is_no_fact_without_a_refusal(association: Association) -> None:
    assert came_back(association, NOON) == 0
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": Kind.LEFT_LIST},
        {"kind": Kind.COMPLAINT, "list_id": ListId(3)},
        {"kind": Kind.RESUBSCRIBED},
    ],
)
def test_the_database_takes_no_fact_that_makes_no_sense(
    association: Association, fields: dict[str, Any]
) -> None:
    with pytest.raises(Error, match="check constraint"), transaction.atomic():
        refused(association, **fields)


def test_a_fact_names_the_person_even_when_the_contact_is_gone(
    association: Association,
) -> None:
    ann, gone = a_contact(association, external_id="A"), a_contact(association)
    gone_id, person = gone.pk, gone.external_id
    gone.delete()
    for one in (ann.pk, gone_id):
        refused(association, contact_id=ContactId(one), kind=Kind.STAFF)
    people = Suppression.objects.order_by("pk").values_list("person", flat=True)
    assert list(people) == ["A", person]


def test_who_comes_back_under_their_id_brings_what_they_said(
    association: Association,
) -> None:
    ann = a_contact(association, external_id="A", address=ANN)
    refused(association, contact_id=ContactId(ann.pk), happened_at=NOON)
    for _ in range(2):
        ann.delete()
        ann = a_contact(association, external_id="A", address=OTHER)
    assert suppressed_contacts_among(association.pk, [ContactId(ann.pk)]) == {ann.pk}
    copied = Suppression.objects.filter(source="came back", contact_id=ann.pk)
    assert copied.values_list("mailbox", "happened_at").get() == (ANN, NOON)


def test_who_comes_back_under_another_id_is_another_person(
    association: Association,
) -> None:
    ann = a_contact(association, external_id="A", address=ANN)
    refused(association, contact_id=ContactId(ann.pk), happened_at=NOON)
    ann.delete()
    again = a_contact(association, external_id="B", address=OTHER)
    assert not suppressed_contacts_among(association.pk, [ContactId(again.pk)])


def test_a_thousand_who_come_back_at_once_are_one_statement(
    association: Association, django_assert_max_num_queries: Any
) -> None:
    people = range(1000)
    suppress(
        association_id=association.pk,
        facts=[
            _fact(mailbox=f"p{n}@x.example", contact_id=None, happened_at=NOON)
            for n in people
        ],
    )
    back = [
        _fact(
            mailbox=f"p{n}@x.example",
            contact_id=None,
            kind=Kind.RESUBSCRIBED,
            happened_at=NOON + MINUTE,
            told_at=NOON + MINUTE,
        )
        for n in people
    ]
    with django_assert_max_num_queries(5, connection=connection):
        assert lift(association_id=association.pk, facts=back) == 1000
    assert not Refusal.objects.exists()
