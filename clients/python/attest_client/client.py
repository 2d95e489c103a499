"""Records of one Attest server, by its API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import httpx
import orjson

from attest_client.replica import Replica, Summary
from attest_client.sending import Sender

Document = dict[str, Any]
"""A record as the server tells it: every column by name, references as `<name>_id`, times in UTC."""

MOST_LINES = 1000
MOST_BYTES = 20 * 1024 * 1024
LONGEST_WAIT = 30


class Change(TypedDict, total=False):
    """One change of the feed. `op` is created, updated, withdrawn, moved, expunged or closed.

    After `moved` and `expunged` the record is to be forgotten (what can still be read comes as a change of its own);
    after `closed`, everything that lies in `workspace_id` under `marking`.
    """

    op: str
    kind: str
    id: str
    version: int
    sequence: int
    at: str
    user_id: str | None
    workspace_id: str
    marking: str
    step: str
    reason: str
    document: Document | None


@dataclass(frozen=True)
class Page:
    """Some changes, the cursor that comes after them, and whether there is more at once."""

    changes: list[Change]
    next: str
    more: bool


class Attest:
    """One server, as one token sees it.

    `address` is the server's own, like `https://attest.example.org`; `timeout` in seconds. Every method raises
    `Problem` where the server refuses. Use it in a `with` block, or close it.
    """

    def __init__(
        self, address: str, token: str, *, timeout: float = 60.0, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.address = address.rstrip("/")
        self._sender = Sender(address, token, timeout=timeout, transport=transport)
        self._timeout = timeout

    def __enter__(self) -> Attest:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        self._sender.http.close()

    # --- Records: `kind` is the endpoint's name, like `incidents` or `evidence-items` -------------------

    def me(self) -> Document:
        """Who the token acts for, and where."""
        return self._told("GET", "me/")

    def get(self, kind: str, id: str) -> Document:
        return self._told("GET", f"{kind}/{id}/")

    def list(self, kind: str, **filters: Any) -> Iterator[Document]:
        """Every record that the filters let pass, fetched page by page as they are asked for."""
        page: Document = self._told("GET", f"{kind}/", params={"limit": 200, **filters})
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            page = self._told("GET", page["next"])

    def create(self, kind: str, **fields: Any) -> Document:
        """Record something new. With an `id` of your own, sending it again is harmless for good."""
        return self._told("POST", f"{kind}/", json=fields)

    def update(self, kind: str, id: str, *, version: int, **fields: Any) -> Document:
        """Change some fields of the version that you read; 412 if somebody changed it since."""
        return self._told("PATCH", f"{kind}/{id}/", json=fields, headers=_at(version))

    def step(self, kind: str, id: str, verb: str, *, version: int, **fields: Any) -> Document:
        """Take a step with a record, like `withdraw` with a `reason`."""
        return self._told("POST", f"{kind}/{id}/{verb}/", json=fields, headers=_at(version))

    def bulk(self, operations: Iterable[Document], *, partial: bool = False) -> Iterator[Document]:
        """The result of each operation, in order: `status`, with `id` and `version` or `problem`.

        Sent by the thousand, each thousand all or nothing unless `partial`.
        """
        number = 0
        for lines in _batches(operations):
            told = self._told(
                "POST",
                "bulk/",
                content=b"\n".join(lines),
                headers={"Content-Type": "application/x-ndjson"},
                params={"partial": int(partial)},
            )
            for result in told["results"]:
                yield {**result, "line": number + result["line"]}
            number += len(lines)

    # --- Staying in step -----------------------------------------------------------------------------

    def changes(self, cursor: str = "", *, kinds: Sequence[str] = (), limit: int = 1000, wait: int = 0) -> Page:
        """What comes after a cursor; everything that may be read, where there is none yet.

        `wait`: seconds, up to 30, that the server may hold the request until there is something to tell.
        """
        asked: dict[str, Any] = {"limit": limit, "wait": wait} | ({"cursor": cursor} if cursor else {})
        if kinds and not cursor:
            asked["kind"] = list(kinds)
        answer = self._sender.send("GET", "changes/", params=asked, timeout=self._timeout + wait)
        return Page(**orjson.loads(answer.content))

    def sync(
        self,
        into: Path | str,
        *,
        kinds: Sequence[str] = (),
        limit: int = 1000,
        told: Callable[[Summary], None] | None = None,
    ) -> Summary:
        """Bring a local replica (a SQLite file, made where there is none) in step with the server.

        May be stopped at any point, and goes on from there. `told` hears how far it has come after each page.
        """
        summary = Summary()
        with Replica(into, address=self.address, kinds=kinds) as replica:
            for page in self._pages(replica.cursor, kinds=kinds, limit=limit):
                summary += replica.take(page.changes, page.next)
                if told:
                    told(summary)
        return summary

    def _pages(self, cursor: str, *, kinds: Sequence[str], limit: int) -> Iterator[Page]:
        """The pages after a cursor. Each is asked for while the one before it is being written down."""
        with ThreadPoolExecutor(1) as ahead:
            coming: Future[Page] | None = ahead.submit(self.changes, cursor, kinds=kinds, limit=limit)
            while coming:
                page = coming.result()
                coming = ahead.submit(self.changes, page.next, kinds=kinds, limit=limit) if page.more else None
                yield page

    def follow(self, into: Path | str, *, kinds: Sequence[str] = ()) -> Iterator[Summary]:
        """Keep a replica in step for good; yields after each page that brought something."""
        with Replica(into, address=self.address, kinds=kinds) as replica:
            while True:
                page = self.changes(replica.cursor, kinds=kinds, wait=LONGEST_WAIT)
                summary = replica.take(page.changes, page.next)
                if summary.changes:
                    yield summary

    def _told(self, method: str, path: str, **given: Any) -> Document:
        answer: Document = orjson.loads(self._sender.send(method, path, **given).content)
        return answer


def _at(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


def _batches(operations: Iterable[Document]) -> Iterator[list[bytes]]:
    """The lines, in requests of as many and as much as the server takes at once."""
    lines: list[bytes] = []
    size = 0
    for line in map(orjson.dumps, operations):
        if lines and (len(lines) == MOST_LINES or size + len(line) + 1 > MOST_BYTES):
            yield lines
            lines, size = [], 0
        lines.append(line)
        size += len(line) + 1
    if lines:
        yield lines
