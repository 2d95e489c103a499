"""The domain's terms, and the small functions that reason about them."""

from django.db import models


class IncidentStatus(models.TextChoices):
    MONITORING = "monitoring", "Monitoring"
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Severity(models.IntegerChoices):
    ONE = 1, "1 - slight"
    TWO = 2, "2 - limited"
    THREE = 3, "3 - serious"
    FOUR = 4, "4 - severe"
    FIVE = 5, "5 - critical"


class Vector(models.TextChoices):
    """Means by which movement is made or steered, and the wider hybrid tools seen with them."""

    CHARTER_FLIGHTS = "charter_flights", "Charter flights"
    VISA_FACILITATION = "visa_facilitation", "Visa facilitation"
    TRANSPORT_TO_BORDER = "transport_to_border", "Transport to the border"
    EQUIPMENT_AND_GUIDANCE = "equipment_and_guidance", "Equipment and guidance"
    BORDER_GUARD_COMPLICITY = "border_guard_complicity", "Border guard complicity"
    FALSE_INFORMATION_CAMPAIGN = "false_information_campaign", "False information campaign"
    DIASPORA_INFLUENCE = "diaspora_influence", "Diaspora influence"
    DOCUMENT_FRAUD = "document_fraud", "Document fraud"
    LEGAL_TRAVEL_CHANNEL = "legal_travel_channel", "Legal travel channel"
    LAND_PURCHASE = "land_purchase", "Land purchase"
    ECONOMIC_MIGRATION_PROGRAMME = "economic_migration_programme", "Economic migration programme"
    EXPULSION = "expulsion", "Expulsion"
    RELEASE_FROM_CUSTODY = "release_from_custody", "Release from custody"
    TREATY_SUSPENSION = "treaty_suspension", "Treaty suspension"
    CYBER = "cyber", "Cyber"
    ENERGY_LEVERAGE = "energy_leverage", "Energy leverage"
    INFORMATION_OPERATION = "information_operation", "Information operation"
    SANCTIONS_EVASION = "sanctions_evasion", "Sanctions evasion"
    MILITARY_POSTURE = "military_posture", "Military posture"


class EngineeredType(models.TextChoices):
    """Greenhill's types of engineered migration."""

    COERCIVE = "coercive", "Coercive"
    DISPOSSESSIVE = "dispossessive", "Dispossessive"
    EXPORTIVE = "exportive", "Exportive"
    MILITARIZED = "militarized", "Militarized"
    NONE = "none", "None"
    DISPUTED = "disputed", "Disputed"


class MobilityClass(models.TextChoices):
    """What moved people. Several may apply: a state's strategy rarely moves alone."""

    VERIFIED_STATE_STRATEGY = "verified_state_strategy", "Verified state strategy"
    ALLEGED_STATE_STRATEGY = "alleged_state_strategy", "Alleged state strategy"
    CRIMINAL_PROFIT = "criminal_profit", "Criminal profit"
    HUMANITARIAN = "humanitarian", "Humanitarian migration"
    LAWFUL_MOBILITY = "lawful_mobility", "Lawful mobility"


class ActorKind(models.TextChoices):
    STATE = "state", "State"
    STATE_ORGAN = "state_organ", "State organ"
    INTELLIGENCE_SERVICE = "intelligence_service", "Intelligence service"
    POLITICAL_ORGANISATION = "political_organisation", "Political organisation"
    ARMED_GROUP = "armed_group", "Armed group"
    CARTEL = "cartel", "Cartel"
    SMUGGLING_NETWORK = "smuggling_network", "Smuggling network"
    GANG = "gang", "Gang"
    ENTERPRISE = "enterprise", "Enterprise"
    COORDINATED_NETWORK = "coordinated_network", "Coordinated network"
    INTERNATIONAL_ORGANISATION = "international_organisation", "International organisation"


STATE_KINDS = frozenset({ActorKind.STATE, ActorKind.STATE_ORGAN, ActorKind.INTELLIGENCE_SERVICE})
"""Kinds whose conduct is a state's own conduct (ILC Articles 4 and 5)."""


class InvolvementRole(models.TextChoices):
    ALLEGED_DIRECTOR = "alleged_director", "Alleged director"
    FACILITATOR = "facilitator", "Facilitator"
    EXECUTOR = "executor", "Executor"
    CARRIER = "carrier", "Carrier"
    TRANSIT_HOST = "transit_host", "Transit host"
    PROFITEER = "profiteer", "Profiteer"
    TARGET = "target", "Target"


class Activity(models.TextChoices):
    """What an actor does on a corridor. Smuggling and trafficking are different things: neither implies the other."""

    TAXES_PASSAGE = "taxes_passage", "Taxes passage"
    CONTROLS_TRANSPORT = "controls_transport", "Controls transport"
    SMUGGLES = "smuggles", "Smuggles"
    TRAFFICS = "traffics", "Traffics"
    EXTORTS = "extorts", "Extorts"
    PROVIDES_DOCUMENTS = "provides_documents", "Provides documents"
    GUARDS = "guards", "Guards"


