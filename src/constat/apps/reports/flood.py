"""A brake against floods, without remembering anybody.

Addresses are counted in this process's memory under a key drawn at random and thrown away every day; neither the address
nor its hash is written anywhere. Each worker counts for itself: with n workers the limit is n times as wide. Many people
share one address (a telephone company, a camp's only router), so the limits are wide: they stop programs, not villages.
"""

import hmac
import secrets
import threading
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest

DAY = timedelta(days=1)


class Brake:
    """At most `most` acts per address in `window`."""

    def __init__(self, most: int, window: timedelta) -> None:
        self.most, self.window = most, window
        self._lock = threading.Lock()
        self._forget(None)

    def _forget(self, now: datetime | None) -> None:
        self._key, self._born = secrets.token_bytes(32), now
        self._counts: dict[bytes, int] = {}
        self._since = now

    def allows(self, address: str, now: datetime) -> bool:
        """Count one act of this address; False when it is one too many. Refused acts count too."""
        with self._lock:
            if self._born is None or now - self._born >= DAY:
                self._forget(now)
            if self._since is None or now - self._since >= self.window:
                self._counts, self._since = {}, now
            name = hmac.new(self._key, address.encode(), "sha256").digest()[:12]
            self._counts[name] = count = self._counts.get(name, 0) + 1
            return count <= self.most


def address_of(request: HttpRequest) -> str:
    """Who is calling, for the brake only. Behind the node's own TLS proxy, the address the proxy saw."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.HTTPS and (address.startswith("127.") or address in {"", "::1"}):
        # Only the last entry was written by our own proxy; the ones before are the caller's word.
        return str(request.META.get("HTTP_X_FORWARDED_FOR", address)).rsplit(",", 1)[-1].strip()
    return address


submissions = Brake(60, timedelta(minutes=10))
lookups = Brake(120, timedelta(minutes=10))
