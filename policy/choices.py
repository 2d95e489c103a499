"""The terms of policy responses, and the small functions that reason about them."""

from django.db import models


class ResponseKind(models.TextChoices):
    DIPLOMATIC_PROTEST = "diplomatic_protest", "Diplomatic protest"
    SANCTIONS = "sanctions", "Sanctions"
    BORDER_ENFORCEMENT = "border_enforcement", "Border enforcement"
    INTELLIGENCE_COOPERATION = "intelligence_cooperation", "Intelligence cooperation"
    PROSECUTION = "prosecution", "Prosecution"


MUST_HAVE = {
    ResponseKind.DIPLOMATIC_PROTEST: "An approved attribution, or a public claim that it repeats; an addressee.",
    ResponseKind.SANCTIONS: "For each target an approved attribution of the label attributed; a legal provision; "
    "listing grounds that cite passages.",
    ResponseKind.BORDER_ENFORCEMENT: "A legal provision that permits it, with an answer to each test that it sets; "
    "an end date; why it is necessary and proportionate; how access to asylum stays open; each answer on rights with a "
    "citation.",
    ResponseKind.INTELLIGENCE_COOPERATION: "Partners, and nothing shared that is marked above what they may have.",
    ResponseKind.PROSECUTION: "An organised actor that is no state; a legal provision. States are never prosecuted.",
}
"""What each kind must have before it is approved, beyond what all must have."""


class ProtestForm(models.TextChoices):
    NOTE_VERBALE = "note_verbale", "Note verbale"
    DEMARCHE = "demarche", "Demarche"
    SUMMONS = "summons", "Summons of the ambassador"
    JOINT_STATEMENT = "joint_statement", "Joint statement"
    COMPLAINT = "complaint", "Complaint to an organisation"


class SanctionMeasure(models.TextChoices):
    ASSET_FREEZE = "asset_freeze", "Asset freeze"
    TRAVEL_BAN = "travel_ban", "Travel ban"
    SECTOR = "sector", "Sectoral restriction"
    CARRIER_RESTRICTION = "carrier_restriction", "Restriction of carriers"


class BorderMeasure(models.TextChoices):
    CLOSURE = "closure", "Closure"
    CHECKS = "checks", "Checks"
    STAFFING = "staffing", "Staffing"
    PROCEDURE = "procedure", "Procedure"


class Offence(models.TextChoices):
    """Two different things: where the record says one, it does not imply the other (Palermo Protocols)."""

    SMUGGLING = "smuggling", "Smuggling of migrants"
    TRAFFICKING = "trafficking", "Trafficking in persons"


class ProsecutionStage(models.TextChoices):
    REFERRAL = "referral", "Referral"
    INVESTIGATION = "investigation", "Investigation"
    CHARGE = "charge", "Charge"
    TRIAL = "trial", "Trial"
    JUDGMENT = "judgment", "Judgment"


class RightsQuestion(models.TextChoices):
    """The questions that every response answers before it is approved."""

    ASYLUM_ACCESS = "asylum_access", "How does access to asylum stay open?"
    NON_REFOULEMENT = "non_refoulement", "How is nobody returned to danger?"
    PROPORTIONALITY = "proportionality", "Why is it necessary and proportionate?"
    NO_PENALTY = "no_penalty", "How is nobody penalised for irregular entry?"
    EFFECT_ON_PEOPLE = "effect_on_people", "What does it do to people on the move?"


class MetOrNot(models.TextChoices):
    """What a person says of a test that a provision sets."""

    MET = "met", "Met"
    NOT_MET = "not_met", "Not met"
    NOT_ASSESSED = "not_assessed", "Not assessed"
