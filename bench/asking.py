"""The requests of each figure, as bytes for the load: what a reader of one workspace asks for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import cycle, islice

from uuid_utils.compat import uuid7

from bench.place import Facts

MANY = 1_000
"""Operations of a bulk request, changes of a feed page: the most that the product takes."""


def request(path: str, *, body: bytes = b"", kind: str = "application/json", **headers: str) -> bytes:
    """As a browser or program behind the proxy that ends TLS sends it."""
    head = {"Host": "127.0.0.1", "X-Forwarded-Proto": "https", **headers}
    if body:
        head |= {"Content-Type": kind, "Content-Length": str(len(body))}
    lines = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def token(facts: Facts) -> dict[str, str]:
    return {"Authorization": f"Bearer {facts.tokens['analyst']}"}


def session(facts: Facts) -> dict[str, str]:
    return {"Cookie": f"sessionid={facts.session}"}


def _in_turn(paths: list[str], headers: dict[str, str]) -> Iterator[bytes]:
    return cycle([request(path, **headers) for path in paths])


def actor(facts: Facts) -> dict[str, object]:
    key = str(uuid7())
    name = f"Carrier {key}"
    return {"id": key, "workspace_id": facts.workspace, "marking": "green", "name": name, "actor_kind": "enterprise"}


def _actors(facts: Facts) -> Iterator[bytes]:
    while True:
        yield request("/api/v1/actors/", body=json.dumps(actor(facts)).encode(), **token(facts))


def bulk(facts: Facts) -> Iterator[bytes]:
    """Requests of a thousand records each, every one new."""
    while True:
        fields = [actor(facts) for _ in range(MANY)]
        lines = [json.dumps({"op": "create", "kind": "actor", "id": each.pop("id"), "fields": each}) for each in fields]
        body = "\n".join(lines).encode()
        yield request("/api/v1/bulk/", body=body, kind="application/x-ndjson", **token(facts))


PRODUCT: dict[str, Callable[[Facts], Iterator[bytes]]] = {
    "list": lambda facts: _in_turn(["/api/v1/incidents/"], token(facts)),
    "one": lambda facts: _in_turn([f"/api/v1/incidents/{key}/" for key in facts.incidents], token(facts)),
    "feed": lambda facts: _in_turn([f"/api/v1/changes/?limit={MANY}"], token(facts)),
    "html-list": lambda facts: _in_turn(["/incidents/"], session(facts)),
    "incident": lambda facts: _in_turn([f"/incidents/{key}/" for key in facts.incidents], session(facts)),
    "attribution": lambda facts: _in_turn([f"/attributions/{key}/" for key in facts.attributions], session(facts)),
    "write": _actors,
    "bulk": bulk,
}

FLOOR: dict[str, Callable[[Facts], Iterator[bytes]]] = {
    "list": lambda facts: _in_turn(["/incidents"], {}),
    "one": lambda facts: _in_turn([f"/incidents/{key}" for key in facts.incidents], {}),
    "feed": lambda facts: _in_turn([f"/changes?limit={MANY}"], {}),
    "write": lambda facts: cycle([request("/actors", body=b"{}")]),
}


def first(figure: str, facts: Facts) -> bytes:
    return next(islice(PRODUCT[figure](facts), 1))
