"""Refusals, in the two shapes the service uses.

The contact service answers an array of errors; the gateway before it (401, 403,
405, 406, 415, 429) answers one object.
"""

from __future__ import annotations

from mailtwin.exchange import Answer


class Refused(Exception):
    """The call is answered with a refusal and changes nothing."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def _array(status: int, key: str, message: str) -> Refused:
    body = [{"error_key": key, "error_message": message}]
    return Refused(Answer(status=status, body=body))


def _object(status: int, key: str, message: str) -> Refused:
    body = {"error_key": key, "error_message": message}
    return Refused(Answer(status=status, body=body))


def invalid(*messages: str) -> Refused:
    return _array(400, "contacts.api.validation.error", ", ".join(messages))


def malformed() -> Refused:
    return _array(400, "contacts.api.json.error", "The JSON could not be read.")


def not_found(message: str) -> Refused:
    return _array(404, "contacts.api.not_found", message)


def conflict(message: str) -> Refused:
    return _array(409, "contacts.api.conflict", message)


def unauthorized() -> Refused:
    return _object(401, "unauthorized", "Unauthorized")


def forbidden() -> Refused:
    return _object(403, "forbidden", "Forbidden")


def method_not_allowed() -> Refused:
    return _object(405, "method_not_allowed", "Method Not Allowed")


def not_acceptable() -> Refused:
    return _object(406, "not_acceptable", "Not Acceptable")


def unsupported_media_type() -> Refused:
    return _object(415, "unsupported_media_type", "Unsupported Media Type")


def throttled() -> Refused:
    return _object(429, "throttled", "Too Many Requests")


def quota_exceeded() -> Refused:
    return _object(429, "quota_exceeded", "Limit Exceeded")


QUEUE_MESSAGE = "There are already 1,000 queued activities for this account."


def queue_full(shape: str) -> Refused:
    """Return the refusal of job 1,001; nobody published its shape."""
    match shape:
        case "array":
            return _array(429, "contacts.api.too_many_activities", QUEUE_MESSAGE)
        case "message":
            return Refused(Answer(status=429, body={"message": QUEUE_MESSAGE}))
        case _:
            return _object(429, "too_many_activities", QUEUE_MESSAGE)