class Relation(models.TextChoices):
    """How one actor stands to another, read from the first to the second."""

    CONTROLS = "controls", "Controls"
    DIRECTS = "directs", "Directs"
    FUNDS = "funds", "Funds"
    TASKS = "tasks", "Tasks"
    ALLIED_WITH = "allied_with", "Allied with"
    TAXES = "taxes", "Taxes"
    SUPPLIES = "supplies", "Supplies"
    MEMBER_OF = "member_of", "Member of"
    COMPETES_WITH = "competes_with", "Competes with"


MUTUAL = frozenset({Relation.ALLIED_WITH, Relation.COMPETES_WITH})
"""Relations that hold both ways."""


class FlowUnit(models.TextChoices):
    """What is counted. Counts of different units are never added."""

    ATTEMPTS = "attempts", "Attempts"
    DETECTIONS = "detections", "Detections"
    ARRIVALS = "arrivals", "Arrivals"
    APPLICATIONS = "applications", "Applications"
    RETURNS = "returns", "Returns"
    FLIGHTS = "flights", "Flights"


class FlowCategory(models.TextChoices):
    """Whom a count is about."""

    ALL = "all", "All"
    OWN_NATIONALS = "own_nationals", "Own nationals"
    TRANSITING_NATIONALS = "transiting_nationals", "Transiting nationals"
    ASYLUM_APPLICANTS = "asylum_applicants", "Asylum applicants"
    TEMPORARY_WORKERS = "temporary_workers", "Temporary workers"
    OTHER = "other", "Other"


class ClaimForm(models.TextChoices):
    """How somebody said who did it."""

    FORMAL_ATTRIBUTION = "formal_attribution", "Formal attribution"
    OFFICIAL_CHARACTERISATION = "official_characterisation", "Official characterisation"
    OFFICE_HOLDER_CLAIM = "office_holder_claim", "Claim of an office-holder"
    ANALYST_INTERPRETATION = "analyst_interpretation", "Analyst's interpretation"
    AVOWAL = "avowal", "Avowal"
    DENIAL = "denial", "Denial"


ACCUSING_FORMS = frozenset(ClaimForm) - {ClaimForm.DENIAL}
"""Forms in which somebody says that an actor, or they themselves, did it."""


class Element(models.TextChoices):
    """The four elements of the definition of hostile instrumental migration."""

    FACILITATION = "facilitation", "Facilitation or direction"
    OBJECTIVE = "objective", "Strategic objective"
    IMPACT = "impact", "Impact on the target"
    COORDINATION = "coordination", "Organised coordination"


class Finding(models.TextChoices):
    SUPPORTED = "supported", "Supported"
    PARTLY = "partly", "Partly supported"
    DISPUTED = "disputed", "Disputed"
    UNSUPPORTED = "unsupported", "Unsupported"
    UNKNOWN = "unknown", "Unknown"


class Bearing(models.TextChoices):
    SUPPORTING = "supporting", "Supporting"
    CONTRARY = "contrary", "Contrary"


class Supports(models.TextChoices):
    """What a citation is cited for."""

    FACILITATION = "facilitation", "Facilitation or direction"
    OBJECTIVE = "objective", "Strategic objective"
    IMPACT = "impact", "Impact on the target"
    COORDINATION = "coordination", "Organised coordination"
    LEGAL_BASIS = "legal_basis", "Legal basis"
    CONTRARY = "contrary", "Contrary evidence"


class IntentBasis(models.TextChoices):
    """What the objective is read from. An effect alone shows no aim."""

    DEMAND = "demand", "A demand"
    AVOWAL = "avowal", "An avowal"
    DIRECTIVE = "directive", "A directive"
    TIMING = "timing", "Timing"
    PATTERN = "pattern", "A pattern"
    EFFECT_ONLY = "effect_only", "Its effect only"


class StateInvolvement(models.TextChoices):
    """The spectrum of state responsibility (Healey, Atlantic Council, 2012)."""

    PROHIBITED = "prohibited", "State-prohibited"
    PROHIBITED_INADEQUATE = "prohibited_inadequate", "State-prohibited but inadequate"
    IGNORED = "ignored", "State-ignored"
    ENCOURAGED = "encouraged", "State-encouraged"
    SHAPED = "shaped", "State-shaped"
    COORDINATED = "coordinated", "State-coordinated"
    ORDERED = "ordered", "State-ordered"
    ROGUE = "rogue", "State-rogue-conducted"
    EXECUTED = "executed", "State-executed"
    INTEGRATED = "integrated", "State-integrated"


