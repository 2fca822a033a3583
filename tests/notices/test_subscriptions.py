from __future__ import annotations

import pytest
from django_scopes import scope
from tests.builders import an_association
from tests.web.people import a_person

from rollkeeper.directory.models import Association, Role, Staff
from rollkeeper.ledger.models import Audience
from rollkeeper.notices.events import ABOUT, Event, How, choices
from rollkeeper.notices.models import Incident, Subscription
from rollkeeper.notices.selectors import (
    silent_hours,
    subscribers,
    subscriptions_of,
    unheard,
)
from rollkeeper.notices.services import (
    CannotSubscribe,
    set_silent_hours,
    subscribe,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def chamber() -> Association:
    return an_association()


def staff_of(association: Association, role: Role = Role.ADMINISTRATOR) -> Staff:
    user = a_person(association, role=role)
    with scope(association=association):
        row: Staff = Staff.objects.get(user=user)
    return row


def told(staff: Staff) -> set[str]:
    with scope(association=staff.association):
        return {
            event
            for event, how in subscriptions_of(staff.pk).items()
            if how is not How.NEVER
        }


def test_the_first_administrator_is_told_of_what_nobody_may_miss(
    chamber: Association,
) -> None:
    clerk = staff_of(chamber, role=Role.APPROVER)
    first, second = staff_of(chamber), staff_of(chamber)
    assert told(first) == {Event.CONNECTION_FAILED, Event.PLAN_HELD}
    assert told(second) == told(clerk) == set()


def test_who_becomes_the_first_administrator_later_is_told_too(
    chamber: Association,
) -> None:
    clerk = staff_of(chamber, role=Role.APPROVER)
    clerk.role = Role.ADMINISTRATOR
    clerk.save()
    assert told(clerk) == {Event.CONNECTION_FAILED, Event.PLAN_HELD}


def test_what_somebody_chose_stays_when_another_administrator_comes(
    chamber: Association,
) -> None:
    first = staff_of(chamber)
    for event in Event:
        choose(first, event, How.NEVER)
    second = staff_of(chamber)
    assert told(first) == told(second) == set()
    with scope(association=chamber):
        assert unheard() == (Event.CONNECTION_FAILED, Event.PLAN_HELD)


def choose(staff: Staff, event: Event, how: How) -> bool:
    with scope(association=staff.association):
        return subscribe(
            association_id=staff.association_id,
            staff_id=staff.pk,
            event=event,
            how=how,
            by="staff:pat",
        )


def test_choosing_the_same_twice_changes_nothing(chamber: Association) -> None:
    one = staff_of(chamber)
    assert choose(one, Event.UNSUBSCRIBED, How.DAILY)
    assert not choose(one, Event.UNSUBSCRIBED, How.DAILY)
    with scope(association=chamber):
        (found,) = subscribers()[Event.UNSUBSCRIBED]
    assert (found.staff_id, found.how) == (one.pk, How.DAILY)


@pytest.mark.parametrize("event", Event)
def test_what_cannot_wait_has_no_digest(chamber: Association, event: Event) -> None:
    one = staff_of(chamber)
    if ABOUT[event].daily:
        assert choose(one, event, How.DAILY)
    else:
        assert How.DAILY not in choices(event)
        with pytest.raises(CannotSubscribe, match="daily digest"):
            choose(one, event, How.DAILY)


def test_who_was_locked_out_counts_as_nobody(chamber: Association) -> None:
    one = staff_of(chamber)
    one.user.is_active = False
    one.user.save()
    with scope(association=chamber):
        assert subscribers()[Event.CONNECTION_FAILED] == ()
        assert Event.CONNECTION_FAILED in unheard()


def test_the_hours_of_silence_are_a_day_until_somebody_says_otherwise(
    chamber: Association,
) -> None:
    with scope(association=chamber):
        assert silent_hours() == 24
        set_silent_hours(association_id=chamber.pk, hours=6, by="staff:pat")
        assert silent_hours() == 6
        with pytest.raises(CannotSubscribe):
            set_silent_hours(association_id=chamber.pk, hours=0, by="staff:pat")


def test_subscriptions_of_one_association_are_not_of_another() -> None:
    one, other = an_association(), an_association()
    staff_of(one)
    with scope(association=other):
        assert subscribers()[Event.CONNECTION_FAILED] == ()
        assert Subscription.objects.count() == 0
        assert Incident.objects.count() == Audience.objects.count() == 0
