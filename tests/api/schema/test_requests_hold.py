"""The API against its own schema: whatever is asked, it answers as the schema says.

Requests are made from the schema by schemathesis, always the same ones, as a program and as a person,
about records that exist. Each is taken back afterwards.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterable, Iterator
from functools import cache
from threading import BoundedSemaphore

import pytest
import schemathesis
from django.conf import settings as conf
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import override_settings
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks

from accounts.models import Workspace
from config.api import own, router
from config.schema_examples import example
from config.wsgi import application
from exchange import waiting
from tests.api.schema.world import World, a_world
from tests.fixtures import everyone

pytestmark = pytest.mark.django_db

EACH = int(os.environ.get("ATTEST_REQUESTS_EACH", "2"))
"""Requests of each sort to each endpoint: few, because CI waits for them. More are asked for by hand."""

REFUSALS = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428]
CONFIG = {"checks": {"negative_data_rejection": {"expected-statuses": REFUSALS}}}
"""By default 412 is no refusal: but a stale version is found before what was sent is looked at."""

ALWAYS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
WHEN_WRONG = [*ALWAYS, checks.negative_data_rejection]

GROUPS = [prefix for prefix, *_ in (*router.registry, *own.registry)]
REST = ("me", "search", "changes", "what-falls", "bulk", "oauth", "ledger", "calendar")

REPEATABLE = settings(
    max_examples=EACH,
    derandomize=True,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@schemathesis.serializer("application/x-ndjson")
def lines(context, value) -> bytes:
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


@schemathesis.serializer("application/offset+octet-stream")
def pieces(context, value) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


@cache
def the_schema():
    told = json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True), default=str))
    return schemathesis.openapi.from_dict(told, config=schemathesis.Config.from_dict(CONFIG))


def operations_of(group: str) -> Iterator:
    for found in the_schema().get_all_operations():
        operation = found.ok()
        if operation.path.split("/")[3] == group:
            yield operation


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """All requests share the transaction that is taken back: a server would begin each with a connection of its own."""
    edges = (request_started, request_finished)
    for edge in edges:
        edge.disconnect(close_old_connections)
    yield
    for edge in edges:
        edge.connect(close_old_connections)


@pytest.fixture(scope="module", autouse=True)
def _files(tmp_path_factory) -> Iterator[None]:
    """One vault, as the records in it are there for all tests."""
    options = {"location": str(tmp_path_factory.mktemp("files")), "base_url": None}
    stores = {**conf.STORAGES, "default": {**conf.STORAGES["default"], "OPTIONS": options}}
    with override_settings(STORAGES=stores, UPLOADS_DIR=tmp_path_factory.mktemp("uploads")):
        yield


@pytest.fixture(scope="module")
def world(_files, django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        east, west = (Workspace.objects.create(name=name, slug=name.lower()) for name in ("East", "West"))
        yield a_world(everyone(east, west), east)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _nobody_is_waited_for(settings, monkeypatch):
    """No second factor is asked for, and the feed has no place to wait in: it answers at once."""
    settings.APPROVAL_NEEDS_SECOND_FACTOR = False
    monkeypatch.setattr(waiting, "_places", BoundedSemaphore(0))


def about_what_exists(case, world: World, luck: random.Random):
    """The same request, as a rule about records that exist, at their version; what was made wrong stays wrong."""
    wrong = {place for place, told in case.meta.components.items() if told.mode.is_negative} if case.meta else set()
    known = world.known(case.path) if "id" in case.path_parameters and ParameterLocation.PATH not in wrong else []
    if known and luck.random() < 0.9:
        pk, version = luck.choice(known)
        case.path_parameters["id"] = pk
        if ParameterLocation.HEADER not in wrong and "If-Match" in case.headers and luck.random() < 0.9:
            case.headers["If-Match"] = f'"{version}"'
    if ParameterLocation.BODY not in wrong and isinstance(case.body, dict):
        case.body = {name: _existing(case.path, name, value, world, luck) for name, value in case.body.items()}
    return case


def _existing(path: str, name: str, value, world: World, luck: random.Random):
    if value is None or not name.endswith(("_id", "_ids")) or not (known := world.referred(path, name)):
        return value
    return [luck.choice(known)] if name.endswith("_ids") else luck.choice(known)


def ask(case, world: World, who: str, luck: random.Random, wanted: list) -> None:
    """Send a request, hold the answer against the schema, and take back what it did."""
    about_what_exists(case, world, luck)
    with transaction.atomic():
        answer = case.call(app=application, headers=world.askers[who])
        transaction.set_rollback(True)
    case.validate_response(answer, checks=wanted)


def hold(operation, world: World, mode: GenerationMode, wanted: list) -> None:
    @REPEATABLE
    @given(
        case=operation.as_strategy(generation_mode=mode), who=st.sampled_from(["program", "person"]), n=st.integers()
    )
    def holds(case, who, n):
        ask(case, world, who, random.Random(n), wanted)

    holds()


@cache
def worth_spoiling() -> set[str]:
    """One operation of those that take the very same, like all that withdraw; and none that reads one record.

    Reading one takes next to nothing that could be wrong, and what there is has tests by name.
    """
    first: dict[str, str] = {}
    for found in the_schema().get_all_operations():
        operation = found.ok()
        told = the_schema().raw_schema["paths"][operation.path][operation.method]
        taken = [
            each["schema"] for each in told.get("parameters", ()) if each["in"] == "query" and each["name"] != "fields"
        ]
        if told.get("requestBody") or len(taken) > 1:
            first.setdefault(json.dumps([told.get("requestBody"), taken]), operation.label)
    return set(first.values())


def hold_all(operations: Iterable, world: World, mode: GenerationMode, wanted: list) -> None:
    """Hold these operations against the schema, and tell of all that do not hold."""
    broken = []
    for operation in operations:
        try:
            hold(operation, world, mode, wanted)
        except Exception as error:
            error.add_note(operation.label)
            broken.append(error)
    if broken:
        raise ExceptionGroup(f"{len(broken)} operations do not hold", broken)


@pytest.mark.parametrize("group", [*GROUPS, *REST])
def test_what_the_schema_allows_is_answered_as_it_says(world, group):
    hold_all(operations_of(group), world, GenerationMode.POSITIVE, ALWAYS)


@pytest.mark.parametrize("group", [*GROUPS, *REST])
def test_what_the_schema_does_not_allow_is_refused_as_it_says(world, group):
    spoilt = [operation for operation in operations_of(group) if operation.label in worth_spoiling()]
    hold_all(spoilt, world, GenerationMode.NEGATIVE, WHEN_WRONG)


def test_every_operation_belongs_to_a_group():
    named = {operation.ok().path.split("/")[3] for operation in the_schema().get_all_operations()}
    assert named == {*GROUPS, *REST}


@pytest.mark.parametrize("group", [*GROUPS, "policy-responses/figures"])
def test_each_parameter_of_a_list_is_taken_as_it_is_described(client, world, group):
    """One at a time, because requests made at random leave most of them out."""
    schema = the_schema().raw_schema
    told = schema["paths"][f"/api/v1/{group}/"].get("get", {}).get("parameters", [])
    for each in (each for each in told if each["in"] == "query"):
        for value in values_of(each["schema"], schema["components"]["schemas"]):
            answer = client.get(f"/api/v1/{group}/", {each["name"]: value}, headers=world.askers["program"])
            of_nobody = answer.status_code == 400 and depends_on_who_asks(each["schema"])
            assert answer.status_code == 200 or of_nobody, (each["name"], value, answer.content)


def values_of(schema: dict, schemas: dict) -> list:
    """Values that a parameter takes: all where they are named, otherwise one."""
    inner = schema.get("items", schema)
    if "enum" not in inner:
        return [example(inner, schemas)] if inner["type"] != "boolean" else ["true", "false"]
    return [each for each in inner["enum"] if each not in ("", None)]


def depends_on_who_asks(schema: dict) -> bool:
    """Whether a value that looks right may name what this reader does not have: a record, a country, a year."""
    return schema.get("format") == "uuid" or schema.get("pattern", "") in ("^[A-Z]{2}$", "^[0-9]{4}$")
