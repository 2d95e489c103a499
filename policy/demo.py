"""The demonstration's responses: measures on record from the case set, and those that its team works on.

Made by the same verbs that people use, in their names.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils import timezone

from accounts.models import User, Workspace
from cases.demo import reading
from cases.models import Actor, Incident
from evidence.models import Passage
from ledger.acting import acting_as
from policy import library
from policy.models import (
    DETAILS,
    AnsweredIncident,
    BorderEnforcement,
    LegalProvision,
    Outcome,
    PolicyResponse,
    ProvisionTestAnswer,
    ReliedProvision,
    ResponseCitation,
    ResponseGround,
    ResponseReview,
    RightsAnswer,
    SanctionTarget,
)
from policy.sourcing import remarks_of

KINDS = {"criminal_prosecution": "prosecution"}
"""Kinds that the case set calls otherwise."""

LISTINGS = "Whether it still stands is not recorded."
RECORDED = "Recorded from the case set."


@cache
def told() -> dict[str, Any]:
    return yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text())


def load_responses() -> bool:
    """Load everything or nothing, after the cases. False if it is there already, or no demonstration is."""
    people = reading.load("people.yaml")
    rooms = {each.slug: each for each in Workspace.objects.filter(slug__in=[w["slug"] for w in people["workspaces"]])}
    cast = {each.email.split("@")[0]: each for each in User.objects.filter(email__endswith="@demo.example")}
    if len(rooms) < len(people["workspaces"]) or "analyst" not in cast:
        return False
    with acting_as(cast["analyst"]):
        if PolicyResponse.objects.filter(workspace__in=rooms.values()).exists():
            return False
    with transaction.atomic():
        for room in rooms.values():
            _Room(room, cast).load()
    return True


class _Room:
    """One workspace: its library, and its responses."""

    def __init__(self, room: Workspace, cast: dict[str, User]) -> None:
        self.room, self.cast, self.by = room, cast, cast["analyst"]

    def load(self) -> None:
        with acting_as(self.by):
            library.seed(by=self.by, workspace=self.room)
            self.look_up()
            for case in reading.load("cases.yaml")["cases"]:
                if case["title"] in self.incidents:
                    self.put_on_record(case)
        for each in told()["in_flight"]:
            if reading.case(each["case"])["title"] in self.incidents:
                _InFlight(self, each).load()

    def look_up(self) -> None:
        self.provisions = {each.key: each for each in LegalProvision.objects.filter(workspace=self.room)}
        self.incidents = {each.title: each for each in Incident.objects.filter(workspace=self.room)}
        marked = Passage.objects.filter(item__workspace=self.room).select_related("item")
        self.passages = {(each.item.reference_number, each.quote): each for each in marked}

    def incident(self, case: str) -> Incident:
        return self.incidents[reading.case(case)["title"]]

    def passage(self, case: str, key: str) -> Passage:
        return self.passages[tuple(reading.working_files()[case]["passages"][key])]

    def put_on_record(self, case: dict[str, Any]) -> None:
        """The case set's `responses`, in its words and order, as one package."""
        incident, measures = self.incidents[case["title"]], case["responses"]
        further = told()["on_record"].get(case["id"], [{}] * len(measures))
        for place, (measure, more) in enumerate(zip(measures, further, strict=True), start=1):
            key = more.get("passage")
            response = PolicyResponse.put_on_record(
                by=self.by,
                incidents=[incident],
                passages=[self.passage(case["id"], key)] if key else [],
                workspace=self.room,
                marking=incident.marking,
                title=measure["what"][:1].upper() + measure["what"][1:],
                response_kind=KINDS.get(measure["kind"], measure["kind"]),
                taken_by=measure["by"],
                measure_date=reading.partial(measure["date"]),
                status=more.get("status", "completed"),
                remarks=_remarks(measure, more),
                package=case["title"],
                place=place,
            )
            if border := more.get("border"):
                BorderEnforcement.add(by=self.by, response=response, **border)
            if key := more.get("provision"):
                ReliedProvision.add(by=self.by, response=response, provision=self.provisions[key])
            if observed := more.get("outcome"):
                self.observe(response, case["id"], observed)

    def observe(self, response: PolicyResponse, case: str, told: dict[str, Any]) -> None:
        passage = self.passage(case, told["passage"]) if "passage" in told else None
        when = reading.partial(told["when"])
        Outcome.add(by=self.by, response=response, observed=told["what"], observed_on=when, passage=passage)


