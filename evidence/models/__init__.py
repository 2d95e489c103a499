from evidence.models.files import ByteCheck, CustodyEvent, ReadingProgress, StoredFile, TextPage, TimeStamp
from evidence.models.gradings import Grading
from evidence.models.items import Confirmation, Derivation, EvidenceItem
from evidence.models.parts import ContainerPart
from evidence.models.passages import Passage
from evidence.models.sources import Source

__all__ = [
    "ByteCheck",
    "Confirmation",
    "ContainerPart",
    "CustodyEvent",
    "Derivation",
    "EvidenceItem",
    "Grading",
    "Passage",
    "ReadingProgress",
    "Source",
    "StoredFile",
    "TextPage",
    "TimeStamp",
]
