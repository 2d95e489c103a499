from cases.models.actors import Actor
from cases.models.attributions import Attribution
from cases.models.citations import Citation, CoAuthor, SealedPacket, SubmittedVersion
from cases.models.corridors import Corridor, CorridorPresence
from cases.models.findings import ElementFinding, FindingCitation
from cases.models.flows import FlowObservation
from cases.models.hypotheses import Hypothesis, MatrixRow, Rating, rate_row
from cases.models.incidents import Incident, Involvement, PublicClaim, ReferenceCounter
from cases.models.policies import GatePolicy
from cases.models.relations import ActorRelation
from cases.models.returns import ReturnItem
from cases.models.review_claims import ReviewClaim
from cases.models.reviews import Dissent, Review
from cases.models.watches import Watch, WatchLook, WatchMatch

__all__ = [
    "Actor",
    "ActorRelation",
    "Attribution",
    "Citation",
    "CoAuthor",
    "Corridor",
    "CorridorPresence",
    "Dissent",
    "ElementFinding",
    "FindingCitation",
    "FlowObservation",
    "GatePolicy",
    "Hypothesis",
    "Incident",
    "Involvement",
    "MatrixRow",
    "PublicClaim",
    "Rating",
    "ReferenceCounter",
    "ReturnItem",
    "Review",
    "ReviewClaim",
    "SealedPacket",
    "SubmittedVersion",
    "Watch",
    "WatchLook",
    "WatchMatch",
    "rate_row",
]
