"""Load the demonstration by the same verbs that people use, in their names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Membership, User, Workspace
from cases.choices import Bearing, ClaimForm, IncidentStatus, InvolvementRole
from cases.demo import reading
from cases.demo.analysis import weigh
from cases.demo.grading import grade
from cases.demo.monitoring import load_monitoring
from cases.demo.talk import load_talk
from cases.models import (
    Actor,
    Attribution,
    Dissent,
    ElementFinding,
    FindingCitation,
    Incident,
    Involvement,
    PublicClaim,
    Review,
)
from evidence.models import Derivation, EvidenceItem, Passage, Source, StoredFile
from ledger.acting import acting_as

ABSTRACT = "Our own abstract, written for the demonstration from the case set; not the document's own words."
COMPILED = "Compiler's judgement from the case set, to be examined."


def load_demo() -> bool:
    """Load everything or nothing. False if it is there already."""
    people = reading.load("people.yaml")
    if Workspace.objects.filter(slug=people["workspaces"][0]["slug"]).exists():
        return False
    with transaction.atomic():
        rooms = {each["slug"]: Workspace.objects.create(**each) for each in people["workspaces"]}
        cast = {each["email"].split("@")[0]: _person(each, rooms, people["password"]) for each in people["people"]}
        for slug, room in rooms.items():
            wanted = [c for c in reading.load("cases.yaml")["cases"] if (c["id"] in people["east"]) == (slug == "east")]
            _Room(room, cast).load(wanted)
        load_talk(cast, rooms)
    return True


def _person(told: dict, rooms: dict[str, Workspace], password: str) -> User:
    person = User.objects.create_user(told["email"], password, name=told["name"])
    for slug, (role, clearance) in told["memberships"].items():
        Membership.objects.create(user=person, workspace=rooms[slug], role=role, clearance=clearance)
    return person


class _Room:
    """One workspace being filled; remembers what it has recorded by the case set's keys."""

    def __init__(self, room: Workspace, cast: dict[str, User]) -> None:
        self.room, self.cast, self.by = room, cast, cast["analyst"]
        self.sources: dict[str, Source] = {}
        self.items: dict[str, EvidenceItem] = {}
        self.passages: dict[tuple[str, str], Passage] = {}
        self.actors: dict[str, Actor] = {}

    def load(self, cases: list[dict]) -> None:
        working = reading.working_files()
        with acting_as(self.by):
            for case in cases:
                for key in reading.documents_of(case):
                    self.item(key, working.get(case["id"]))
            self.link_copies()
            grade(self.items, self.cast)
            incidents = {case["id"]: self.incident(case, working.get(case["id"])) for case in cases}
        passages: dict[str, Passage] = {}
        for case in cases:
            if case["id"] in working:
                file = _WorkingFile(self, incidents[case["id"]], working[case["id"]])
                file.load()
                passages |= {f"{case['id']}/{key}": passage for key, passage in file.passages.items()}
        with acting_as(self.by):
            load_monitoring(self, incidents, passages)

    # --- Evidence -------------------------------------------------------------------------------

    def source(self, name: str) -> Source:
        if name not in self.sources:
            told = reading.load("sources.yaml")["sources"][name]
            self.sources[name] = Source.add(
                by=self.by,
                workspace=self.room,
                marking="clear",
                name=name,
                source_class=told["source_class"],
                country=told["country"],
                owner=self.source(told["owner"]) if told["owner"] else None,
                reliability=told["reliability"],
                reliability_reason=told["reason"],
            )
        return self.sources[name]

    def item(self, key: str, working: dict | None = None) -> EvidenceItem:
        """The item for a document of the register; with our abstract of it where a file has one."""
        abstract = reading.abstracts().get(key) or (working or {}).get("abstracts", {}).get(key)
        if key not in self.items:
            self.items[key] = self._new_item(key)
        item = self.items[key]
        if abstract and not item.files.exists():
            StoredFile.receive_text(by=self.by, item=item, text=f"{ABSTRACT}\n\n{abstract}", tool="demonstration")
        return item

    def passage(self, document: str, quote: str) -> Passage:
        """Exact words of our abstract of a document, marked once however many cases rest on them."""
        if (document, quote) not in self.passages:
            page = self.item(document).pages.current().get()
            self.passages[document, quote] = Passage.mark(by=self.by, page=page, quote=quote)
        return self.passages[document, quote]

    def _new_item(self, key: str) -> EvidenceItem:
        document = reading.load("cases.yaml")["documents"][key]
        told = reading.load("sources.yaml")["documents"][key]
        left_out = document.get("url_status") == "left_out"
        return EvidenceItem.add(
            by=self.by,
            workspace=self.room,
            marking="clear",
            collected_by=self.by,
            title=document["title"],
            source=self.source(told["source"]),
            evidence_kind=told["evidence_kind"],
            category=told["category"],
            **self._graded(key, told["credibility"]),
            basis_of_knowledge=told["basis_of_knowledge"],
            language=told["language"],
            published=reading.partial(document.get("date")),
            url=document.get("url") or "",
            reference_number=key,
            is_abstract=key in reading.abstracted(),
            summary="The address seen was not the publisher's own, and is left out." if left_out else "",
        )

    def _graded(self, key: str, credibility: int) -> dict[str, Any]:
        """The compiler's grade, but for what is graded blind later."""
        if key in reading.load("gradings.yaml")["blind"]:
            return {}
        return {"credibility": credibility, "credibility_reason": "Compiler's grade, for the demonstration."}

    def link_copies(self) -> None:
        for key, told in reading.load("sources.yaml")["documents"].items():
            for original in told["repeats"]:
                if key in self.items and original in self.items:
                    Derivation.add(by=self.by, item=self.items[key], original=self.items[original])

    # --- Cases ----------------------------------------------------------------------------------

    def actor(self, told: dict) -> Actor:
        name, detail = reading.actor_name(told["name"])
        if name not in self.actors:
            self.actors[name] = Actor.add(
                by=self.by,
                workspace=self.room,
                marking="clear",
                name=name,
                actor_kind=reading.actor_kind(told),
                country=reading.country_code(name),
                description=f"In the case set: {told['name']}." if detail else "",
            )
        return self.actors[name]

    def incident(self, case: dict, working: dict | None) -> Incident:
        working = working or {}
        incident = Incident.add(
            by=self.by,
            workspace=self.room,
            marking=working.get("marking", "clear"),
            title=case["title"],
            summary=working.get("summary") or reading.summary_of(case),
            began=reading.partial(case["start"]),
            ended=reading.partial(case["end"]),
            target_countries=[code for name in case["target"] if (code := reading.country_code(name))],
            border_section=case["section"],
            **reading.point_of(case["id"]),
            engineered_type=case["engineered_type"],
            severity=working.get("severity", 3),
            status=IncidentStatus.CLOSED if case["end"] else IncidentStatus.MONITORING,
            mobility_class=case["seed_class"],
            vectors=working.get("vectors", []),
            lead=self.by,
        )
        self._involve(incident, case)
        self._record_claims(incident, case)
        if "findings" not in working:
            self._seed_findings(incident, case)
        return incident

    def _involve(self, incident: Incident, case: dict) -> None:
        for told in case["alleged_actor"]:
            if told["kind"] == "none":
                continue
            role = InvolvementRole.ALLEGED_DIRECTOR if told["kind"] == "state" else InvolvementRole.PROFITEER
            if told["kind"] == "enterprise":
                role = InvolvementRole.CARRIER
            _, detail = reading.actor_name(told["name"])
            Involvement.add(by=self.by, incident=incident, actor=self.actor(told), role=role, note=detail)

    def _record_claims(self, incident: Incident, case: dict) -> None:
        named = [told for told in case["alleged_actor"] if told["kind"] != "none"]
        about = self.actor(named[0]) if named else None
        for told in case["attribution"]["items"]:
            self._claim(incident, about, told, reading.claim_form(told["form"]), told["what"])
        denial = case["attribution"]["denial"]
        if denial and denial.get("by"):
            self._claim(incident, about, denial, ClaimForm.DENIAL, denial["what"])

    def _claim(self, incident: Incident, about: Actor | None, told: dict, form: ClaimForm, what: str) -> None:
        item = self.items.get(told.get("src"))
        PublicClaim.add(
            by=self.by,
            incident=incident,
            actor=about,
            claimant=told["by"],
            made=reading.partial(told.get("date")),
            form=form,
            what=what,
            item=item,
            source=item.source if item else None,
        )

    def _seed_findings(self, incident: Incident, case: dict) -> None:
        for element, value in (case.get("elements") or {}).items():
            ElementFinding.add(by=self.by, incident=incident, element=element, finding=value, rationale=COMPILED)


