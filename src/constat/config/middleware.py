"""How much a request may carry, decided before a byte of it is read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from constat.ui.errors import not_found, too_large

STRANGER = 4 * 1024 * 1024  # bytes; the public form carries words, not files
ENVELOPE = 1024 * 1024  # what a form adds to its file
SIGNED_IN = 52 * 1024 * 1024  # a spreadsheet of 50 MB and its envelope


class BodyLimitMiddleware:
    """413 for a body larger than its sender may send, and for one that does not say how large it is.

    Django's own limits stop large forms, not large files: those would fill the disk before a view could refuse them.

    An address with a NUL in it names nothing: one database refuses to be asked for it, which would end as an error of ours.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            "\0" in request.path
            or "%00" in request.META.get("QUERY_STRING", "")
            or "\0" in request.META.get("QUERY_STRING", "")
        ):
            return not_found(request)
        if request.method in {"POST", "PUT", "PATCH"}:
            stated = request.META.get("CONTENT_LENGTH") or "0"
            chunked = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
            limit = STRANGER
            if request.user.is_authenticated:
                # An item is sealed while it is received, so its size costs disk and no memory.
                deposit = request.path == reverse("evidence:deposit")
                limit = settings.EVIDENCE_MAX + ENVELOPE if deposit else SIGNED_IN
            if chunked or not stated.isdecimal() or int(stated) > limit:
                return too_large(request)
        return self.get_response(request)
