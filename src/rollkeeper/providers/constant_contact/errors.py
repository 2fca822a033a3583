"""What Constant Contact's refusals mean to us, by status and error key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from attrs import frozen

from rollkeeper.core.values import one_line
from rollkeeper.providers.errors import (
    AnswerLost,
    ChangeRefused,
    ProtocolBroken,
    ProviderError,
    QueueFull,
    QuotaSpent,
    ReconnectNeeded,
    TryLater,
)
from rollkeeper.providers.http import Reply, Request, Throttled, TokenRefused

QUEUE_DRAINS_IN = timedelta(minutes=5)

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ADDRESS = re.compile(r"\S+@\S+")


class ReadRefused(ProtocolBroken):
    """A read was answered with 400: it, or its place among the pages, is no good."""


class NotThere(ReadRefused):
    """What was to be read does not exist."""


@frozen(kw_only=True)
class Complaint:
    """The first error in a refusal's body; empty when the body has none."""

    key: str = ""
    message: str = ""

    @classmethod
    def read(cls, document: object) -> Complaint:
        """Read either shape of error body, or anything else."""
        first = document[0] if isinstance(document, list) and document else document
        if not isinstance(first, Mapping):
            return cls()
        return cls(
            key=_word(first.get("error_key")), message=_word(first.get("error_message"))
        )

    def __str__(self) -> str:
        """Return it for people, without the addresses it may repeat."""
        return one_line(_ADDRESS.sub("…", self.message or self.key))[:200]


def judge(reply: Reply, request: Request) -> ProviderError:
    """Return the error that an answer other than a success stands for."""
    complaint = Complaint.read(reply.document)
    said = f"Constant Contact answered {request} with {reply.status}"
    match reply.status:
        case 401:
            return TokenRefused("Constant Contact no longer accepts our sign-in.")
        case 403:
            return ReconnectNeeded(
                "Constant Contact does not let this sign-in manage contacts: an "
                "Account Owner or Account Manager has to connect and allow all rights."
            )
        case 429 if complaint.key == "quota_exceeded":
            return QuotaSpent("Constant Contact takes no more requests today.")
        case 429 if complaint.key == "throttled":
            return Throttled("Constant Contact takes fewer requests a second.")
        case 429:
            return QueueFull(
                "Constant Contact's job queue is full.", retry_after=QUEUE_DRAINS_IN
            )
        case 408 | 425 | 500 | 501 | 502 | 503 | 504:
            return (AnswerLost if request.writes else TryLater)(f"{said}.")
        case 400 | 404 | 409 if request.writes:
            return ChangeRefused(
                f"{said}: {complaint}", conflicting_id=_conflicting_id(reply, complaint)
            )
        case 404:
            return NotThere(f"{said}.")
        case 400:
            return ReadRefused(f"{said}: {complaint}")
        case _:
            return ProtocolBroken(f"{said}.")


def _conflicting_id(reply: Reply, complaint: Complaint) -> str | None:
    # the place of the id in the sentence has changed over the years
    found = _ID.search(complaint.message) if reply.status == 409 else None
    return found.group().lower() if found else None


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
