"""Requests that are tried again where that is safe, and only there."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx

from attest_client.errors import Problem

TRIES = 5
LONGEST_PAUSE = 60.0
"""Seconds between two tries, whatever the server asks for."""

BUSY = frozenset({429, 502, 503, 504})
REPEATABLE = frozenset({"GET", "HEAD", "POST"})
"""A GET changes nothing, and every POST carries an Idempotency-Key: the server does what it asks once only."""


class Sender:
    """Sends requests with one token.

    A request that got no answer, or a busy one, is tried again up to five times, with growing pauses or the one
    that `Retry-After` names. A PATCH is tried again only where the server said that it did not take it: sent
    twice, the second would find its own first one's version.
    """

    def __init__(
        self,
        address: str,
        token: str,
        *,
        timeout: float,
        transport: httpx.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.http = httpx.Client(
            base_url=address.rstrip("/") + "/api/v1/",
            headers={"Authorization": f"Bearer {token}", "User-Agent": "attest-client/1"},
            timeout=timeout,
            transport=transport,
        )
        self.pause = pause

    def send(self, method: str, path: str, *, timeout: float | None = None, **given: Any) -> httpx.Response:
        """The answer, if it is a good one. Raises `Problem`, or `httpx.TransportError` when nobody answers."""
        request = self.http.build_request(method, path, timeout=timeout or self.http.timeout, **given)
        if method == "POST":
            request.headers.setdefault("Idempotency-Key", str(uuid4()))
        for left in reversed(range(TRIES)):
            answer = self._tried(request, is_last=not left)
            if answer is None or (answer.status_code in BUSY and left):
                self.pause(_pause(answer, TRIES - left))
                continue
            if answer.is_error:
                raise Problem.of(answer)
            return answer
        raise AssertionError("the last try answers or raises")

    def _tried(self, request: httpx.Request, *, is_last: bool) -> httpx.Response | None:
        """The answer; None where there was none and the request may be sent again."""
        try:
            return self.http.send(request)
        except httpx.ConnectError:
            if is_last:
                raise
        except httpx.TransportError:
            if is_last or request.method not in REPEATABLE:
                raise
        return None


def _pause(answer: httpx.Response | None, tries: int) -> float:
    """Seconds to wait before the next try: what the server asks for, or growing and scattered."""
    asked = answer.headers.get("Retry-After", "") if answer is not None else ""
    if asked.isdigit():
        return min(float(asked), LONGEST_PAUSE)
    return float(min(0.25 * 2**tries, LONGEST_PAUSE)) * random.uniform(0.5, 1.0)  # noqa: S311 - scattered, not secret
