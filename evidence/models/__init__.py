from evidence.models.copies import Fingerprint, NearCopy, TextSignature
from evidence.models.files import ByteCheck, CustodyEvent, StoredFile, TextPage, TimeStamp
from evidence.models.gradings import Grading
from evidence.models.items import Confirmation, Derivation, EvidenceItem
from evidence.models.passages import Passage
from evidence.models.sources import Source

__all__ = [
    "ByteCheck",
    "Confirmation",
    "CustodyEvent",
    "Derivation",
    "EvidenceItem",
    "Fingerprint",
    "Grading",
    "NearCopy",
    "Passage",
    "Source",
    "StoredFile",
    "TextPage",
    "TextSignature",
    "TimeStamp",
]
