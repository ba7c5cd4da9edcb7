"""The exact bytes of a form field, before any decoding.

Django decodes a form with replacement characters; an account is kept byte for byte, so its field is read from the body
itself. What a browser does before that, and we cannot undo: it encodes the text in UTF-8 (the page says so) and writes
every line end as CR LF, whichever key made it. Nothing else is changed: no strip, no normalisation of accents.
"""

from urllib.parse import unquote_to_bytes

from django.http import HttpRequest

URLENCODED = "application/x-www-form-urlencoded"


def field_bytes(request: HttpRequest, name: str) -> bytes | None:
    """The last value of the field, or None when the form does not have it."""
    if request.content_type != URLENCODED:
        # A program that sends multipart: its text was decoded already; what is valid UTF-8 comes back unchanged.
        text = request.POST.get(name)
        return None if text is None else text.encode("utf-8")
    wanted = name.encode("ascii")
    found: bytes | None = None
    for pair in request.body.split(b"&"):
        key, _, value = pair.partition(b"=")
        if unquote_to_bytes(key.replace(b"+", b" ")) == wanted:
            found = unquote_to_bytes(value.replace(b"+", b" "))
    return found
