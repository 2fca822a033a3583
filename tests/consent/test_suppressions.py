from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django_scopes import ScopeError, scope
from tests.builders import an_association

from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.consent.selectors import suppressed_among, suppressed_contacts_among
from rollkeeper.consent.services import AT_ONCE, Fact, suppress
from rollkeeper.core.values import ContactId, ListId, Mailbox
from rollkeeper.directory.models import Association

ANN = Mailbox("ann@members.example")
BEN = Mailbox("ben@members.example")


@pytest.fixture
def association(db: None) -> Iterator[Association]:
    association = an_association()
    with scope(association=association):
        yield association


def a_fact(**fields: Any) -> Fact:
    return Fact(
        **{
            "mailbox": ANN,
            "provider": "constant_contact",
            "source": "opt-out pull",
            "actor": "rule:pull",
            **fields,
        }
    )


def test_a_refusal_keeps_mailbox_and_person_off(association: Association) -> None:
    suppress(association_id=association.pk, facts=[a_fact(contact_id=ContactId(7))])

    assert suppressed_among(association.pk, [ANN, BEN]) == {ANN}
    assert suppressed_contacts_among(association.pk, [ContactId(7)]) == {7}


def test_a_bounce_keeps_the_mailbox_off_but_not_the_person(
    association: Association,
) -> None:
    fact = a_fact(contact_id=ContactId(7), kind=Kind.BOUNCED)
    suppress(association_id=association.pk, facts=[fact])

    assert suppressed_among(association.pk, [ANN]) == {ANN}
    assert not suppressed_contacts_among(association.pk, [ContactId(7)])


def test_leaving_one_list_keeps_nobody_off_the_others(
    association: Association,
) -> None:
    fact = a_fact(contact_id=ContactId(7), kind=Kind.LEFT_LIST, list_id=ListId(3))
    suppress(association_id=association.pk, facts=[fact])

    assert not suppressed_among(association.pk, [ANN])
    assert not suppressed_contacts_among(association.pk, [ContactId(7)])


def test_telling_twice_equals_once_and_the_first_stands(
    association: Association,
) -> None:
    first, again = a_fact(evidence={"reason": "too many"}), a_fact(evidence={})

    assert suppress(association_id=association.pk, facts=[first, first]) == 1
    assert suppress(association_id=association.pk, facts=[again]) == 0
    assert Suppression.objects.get().evidence == {"reason": "too many"}


def test_what_was_learnt_is_kept_as_it_was(association: Association) -> None:
    at = datetime(2025, 3, 9, 1, 59, 59, 123456, tzinfo=UTC)
    suppress(association_id=association.pk, facts=[a_fact(happened_at=at, run_id=5)])

    kept = Suppression.objects.get()
    assert (kept.happened_at, kept.run_id, kept.actor) == (at, 5, "rule:pull")
    assert (kept.contact_id, kept.list_id, kept.kind) == (None, None, "unsubscribed")


def test_more_than_fit_one_statement_are_all_written(
    association: Association,
) -> None:
    total = AT_ONCE + 3
    facts = (a_fact(mailbox=f"p{n}@members.example") for n in range(total))

    assert suppress(association_id=association.pk, facts=facts) == total
    assert Suppression.objects.count() == total


def test_one_impossible_fact_writes_none(association: Association) -> None:
    impossible = a_fact(kind=Kind.UNSUBSCRIBED, list_id=ListId(3))

    with pytest.raises(Error), transaction.atomic():
        suppress(association_id=association.pk, facts=[a_fact(), impossible])

    assert not Suppression.objects.exists()


def test_another_association_is_not_concerned(association: Association) -> None:
    suppress(association_id=association.pk, facts=[a_fact()])

    other = an_association()
    with scope(association=other):
        assert not suppressed_among(other.pk, [ANN])


def test_asking_outside_an_association_is_refused(db: None) -> None:
    with pytest.raises(ScopeError):
        suppressed_among(1, [ANN])


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE consent_suppression SET kind = 'bounced'",
        "DELETE FROM consent_suppression",
    ],
)
def test_the_database_refuses_to_lift_a_refusal(
    association: Association, sql: str
) -> None:
    suppress(association_id=association.pk, facts=[a_fact()])

    with pytest.raises(Error, match="Cannot update or delete"), transaction.atomic():
        connection.cursor().execute(sql)


def test_an_association_with_refusals_cannot_be_deleted(
    association: Association,
) -> None:
    suppress(association_id=association.pk, facts=[a_fact()])

    with pytest.raises(Error, match="Cannot update or delete"), transaction.atomic():
        association.delete()
