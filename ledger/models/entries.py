"""The append-only ledger of every record's versions, and what is derived from them."""

from django.db import models
from django.db.models import F, Q


class LedgerEntry(models.Model):
    """One version of one record, written by trigger, never changed.

    `entry_hash` is the SHA-256 of the canonical JSON array of every other column with the
    document's hash in place of the document (see `ledger_canonical` in the first migration);
    `previous_hash` is the entry before it of the same record. `transaction` is the one that wrote it, or
    that of the entry before it where that one began later: so (epoch, transaction, sequence) never puts
    an older version of a record after a newer one, and nothing appears below a transaction that has ended
    with all before it.
    """

    class Operation(models.TextChoices):
        CREATED = "created", "Created"
        UPDATED = "updated", "Updated"
        MOVED = "moved", "Moved away"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPUNGED = "expunged", "Expunged"

    sequence = models.BigAutoField(primary_key=True)
    epoch = models.PositiveIntegerField()
    transaction = models.BigIntegerField()
    at = models.DateTimeField()
    user_id = models.UUIDField(null=True)
    client_id = models.UUIDField(null=True)
    step = models.TextField()
    reason = models.TextField()
    kind = models.TextField()
    object_id = models.UUIDField()
    version = models.PositiveIntegerField()
    operation = models.TextField(choices=Operation)
    workspace_id = models.UUIDField()
    marking = models.TextField()
    document = models.JSONField(null=True)
    document_sha256 = models.BinaryField(null=True)
    previous_hash = models.BinaryField(null=True)
    entry_hash = models.BinaryField()

    class Meta:
        db_table = "ledger_entry"
        ordering = ["sequence"]
        indexes = [
            models.Index(fields=["object_id", "sequence"], name="ledger_by_object"),
            models.Index(fields=["workspace_id", "sequence"], name="ledger_by_workspace"),
            models.Index(fields=["epoch", "transaction", "sequence"], name="ledger_in_feed_order"),
            models.Index(
                fields=["workspace_id", "epoch", "transaction", "sequence"], name="ledger_by_room_in_feed_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence}: {self.kind} {self.object_id} version {self.version}"

    @property
    def hash_text(self) -> str:
        """The entry's hash in hex."""
        return bytes(self.entry_hash).hex()


class Epoch(models.Model):
    """The one row that counts clusters: a restore from a dump raises it by one."""

    number = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "ledger_epoch"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="there_is_one_epoch")]

    def __str__(self) -> str:
        return str(self.number)


class SearchEntry(models.Model):
    """The words of one record, or of one page of text. Read only through the `search` function."""

    is_closed = True

    record_id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    anchor_id = models.UUIDField()
    workspace_id = models.UUIDField()
    marking = models.TextField()
    title = models.TextField()
    body = models.TextField()

    class Meta:
        db_table = "ledger_search"
        indexes = [models.Index(fields=["anchor_id"], name="search_by_anchor")]

    def __str__(self) -> str:
        return f"{self.kind} {self.title}"


class Checkpoint(models.Model):
    """A signed Merkle root over all entries since the checkpoint before it.

    `digest` is the SHA-256 of the canonical JSON of the other columns (RFC 8785); `signature` is
    Ed25519 (RFC 8032) over the digest, empty where no key is configured.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    epoch = models.PositiveIntegerField()
    from_transaction = models.BigIntegerField()
    to_transaction = models.BigIntegerField(help_text="Exclusive: every transaction below it had ended.")
    entries = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=128, blank=True)

    class Meta:
        db_table = "ledger_checkpoint"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_transaction__lt=F("to_transaction")), name="checkpoint_covers_transactions"
            ),
        ]

    def __str__(self) -> str:
        return f"Checkpoint {self.number}"
