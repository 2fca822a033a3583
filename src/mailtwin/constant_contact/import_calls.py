"""Calls that queue imports."""

from __future__ import annotations

from mailtwin.constant_contact import jobs
from mailtwin.constant_contact.bulk_calls import check_lists
from mailtwin.constant_contact.dependence import check_dependence
from mailtwin.constant_contact.import_bodies import (
    ImportBody,
    read_file_import,
    read_json_import,
)
from mailtwin.constant_contact.service import Asked
from mailtwin.constant_contact.sources import find_addresses
from mailtwin.constant_contact.told import check_put_back
from mailtwin.exchange import Answer


def import_json(asked: Asked) -> Answer:
    return _import(asked, "contacts_json_import", read_json_import(asked))


def import_file(asked: Asked) -> Answer:
    return _import(asked, "contacts_file_import", read_file_import(asked))


def _import(asked: Asked, kind: str, body: ImportBody) -> Answer:
    check_lists(asked, body.list_ids)
    contacts = find_addresses(asked, body.rows)
    check_put_back(asked, contacts, body.list_ids)
    check_dependence(asked, kind, contacts, body.list_ids)
    work = {
        "rows": body.rows,
        "list_ids": body.list_ids,
        "skipped": body.skipped,
        "sms_permission": body.sms_permission,
    }
    counts = {
        "items_total_count": len(body.rows) + 1,
        "person_count": 0,
        "error_count": 0,
        "correctable_count": 0,
        "cannot_add_to_list_count": 0,
    }
    row = jobs.enqueue(asked, kind, work, counts, source_file_name=body.file_name)
    return jobs.accepted(asked, row)
