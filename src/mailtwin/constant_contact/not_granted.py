"""The refusals of the token endpoint."""

from __future__ import annotations

from mailtwin.exchange import Answer


class NotGranted(Exception):
    """The token endpoint refuses, with one of the errors of OAuth 2."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(error)
        self.answer = Answer(
            status=status, body={"error": error, "error_description": description}
        )
