"""The floor: the same rows straight from PostgreSQL, by psycopg in a bare WSGI application.

No framework, no token, no row-level security: the conditions that those amount to are written into the
queries. Served by the same server with the same settings, on the same cores, in the same run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from urllib.parse import parse_qs
from uuid import UUID

from psycopg_pool import ConnectionPool
from uuid_utils.compat import uuid7

ROOM = UUID(os.environ["BENCH_WORKSPACE"])
MARKINGS = os.environ["BENCH_MARKINGS"].split(",")
AUTHOR = UUID(os.environ["BENCH_AUTHOR"])
SEEN = "workspace_id = %s AND marking = ANY (%s)"

LIST = f"""
SELECT json_build_object('results', json_agg(document), 'next', null)::text FROM (
    SELECT to_jsonb(t) AS document FROM cases_incident t WHERE {SEEN} ORDER BY t.id DESC LIMIT 50) page
"""
ONE = f"SELECT to_jsonb(t)::text FROM cases_incident t WHERE {SEEN} AND id = %s"
CHANGES = f"""
SELECT json_build_object('changes', json_agg(change), 'next', max(sequence)::text)::text FROM (
    SELECT e.sequence, json_build_object('sequence', e.sequence, 'op', e.operation, 'kind', e.kind, 'id', e.object_id,
        'version', e.version, 'at', e.at, 'user_id', e.user_id, 'workspace_id', e.workspace_id, 'marking', e.marking,
        'step', e.step, 'reason', e.reason, 'document', e.document) AS change
    FROM ledger_entry e WHERE {SEEN} AND e.sequence > %s ORDER BY e.sequence LIMIT %s) page
"""
INSERT = """
INSERT INTO cases_actor (id, workspace_id, marking, state_note, status, name, actor_kind, aliases, country, description,
                         created_by_id)
VALUES (%s, %s, 'green', '', 'active', %s, 'enterprise', '{}', '', '', %s) RETURNING to_jsonb(cases_actor)::text
"""

_pools: list[ConnectionPool] = []


def application(environ: dict, start_response: Callable) -> Iterable[bytes]:
    answer = _answer(environ["PATH_INFO"].strip("/").split("/"), environ).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))])
    return [answer]


def _answer(path: list[str], environ: dict) -> str:
    match path:
        case ["health"]:
            return ""
        case ["incidents"]:
            return _asked(LIST)
        case ["incidents", key]:
            return _asked(ONE, UUID(key))
        case ["changes"]:
            asked = parse_qs(environ["QUERY_STRING"])
            return _asked(CHANGES, int(asked.get("cursor", ["0"])[0]), int(asked["limit"][0]))
        case ["actors"]:
            key = uuid7().hex
            with _pool().connection() as connection:
                return connection.execute(INSERT, [UUID(key), ROOM, f"Carrier {key}", AUTHOR]).fetchone()[0]
    raise ValueError(f"The floor has no {path}.")


def _asked(query: str, *more: object) -> str:
    with _pool().connection() as connection:
        row = connection.execute(query, [ROOM, MARKINGS, *more]).fetchone()
        return row[0] if row else ""


def _pool() -> ConnectionPool:
    """Of this worker: opened after the fork. `jit` is off as in the product."""
    if not _pools:
        _pools.append(
            ConnectionPool(os.environ["DATABASE_URL"], min_size=4, max_size=8, kwargs={"options": "-c jit=off"})
        )
    return _pools[0]
