"""How much may be sent at once, before any of it is kept."""

from __future__ import annotations

from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

MOST_BYTES: Final = 100_000_000
"""In all files of one request together."""


class AtMost(FileUploadHandler):
    """Stops keeping what is sent as soon as it is too much. The rest is not read into
    memory nor written anywhere; `is_too_much` tells it to whoever answers."""

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > MOST_BYTES:
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        return None


def is_too_much(request: HttpRequest) -> bool:
    return int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES
