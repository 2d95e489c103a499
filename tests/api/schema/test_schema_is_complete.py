"""What OpenAPI says is complete: words, types, examples and problems for every operation."""

from __future__ import annotations

import json

import pytest
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator

from config.problems import TITLES
from config.schema_examples import JSON, example, words
from config.schema_problems import STATUSES
from ledger.filters import RecordFilterSet


@pytest.fixture(scope="module")
def schema() -> dict:
    return json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True), default=str))


def operations(schema: dict):
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def followed(schema: dict, told: dict) -> dict:
    """What a reference leads to."""
    while "$ref" in told:
        _, sort, name = told["$ref"].removeprefix("#/").split("/")
        told = schema["components"][sort][name]
    return told


def bodies(schema: dict, operation: dict):
    """Every body of an operation, by status: media type, and what is told of it."""
    for media_type, told in operation.get("requestBody", {}).get("content", {}).items():
        yield "request", media_type, told
    for status, answer in operation["responses"].items():
        for media_type, told in followed(schema, answer).get("content", {}).items():
            yield status, media_type, told


def test_every_operation_says_what_it_does(schema):
    summaries = {name: operation.get("summary", "") for name, operation in operations(schema)}
    silent = [name for name, operation in operations(schema) if not operation.get("description")]
    assert [*silent, *(name for name, summary in summaries.items() if not summary)] == []


def test_every_body_of_json_has_an_example_that_its_schema_allows(schema):
    wrong = {}
    for name, operation in operations(schema):
        for where, media_type, told in bodies(schema, operation):
            if media_type not in (*JSON, "application/problem+json"):
                continue
            assert told.get("examples"), f"{name} {where} has no example"
            validator = Draft202012Validator({**told["schema"], "components": schema["components"]})
            for each in told["examples"].values():
                errors = [error.message for error in validator.iter_errors(followed(schema, each)["value"])]
                if errors:
                    wrong[f"{name} {where}"] = errors
    assert wrong == {}


def test_every_text_of_the_examples_has_words_of_its_own(schema):
    unsaid = set()

    def look(told):
        if isinstance(told, dict):
            for name, value in told.items():
                if value == f"{name.replace('_', ' ').capitalize()}.":
                    unsaid.add(name)
                look(value)
        elif isinstance(told, list):
            for each in told:
                look(each)

    look(schema["components"]["examples"])
    assert unsaid == set()


def test_examples_refer_to_each_other(schema):
    told = {name: each["value"] for name, each in schema["components"]["examples"].items()}
    assert told["InvolvementDocument"]["incident_id"] == told["IncidentDocument"]["id"]
    assert told["PassageDocument"]["item_id"] == told["EvidenceItemDocument"]["id"]


@pytest.mark.parametrize(
    ("of", "value"),
    [
        ({"type": "string", "enum": ["", "b"]}, "b"),
        ({"type": ["string", "null"], "format": "date"}, "2021-11-15"),
        ({"type": "array", "items": {"type": "integer", "minimum": 3}}, [3]),
        ({"oneOf": [{"type": "boolean"}, {"type": "null"}]}, False),
    ],
)
def test_an_example_is_made_from_a_schema(of, value):
    assert example(of, {}) == value


def test_words_are_those_of_fields_that_there_are(schema):
    named = {name for each in schema["components"]["schemas"].values() for name in each.get("properties", {})}
    of_forms = {"cursor", "email"}
    assert {each.rpartition(".")[2] for each in words()} - named - of_forms == set()


def test_every_problem_is_told_with_its_status_and_an_example(schema):
    told = {}
    for _, operation in operations(schema):
        for status, answer in operation["responses"].items():
            content = followed(schema, answer).get("content", {}).get("application/problem+json", {})
            for kind, each in content.get("examples", {}).items():
                assert each["value"]["status"] == int(status) == STATUSES[kind]
                told[each["value"]["type"].removeprefix("/api/docs/#problem-")] = kind
    assert set(told) == set(TITLES)


def test_every_operation_tells_of_its_problems(schema):
    for name, operation in operations(schema):
        answers = set(operation["responses"])
        assert {"400", "500"} <= answers, name
        assert {"401", "403", "429"} <= answers or "oauth" in name, name
        if "requestBody" in operation:
            assert {"413", "415"} <= answers, name
        if any(each["name"] == "If-Match" for each in operation.get("parameters", ())):
            assert {"404", "409", "412", "428"} <= answers, name


def test_a_refusal_of_the_gate_shows_its_checks(schema):
    refused = followed(schema, schema["paths"]["/api/v1/attributions/{id}/approve/"]["post"]["responses"]["409"])
    examples = refused["content"]["application/problem+json"]["examples"]
    assert examples["gate-not-passed"]["value"]["checks"][0]["outcome"] == "failed"


def test_answers_carry_the_headers_that_are_sent(schema):
    added = schema["paths"]["/api/v1/incidents/"]["post"]["responses"]["201"]
    assert set(added["headers"]) == {"ETag", "RateLimit", "RateLimit-Policy", "Idempotent-Replayed"}
    spent = followed(schema, schema["paths"]["/api/v1/incidents/"]["get"]["responses"]["429"])
    assert "Retry-After" in spent["headers"]


def parameter(schema: dict, path: str, name: str) -> dict:
    return next(each for each in schema["paths"][path]["get"]["parameters"] if each["name"] == name)


def test_filters_are_told_with_the_types_that_they_take(schema):
    incidents = "/api/v1/incidents/"
    assert parameter(schema, incidents, "status")["schema"]["items"]["enum"][0] == "monitoring"
    assert parameter(schema, incidents, "actor")["schema"] == {"type": "string", "format": "uuid"}
    assert parameter(schema, incidents, "began_from")["schema"]["pattern"].startswith("^[0-9]{4}")
    assert parameter(schema, "/api/v1/tasks/", "mine")["schema"] == {"type": "boolean"}
    assert parameter(schema, incidents, "limit")["schema"]["maximum"] == 200
    assert set(RecordFilterSet.base_filters) == {"q", "workspace", "marking"}


def test_nothing_is_answered_with_an_object_without_a_name(schema):
    nameless = []
    for name, operation in operations(schema):
        for status, media_type, told in bodies(schema, operation):
            named = told["schema"].get("allOf", [told["schema"]])[0]
            if media_type == "application/json" and status[0] == "2" and "$ref" not in named:
                nameless.append(name)
    assert nameless == []


def test_each_way_to_sign_in_is_enough_by_itself(schema):
    ways = schema["paths"]["/api/v1/me/"]["get"]["security"]
    assert ways == [{"token": []}, {"oauth": []}, {"session": []}]