class LegalBasis(models.TextChoices):
    """Articles on Responsibility of States for Internationally Wrongful Acts (ILC, 2001)."""

    ARTICLE_4 = "article_4", "ILC Article 4: organs of the state"
    ARTICLE_5 = "article_5", "ILC Article 5: persons exercising governmental authority"
    ARTICLE_8 = "article_8", "ILC Article 8: directed or controlled by the state"
    ARTICLE_11 = "article_11", "ILC Article 11: conduct adopted as its own"
    ARTICLE_16 = "article_16", "ILC Article 16: aid or assistance"
    ARTICLE_17 = "article_17", "ILC Article 17: direction and control over another state"
    ARTICLE_18 = "article_18", "ILC Article 18: coercion of another state"
    POLITICAL_ONLY = "political_only", "Political attribution only"


class Likelihood(models.TextChoices):
    """Terms of ICD 203 with their bands, in per cent."""

    ALMOST_NO_CHANCE = "almost_no_chance", "Almost no chance"
    VERY_UNLIKELY = "very_unlikely", "Very unlikely"
    UNLIKELY = "unlikely", "Unlikely"
    ROUGHLY_EVEN_CHANCE = "roughly_even_chance", "Roughly even chance"
    LIKELY = "likely", "Likely"
    VERY_LIKELY = "very_likely", "Very likely"
    ALMOST_CERTAIN = "almost_certain", "Almost certain"

    @property
    def band(self) -> tuple[int, int]:
        """The band of this term, in per cent."""
        return BANDS[self]


BANDS = {
    Likelihood.ALMOST_NO_CHANCE: (1, 5),
    Likelihood.VERY_UNLIKELY: (5, 20),
    Likelihood.UNLIKELY: (20, 45),
    Likelihood.ROUGHLY_EVEN_CHANCE: (45, 55),
    Likelihood.LIKELY: (55, 80),
    Likelihood.VERY_LIKELY: (80, 95),
    Likelihood.ALMOST_CERTAIN: (95, 99),
}


class Confidence(models.TextChoices):
    """In the basis of the judgement, never in the event."""

    LOW = "low", "Low"
    MODERATE = "moderate", "Moderate"
    HIGH = "high", "High"


class Label(models.TextChoices):
    """What a judgement amounts to. Computed, never typed."""

    ATTRIBUTED = "attributed", "Attributed"
    SUSPECTED = "suspected", "Suspected"
    NOT_ATTRIBUTED = "not_attributed", "Not attributed"
    UNJUDGED = "unjudged", "Not yet judged"


def label_of(likelihood: str, confidence: str) -> Label:
    """The label that a likelihood and a confidence amount to."""
    if not likelihood or not confidence:
        return Label.UNJUDGED
    if likelihood in (Likelihood.VERY_LIKELY, Likelihood.ALMOST_CERTAIN):
        return Label.SUSPECTED if confidence == Confidence.LOW else Label.ATTRIBUTED
    return Label.SUSPECTED if likelihood == Likelihood.LIKELY else Label.NOT_ATTRIBUTED


class Conclusion(models.TextChoices):
    CONCUR = "concur", "Concur"
    CONCUR_WITH_COMMENT = "concur_with_comment", "Concur with comment"
    DISSENT = "dissent", "Dissent"


class ReviewStanding(models.TextChoices):
    """How the review of something in the queue stands, as one asks for it."""

    UNCLAIMED = "unclaimed", "Nobody has claimed it"
    MINE = "mine", "Claimed by me"
    OVERDUE = "overdue", "Overdue"


class Mended(models.TextChoices):
    """What became of a thing that was to be mended."""

    MENDED = "mended", "Mended"
    NOT_MENDED = "not_mended", "Not mended"


class HypothesisKind(models.TextChoices):
    """The four explanations that every incident is weighed against, and any others."""

    STATE_STRATEGY = "state_strategy", "State strategy"
    CRIMINAL_PROFIT = "criminal_profit", "Criminal profit"
    HUMANITARIAN_MOVEMENT = "humanitarian_movement", "Humanitarian movement"
    LAWFUL_MOBILITY = "lawful_mobility", "Lawful mobility"
    OTHER = "other", "Another explanation"


CORE_HYPOTHESES = tuple(kind for kind in HypothesisKind if kind != HypothesisKind.OTHER)
"""Every incident starts with these, and keeps them."""


class Consistency(models.TextChoices):
    """How an item of evidence sits with a hypothesis (Heuer, analysis of competing hypotheses)."""

    CC = "CC", "CC - very consistent"
    C = "C", "C - consistent"
    N = "N", "N - neutral"
    I = "I", "I - inconsistent"  # noqa: E741 - the method's own sign
    II = "II", "II - very inconsistent"
    NA = "NA", "NA - not applicable"


class WatchSort(models.TextChoices):
    """What a watch looks out for."""

    SEARCH = "search", "Saved search"
    DATE = "date", "Look again on a date"
    FLOW = "flow", "Flow reaches a number"


class WatchStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Watchable(models.TextChoices):
    """Lists whose filters can be kept as a watch."""

    INCIDENT = "incident", "Incidents"
    ATTRIBUTION = "attribution", "Attributions"
    EVIDENCE_ITEM = "evidence_item", "Evidence"
    ACTOR = "actor", "Actors"
