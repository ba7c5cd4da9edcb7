"""What a file really is, from its bytes; and what its name says it is."""

import codecs
import mimetypes

import puremagic

UNKNOWN = "application/octet-stream"
TEXT = "text/plain"
# Signatures the library finds in the wrong container, or that several kinds share.
_FIRST = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)


def recognise(head: bytes) -> str:
    """Media type of the first bytes (64 KiB or the whole file). What nothing recognises and reads as text is text."""
    for start, media_type in _FIRST:
        if head.startswith(start):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if _is_text(head):
        return TEXT
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    return next((one.mime_type for one in found if one.mime_type), UNKNOWN)


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    try:
        # A character cut in two by the end of the head is no reason to call a text something else.
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def claimed(filename: str) -> str:
    """What the name says: "" when it says nothing we know."""
    return mimetypes.guess_type(filename, strict=False)[0] or ""


__all__ = ["TEXT", "UNKNOWN", "claimed", "recognise"]
