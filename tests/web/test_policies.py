"""The policy of a list: chosen, tried and used."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from attrs import asdict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope
from tests.builders import a_connection, a_contact, a_list
from tests.web.holding import Desk

from rollkeeper.audit.models import Entry
from rollkeeper.connections.models import Connection
from rollkeeper.core.policy import DEFAULT, NIGHTLY, REPLACE, Policy
from rollkeeper.core.values import AudienceId
from rollkeeper.directory.models import Association, ContactList
from rollkeeper.engine.coordinator import sole_coordinator
from rollkeeper.ledger.models import Audience
from rollkeeper.ledger.services.audiences import policy_of


@pytest.fixture
def connection(chamber: Association, api_key: None) -> Connection:
    return a_connection(chamber, compared_at=timezone.now())


@pytest.fixture
def news(chamber: Association) -> ContactList:
    people = [a_contact(chamber, address=f"p{number}@x.example") for number in range(9)]
    return a_list(chamber, *people, name="Weekly Update")


@pytest.fixture
def audience(connection: Connection, news: ContactList) -> Audience:
    return Desk(connection).audience(news)


def shown(client: Client, name: str, of: ContactList, **query: str) -> str:
    answer = client.get(reverse(name, args=[of.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def values(policy: Policy) -> Mapping[str, str]:
    return asdict(policy, value_serializer=lambda _, __, value: str(value))


def policy_now(audience: Audience) -> Policy:
    with scope(association=audience.association):
        return policy_of(Audience.objects.get(pk=audience.pk))


def acts(association: Association, action: str) -> list[str]:
    """Return who did that."""
    with scope(association=association):
        rows = Entry.objects.filter(action=action)
        return list(rows.values_list("actor", flat=True))


def a_stranger_and_one_who_left(audience: Audience, news: ContactList) -> None:
    place, there = Desk(audience.connection).place(), AudienceId(audience.pk)
    with scope(association=audience.association):
        place.member("stranger@x.example", there, ours=False)
        for number in range(9):
            place.member(f"p{number}@x.example", there)
        news.memberships.filter(contact__addresses__mailbox="p8@x.example").delete()


def test_the_page_of_a_list_says_its_policy_in_words(
    staff: Client, audience: Audience, news: ContactList
) -> None:
    page = shown(staff, "list", news)

    assert "Live, and asks." in page
    assert "Somebody is asked before a list that is deleted here goes there" in page
    assert reverse("list_policy", args=[news.pk]) in page


def test_a_list_that_is_not_kept_true_has_no_policy_yet(
    admin: Client, news: ContactList
) -> None:
    assert "There is nothing to decide yet" in shown(admin, "list_policy", news)
    assert reverse("list_policy", args=[news.pk]) not in shown(admin, "list", news)


def test_a_list_just_switched_on_has_one_at_once(
    admin: Client, connection: Connection, news: ContactList
) -> None:
    page = shown(admin, "list_policy", news)

    assert '<b>Live, and asks</b> <span class="tag is-true">Now</span>' in page
    assert 'value="default" required checked' in page


def test_all_presets_and_each_case_can_be_chosen(
    admin: Client, audience: Audience, news: ContactList
) -> None:
    page = shown(admin, "list_policy", news)

    for preset in ("default", "live", "nightly", "replace"):
        assert f'name="preset" value="{preset}"' in page
    for name, value in values(DEFAULT).items():
        assert f'<select name="{name}"' in page
        assert f'<option value="{value}" selected>' in page


def test_a_trial_says_what_would_differ_and_changes_nothing(
    admin: Client, audience: Audience, news: ContactList
) -> None:
    a_stranger_and_one_who_left(audience, news)

    page = shown(admin, "list_policy_trial", news, preset="replace")

    assert "<del>they are left alone</del> <ins>they are taken off</ins>" in page
    assert "<b>Weekly Update</b>: 2 of 9" in page
    assert "the policy of the list was changed" in page
    assert policy_now(audience) == DEFAULT
    assert acts(news.association, "policy_changed") == []


def test_a_trial_of_what_is_so_already_says_so(
    admin: Client, audience: Audience, news: ContactList
) -> None:
    page = shown(admin, "list_policy_trial", news, **values(DEFAULT))

    assert "That is the policy now" in page
    assert reverse("list_policy_use", args=[news.pk]) not in page


@pytest.mark.parametrize("query", [{}, {"preset": "wild"}, {"leaving": "keep"}])
def test_a_trial_of_no_policy_leads_back_to_the_choice(
    admin: Client, audience: Audience, news: ContactList, query: dict[str, str]
) -> None:
    answer = admin.get(reverse("list_policy_trial", args=[news.pk]), query)

    assert answer.headers["Location"] == reverse("list_policy", args=[news.pk])


def test_before_the_first_sync_a_trial_says_what_it_cannot_know(
    admin: Client, audience: Audience, news: ContactList
) -> None:
    with scope(association=audience.association):
        Connection.objects.update(compared_at=None)

    page = shown(admin, "list_policy_trial", news, preset="nightly")

    assert "Nothing was compared with Constant Contact so far." in page
    assert reverse("list_policy_use", args=[news.pk]) in page


@pytest.mark.django_db(transaction=True)
def test_a_trial_works_while_a_run_does(
    admin: Client, audience: Audience, news: ContactList
) -> None:
    with sole_coordinator(audience.connection_id):
        page = shown(admin, "list_policy_trial", news, preset="nightly")

    assert "What would “Add, and keep” do?" in page


def test_a_policy_is_used_from_then_on_and_kept_on_record(
    admin: Client, audience: Audience, news: ContactList
) -> None:
    answer = admin.post(
        reverse("list_policy_use", args=[news.pk]), values(NIGHTLY), follow=True
    )

    page = answer.content.decode()
    assert policy_now(audience) == NIGHTLY
    assert "Add, and keep." in page
    assert "waits for a decision" in page
    (actor,) = acts(news.association, "policy_changed")
    assert actor.startswith("staff:person")


def test_a_mixture_is_called_so(
    admin: Client, audience: Audience, news: ContactList
) -> None:
    mixed = {**values(REPLACE), "deleted": "disable"}
    admin.post(reverse("list_policy_use", args=[news.pk]), mixed)

    assert "Made to measure." in shown(admin, "list", news)
    page = shown(admin, "list_policy", news)
    assert "unfolds" in page
    assert " checked" not in page


def test_only_administrators_use_one(
    staff: Client, audience: Audience, news: ContactList
) -> None:
    trial = shown(staff, "list_policy_trial", news, preset="nightly")
    answer = staff.post(reverse("list_policy_use", args=[news.pk]), values(NIGHTLY))

    assert "Only administrators may change the policy of a list." in trial
    assert reverse("list_policy_use", args=[news.pk]) not in trial
    assert answer.status_code == 403
    assert policy_now(audience) == DEFAULT


def test_a_policy_that_lacks_a_case_is_none(
    admin: Client, audience: Audience, news: ContactList
) -> None:
    answer = admin.post(reverse("list_policy_use", args=[news.pk]), {"leaving": "keep"})

    assert answer.status_code == 404
    assert policy_now(audience) == DEFAULT
