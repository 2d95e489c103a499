"""A room with records of every kind, and two who ask: a program and a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, User, Workspace
from cases.models import GatePolicy, Review, ReviewClaim
from config.api import router
from evidence.models import EvidenceItem, Expunging
from ledger.acting import acting_as
from ledger.kinds import kinds
from ledger.models import Notification, Record
from policy.models import ResponseReview
from tests import making
from tests.api.test_kinds import INPUTS, V1, Door, what_inputs_refer_to
from tests.policy import proposing

OTHERS = {"to": User, "successor": "evidence_item", "assignee": User, "person": User}
"""What the fields of verbs refer to that are not columns of their record."""


@dataclass
class World:
    """Who asks, and the ids that they may find, by kind."""

    askers: dict[str, dict[str, str]]
    """The headers of each."""

    ids: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    """Records of each kind, with their versions."""

    people: list[str] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    notifications: list[str] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)
    """Begun by the program."""

    def known(self, path: str) -> list[tuple[str, int]]:
        """Records that an address of `{id}` may name."""
        prefix = path.removeprefix(f"{V1}/").split("/")[0]
        own = {"notifications": self.notifications, "tokens": self.tokens, "uploads": self.uploads}
        if prefix in own:
            return [(each, 1) for each in own[prefix]]
        return self.ids[KINDS[prefix]]

    def referred(self, path: str, name: str) -> list[str]:
        """Ids that a field of a body may name."""
        column = name.removesuffix("_ids").removesuffix("_id")
        target = _target(KINDS.get(path.removeprefix(f"{V1}/").split("/")[0], ""), column)
        if target is User:
            return self.people
        if target is Workspace:
            return self.rooms
        return [pk for pk, _ in self.ids.get(getattr(target, "kind", target), [])]


KINDS = {prefix: viewset.model.kind for prefix, viewset, _ in router.registry}


def _target(kind: str, column: str) -> Any:
    model = kinds().get(kind)
    fields = {each.name: each for each in model._meta.concrete_fields} if model else {}
    if column in fields and fields[column].is_relation:
        return fields[column].related_model
    return OTHERS.get(column, column)


def a_world(cast: Any, east: Workspace) -> World:
    _filled(cast, east)
    headers = {"program": _as_program(cast.ana, keeper=cast.sofia), "person": _as_person(cast.sofia)}
    world = World(headers, people=_ids(User), rooms=[str(east.pk)], tokens=_ids(ApiToken))
    with acting_as(cast.sofia):
        world.ids = {kind: _versions(model) for kind, model in kinds().items()}
        world.notifications = _ids(Notification)
    world.uploads = [_an_upload(headers["program"])]
    return world


def _an_upload(program: dict[str, str]) -> str:
    told = {**program, "Tus-Resumable": "1.0.0", "Upload-Length": "5"}
    return Client().post(f"{V1}/uploads/", headers=told).headers["Location"].split("/")[-2]


def _filled(cast: Any, east: Workspace) -> None:
    """Through the API what a program adds, and by their verbs what people decide."""
    with acting_as(cast.ana):
        draft = making.a_ready_attribution(by=cast.ana, workspace=east)
    making.weighed(draft, by=[cast.ana, cast.ben])
    door, told = Door(Client(), cast.ana), what_inputs_refer_to(draft, cast, east)
    for kind, build, _ in INPUTS:
        assert door.send("post", f"/{kind}/", build(told)).status_code == 201, kind
    _decided(cast, making.submitted(draft, by=cast.ana))
    _approved(cast, east)
    with acting_as(cast.stella):
        GatePolicy.add(by=cast.stella, workspace=east, numbers={}, reason="To begin with.")
        about = EvidenceItem.objects.order_by("pk").last()
        told = {"extent": "words", "ground": "asked_by_person", "reason": "A name slipped in."}
        Expunging.ask(by=cast.stella, about=about, words="Orders came from one ministry", **told)


def _decided(cast: Any, in_review: Any) -> None:
    dissent = {"conclusion": "dissent", "reasons": "Too early.", "interests": "None."}
    with acting_as(cast.ana):
        response = proposing.ready("sanctions", by=cast.ana, attribution=in_review)
        response.submit(by=cast.ana)
    with acting_as(cast.ben):
        Review.conclude(by=cast.ben, attribution=in_review, **dissent)
        ResponseReview.conclude(by=cast.ben, response=response, **dissent)
    with acting_as(cast.sofia):
        ReviewClaim.claim(by=cast.sofia, attribution=in_review)


def _approved(cast: Any, east: Workspace) -> None:
    with acting_as(cast.ana):
        draft = making.a_ready_attribution(by=cast.ana, workspace=east)
    making.concurred(making.submitted(making.weighed(draft, by=[cast.ana, cast.ben]), by=cast.ana), by=cast.ben)
    with acting_as(cast.sofia):
        draft.refresh_from_db()
        draft.approve(by=cast.sofia)


def _as_program(person: User, *, keeper: User) -> dict[str, str]:
    expires = timezone.now() + timedelta(days=1)
    membership = person.memberships.first()
    token, secret = ApiToken.issue(by=person, membership=membership, name="fuzz", scope="write", expires_at=expires)
    token.set_limit(by=keeper, requests_per_minute=settings.API_MOST_REQUESTS_PER_MINUTE)
    return {"Authorization": f"Bearer {secret}"}


def _as_person(person: User) -> dict[str, str]:
    client = Client()
    client.force_login(person)
    csrf = "c" * 32
    session = client.cookies["sessionid"].value
    return {"Cookie": f"sessionid={session}; csrftoken={csrf}", "X-CSRFToken": csrf}


def _versions(model: type[Record]) -> list[tuple[str, int]]:
    return [(str(pk), version) for pk, version in model.objects.order_by("-pk").values_list("pk", "version")[:5]]


def _ids(model: type[models.Model]) -> list[str]:
    return [str(pk) for pk in model._default_manager.order_by("pk").values_list("pk", flat=True)[:5]]
