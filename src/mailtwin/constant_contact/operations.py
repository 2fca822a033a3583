"""Every operation of the API, with the scope and privilege it takes."""

from __future__ import annotations

from functools import partial

from mailtwin.constant_contact import (
    account,
    activities,
    contact_search,
    contacts,
    lists,
)
from mailtwin.constant_contact.api import Operation

JSON = "application/json"
_read = partial(Operation, method="GET", privilege="contacts:read")
_write = partial(Operation, privilege="contacts:write")
_read_lists = partial(Operation, method="GET", privilege="contacts:lists:read")
_write_lists = partial(Operation, privilege="contacts:lists:write")
_job = partial(Operation, method="POST", privilege="contacts:write", consumes=JSON)

OPERATIONS = (
    Operation(
        method="GET",
        path="/account/summary",
        handler=account.get_summary,
        scope="account_read",
        privilege="account:read",
    ),
    Operation(
        method="GET",
        path="/account/user/privileges",
        handler=account.get_privileges,
        scope=None,
        privilege=None,
    ),
    _read(path="/contacts", handler=contact_search.get_contacts),
    _write(
        method="POST",
        path="/contacts",
        handler=contacts.create_contact,
        consumes=JSON,
    ),
    _read(path="/contacts/counts", handler=contacts.count_contacts),
    _write(
        method="PUT",
        path="/contacts/resubscribe/{contact_id}",
        handler=contacts.resubscribe,
        consumes=JSON,
    ),
    _read(path="/contacts/{contact_id}", handler=contacts.get_contact),
    _write(
        method="PUT",
        path="/contacts/{contact_id}",
        handler=contacts.put_contact,
        consumes=JSON,
    ),
    _write(
        method="DELETE", path="/contacts/{contact_id}", handler=contacts.delete_contact
    ),
    _read_lists(path="/contact_lists", handler=lists.get_lists),
    _write_lists(
        method="POST", path="/contact_lists", handler=lists.create_list, consumes=JSON
    ),
    _read_lists(path="/contact_lists/{list_id}", handler=lists.get_list),
    _write_lists(
        method="PUT",
        path="/contact_lists/{list_id}",
        handler=lists.put_list,
        consumes=JSON,
    ),
    _write_lists(
        method="DELETE", path="/contact_lists/{list_id}", handler=lists.delete_list
    ),
    _write(method="GET", path="/activities", handler=activities.get_activities),
    _job(path="/activities/contacts_json_import", handler=activities.import_json),
    _job(
        path="/activities/add_list_memberships",
        handler=activities.add_list_memberships,
    ),
    _job(
        path="/activities/remove_list_memberships",
        handler=activities.remove_list_memberships,
    ),
    _job(path="/activities/contact_delete", handler=activities.delete_contacts),
    _job(path="/activities/list_delete", handler=activities.delete_lists),
    _write(
        method="GET", path="/activities/{activity_id}", handler=activities.get_activity
    ),
)
