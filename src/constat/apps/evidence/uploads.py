"""A file that comes by the form is sealed while it arrives: no copy in memory, none in clear in a temporary folder."""

import io
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from constat.apps.evidence.errors import EvidenceError
from constat.apps.evidence.store import Sealed, Sealer


class SealedUpload(UploadedFile):  # type: ignore[type-arg]
    """What a form gets instead of a file: it is in the store already, and belongs to nothing yet."""

    def __init__(self, sealed: Sealed, name: str | None, content_type: str | None) -> None:
        super().__init__(io.BytesIO(), name, content_type, sealed.size)
        self.sealed = sealed


class SealingHandler(FileUploadHandler):
    """One request's receiver. `leave` after the view: what no item took is removed again."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.problem: EvidenceError | None = None
        self._sealer: Sealer | None = None
        self._arrived: list[Sealed] = []
        self._taken: set[Any] = set()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._sealer = None if self.problem else Sealer()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if self._sealer is not None:
            try:
                self._sealer.write(raw_data)
            except EvidenceError as problem:
                # The rest is read and dropped, so that the form comes back with its words and says why.
                self.problem, self._sealer = problem, None
        return None

    def file_complete(self, file_size: int) -> SealedUpload | None:
        if self._sealer is None:
            return None
        sealer, self._sealer = self._sealer, None
        try:
            sealed = sealer.finish()
        except EvidenceError as problem:
            self.problem = problem
            return None
        self._arrived.append(sealed)
        return SealedUpload(sealed, self.file_name, self.content_type)

    def upload_interrupted(self) -> None:
        if self._sealer is not None:
            self._sealer.abandon()
            self._sealer = None

    def took(self, sealed: Sealed) -> None:
        self._taken.add(sealed.blob)

    def leave(self) -> None:
        self.upload_interrupted()
        for sealed in self._arrived:
            if sealed.blob not in self._taken:
                sealed.discard()


__all__ = ["SealedUpload", "SealingHandler"]
