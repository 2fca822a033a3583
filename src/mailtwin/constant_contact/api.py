"""The gateway: who calls, are they allowed, and which operation is it?"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from attrs import field, frozen

from mailtwin.constant_contact import errors, jobs
from mailtwin.constant_contact.account import PRIVILEGES
from mailtwin.constant_contact.service import Asked, Service
from mailtwin.constant_contact.tokens import Grant
from mailtwin.exchange import Answer, Call, Remarks
from mailtwin.faults import Rule

Handler = Callable[[Asked], Answer]


def _compile(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))


@frozen(kw_only=True)
class Operation:
    """One method of one path, and what a token needs for it."""

    method: str
    path: str
    handler: Handler
    scope: str | None = "contact_data"
    privilege: str | None = "contacts:write"
    consumes: str | None = None
    produces: str = "application/json"
    pattern: re.Pattern[str] = field(init=False)

    @pattern.default
    def _pattern(self) -> re.Pattern[str]:
        return _compile(self.path)


class Api:
    """Answers calls under ``/v3``."""

    def __init__(self, service: Service, operations: Sequence[Operation]) -> None:
        self._service = service
        self._operations = operations

    def answer(self, call: Call, remarks: Remarks, fault: Rule | None) -> Answer:
        """Return the answer; what a refused call began is undone."""
        jobs.settle(self._service, at=call.at)
        try:
            grant = self._let_in(call, remarks)
            if fault and fault.kind == "token_revoked":
                self._service.mint.end(grant.grant, at=call.at)
                self._service.world.database.commit()
                raise errors.unauthorized()
            return self._operate(call, grant, remarks, fault)
        except errors.Refused as refused:
            return refused.answer

    def _let_in(self, call: Call, remarks: Remarks) -> Grant:
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        grant = None
        if scheme.lower() == "bearer":
            grant = self._service.mint.read_access(token.strip(), at=call.at)
        if grant is None:
            raise errors.unauthorized()
        remarks.api_key = grant.client_id
        self._count(call, grant, remarks)
        if not grant.live:
            raise errors.unauthorized()
        return grant

    def _count(self, call: Call, grant: Grant, remarks: Remarks) -> None:
        limits = self._service.limits
        key = grant.client_id
        if limits.exhausted_before(key, at=call.at):
            remarks.violation(
                "call_after_quota_exceeded", "the key was told today to stop"
            )
        try:
            limits.admit(key, at=call.at)
        except errors.Refused as refused:
            if refused.answer.body["error_key"] == "quota_exceeded":
                limits.told_exhausted(key, at=call.at)
            raise

    def _operate(
        self, call: Call, grant: Grant, remarks: Remarks, fault: Rule | None
    ) -> Answer:
        path = call.path.removeprefix("/v3")
        on_path = [
            (operation, match)
            for operation in self._operations
            if (match := operation.pattern.fullmatch(path))
        ]
        # "/contacts/counts" also looks like "/contacts/{contact_id}": first path wins
        on_path = [each for each in on_path if each[0].path == on_path[0][0].path]
        if not on_path:
            raise errors.not_found("The requested resource was not found.")
        for operation, match in on_path:
            if operation.method == call.method:
                _check_rights(operation, grant)
                _check_media_types(operation, call)
                asked = Asked(
                    service=self._service,
                    call=call,
                    grant=grant,
                    params=match.groupdict(),
                    remarks=remarks,
                    fault=fault,
                )
                with self._service.world.database:
                    return operation.handler(asked)
        raise errors.method_not_allowed()


def _check_rights(operation: Operation, grant: Grant) -> None:
    if operation.scope is not None and operation.scope not in grant.scope:
        raise errors.forbidden()
    if operation.privilege not in (None, *PRIVILEGES[grant.role]):
        raise errors.forbidden()


def _check_media_types(operation: Operation, call: Call) -> None:
    accept = call.headers.get("accept", "*/*")
    kinds = {each.partition(";")[0].strip().lower() for each in accept.split(",")}
    family = operation.produces.partition("/")[0] + "/*"
    if not kinds & {operation.produces, family, "*/*", "", "application/json"}:
        raise errors.not_acceptable()
    if operation.consumes is None:
        return
    sent = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent != operation.consumes:
        raise errors.unsupported_media_type()
