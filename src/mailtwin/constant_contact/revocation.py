"""``POST …/revoke``, which nobody documents and three clients call."""

from __future__ import annotations

from mailtwin.constant_contact import applications
from mailtwin.constant_contact.not_granted import NotGranted
from mailtwin.constant_contact.service import Service
from mailtwin.constant_contact.token_calls import read_client
from mailtwin.exchange import Answer, Call, Remarks
from mailtwin.faults import Rule


class RevokeEndpoint:
    """Ends a grant by one of its tokens; an unknown token is no error."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def answer(self, call: Call, remarks: Remarks, _fault: Rule | None) -> Answer:
        world = self._service.world
        if not world.switches.on("revoke_endpoint"):
            return Answer(status=404)
        try:
            with world.database:
                fields, client_id, secret = read_client(call)
                remarks.api_key = client_id
                if secret is not None:
                    applications.check_secret(world, client_id, secret)
                grants = world.database.execute(
                    'SELECT "grant" FROM (SELECT token, "grant" FROM access_token'
                    ' UNION ALL SELECT token, "grant" FROM refresh_token)'
                    ' JOIN "grant" USING ("grant") WHERE token = ? AND client_id = ?',
                    (fields.get("token", ""), client_id),
                ).fetchall()
                for row in grants:
                    self._service.mint.end(row["grant"], at=call.at)
        except NotGranted as refused:
            return refused.answer
        return Answer(status=200)
