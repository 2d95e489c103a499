from evidence.models.files import CustodyEvent, StoredFile, TextPage
from evidence.models.items import Derivation, EvidenceItem
from evidence.models.passages import Passage
from evidence.models.sources import Source

__all__ = ["CustodyEvent", "Derivation", "EvidenceItem", "Passage", "Source", "StoredFile", "TextPage"]
