"""Where the bytes of evidence lie: in a folder, or in a bucket of an object store that speaks S3."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env

BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
PREFIX = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def vault(env: Env, folder: Path, *, is_production: bool) -> dict[str, Any]:
    """The storage for `STORAGES`. Refuses what is set by halves, naming the variable."""
    told = {name: env.str(f"ATTEST_S3_{name}", default="") for name in NAMES}
    if not any(told.values()):
        return folder_vault(folder)
    for refused in (_without_bucket, _keys_by_halves, _nowhere, _no_address, _in_clear, _no_prefix, _no_style):
        if sentence := refused(told, is_production):
            raise ImproperlyConfigured(sentence)
    return _bucket(told)


NAMES = ("BUCKET", "ENDPOINT", "REGION", "ACCESS_KEY", "SECRET_KEY", "PATH_STYLE", "PREFIX")


def folder_vault(folder: Path) -> dict[str, Any]:
    """A folder on disk."""
    return {"BACKEND": "evidence.storage.LocalVault", "OPTIONS": {"location": str(folder), "base_url": None}}


EITHER = {"true": True, "false": False}


def _bucket(told: dict[str, str]) -> dict[str, Any]:
    keys: dict[str, Any] = {}
    if told["ACCESS_KEY"]:  # a session of the environment's own keys does not go with these
        keys = {"access_key": told["ACCESS_KEY"], "secret_key": told["SECRET_KEY"], "security_token": None}
    options = {
        "bucket_name": told["BUCKET"],
        "endpoint_url": told["ENDPOINT"] or None,
        "region_name": told["REGION"] or ("us-east-1" if told["ENDPOINT"] else None),
        "location": told["PREFIX"],
        "path_style": EITHER.get(told["PATH_STYLE"].lower(), bool(told["ENDPOINT"])),
        **keys,
    }
    return {"BACKEND": "evidence.object_storage.ObjectVault", "OPTIONS": options}


def _without_bucket(told: dict[str, str], is_production: bool) -> str:
    if not told["BUCKET"]:
        name = next(name for name, value in told.items() if value)
        return f"ATTEST_S3_BUCKET must be set with ATTEST_S3_{name}."
    return (
        "" if BUCKET.fullmatch(told["BUCKET"]) else "ATTEST_S3_BUCKET must be the name of a bucket, like attest-files."
    )


def _keys_by_halves(told: dict[str, str], is_production: bool) -> str:
    if bool(told["ACCESS_KEY"]) == bool(told["SECRET_KEY"]):
        return ""
    missing, given = ("SECRET_KEY", "ACCESS_KEY") if told["ACCESS_KEY"] else ("ACCESS_KEY", "SECRET_KEY")
    return f"ATTEST_S3_{missing} must be set with ATTEST_S3_{given}."


def _nowhere(told: dict[str, str], is_production: bool) -> str:
    if told["REGION"] or told["ENDPOINT"]:
        return ""
    return "ATTEST_S3_REGION must be set, or ATTEST_S3_ENDPOINT for a store that is not Amazon's."


def _no_address(told: dict[str, str], is_production: bool) -> str:
    address = urlsplit(told["ENDPOINT"])
    if not told["ENDPOINT"] or (address.scheme in ("http", "https") and address.hostname and not address.query):
        return ""
    return "ATTEST_S3_ENDPOINT must be an address, like https://objects.example.org."


def _in_clear(told: dict[str, str], is_production: bool) -> str:
    address = urlsplit(told["ENDPOINT"])
    if is_production and address.scheme == "http" and address.hostname not in LOOPBACK:
        return "ATTEST_S3_ENDPOINT must begin with https:// in production: evidence does not travel in clear."
    return ""


def _no_prefix(told: dict[str, str], is_production: bool) -> str:
    if not told["PREFIX"] or PREFIX.fullmatch(told["PREFIX"]):
        return ""
    return "ATTEST_S3_PREFIX must be names with / between, like attest/files."


def _no_style(told: dict[str, str], is_production: bool) -> str:
    known = not told["PATH_STYLE"] or told["PATH_STYLE"].lower() in EITHER
    return "" if known else "ATTEST_S3_PATH_STYLE must be true or false."