def _remarks(measure: dict[str, Any], more: dict[str, Any]) -> str:
    register = reading.load("cases.yaml")["documents"]
    lines = [remarks_of(register.get(measure["src"]), measure["src"] or ""), RECORDED]
    if measure["kind"] == "sanctions" and "status" not in more:
        lines.append(LISTINGS)
    return "\n".join(lines)


class _InFlight:
    """A response that the team works on, taken as far along its life as the file says."""

    def __init__(self, room: _Room, told: dict[str, Any]) -> None:
        self.room, self.told = room, told

    @contextmanager
    def acting(self, name: str) -> Iterator[User]:
        with acting_as(self.room.cast[name]):
            yield self.room.cast[name]

    def load(self) -> None:
        with self.acting("analyst") as by:
            self.response = self.propose(by)
            self.fill(by)
            if self.told["stage"] != "proposed":
                self.response.submit(by=by)
        if review := self.told.get("review"):
            with self.acting(review["reviewer"]) as by:
                concluded = {name: review[name] for name in ("conclusion", "reasons", "interests")}
                ResponseReview.conclude(by=by, response=self.response, **concluded)
        if self.told["stage"] == "approved":
            with self.acting("supervisor") as by:
                self.response.approve(by=by, note=self.told["note"])

    def propose(self, by: User) -> PolicyResponse:
        names = ("title", "objective", "addressee", "taken_by", "marking", "package", "place")
        return PolicyResponse.add(
            by=by,
            workspace=self.room.room,
            response_kind=self.told["kind"],
            due=timezone.localdate() + timedelta(days=self.told["due_in"]),
            **{name: self.told[name] for name in names},
        )

    def fill(self, by: User) -> None:
        of = {"by": by, "response": self.response}
        incident = self.room.incident(self.told["case"])
        for each in [incident, *map(self.room.incident, self.told.get("also_answers", []))]:
            AnsweredIncident.add(**of, incident=each)
        DETAILS[self.told["kind"]].add(**of, **self.detail())
        self.rest(of, incident)
        for key, note in self.told["provisions"].items():
            ReliedProvision.add(**of, provision=self.room.provisions[key], note=note)
        for key, supports, note in self.told["citations"]:
            ResponseCitation.add(**of, passage=self.passage(key), supports=supports, note=note)
        for key, answers in self.told.get("tests", {}).items():
            self.answer(of, self.room.provisions[key], answers)
        for question, answer in self.told["rights"].items():
            text, key = answer if isinstance(answer, list) else (answer, None)
            RightsAnswer.add(**of, question=question, answer=text, passage=self.passage(key) if key else None)

    def answer(self, of: dict[str, Any], provision: LegalProvision, answers: list) -> None:
        """The tests of a provision in their order, each with a passage or none."""
        for test, (answer, text, key) in zip(provision.tests, answers, strict=True):
            passage = self.passage(key) if key else None
            said = {"test": test, "answer": answer, "text": text, "passage": passage}
            ProvisionTestAnswer.add(**of, provision=provision, **said)

    def detail(self) -> dict[str, Any]:
        fields = dict(self.told["detail"])
        if days := fields.pop("starts_in", None):
            fields["starts"] = timezone.localdate() + timedelta(days=days)
        return fields

    def rest(self, of: dict[str, Any], incident: Incident) -> None:
        """On the attribution of an actor that went farthest, or on a network; and against whom."""
        if name := self.told.get("rests_on"):
            found = incident.attributions.filter(actor__name=name).exclude(status__in=["draft", "withdrawn"])
            ResponseGround.add(**of, attribution=found.earliest("pk"))
        if name := self.told.get("rests_on_network"):
            ResponseGround.add(**of, actor=self.network(name, of["by"]))
        for name, grounds in self.told.get("targets", {}).items():
            actor = Actor.objects.get(workspace=self.room.room, name=name)
            SanctionTarget.add(**of, actor=actor, grounds=grounds)

    def network(self, name: str, by: User) -> Actor:
        fields = told()["networks"][name]
        return Actor.add(by=by, workspace=self.room.room, marking=self.told["marking"], name=name, **fields)

    def passage(self, key: str) -> Passage:
        return self.room.passage(self.told["case"], key)
