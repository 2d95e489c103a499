from ledger.models.about import AboutRecord
from ledger.models.comments import Comment
from ledger.models.entries import Checkpoint, Epoch, LedgerEntry, SearchEntry
from ledger.models.last_writes import LastWrite
from ledger.models.notifications import Notification
from ledger.models.records import (
    PERSON,
    Record,
    RecordStatus,
    WithdrawableRecord,
    kinds,
    needed,
)
from ledger.models.repeats import KeptAnswer
from ledger.models.tasks import Task

__all__ = [
    "PERSON",
    "AboutRecord",
    "Checkpoint",
    "Comment",
    "Epoch",
    "KeptAnswer",
    "LastWrite",
    "LedgerEntry",
    "Notification",
    "Record",
    "RecordStatus",
    "SearchEntry",
    "Task",
    "WithdrawableRecord",
    "kinds",
    "needed",
]
