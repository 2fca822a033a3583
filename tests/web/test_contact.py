"""The page of one contact: details, Do Not Contact, and its places on lists."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse
from django_scopes import scope
from tests.builders import (
    a_connection,
    a_contact,
    a_list,
    an_address,
    an_association,
    on_list,
)
from tests.web.test_contacts import shown
from tests.web.test_lists import an_audience

from rollkeeper.audit.models import Entry
from rollkeeper.directory.models import (
    Association,
    Contact,
    ContactList,
    EmailAddress,
    ListKind,
    ListMembership,
)


def test_details_and_primary_address_are_saved_together(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber, address="old@x.example", phone="1")

    answer = admin.post(
        reverse("contact_edit", args=[contact.pk]),
        {
            "first_name": "Zoë",
            "last_name": "Lark",
            "address": " New@X.example ",
            "company": "Boats Ltd",
            "title": "Pilot",
            "phone": "2",
        },
    )

    assert answer.headers["Location"] == reverse("contact", args=[contact.pk])
    with scope(association=chamber):
        contact.refresh_from_db()
        address = EmailAddress.objects.get(contact=contact, primary=True)
    assert (str(contact), contact.company, contact.phone) == (
        "Zoë Lark",
        "Boats Ltd",
        "2",
    )
    assert (address.typed, address.mailbox) == ("New@X.example", "new@x.example")


def test_editing_leaves_what_the_form_does_not_show(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber, active=False, do_not_contact=True)

    admin.post(reverse("contact_edit", args=[contact.pk]), {"last_name": "Lark"})

    with scope(association=chamber):
        contact.refresh_from_db()
    assert (contact.active, contact.do_not_contact) == (False, True)


def test_an_address_that_no_mail_could_reach_is_refused_beside_its_field(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber, address="old@x.example")

    answer = admin.post(
        reverse("contact_edit", args=[contact.pk]), {"address": "not an address"}
    )

    assert answer.status_code == 422
    assert "No mail could be sent to this address" in answer.content.decode()
    with scope(association=chamber):
        assert EmailAddress.objects.get(contact=contact).typed == "old@x.example"


def test_an_invalid_address_from_an_import_does_not_stop_other_edits(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber, address="broken")

    answer = admin.post(
        reverse("contact_edit", args=[contact.pk]),
        {"address": "broken", "last_name": "Lark"},
    )

    assert answer.status_code == 302


def test_do_not_contact_is_set_and_cleared_in_the_name_of_who_did_it(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber)
    switch = reverse("contact_do_not_contact", args=[contact.pk])
    flags = []

    for value in ("yes", "no"):
        admin.post(switch, {"value": value})
        with scope(association=chamber):
            contact.refresh_from_db()
        flags.append(contact.do_not_contact)

    assert flags == [True, False]
    with scope(association=chamber):
        actors = set(Entry.objects.values_list("actor", flat=True))
    assert all(actor.startswith("staff:person") for actor in actors)


def test_do_not_contact_says_who_else_it_stops(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber, address="office@x.example")
    a_contact(chamber, last_name="Housemate", address="OFFICE@x.example")

    page = shown(admin, "contact", contact.pk)

    assert "Housemate" in page
    assert "The switch holds for all of them" in page


def test_a_contact_is_put_on_a_list_and_taken_off(
    admin: Client, chamber: Association
) -> None:
    contact, made = a_contact(chamber), a_list(chamber)

    admin.post(reverse("contact_put_on", args=[contact.pk]), {"list": made.pk})
    with scope(association=chamber):
        assert ListMembership.objects.filter(contact=contact, list=made).exists()

    admin.post(reverse("contact_take_off", args=[contact.pk, made.pk]))
    with scope(association=chamber):
        assert not ListMembership.objects.exists()


def test_how_a_contact_stands_on_a_list_is_saved(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber)
    made = a_list(chamber, contact)

    admin.post(
        reverse("contact_standing", args=[contact.pk, made.pk]),
        {"status": "disabled", "no_mass_email": "on"},
    )

    with scope(association=chamber):
        row = ListMembership.objects.get()
    assert (row.status, row.no_mass_email) == ("disabled", True)


def test_a_standing_that_does_not_exist_changes_nothing(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber)
    made = a_list(chamber, contact)
    standing = reverse("contact_standing", args=[contact.pk, made.pk])

    page = admin.post(standing, {"status": "paused"}, follow=True).content.decode()

    assert "active or disabled" in page
    with scope(association=chamber):
        assert ListMembership.objects.get().status == "active"


def test_the_page_says_of_each_list_why_mail_does_not_come(
    admin: Client, chamber: Association
) -> None:
    a_connection(chamber)
    contact = a_contact(chamber)
    on_list(contact, a_list(chamber, name="Waiting"))
    on_list(contact, a_list(chamber, name="Paused"), status="disabled")
    on_list(contact, a_list(chamber, name="Unsent", sync=False))

    page = shown(admin, "contact", contact.pk)

    assert "Is on its way." in page
    assert "Is disabled in the list." in page
    assert "this list is not kept true at Constant Contact" in page


def test_without_a_connection_the_page_says_that_nothing_is_sent(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber)
    a_list(chamber, contact)

    page = shown(admin, "contact", contact.pk)

    assert "Nothing is sent: Constant Contact is not connected." in page


def test_a_contact_is_deleted_only_after_a_second_look(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber)
    an_address(contact, "second@x.example")
    delete = reverse("contact_delete", args=[contact.pk])

    assert "This cannot be undone here" in admin.get(delete).content.decode()
    with scope(association=chamber):
        assert Contact.objects.count() == 1
    admin.post(delete)
    with scope(association=chamber):
        assert Contact.objects.count() == 0


def test_what_people_typed_is_shown_as_text_never_as_markup(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber, first_name="<script>x</script>", company="<b>bold</b>")
    a_list(chamber, contact, name="<i>list</i>")

    pages = [
        shown(admin, "contacts"),
        shown(admin, "contact", contact.pk),
        shown(admin, "lists"),
    ]

    assert all("<script>x" not in page for page in pages)
    assert all("<b>bold" not in page for page in pages)
    assert all("<i>list" not in page for page in pages)


def test_a_list_that_is_kept_true_leads_to_its_audience(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber, address="ann@x.example")
    connection = a_connection(chamber)
    kept = a_list(chamber, contact, name="Weekly", sync=True)
    a_list(chamber, contact, name="Agenda")
    audience = an_audience(connection, kept)

    page = shown(admin, "contact", contact.pk)

    link = f'href="{reverse("audience", args=[audience.pk])}"'
    assert page.count("How it is kept true") == page.count(link) == 1


def test_lists_ticked_in_the_form_are_saved_with_the_rest(
    admin: Client, chamber: Association
) -> None:
    wanted = a_list(chamber, name="Weekly")
    a_list(chamber, name="Agenda")

    admin.post(
        reverse("contact_new"), {"last_name": "Lark", "lists": [wanted.pk], "stood": ""}
    )

    with scope(association=chamber):
        [place] = ListMembership.objects.all()
        entry = Entry.objects.get(action="put_on_list")
    assert (str(place.contact), place.list_id) == ("Lark", wanted.pk)
    assert entry.details == {"contact": place.contact_id}


def test_a_tick_taken_away_takes_off_the_list_and_can_be_undone(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber, last_name="Lark")
    left, stays, meanwhile = (a_list(chamber) for _ in range(3))
    on_list(contact, left, status="disabled")
    on_list(contact, stays, no_mass_email=True)
    on_list(contact, meanwhile)

    page = admin.post(
        reverse("contact_edit", args=[contact.pk]),
        {"last_name": "Lark", "lists": [stays.pk], "stood": f"{left.pk} {stays.pk}"},
        follow=True,
    ).content.decode()
    with scope(association=chamber):
        after = set(ListMembership.objects.values_list("list_id", flat=True))
    admin.post(reverse("undo"))

    assert ">Undo</button>" in page
    assert after == {stays.pk, meanwhile.pk}
    with scope(association=chamber):
        back = ListMembership.objects.get(list=left)
    assert back.status == "disabled"


def test_where_nobody_was_taken_off_there_is_nothing_to_undo(
    admin: Client, chamber: Association
) -> None:
    """Above all not what somebody did before."""
    other, contact = a_contact(chamber), a_contact(chamber, last_name="Lark")
    left, gone = a_list(chamber, other), a_list(chamber)
    before = admin.post(
        reverse("contact_take_off", args=[other.pk, left.pk]), follow=True
    ).content.decode()

    page = admin.post(
        reverse("contact_edit", args=[contact.pk]),
        {"last_name": "Lark", "lists": [], "stood": str(gone.pk)},
        follow=True,
    ).content.decode()

    assert "Saved." in page
    assert ">Undo</button>" in before
    assert ">Undo</button>" not in page


def test_the_form_ticks_where_the_contact_is_and_names_no_automatic_list(
    admin: Client, chamber: Association
) -> None:
    contact = a_contact(chamber)
    on, off = a_list(chamber, contact, name="Weekly"), a_list(chamber, name="Agenda")
    with scope(association=chamber):
        automatic = ContactList.objects.get(kind=ListKind.REPRESENTATIVES)

    page = shown(admin, "contact_edit", contact.pk)

    assert f'name="lists" value="{on.pk}" checked>' in page
    assert f'name="lists" value="{off.pk}">' in page
    assert f'name="lists" value="{automatic.pk}"' not in page


def test_a_list_that_may_not_be_ticked_is_refused_and_nothing_is_saved(
    admin: Client, chamber: Association
) -> None:
    foreign, _ours = a_list(an_association()), a_list(chamber)

    answer = admin.post(
        reverse("contact_new"), {"last_name": "Lark", "lists": [foreign.pk]}
    )

    assert answer.status_code == 422
    assert 'class="text-stop" role="alert"' in answer.content.decode()
    with scope(association=chamber):
        assert not Contact.objects.exists()
