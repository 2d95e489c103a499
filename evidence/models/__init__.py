from evidence.models.captures import Capture
from evidence.models.copies import Fingerprint, NearCopy, TextSignature
from evidence.models.custody import ByteCheck, CustodyEvent, ReadingProgress, TimeStamp
from evidence.models.expungings import Expunging, SoughtWords
from evidence.models.files import StoredFile
from evidence.models.gradings import Grading
from evidence.models.items import Confirmation, Derivation, EvidenceItem
from evidence.models.pages import TextPage
from evidence.models.parts import ContainerPart
from evidence.models.passages import Passage
from evidence.models.sources import Source
from evidence.models.uploads import Upload

__all__ = [
    "ByteCheck",
    "Capture",
    "Confirmation",
    "ContainerPart",
    "CustodyEvent",
    "Derivation",
    "EvidenceItem",
    "Expunging",
    "Fingerprint",
    "Grading",
    "NearCopy",
    "Passage",
    "ReadingProgress",
    "SoughtWords",
    "Source",
    "StoredFile",
    "TextPage",
    "TextSignature",
    "TimeStamp",
    "Upload",
]
