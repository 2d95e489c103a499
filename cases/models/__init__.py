from cases.models.actors import Actor
from cases.models.attributions import Attribution
from cases.models.citations import Citation, CoAuthor, SealedPacket, SubmittedVersion
from cases.models.findings import ElementFinding, FindingCitation
from cases.models.hypotheses import Hypothesis, MatrixRow, Rating, rate_row
from cases.models.incidents import Incident, Involvement, PublicClaim, ReferenceCounter
from cases.models.policies import GatePolicy
from cases.models.returns import ReturnItem
from cases.models.review_claims import ReviewClaim
from cases.models.reviews import Dissent, Review

__all__ = [
    "Actor",
    "Attribution",
    "Citation",
    "CoAuthor",
    "Dissent",
    "ElementFinding",
    "FindingCitation",
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
    "rate_row",
]