class _WorkingFile:
    """A case that the team works on: passages, findings, attributions at a telling stage."""

    def __init__(self, room: _Room, incident: Incident, told: dict) -> None:
        self.room, self.incident, self.told = room, incident, told
        self.passages: dict[str, Passage] = {}

    def load(self) -> None:
        with self.acting("analyst") as by:
            self.passages = {key: self.room.passage(*place) for key, place in self.told["passages"].items()}
            for document in self.told["abstracts"]:
                self.room.item(document)
            for element, told in self.told["findings"].items():
                self.find(element, told, by)
        weigh(self.incident, self.told, self.room.item, self.acting)
        for told in self.told["attributions"]:
            self.attribute(told)

    @contextmanager
    def acting(self, name: str) -> Iterator[User]:
        person = self.room.cast[name]
        with acting_as(person):
            yield person

    def find(self, element: str, told: dict[str, Any], by: User) -> None:
        finding = ElementFinding.add(
            by=by, incident=self.incident, element=element, finding=told["finding"], rationale=told["rationale"]
        )
        for bearing in (Bearing.SUPPORTING, Bearing.CONTRARY):
            for key in told[bearing.value]:
                FindingCitation.add(by=by, finding=finding, passage=self.passages[key], bearing=bearing)

    def attribute(self, told: dict[str, Any]) -> None:
        """Write it, and take it as far along its life as the file says."""
        apart = {"actor", "author", "citations", "reviews", "stage", "note", "review_within"}
        claim = {name: value for name, value in told.items() if name not in apart}
        if days := told["review_within"]:
            claim["review_by"] = timezone.localdate() + timedelta(days=days)
        actor = self.room.actors[reading.actor_name(told["actor"])[0]]
        with self.acting(told["author"]) as by:
            attribution = Attribution.add(
                by=by,
                workspace=self.room.room,
                marking=self.told["marking"],
                incident=self.incident,
                actor=actor,
                **claim,
            )
            for key, supports, intent_basis, note in told["citations"]:
                passage = self.passages[key]
                attribution.cite(by=by, passage=passage, supports=supports, intent_basis=intent_basis, note=note)
            if told["stage"] != "draft":
                attribution.submit(by=by)
        for review in told["reviews"]:
            self.review(attribution, review)
        self.decide(attribution, told)

    def review(self, attribution: Attribution, told: dict[str, str]) -> None:
        with self.acting(told["reviewer"]) as by:
            Review.conclude(
                by=by,
                attribution=attribution,
                conclusion=told["conclusion"],
                reasons=told["reasons"],
                interests=told["interests"],
            )
        if told.get("answer"):
            with self.acting("supervisor") as by:
                dissent = Dissent.objects.get(review__attribution=attribution, answer="")
                dissent.give_answer(by=by, answer=told["answer"])

    def decide(self, attribution: Attribution, told: dict[str, Any]) -> None:
        with self.acting("supervisor") as by:
            if told["stage"] == "approved":
                attribution.approve(by=by, note=told["note"])
            elif told["stage"] == "returned":
                attribution.return_(by=by, reason=told["note"])
