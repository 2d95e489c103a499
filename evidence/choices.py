"""The standard terms of evidence, and the small functions that reason about them."""

from django.db import models


class SourceClass(models.TextChoices):
    """Where a source stands. Two official voices of one side are not independent support."""

    TARGET_OFFICIAL = "target_official", "Official of the target state"
    OTHER_OFFICIAL = "other_official", "Official of another state"
    INTERNATIONAL_ORG = "international_org", "International organisation"
    ACCUSED = "accused", "The accused party"
    COURT = "court", "Court"
    INDEPENDENT_PRESS = "independent_press", "Independent press"
    STATE_MEDIA = "state_media", "State media"
    ACADEMIC = "academic", "Academic"
    NGO = "ngo", "Non-governmental organisation"
    TECHNICAL_RECORD = "technical_record", "Technical record"
    COMMERCIAL = "commercial", "Commercial"
    HUMAN = "human", "Human source"


class Reliability(models.TextChoices):
    """Reliability of a source (NATO AJP-2.1, Admiralty code). F is not the worst: it is unknown."""

    A = "A", "A - completely reliable"
    B = "B", "B - usually reliable"
    C = "C", "C - fairly reliable"
    D = "D", "D - not usually reliable"
    E = "E", "E - unreliable"
    F = "F", "F - reliability cannot be judged"


class Credibility(models.IntegerChoices):
    """Credibility of an item (NATO AJP-2.1, Admiralty code). 6 is not the worst: it is unknown."""

    CONFIRMED = 1, "1 - confirmed by independent sources"
    PROBABLY_TRUE = 2, "2 - probably true"
    POSSIBLY_TRUE = 3, "3 - possibly true"
    DOUBTFUL = 4, "4 - doubtful"
    IMPROBABLE = 5, "5 - improbable"
    CANNOT_BE_JUDGED = 6, "6 - truth cannot be judged"


class Question(models.TextChoices):
    """What a grade of an item answers. A state outlet may be A1 for what it says, and D5 for whether it is so."""

    SAID = "said", "It was said"
    SO = "so", "It is so"


class Outcome(models.TextChoices):
    """What became of a blind grading."""

    WAITING = "waiting", "Waits for a second"
    AGREE = "agree", "Both agree"
    DIFFER = "differ", "They differ"
    SETTLED = "settled", "Differed, settled since"
    WITHDRAWN = "withdrawn", "Withdrawn"


class EvidenceKind(models.TextChoices):
    """What an item is. The first five can carry the attribution of a state."""

    STATE_DIRECTIVE = "state_directive", "State directive"
    INTELLIGENCE_ASSESSMENT = "intelligence_assessment", "Intelligence assessment"
    DIPLOMATIC_COMMUNICATION = "diplomatic_communication", "Diplomatic communication"
    POLICY_STATEMENT = "policy_statement", "Policy statement"
    FACILITATION_PATTERN = "facilitation_pattern", "Pattern of facilitation"
    COURT_RECORD = "court_record", "Court record"
    NEWS_REPORT = "news_report", "News report"
    STATISTICS = "statistics", "Statistics"
    IMAGERY = "imagery", "Imagery"
    FINANCIAL_RECORD = "financial_record", "Financial record"
    TRAVEL_RECORD = "travel_record", "Travel record"
    COMMUNICATIONS = "communications", "Communications"
    TESTIMONY_SUMMARY = "testimony_summary", "Testimony summary (never identifying)"
    RESEARCH = "research", "Research"
    LEGAL_TEXT = "legal_text", "Legal text"
    OTHER = "other", "Other"


CARRYING_KINDS = frozenset(
    {
        EvidenceKind.STATE_DIRECTIVE,
        EvidenceKind.INTELLIGENCE_ASSESSMENT,
        EvidenceKind.DIPLOMATIC_COMMUNICATION,
        EvidenceKind.POLICY_STATEMENT,
        EvidenceKind.FACILITATION_PATTERN,
    }
)
"""The kinds of evidence that can carry a state attribution."""


class Category(models.TextChoices):
    TECHNICAL = "technical", "Technical"
    BEHAVIOURAL = "behavioural", "Behavioural"
    CONTEXTUAL = "contextual", "Contextual"


class BasisOfKnowledge(models.TextChoices):
    """How the source came to know it."""

    DIRECT = "direct", "Direct"
    INDIRECT_CORROBORATED = "indirect_corroborated", "Indirect, corroborated"
    INDIRECT = "indirect", "Indirect"
    UNKNOWN = "unknown", "Unknown"
    SUSPECTED_FALSE = "suspected_false", "Suspected false"


class ItemStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    WITHDRAWN = "withdrawn", "Withdrawn"
    SUPERSEDED = "superseded", "Superseded"


class Nature(models.TextChoices):
    """How one item repeats another. Whichever it is, both are one origin."""

    REPEATS = "repeats", "Repeats it"
    MIRROR = "mirror", "Mirrors it"
    WIRE_COPY = "wire_copy", "Carries it as a wire story"
    TRANSLATION = "translation", "Translates it"
    EXCERPT = "excerpt", "Quotes or excerpts it"


