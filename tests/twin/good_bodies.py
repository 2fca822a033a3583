"""Properties that make a call succeed, whatever else its body holds.

None stands for a property to leave out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Body = dict[str, Any]
PIER: Body = {
    "address_line1": "1 Pier",
    "city": "Lakeside",
    "state_code": "MA",
    "state_name": None,
    "postal_code": "02451",
    "country_code": "US",
}
PLAIN: Body = {
    "taggings": None,
    "custom_fields": None,
    "street_addresses": None,
    "street_address": None,
    "sms_channel": None,
    "birthday_month": None,
    "birthday_day": None,
    "anniversary": None,
    "phone_numbers": None,
}


def of(label: str, known: Mapping[str, str], number: int) -> Body:
    """Return the properties for an operation; *number* makes names unique."""
    fresh = f"Name {number}"
    bodies = {
        "PUT /account/summary": {"time_zone_id": "US/Eastern"},
        "POST /account/summary/physical_address": PIER,
        "PUT /account/summary/physical_address": PIER,
        "POST /account/emails": {"email_address": f"p{number}@a.example"},
        "POST /contact_lists": {"name": fresh},
        "PUT /contact_lists/{list_id}": {"name": fresh},
        "POST /contact_tags": {"name": fresh},
        "PUT /contact_tags/{tag_id}": {"name": fresh},
        "POST /contact_custom_fields": {
            "label": fresh,
            "type": "string",
            "choices": None,
        },
        "PUT /contact_custom_fields/{custom_field_id}": {
            "label": "Known",
            "choices": None,
        },
        **_contacts(known, f"p{number}@a.example"),
        **_jobs(known, f"p{number}@a.example"),
    }
    return bodies.get(label, {})


def _contacts(known: Mapping[str, str], address: str) -> dict[str, Body]:
    lists = [known["list_id"]]
    plain = {**PLAIN, "list_memberships": lists}
    email = {"address": address}
    same = {"address": "known@a.example"}
    return {
        "POST /contacts": {
            **plain,
            "email_address": email,
            "create_source": "Account",
        },
        "PUT /contacts/{contact_id}": {
            **plain,
            "email_address": same,
            "update_source": "Account",
        },
        "POST /contacts/sign_up_form": {**plain, "email_address": address},
        "PUT /contacts/resubscribe/{contact_id}": {"list_ids": lists},
    }


def _jobs(known: Mapping[str, str], address: str) -> dict[str, Body]:
    lists, contacts = [known["list_id"]], [known["contact_id"]]
    tags, fields = [known["tag_id"]], [known["custom_field_id"]]
    by_id: Body = {"source": {"contact_ids": contacts}, "exclude": None}
    bodies: dict[str, Body] = {
        "contacts_json_import": {
            "import_data": [{"email": address}],
            "list_ids": lists,
            "sms_permission_to_send": "not_set",
        },
        "add_list_memberships": {**by_id, "list_ids": lists},
        "remove_list_memberships": {**by_id, "list_ids": lists},
        "contacts_taggings_add": {**by_id, "tag_ids": tags},
        "contacts_taggings_remove": {**by_id, "tag_ids": tags},
        "contact_delete": {"contact_ids": contacts, "list_ids": None},
        "list_delete": {"list_ids": lists},
        "contacts_tags_delete": {"tag_ids": tags},
        "custom_fields_delete": {"custom_field_ids": fields},
    }
    return {f"POST /activities/{kind}": body for kind, body in bodies.items()}
