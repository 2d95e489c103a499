"""The cast, which is small and permanent, and what they have made."""

import json
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.testcases import TransactionTestCase

from accounts.models import Membership, User, Workspace
from cases.models import MatrixRow
from ledger.acting import acting_as, as_owner
from ledger.models import Epoch
from tests import making

PASSWORD = "correct horse battery"

ROLES = {
    "ana": ("analyst", "red"),
    "ben": ("reviewer", "red"),
    "sofia": ("supervisor", "red"),
    "sigrid": ("supervisor", "red"),
    "vera": ("viewer", "amber"),
    "stella": ("steward", "red"),
}


@pytest.fixture
def east(db) -> Workspace:
    return Workspace.objects.create(name="East", slug="east")


@pytest.fixture
def west(db) -> Workspace:
    return Workspace.objects.create(name="West", slug="west")


@pytest.fixture
def cast(east, west) -> SimpleNamespace:
    return everyone(east, west)


def everyone(east: Workspace, west: Workspace) -> SimpleNamespace:
    """Everyone of room East by name, `stranger` of room West, and `nobody` of no room."""
    people = {name: _person(name, east, *standing) for name, standing in ROLES.items()}
    people["stranger"] = _person("stranger", west, "supervisor", "red")
    people["nobody"] = User.objects.create_user("nobody@example.org", PASSWORD, name="Nobody")
    return SimpleNamespace(**people)


def _person(name: str, room: Workspace, role: str, clearance: str) -> User:
    person = User.objects.create_user(f"{name}@example.org", PASSWORD, name=name.capitalize())
    Membership.objects.create(user=person, workspace=room, role=role, clearance=clearance)
    return person


@pytest.fixture
def draft(cast, east):
    """A draft by Ana whose gate passes but for the people."""
    with acting_as(cast.ana):
        attribution = making.a_ready_attribution(by=cast.ana, workspace=east)
    return making.weighed(attribution, by=[cast.ana, cast.ben])


@pytest.fixture
def rated_incident(cast, east):
    """Two items weighed, of which Ana has rated both `I II N CC` and nobody else any."""
    with acting_as(cast.ana):
        incident = making.an_incident(by=cast.ana, workspace=east)
        added = [making.an_item(by=cast.ana, workspace=east) for _ in range(2)]
        for item in added:
            MatrixRow.add(by=cast.ana, incident=incident, item=item)
    for item in added:
        making.rate(incident, item, by=cast.ana, ratings="I II N CC")
    return incident


@pytest.fixture
def in_review(draft, cast):
    return making.submitted(draft, by=cast.ana)


@pytest.fixture
def reviewed(in_review, cast):
    """In review, and Ben concurs: only a supervisor's decision is missing."""
    return making.concurred(in_review, by=cast.ben)


@pytest.fixture
def approved(reviewed, cast):
    with acting_as(cast.sofia):
        reviewed.approve(by=cast.sofia)
    return reviewed


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    """Each test has a vault of its own."""
    options = {"location": str(tmp_path / "files"), "base_url": None}
    folder = {"BACKEND": "evidence.storage.LocalVault", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": folder}
    settings.UPLOADS_DIR = tmp_path / "uploads"
    settings.PICTURES_DIR = tmp_path / "pictures"


def _empty_as_owner(self) -> None:
    """What a transactional test leaves is truncated by the owner: the serving role may not."""
    with as_owner():
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False, inhibit_post_migrate=True)
        Epoch.objects.get_or_create(pk=1, defaults={"number": 1})
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs CASCADE")  # of tables that Django does not manage


@pytest.fixture(autouse=True, scope="session")
def _flush_by_the_owner():
    TransactionTestCase._fixture_teardown = _empty_as_owner


@pytest.fixture
def as_app():
    """Raw SQL as the serving role, in somebody's name or nobody's."""

    def run(statement: str, parameters=(), *, user: User | None = None) -> list[tuple]:
        with acting_as(user), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    return run


@pytest.fixture
def in_person(client, settings):
    """Send to the API as a person signed in, at the version that stands."""
    settings.APPROVAL_NEEDS_SECOND_FACTOR = False

    def send(person, path: str, version, body=None):
        client.force_login(person)
        told = {"content_type": "application/json", "headers": {"If-Match": str(version)}}
        return client.post(f"/api/v1/{path}/", json.dumps(body or {}), **told)

    return send
