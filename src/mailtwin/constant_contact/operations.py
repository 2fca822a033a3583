"""Every operation of the API, with the scope and privilege it takes."""

from __future__ import annotations

from mailtwin.constant_contact import (
    account,
    activities,
    bulk_calls,
    contact_search,
    contacts,
    custom_fields,
    export_calls,
    import_calls,
    lists,
    sign_up,
    tag_calls,
    tags,
)
from mailtwin.constant_contact.api import Handler, Operation

JSON = "application/json"
FORM = "multipart/form-data"
BODIES = {"POST": JSON, "PUT": JSON}


def _operation(
    call: str, handler: Handler, privilege: str | None, scope: str | None
) -> Operation:
    method, path = call.split(" ")
    return Operation(
        method=method,
        path=path,
        handler=handler,
        privilege=privilege,
        scope=scope,
        consumes=BODIES.get(method),
    )


def _read(call: str, handler: Handler) -> Operation:
    return _operation(call, handler, "contacts:read", "contact_data")


def _write(call: str, handler: Handler) -> Operation:
    return _operation(call, handler, "contacts:write", "contact_data")


def _see_lists(call: str, handler: Handler) -> Operation:
    return _operation(call, handler, "contacts:lists:read", "contact_data")


def _change_lists(call: str, handler: Handler) -> Operation:
    return _operation(call, handler, "contacts:lists:write", "contact_data")


def _see_account(call: str, handler: Handler) -> Operation:
    return _operation(call, handler, "account:read", "account_read")


def _change_account(call: str, handler: Handler) -> Operation:
    return _operation(call, handler, "account:update", "account_update")


OPERATIONS = (
    _see_account("GET /account/summary", account.get_summary),
    _change_account("PUT /account/summary", account.put_summary),
    _see_account("GET /account/summary/physical_address", account.get_physical_address),
    _change_account(
        "POST /account/summary/physical_address", account.create_physical_address
    ),
    _change_account(
        "PUT /account/summary/physical_address", account.put_physical_address
    ),
    _see_account("GET /account/emails", account.get_emails),
    _change_account("POST /account/emails", account.create_email),
    _operation("GET /account/user/privileges", account.get_privileges, None, None),
    _read("GET /contacts", contact_search.get_contacts),
    _write("POST /contacts", contacts.create_contact),
    _read("GET /contacts/counts", contacts.count_contacts),
    _write("POST /contacts/sign_up_form", sign_up.sign_up),
    _write("PUT /contacts/resubscribe/{contact_id}", contacts.resubscribe),
    _read("GET /contacts/{contact_id}", contacts.get_contact),
    _write("PUT /contacts/{contact_id}", contacts.put_contact),
    _write("DELETE /contacts/{contact_id}", contacts.delete_contact),
    _see_lists("GET /contact_lists", lists.get_lists),
    _change_lists("POST /contact_lists", lists.create_list),
    _see_lists("GET /contact_lists/{list_id}", lists.get_list),
    _change_lists("PUT /contact_lists/{list_id}", lists.put_list),
    _change_lists("DELETE /contact_lists/{list_id}", lists.delete_list),
    _read("GET /contact_custom_fields", custom_fields.get_fields),
    _write("POST /contact_custom_fields", custom_fields.create_field),
    _read("GET /contact_custom_fields/{custom_field_id}", custom_fields.get_field),
    _write("PUT /contact_custom_fields/{custom_field_id}", custom_fields.put_field),
    _write(
        "DELETE /contact_custom_fields/{custom_field_id}", custom_fields.delete_field
    ),
    _read("GET /contact_tags", tags.get_tags),
    _write("POST /contact_tags", tags.create_tag),
    _read("GET /contact_tags/{tag_id}", tags.get_tag),
    _write("PUT /contact_tags/{tag_id}", tags.put_tag),
    _write("DELETE /contact_tags/{tag_id}", tags.delete_tag),
    _write("GET /activities", activities.get_activities),
    _write("POST /activities/contacts_json_import", import_calls.import_json),
    Operation(
        method="POST",
        path="/activities/contacts_file_import",
        handler=import_calls.import_file,
        consumes=FORM,
    ),
    _write("POST /activities/add_list_memberships", bulk_calls.add_list_memberships),
    _write(
        "POST /activities/remove_list_memberships", bulk_calls.remove_list_memberships
    ),
    _write("POST /activities/contact_delete", bulk_calls.delete_contacts),
    _write("POST /activities/list_delete", bulk_calls.delete_lists),
    _write("POST /activities/contact_exports", export_calls.export_contacts),
    _write("POST /activities/custom_fields_delete", tag_calls.delete_custom_fields),
    _write("POST /activities/contacts_taggings_add", tag_calls.add_taggings),
    _write("POST /activities/contacts_taggings_remove", tag_calls.remove_taggings),
    _write("POST /activities/contacts_tags_delete", tag_calls.delete_tags),
    _write("GET /activities/{activity_id}", activities.get_activity),
    Operation(
        method="GET",
        path="/contact_exports/{file_export_id}",
        handler=export_calls.get_export,
        produces="text/csv",
    ),
)
