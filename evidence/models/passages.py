import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q

from accounts.models import User
from evidence.choices import HOLDING_ANCHORS, AnchorState, ItemStatus
from evidence.models.files import TextPage
from evidence.models.items import EvidenceItem
from evidence.models.typed import TypedRecord
from evidence.quoting import locate
from evidence.signals import ground_moved
from ledger import triggers
from ledger.acting import taking
from ledger.addresses import address_of
from ledger.models import RecordStatus, WithdrawableRecord


class Passage(TypedRecord, WithdrawableRecord):
    """Exact words on a page, which can be cited.

    Offsets count Unicode code points of the page's text, and `end` is exclusive, so that
    `page.text[start:end]` is always the quote. `prefix` and `suffix` are up to 64 characters on
    either side (W3C Web Annotation, text quote selector).
    """

    kind = "passage"
    scoped_by = "page"
    searched = {"anchor": "item_id", "title": "quote", "body": ("note",)}
    typed = ("quote", "note")
    extra_triggers = (
        triggers.Call(
            "passage_stands_in_its_page",
            name="stands_in_its_page",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
        ),
    )

    page = models.ForeignKey(TextPage, models.PROTECT, related_name="passages")
    item = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="passages")
    quote = models.TextField()
    prefix = models.CharField(max_length=64, blank=True, default="")
    suffix = models.CharField(max_length=64, blank=True, default="")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    anchor_state = models.CharField(max_length=10, choices=AnchorState, default=AnchorState.EXACT)
    note = models.TextField(blank=True, default="", help_text="What the words show, in your own words.")

    class Meta:
        ordering = ["item", "page__number", "start"]
        constraints = [
            models.CheckConstraint(
                condition=Q(start__lt=F("end")),
                name="passage_is_not_empty",
                violation_error_message="A passage must end after it starts.",
            ),
            models.UniqueConstraint(
                fields=["page", "start", "end"],
                condition=Q(status="active"),
                name="passage_is_marked_once",
                violation_error_message="This passage is already marked.",
            ),
        ]
        indexes = [models.Index(fields=["item"], name="passage_by_item")]

    def __str__(self) -> str:
        return self.quote if len(self.quote) <= 80 else self.quote[:77] + "..."

    def get_absolute_url(self) -> str:
        """Where the words stand: the reading page, scrolled to them."""
        return f"{address_of('evidence_item', self.item_id)}#passage-{self.pk}"

    def holds(self, *, bytes_verify: bool, is_groundless: bool) -> bool:
        """Whether it may be cited: its words stand in bytes that verify, of an item and a source in use.

        `is_groundless` says whether its item repeats, at any depth, something withdrawn (`evidence.lineage`). Wants
        its item and that item's source loaded.
        """
        return (
            bytes_verify
            and not is_groundless
            and self.status == RecordStatus.ACTIVE
            and self.anchor_state in HOLDING_ANCHORS
            and self.item.status == ItemStatus.ACTIVE
            and self.item.source.status == RecordStatus.ACTIVE
        )

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        super().withdraw(by=by, reason=reason)
        self._say_moved(by=by, reason=f"The passage “{self}” was withdrawn: {reason.strip()}")

    @transaction.atomic
    def reanchor(self, *, by: User, anchor_state: str, reason: str, version: int | None = None) -> None:
        """Note whether its words still stand where they were marked. A fuzzy or orphaned passage carries nothing."""
        self._require_writer(by)
        if not reason.strip():
            raise ValidationError({"reason": "Say why."})
        self.anchor_state = anchor_state
        self.full_clean()
        with taking("reanchor", reason):
            self._update(version or self.version, anchor_state=anchor_state)
        state = self.get_anchor_state_display().lower()
        self._say_moved(by=by, reason=f"The passage “{self}” is now {state}: {reason.strip()}")

    def _say_moved(self, *, by: User, reason: str) -> None:
        ground_moved.send(Passage, moved=self, by=by, reason=reason, marking=self.marking)

    def _require_open_to_change(self, names: set[str]) -> None:
        if "anchor_state" in names:
            raise ValidationError({"anchor_state": "An anchor moves by a step of its own, with a reason."})

    @classmethod
    def mark(cls, *, by: User, page: TextPage, quote: str, start: int | None = None, **fields) -> "Passage":
        """Mark words of a page. Raises `ValidationError` on `quote` where they do not stand there.

        Without `start`, the words must occur exactly once. Words that read as harm are marked only
        with `confirmed_harmless`.
        """
        anchor = locate(page.text, quote, start=start)
        return cls.add(by=by, page=page, item_id=page.item_id, **anchor._asdict(), **fields)
