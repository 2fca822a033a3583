"""Followers take up marks so that nothing is lost and nothing done twice (I8)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.builders import a_contact, a_list, an_address, an_association, on_list
from tests.directory.marking import sql

from rollkeeper.core.values import AssociationId, ListId, Mailbox
from rollkeeper.directory import marks
from rollkeeper.directory.models import Association, Follower, Mark
from rollkeeper.directory.services import follow, unfollow

HOUR = timedelta(hours=1)


def claim(follower: Follower, *, limit: int = 1000) -> marks.ClaimedMarks:
    return marks.claim(follower=follower, lease=HOUR, limit=limit)


def let_leases_end() -> None:
    sql("UPDATE directory_mark SET claimed_until = now() - interval '1 second'")


def test_a_claim_says_what_to_compute_again(
    chamber: Association, follower: Follower
) -> None:
    made = a_list(chamber, a_contact(chamber, address="ann@members.example"))
    claimed = claim(follower)
    assert claimed.mailboxes == {"ann@members.example"}
    assert claimed.lists == {made.pk}
    assert not claimed.everything


def test_a_contact_is_claimed_as_the_mailbox_it_has_by_then(
    chamber: Association, follower: Follower
) -> None:
    contact = a_contact(chamber, address="ann@old.example")
    on_list(contact, a_list(chamber))
    Mark.objects.filter(contact_id=None).delete()
    sql("UPDATE directory_emailaddress SET mailbox = 'ann@new.example'")
    Mark.objects.exclude(mailbox=None).delete()
    assert claim(follower).mailboxes == {"ann@new.example"}


def test_a_contact_without_mailbox_asks_for_nothing(
    chamber: Association, follower: Follower
) -> None:
    contact = a_contact(chamber, address="not an address")
    an_address(contact, "ann@members.example", primary=False)
    contact.do_not_contact = True
    contact.save()
    claimed = claim(follower)
    assert (bool(claimed), claimed.mailboxes) == (True, frozenset())


def test_there_may_be_nothing_to_claim(follower: Follower) -> None:
    claimed = claim(follower)
    marks.settle(claimed)
    marks.release(claimed)
    assert not claimed


def test_what_is_claimed_is_not_claimed_again(
    chamber: Association, follower: Follower
) -> None:
    a_contact(chamber)
    assert claim(follower)
    assert not claim(follower)


def test_the_oldest_marks_are_claimed_first(
    chamber: Association, follower: Follower
) -> None:
    for name in ("first", "second", "third"):
        a_contact(chamber, address=f"{name}@members.example")
    assert claim(follower, limit=2).mailboxes == {
        "first@members.example",
        "second@members.example",
    }
    assert claim(follower, limit=2).mailboxes == {"third@members.example"}


def test_settling_deletes_exactly_what_was_claimed(
    chamber: Association, follower: Follower
) -> None:
    contact = a_contact(chamber, address="ann@members.example")
    claimed = claim(follower)
    contact.do_not_contact = True
    contact.save()
    marks.settle(claimed)
    assert claim(follower).mailboxes == {"ann@members.example"}


def test_released_marks_can_be_claimed_again(
    chamber: Association, follower: Follower
) -> None:
    a_contact(chamber, address="ann@members.example")
    marks.release(claim(follower))
    assert claim(follower).mailboxes == {"ann@members.example"}


def test_marks_are_free_again_when_the_lease_ends(
    chamber: Association, follower: Follower
) -> None:
    a_contact(chamber, address="ann@members.example")
    claim(follower)
    let_leases_end()
    assert claim(follower).mailboxes == {"ann@members.example"}


def test_claims_of_the_dead_are_let_go_before_the_lease_ends(
    chamber: Association, follower: Follower
) -> None:
    a_contact(chamber, address="ann@members.example")
    dead = claim(follower)
    marks.let_go(follower)
    assert claim(follower).mailboxes == {"ann@members.example"}
    with pytest.raises(marks.ClaimLost):
        marks.settle(dead)


def test_who_lost_the_claim_cannot_settle_it(
    chamber: Association, follower: Follower
) -> None:
    a_contact(chamber)
    late = claim(follower)
    let_leases_end()
    prompt = claim(follower)
    with pytest.raises(marks.ClaimLost):
        marks.settle(late)
    marks.release(late)
    marks.settle(prompt)
    assert not Mark.objects.exists()


def test_a_late_claimer_that_nobody_overtook_may_settle(
    chamber: Association, follower: Follower
) -> None:
    a_contact(chamber)
    claimed = claim(follower)
    let_leases_end()
    marks.settle(claimed)
    assert not Mark.objects.exists()


def test_each_follower_has_marks_of_its_own(
    chamber: Association, follower: Follower
) -> None:
    other = follow(association_id=AssociationId(chamber.pk), name="another")
    a_contact(chamber, address="ann@members.example")
    marks.settle(claim(follower))
    assert claim(other).mailboxes == {"ann@members.example"}


def test_marks_can_be_made_by_hand(follower: Follower) -> None:
    wanted = frozenset({Mailbox("ann@members.example"), Mailbox("bea@members.example")})
    marks.mark_mailboxes(follower=follower, mailboxes=wanted)
    marks.mark_list(follower=follower, list_id=ListId(7))
    claimed = claim(follower)
    assert claimed.mailboxes == wanted
    assert claimed.lists == {ListId(7)}
    assert not claimed.everything


def test_everything_can_be_marked(follower: Follower) -> None:
    marks.mark_everything(follower=follower)
    claimed = claim(follower)
    assert (claimed.mailboxes, claimed.lists) == (frozenset(), frozenset())
    assert claimed.everything


def test_who_waits_longest_stands_first(
    chamber: Association, follower: Follower
) -> None:
    elsewhere = an_association()
    theirs = follow(association_id=AssociationId(elsewhere.pk), name="theirs")
    follow(association_id=AssociationId(an_association().pk), name="idle")
    a_contact(chamber)
    a_contact(elsewhere)
    marks.settle(marks.claim(follower=theirs, lease=HOUR, limit=1000))
    a_contact(elsewhere)
    assert [(one.association_id, one.follower_id) for one in marks.waiting()] == [
        (chamber.pk, follower.pk),
        (elsewhere.pk, theirs.pk),
    ]


def test_who_holds_its_marks_does_not_wait(
    chamber: Association, follower: Follower
) -> None:
    a_contact(chamber)
    claim(follower)
    assert marks.waiting() == ()
    let_leases_end()
    assert [one.name for one in marks.waiting()] == [follower.name]


def test_following_twice_is_following_once(
    chamber: Association, follower: Follower
) -> None:
    again = follow(association_id=AssociationId(chamber.pk), name=follower.name)
    assert again == follower


def test_who_follows_no_more_leaves_nothing_behind(
    chamber: Association, follower: Follower
) -> None:
    a_contact(chamber)
    unfollow(association_id=AssociationId(chamber.pk), name=follower.name)
    a_contact(chamber)
    assert not Mark.objects.exists()
