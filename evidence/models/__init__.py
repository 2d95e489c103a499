from evidence.models.captures import Capture
from evidence.models.files import ByteCheck, CustodyEvent, StoredFile, TextPage, TimeStamp
from evidence.models.gradings import Grading
from evidence.models.items import Confirmation, Derivation, EvidenceItem
from evidence.models.passages import Passage
from evidence.models.sources import Source
from evidence.models.uploads import Upload

__all__ = [
    "ByteCheck",
    "Capture",
    "Confirmation",
    "CustodyEvent",
    "Derivation",
    "EvidenceItem",
    "Grading",
    "Passage",
    "Source",
    "StoredFile",
    "TextPage",
    "TimeStamp",
    "Upload",
]
