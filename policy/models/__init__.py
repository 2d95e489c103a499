from policy.models.assessments import Outcome, ProvisionTestAnswer, ResponseReview, RightsAnswer, SealedResponse
from policy.models.details import (
    DETAILS,
    BorderEnforcement,
    DiplomaticProtest,
    IntelligenceCooperation,
    Prosecution,
    Sanctions,
    SanctionTarget,
)
from policy.models.parts import AnsweredIncident, ReliedProvision, ResponseCitation, ResponseGround
from policy.models.provisions import LegalProvision
from policy.models.responses import PolicyResponse

__all__ = [
    "DETAILS",
    "AnsweredIncident",
    "BorderEnforcement",
    "DiplomaticProtest",
    "IntelligenceCooperation",
    "LegalProvision",
    "Outcome",
    "PolicyResponse",
    "Prosecution",
    "ProvisionTestAnswer",
    "ReliedProvision",
    "ResponseCitation",
    "ResponseGround",
    "ResponseReview",
    "RightsAnswer",
    "SanctionTarget",
    "Sanctions",
    "SealedResponse",
]
