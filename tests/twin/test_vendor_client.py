"""The vendor's own generated client, which nobody here wrote, drives the twin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from tests.twin.driving import Twin

# generated code: it declares far more optional things than its own service sends
vendor: Any = import_module("constant_contact_api_client")


@pytest.fixture
def client(twin: Twin) -> Iterator[Any]:
    configuration = vendor.Configuration(host=f"{twin.url}/v3")
    configuration.access_token = twin.bearer
    with vendor.ApiClient(configuration) as client:
        yield client
        client.rest_client.pool_manager.clear()


def a_list(client: Any, name: str) -> str:
    body = vendor.UpdateListRequest(name=name)
    return str(vendor.ContactListsApi(client).create_list(body).list_id)


def imported(twin: Twin, client: Any, addresses: list[str], list_id: str) -> Any:
    rows = [{"email": each, "first_name": each[:3]} for each in addresses]
    body = vendor.CreateImportJSONActivityRequest.from_dict(
        {"import_data": rows, "list_ids": [list_id]}
    )
    jobs = vendor.BulkActivitiesApi(client)
    job = jobs.create_import_json_activity(body)
    twin.control("jobs", finish=True)
    return jobs.get_activity_by_id(str(job.activity_id))


def everybody(client: Any, **query: Any) -> list[Any]:
    """Return all pages, following the links as they are."""
    page = vendor.ContactsApi(client).get_all_contacts(limit=20, **query)
    found = list(page.contacts)
    while page.links and page.links.next:
        answer = client.call_api(
            "GET",
            client.configuration.host.removesuffix("/v3") + page.links.next.href,
            {"Authorization": f"Bearer {client.configuration.access_token}"},
        )
        answer.read()
        types = {"200": "GetAllContacts200Response"}
        page = client.response_deserialize(answer, types).data
        found += page.contacts
    return found


def test_it_makes_renames_counts_and_deletes_lists(twin: Twin, client: Any) -> None:
    lists = vendor.ContactListsApi(client)
    news, golf = a_list(client, "News"), a_list(client, "Golf")
    lists.update_list(news, vendor.UpdateListRequest(name="Weekly news"))
    page = lists.get_all_lists(include_count=True, include_membership_count="all")
    assert [each.name for each in page.lists] == ["Weekly news", "Golf"]
    assert (page.lists_count, page.lists[0].membership_count) == (2, 0)
    job = lists.delete_list(golf)
    twin.control("jobs", finish=True)
    done = vendor.BulkActivitiesApi(client).get_activity_by_id(str(job.activity_id))
    assert done.state == "completed"
    assert [each.name for each in lists.get_all_lists().lists] == ["Weekly news"]


def test_it_imports_and_pages_through_contacts_with_memberships(
    twin: Twin, client: Any
) -> None:
    news = a_list(client, "News")
    addresses = [f"p{n:03}@a.example" for n in range(50)]
    job = imported(twin, client, addresses, news)
    found = everybody(client, include="list_memberships", status="active")
    assert (job.state, job.status.person_count) == ("completed", 50)
    assert sorted(c.email_address.address for c in found) == addresses
    assert all([str(each) for each in c.list_memberships] == [news] for c in found)


def test_it_moves_memberships_by_id(twin: Twin, client: Any) -> None:
    news, golf = a_list(client, "News"), a_list(client, "Golf")
    imported(twin, client, ["ann@a.example", "bob@a.example"], news)
    ids = [str(c.contact_id) for c in everybody(client)]
    jobs = vendor.BulkActivitiesApi(client)
    jobs.create_list_add_activity(
        vendor.CreateListAddActivityRequest.from_dict(
            {"source": {"contact_ids": ids}, "list_ids": [golf]}
        )
    )
    twin.control("jobs", finish=True)
    # the contract says "maxItems: 0" here, and the client believes it
    source = vendor.CreateListRemoveActivityRequestSource.model_construct(
        contact_ids=ids[:1]
    )
    body = vendor.CreateListRemoveActivityRequest.model_construct(
        source=source, list_ids=[news]
    )
    jobs.create_list_remove_activity(body, _request_timeout=10)
    twin.control("jobs", finish=True)
    assert twin.members("Golf") == ["ann@a.example", "bob@a.example"]
    assert twin.members("News") == ["bob@a.example"]


def test_it_sees_unsubscribes_and_cannot_undo_them(twin: Twin, client: Any) -> None:
    news = a_list(client, "News")
    imported(twin, client, ["ann@a.example", "bob@a.example"], news)
    twin.control("unsubscribe", address="ann@a.example")
    (ann,) = everybody(
        client, status="unsubscribed", optout_after=datetime(2020, 1, 1, tzinfo=UTC)
    )
    assert ann.email_address.opt_out_source == "Contact"
    body = vendor.UpdateContactRequest.from_dict(
        {
            "update_source": "Account",
            "email_address": {"address": "ann@a.example"},
            "list_memberships": [news],
        }
    )
    with pytest.raises(vendor.ApiException) as refused:
        vendor.ContactsApi(client).update_contact(str(ann.contact_id), body)
    assert refused.value.status == 400
    assert twin.members("News") == ["bob@a.example"]


def test_it_creates_changes_and_deletes_one_contact(twin: Twin, client: Any) -> None:
    contacts = vendor.ContactsApi(client)
    fields = {"email_address": {"address": "ann@a.example"}, "first_name": "Ann"}
    body = vendor.CreateContactRequest.from_dict({**fields, "create_source": "Account"})
    made = contacts.create_contact(body)
    with pytest.raises(vendor.ApiException) as taken:
        contacts.create_contact(body)
    assert taken.value.status == 409
    assert str(made.contact_id) in taken.value.body
    change = {**fields, "first_name": "Anna", "update_source": "Account"}
    contacts.update_contact(
        str(made.contact_id), vendor.UpdateContactRequest.from_dict(change)
    )
    assert contacts.get_contact_by_id(str(made.contact_id)).first_name == "Anna"
    contacts.delete_contact(str(made.contact_id))
    (gone,) = everybody(client, status="deleted")
    assert gone.deleted_at is not None
    assert contacts.get_contact_counts().total == 0


def test_it_deletes_many_contacts_in_a_job(twin: Twin, client: Any) -> None:
    imported(
        twin, client, [f"p{n}@a.example" for n in range(5)], a_list(client, "News")
    )
    ids = [str(c.contact_id) for c in everybody(client)]
    jobs = vendor.BulkActivitiesApi(client)
    job = jobs.create_delete_activity(
        vendor.CreateDeleteActivityRequest(contact_ids=ids)
    )
    twin.control("jobs", finish=True)
    done = jobs.get_activity_by_id(str(job.activity_id))
    assert done.status.items_completed_count == 5
    assert everybody(client) == []


def test_it_imports_and_exports_csv_files(
    twin: Twin, client: Any, tmp_path: Path
) -> None:
    news = a_list(client, "News")
    jobs = vendor.BulkActivitiesApi(client)
    file = tmp_path / "members.csv"
    file.write_text("email,first_name\nann@a.example,Ann\n", encoding="utf-8")
    jobs.create_csv_import_activity(str(file), news)
    twin.control("jobs", finish=True)
    job = jobs.create_export_activity(vendor.CreateExportActivityRequest())
    twin.control("jobs", finish=True)
    text = jobs.get_csv_export_file(str(job.activity_id))
    assert text.splitlines()[1].startswith("ann@a.example,Ann,")
    states = {each.state for each in jobs.get_all_activities(limit=10).activities}
    assert states == {"completed"}
