from cases.models.actors import Actor
from cases.models.attributions import Attribution
from cases.models.citations import Citation, CoAuthor, SealedPacket
from cases.models.findings import ElementFinding, FindingCitation
from cases.models.incidents import Incident, Involvement, PublicClaim, ReferenceCounter
from cases.models.reviews import Dissent, Review

__all__ = [
    "Actor",
    "Attribution",
    "Citation",
    "CoAuthor",
    "Dissent",
    "ElementFinding",
    "FindingCitation",
    "Incident",
    "Involvement",
    "PublicClaim",
    "ReferenceCounter",
    "Review",
    "SealedPacket",
]
