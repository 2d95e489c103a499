"""The legal library that comes along: provisions in our own words, which each workspace takes a copy of."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from accounts.models import User, Workspace
from cases.choices import Element
from policy.conditions import Bearing
from policy.models import LegalProvision

HERE = Path(__file__).resolve().parent


@cache
def entries() -> list[dict[str, Any]]:
    """The library as fields of `LegalProvision`, in its own order."""
    return [_fields(each) for each in _told()["provisions"]]


@cache
def bearings() -> dict[str, dict[str, Bearing]]:
    """How the tests of entries bear on our elements, by key of the entry and words of the test."""
    tests = {each["key"]: each.get("tests", []) for each in entries()}
    return {
        key: {
            test: Bearing(tuple(Element(one) for one in each["elements"]), each["beyond"])
            for test, each in zip(tests[key], told, strict=True)
        }
        for key, told in _told()["bearings"].items()
    }


@cache
def _told() -> dict[str, Any]:
    return yaml.safe_load((HERE / "provisions.yaml").read_text())


def _fields(told: dict[str, Any]) -> dict[str, Any]:
    renamed = {"from": "in_force_from", "to": "in_force_to"}
    return {renamed.get(name, name): value for name, value in told.items()}


@transaction.atomic
def seed(*, by: User, workspace: Workspace) -> list[LegalProvision]:
    """Put into a workspace's library what it lacks, and return that.

    What a workspace edited stays as edited, what it withdrew stays withdrawn, and an article that somebody recorded
    by hand is not recorded twice.
    """
    known = LegalProvision.objects.filter(workspace=workspace)
    keys = set(known.exclude(key="").values_list("key", flat=True))
    standing = set(known.filter(status="active").values_list("instrument", "article"))
    return [
        LegalProvision.add(by=by, workspace=workspace, marking="clear", **each)
        for each in entries()
        if each["key"] not in keys and (each["instrument"], each.get("article", "")) not in standing
    ]
