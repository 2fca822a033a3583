"""Our values as Constant Contact's JSON, and back. Tables, without requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from rollkeeper.core.calls import Create, Delete, Import, Join, Leave, Row, Target
from rollkeeper.core.values import (
    Email,
    InvalidAddress,
    JobId,
    Mailbox,
    Person,
    ProviderContactId,
    ProviderListId,
)
from rollkeeper.core.views import Permission
from rollkeeper.providers.errors import ProtocolBroken
from rollkeeper.providers.port import Account, Job, JobState, ProviderList, Seen

Document: TypeAlias = Mapping[str, Any]

PERMISSIONS: Mapping[str, Permission] = {
    "explicit": Permission.MAILABLE,
    "implicit": Permission.MAILABLE,
    "pending_confirmation": Permission.PENDING,
    "temp_hold": Permission.ON_HOLD,
    "not_set": Permission.ON_HOLD,
    "unsubscribed": Permission.UNSUBSCRIBED,
}

JOB_STATES: Mapping[str, JobState] = {
    "initialized": JobState.RUNNING,
    "processing": JobState.RUNNING,
    "completed": JobState.DONE,
    "cancelled": JobState.FAILED,
    "failed": JobState.FAILED,
    "timed_out": JobState.FAILED,
    "time_out": JobState.FAILED,
}

_LINE = re.compile(r"Line (\d+)\b", re.IGNORECASE)
_FIRST_LINE = 2  # line 1 is the header, of a JSON import too


def encoded(document: object) -> bytes:
    """Return compact JSON: the size of an import counts."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


# Ours to theirs


def person_fields(person: Person) -> dict[str, str]:
    """Return all we tell of a person, blanks too."""
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "company_name": person.company,
    }


def told_fields(person: Person) -> dict[str, str]:
    """Return what there is to tell of a person; blanks are left out."""
    return {name: value for name, value in person_fields(person).items() if value}


def import_body(call: Import) -> bytes:
    rows = [_import_row(row) for row in call.rows]
    return encoded({"import_data": rows, "list_ids": call.lists})


def imported_addresses(body: bytes) -> list[str]:
    """Return the addresses in an import's body, read afresh from its bytes."""
    return [row["email"] for row in json.loads(body)["import_data"]]


def membership_body(call: Join | Leave) -> bytes:
    source = {"contact_ids": _ids(call.targets)}
    return encoded({"source": source, "list_ids": call.lists})


def delete_body(call: Delete) -> bytes:
    return encoded({"contact_ids": _ids(call.targets)})


def create_document(call: Create) -> Document:
    return {
        "email_address": {
            "address": call.row.mailbox,
            "permission_to_send": "implicit",
        },
        **told_fields(call.row.person),
        "create_source": "Account",
        "list_memberships": call.lists,
    }


def _import_row(row: Row) -> dict[str, str]:
    return {"email": row.mailbox, **told_fields(row.person)}


def _ids(targets: Iterable[Target]) -> list[str]:
    return [target.provider_id for target in targets]


# Theirs to ours


def account(document: Document) -> Account:
    return Account(
        account_id=_needed(document, "encoded_account_id"),
        name=_text(document, "organization_name"),
        email=_text(document, "contact_email"),
    )


def provider_list(document: Document) -> ProviderList:
    return ProviderList(
        list_id=ProviderListId(_needed(document, "list_id")),
        name=_needed(document, "name"),
        members=count(document, "membership_count"),
    )


def seen(document: Document) -> Seen:
    """Return a contact; its lists are known only if they were asked for."""
    email: Document = document.get("email_address") or {}
    permission = permission_of(document)
    left = permission is Permission.UNSUBSCRIBED
    joined = permission is Permission.MAILABLE
    return Seen(
        mailbox=_mailbox(_text(email, "address")),
        provider_id=ProviderContactId(_needed(document, "contact_id")),
        permission=permission,
        person=Person(
            first_name=_text(document, "first_name"),
            last_name=_text(document, "last_name"),
            company=_text(document, "company_name"),
        ),
        lists=frozenset(document.get("list_memberships") or ()),
        opted_out_at=_moment(email, "opt_out_date") if left else None,
        opted_out_by_person=left and email.get("opt_out_source") != "Account",
        opt_out_reason=_text(email, "opt_out_reason") if left else "",
        opted_in_at=_moment(email, "opt_in_date") if joined else None,
        opted_in_by_person=joined and email.get("opt_in_source") == "Contact",
    )


def permission_of(document: Document) -> Permission:
    """Return what may be done with a contact; a refusal outlasts its deletion.

    A permission that the vendor's contract does not know counts as on hold.
    """
    email: Document = document.get("email_address") or {}
    permission = PERMISSIONS.get(_text(email, "permission_to_send"), Permission.ON_HOLD)
    if permission is not Permission.UNSUBSCRIBED and document.get("deleted_at"):
        return Permission.DELETED
    return permission


def job(document: Document) -> Job:
    status: Document = document.get("status") or {}
    state = _needed(document, "state")
    if state not in JOB_STATES:
        raise ProtocolBroken("Constant Contact told a job state that we do not know.")
    created_at = _moment(document, "created_at")
    if created_at is None:
        raise ProtocolBroken("Constant Contact told of a job without its time.")
    return Job(
        job_id=JobId(_needed(document, "activity_id")),
        kind="import" if "person_count" in status else "other",
        state=JOB_STATES[state],
        created_at=created_at,
        rows=_rows(status),
        refused=(count(status, "error_count") or 0)
        + (count(status, "correctable_count") or 0),
        not_added=count(status, "cannot_add_to_list_count") or 0,
        complaints=tuple(_complaint(each) for each in _complaints(document)),
    )


def _rows(status: Document) -> int | None:
    # of an import, items_total_count counts a header row too
    for name in ("person_count", "items_completed_count", "items_total_count"):
        if (number := count(status, name)) is not None:
            return number
    return None


def _complaints(document: Document) -> Iterable[str]:
    return [str(each) for each in document.get("activity_errors") or ()]


def _complaint(words: str) -> tuple[int | None, str]:
    found = _LINE.search(words)
    index = int(found.group(1)) - _FIRST_LINE if found else -1
    return (index if index >= 0 else None), words


def _mailbox(address: str) -> Mailbox | None:
    """Return the mailbox of an address over there, be it one we would not accept."""
    try:
        return Email.parse(address).mailbox if address else None
    except InvalidAddress:
        return Mailbox(address.strip().lower())


def _text(document: Document, name: str) -> str:
    value = document.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ProtocolBroken(f"Constant Contact's {name} is no text.")
    return value


def _needed(document: Document, name: str) -> str:
    value = _text(document, name)
    if not value:
        raise ProtocolBroken(f"Constant Contact left out {name}.")
    return value


def count(document: Document, name: str) -> int | None:
    """Return a number that may be left out."""
    value = document.get(name)
    return value if isinstance(value, int) else None


def _moment(document: Document, name: str) -> datetime | None:
    text = _text(document, name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ProtocolBroken(f"Constant Contact's {name} is no time.") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