class CopyStatus(models.TextChoices):
    """What became of a suggestion that two texts are one."""

    SUGGESTED = "suggested", "Suggested"
    CONFIRMED = "confirmed", "Confirmed"
    DISMISSED = "dismissed", "Dismissed"


class CopyGround(models.TextChoices):
    """Why two texts are suggested as one."""

    ALIKE = "alike", "Alike as a whole"
    INSIDE = "inside", "One stands inside the other"


class Extraction(models.TextChoices):
    """How far the reading of a file has come."""

    WAITING = "waiting", "Waiting to be read"
    DONE = "done", "Read"
    EMPTY = "empty", "Holds no text"
    UNSUPPORTED = "unsupported", "Kept, not readable as text"
    FAILED = "failed", "Could not be read"


class Trait(models.TextChoices):
    """What a file holds that whoever opens it should know."""

    IS_CONTAINER = "is_container", "Holds files, kept as items"
    IS_ENCRYPTED = "is_encrypted", "Encrypted"
    IS_POLYGLOT = "is_polyglot", "Valid as two types"
    HOLDS_MACROS = "holds_macros", "Holds macros"
    HOLDS_ACTIVE_CONTENT = "holds_active_content", "Holds active content"
    HOLDS_FILES = "holds_files", "Holds other files"
    DIGESTS_DIFFER = "digests_differ", "Digests differ"


class Opening(models.TextChoices):
    """How far the opening of a container has come. A file that is none has the empty value."""

    NONE = "", "Not a container"
    WAITING = "waiting", "Waiting to be opened"
    DONE = "done", "Opened"
    REFUSED = "refused", "Not opened"


class AnchorState(models.TextChoices):
    """Whether a passage's words still stand where they were marked."""

    EXACT = "exact", "Exact"
    MOVED = "moved", "Moved"
    FUZZY = "fuzzy", "Fuzzy"
    ORPHAN = "orphan", "Orphan"


HOLDING_ANCHORS = frozenset({AnchorState.EXACT, AnchorState.MOVED})


class Custody(models.TextChoices):
    """What was done to the bytes."""

    RECEIVED = "received", "Received"
    HASHED = "hashed", "Hashed"
    READ = "read", "Read for its text"
    STAMPED = "stamped", "Time-stamped"
    ALTERED = "altered", "Found altered"
    MISSING = "missing", "Found missing"
    RESTORED = "restored", "Found whole again"
    VIEWED_ORIGINAL = "viewed_original", "Original viewed"
    COPIED = "copied", "Copied"
    EXPORTED = "exported", "Exported"
    SHARED = "shared", "Shared with a partner"
    REDACTED = "redacted", "Redacted"
    SEALED = "sealed", "Sealed"
    EXPUNGED = "expunged", "Expunged"
    REMOVED = "removed", "Bytes removed"


class BytesState(models.TextChoices):
    """What the last look at the stored bytes found. Whole is the empty value: it is how they came."""

    WHOLE = "", "Whole"
    ALTERED = "altered", "Altered"
    MISSING = "missing", "Missing"
    EXPUNGED = "expunged", "Expunged"


class Extent(models.TextChoices):
    """What of a record is expunged."""

    WHOLE = "whole", "All of it"
    WORDS = "words", "Certain words, wherever they stand in its workspace"


class Ground(models.TextChoices):
    """Why personal data must go."""

    ASKED_BY_PERSON = "asked_by_person", "A person asked for it (GDPR art. 17, LED art. 16)"
    NEVER_NEEDED = "never_needed", "It should never have stood here (GDPR art. 5, LED art. 4)"
    ORDERED = "ordered", "A court or a supervisory authority ordered it"


class ExpungingStatus(models.TextChoices):
    ASKED = "asked", "Waits for a second person"
    DONE = "done", "Carried out"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


class CaptureStatus(models.TextChoices):
    """What became of an address that was to be fetched."""

    WAITING = "waiting", "Waits to be fetched"
    DONE = "done", "Fetched"
    FAILED = "failed", "Could not be fetched"


class Harm(models.TextChoices):
    """What must never stand here: what tells a person on the move apart, and a people given as the threat."""

    PASSPORT_NUMBER = "passport_number", "Passport number"
    VISA_NUMBER = "visa_number", "Visa number"
    ALIEN_NUMBER = "alien_number", "US alien number"
    NATIONAL_ID = "national_id", "National identity number"
    RESIDENCE_PERMIT = "residence_permit", "Residence permit number"
    ASYLUM_CASE = "asylum_case", "Asylum case number"
    BIRTH_DATE = "birth_date", "Date of birth"
    EMAIL = "email", "E-mail address"
    TELEPHONE = "telephone", "Telephone number"
    PEOPLE_AS_THREAT = "people_as_threat", "A people given as the threat"
