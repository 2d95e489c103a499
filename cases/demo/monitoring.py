"""Load what the demonstration watches: corridors, presences, relations and counts, by the verbs that people use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cases.demo import reading
from cases.models import Actor, ActorRelation, Corridor, CorridorPresence, FlowObservation, Incident
from evidence.models import Passage

if TYPE_CHECKING:
    from cases.demo.loading import _Room


def load_monitoring(room: _Room, incidents: dict[str, Incident], passages: dict[str, Passage]) -> None:
    """Everything of `monitoring.yaml` that concerns this workspace's cases. Acts as whoever is acting."""
    _Monitoring(room, incidents, passages).load()


class _Monitoring:
    def __init__(self, room: _Room, incidents: dict[str, Incident], passages: dict[str, Passage]) -> None:
        self.room, self.incidents, self.by = room, incidents, room.by
        self.passages = dict(passages)
        self.told = reading.load("monitoring.yaml")
        self.common = {"by": self.by, "workspace": room.room, "marking": "clear"}

    def load(self) -> None:
        self.mark_passages()
        for told in self.told["corridors"]:
            if set(told["incidents"]) & set(self.incidents):
                self.corridor(told)
        for told in self.told["relations"]:
            self.relation(told)
        for key, incident in self.incidents.items():
            for flow, entry in zip(reading.case(key)["flow"], self.told["flows"][key], strict=True):
                if "left" not in entry:
                    self.count(incident, flow, entry)

    def mark_passages(self) -> None:
        for key, (document, quote) in self.told["passages"].items():
            if document in self.room.items:
                page = self.room.item(document, self.told).pages.current().get()
                self.passages[key] = Passage.mark(by=self.by, page=page, quote=quote)

    def corridor(self, told: dict[str, Any]) -> None:
        corridor = Corridor.add(
            **self.common,
            name=told["name"],
            countries=told["countries"],
            line=told["line"],
            crossing_points=[{"name": name, "point": point} for name, point in told["crossings"].items()],
            description=told["description"],
        )
        for key in told["incidents"]:
            if key in self.incidents:
                self.incidents[key].change(by=self.by, along=corridor)
        for each in told["presences"]:
            CorridorPresence.add(
                by=self.by,
                corridor=corridor,
                actor=self.room.actors[each["actor"]],
                activity=each["activity"],
                **self.dated(each),
            )

    def relation(self, told: dict[str, Any]) -> None:
        actors = [self.actor(told[end]) for end in ("from", "to")]
        if all(actors):
            ActorRelation.add(
                by=self.by,
                from_actor=actors[0],
                to_actor=actors[1],
                relation=told["relation"],
                **self.dated(told),
            )

    def dated(self, told: dict[str, Any]) -> dict[str, Any]:
        return {
            "since": reading.partial(told.get("since")),
            "until": reading.partial(told.get("until")),
            "passage": self.passages.get(told.get("passage")),
            "note": told.get("note", ""),
        }

    def actor(self, name: str) -> Actor | None:
        """An actor of this workspace; one that only relations name is recorded where its words are held."""
        known = self.room.actors
        for told in self.told["actors"]:
            if told["name"] == name and name not in known and "critica-allied" in self.passages:
                known[name] = Actor.add(
                    **self.common,
                    name=name,
                    actor_kind=told["kind"],
                    country=told["country"],
                    description=told["description"],
                )
        return known.get(name)

    def count(self, incident: Incident, flow: dict, entry: dict[str, Any]) -> None:
        for each in [entry, *({**entry, **more} for more in entry.get("also", []))]:
            number = each.get("n", flow["n"])
            FlowObservation.add(
                by=self.by,
                incident=incident,
                observed_from=reading.partial(each["from"]),
                observed_to=reading.partial(each.get("to")),
                low=number,
                high=number,
                unit=each["unit"],
                category=each.get("category", "all"),
                of_country=each.get("of", ""),
                passage=self.passages.get(each.get("passage")),
                note=reading.wording_of(flow),
            )
