"""Endpoints of what is watched: corridors, who is present on them, relations of actors, counts of flows."""

from cases.filters_monitoring import CorridorFilter, FlowObservationFilter, PresenceFilter, RelationFilter
from cases.models import ActorRelation, Corridor, CorridorPresence, FlowObservation
from ledger.api import RecordViewSet, described, withdrawable


@described
@withdrawable
class CorridorViewSet(RecordViewSet):
    model = Corridor
    filterset_class = CorridorFilter
    fields = ("workspace", "marking", "name", "countries", "line", "crossing_points", "description")
    fixed = ("workspace",)


@described
@withdrawable
class CorridorPresenceViewSet(RecordViewSet):
    model = CorridorPresence
    filterset_class = PresenceFilter
    fields = ("corridor", "actor", "activity", "since", "until", "passage", "note")
    fixed = ("corridor", "actor", "activity")


@described
@withdrawable
class ActorRelationViewSet(RecordViewSet):
    """The workspace is that of the actors; without a marking it takes the stricter of theirs."""

    model = ActorRelation
    filterset_class = RelationFilter
    fields = ("marking", "from_actor", "to_actor", "relation", "since", "until", "passage", "note")
    fixed = ("from_actor", "to_actor", "relation")


@described
@withdrawable
class FlowObservationViewSet(RecordViewSet):
    """Counts. The workspace is that of the incident or corridor; without a marking it takes theirs."""

    model = FlowObservation
    filterset_class = FlowObservationFilter
    fields = (
        "marking",
        "incident",
        "corridor",
        "observed_from",
        "observed_to",
        "low",
        "high",
        "unit",
        "category",
        "of_country",
        "passage",
        "note",
    )
    fixed = ("incident", "corridor")
