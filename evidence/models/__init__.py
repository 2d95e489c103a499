from evidence.models.expungings import Expunging, SoughtWords
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
    "Expunging",
    "Grading",
    "Passage",
    "SoughtWords",
    "Source",
    "StoredFile",
    "TextPage",
    "TimeStamp",
]
