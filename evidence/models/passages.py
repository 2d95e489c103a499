from typing import Any

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q

from accounts.errors import IllegalStep
from accounts.models import User
from evidence.anchoring import Found
from evidence.choices import HOLDING_ANCHORS, AnchorState, ItemStatus
from evidence.fragments import part_of
from evidence.models.items import EvidenceItem
from evidence.models.pages import TextPage
from evidence.models.typed import TypedRecord
from evidence.quoting import Anchor, anchor_at, locate
from evidence.signals import ground_moved
from ledger import triggers
from ledger.acting import require_person, taking
from ledger.addresses import address_of
from ledger.models import RecordStatus, WithdrawableRecord
from ledger.models.checking import checked

UNPROPOSED: dict[str, Any] = {"proposed_page": None, "proposed_start": None, "proposed_end": None, "likeness": None}

FOUND = {
    AnchorState.EXACT: "The words stand where they stood.",
    AnchorState.MOVED: "The words stand elsewhere now.",
    AnchorState.FUZZY: "Words that are alike were found: look whether they are those that were marked.",
    AnchorState.ORPHAN: "The marked words stand nowhere in it now.",
}


class Passage(TypedRecord, WithdrawableRecord):
    """Exact words on a page, which can be cited.

    Offsets count Unicode code points of the page's text, and `end` is exclusive, so that
    `page.text[start:end]` is always the quote. `prefix` and `suffix` are up to 64 characters on
    either side (W3C Web Annotation, text quote selector).
    """

    kind = "passage"
    scoped_by = "item"
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
    quote = models.TextField(blank=True, help_text="The exact words; of a part, what part it is.")
    prefix = models.CharField(max_length=64, blank=True, default="")
    suffix = models.CharField(max_length=64, blank=True, default="")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    fragment = models.CharField(
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text="xywh=percent:x,y,width,height of a page or picture, or t=from,to in seconds of a recording.",
    )
    anchor_state = models.CharField(max_length=10, choices=AnchorState, default=AnchorState.EXACT)
    proposed_page = models.ForeignKey(
        TextPage,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        help_text="Where words stand that are alike, for a person to confirm.",
    )
    proposed_start = models.PositiveIntegerField(null=True, editable=False)
    proposed_end = models.PositiveIntegerField(null=True, editable=False)
    likeness = models.PositiveSmallIntegerField(null=True, editable=False, help_text="Of the proposed words, of 100.")
    note = models.TextField(blank=True, default="", help_text="What the words show, in your own words.")

    class Meta:
        ordering = ["item", "page__number", "start"]
        constraints = [
            models.CheckConstraint(
                condition=Q(start__lt=F("end"), fragment="") | (Q(start=0, end=0) & ~Q(fragment="")),
                name="passage_is_words_or_a_part",
                violation_error_message="A passage must end after it starts.",
            ),
            models.UniqueConstraint(
                fields=["page", "start", "end", "fragment"],
                condition=Q(status="active"),
                name="passage_is_marked_once",
                violation_error_message="This passage is already marked.",
            ),
            models.CheckConstraint(
                condition=Q(proposed_page=None, proposed_start=None, proposed_end=None, likeness=None)
                | Q(anchor_state="fuzzy", proposed_start__lt=F("proposed_end"), likeness__lte=100),
                name="only_a_fuzzy_passage_has_words_proposed",
            ),
        ]
        indexes = [models.Index(fields=["item"], name="passage_by_item")]

    def __str__(self) -> str:
        return self.quote if len(self.quote) <= 80 else self.quote[:77] + "..."

    def get_absolute_url(self) -> str:
        """Where the words stand: the reading page, scrolled to them."""
        return f"{address_of('evidence_item', self.item_id)}?at={self.page_id}#passage-{self.pk}"

    @property
    def proposal(self) -> Anchor | None:
        """The words that are proposed for those that were marked. Wants `proposed_page` loaded."""
        if self.proposed_page is None:
            return None
        return anchor_at(self.proposed_page.text, self.proposed_start, self.proposed_end)

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
        proposed = {} if anchor_state == AnchorState.FUZZY else UNPROPOSED
        for name, value in proposed.items():
            setattr(self, name, value)
        self.full_clean()
        with taking("reanchor", reason):
            self._update(version or self.version, anchor_state=anchor_state, **proposed)
        state = self.get_anchor_state_display().lower()
        self._say_moved(by=by, reason=f"The passage “{self}” is now {state}: {reason.strip()}")

    @transaction.atomic
    def confirm_anchor(self, *, by: User, version: int | None = None) -> None:
        """Say that the proposed words are those that were marked: the passage stands there now.

        A person judges that. Raises `NotYours` for a token, `IllegalStep` where nothing is proposed.
        """
        require_person()
        self._require_writer(by)
        if self.proposal is None or self.proposed_page is None:
            raise IllegalStep("No other words are proposed for this passage.")
        standing = self._standing(AnchorState.MOVED, self.proposed_page, self.proposal)
        with taking("confirm_anchor"), checked(self, by=by, exclude=set()):
            self._update(version or self.version, **standing)
        self._say_moved(by=by, reason=f"The words of the passage “{self}” were confirmed where they stand now.")

    def stand_anew(self, found: Found, page: TextPage | None, *, by: User) -> None:
        """Note where its words were found in a text that was taken anew. Part of keeping that text."""
        held = self.anchor_state in HOLDING_ANCHORS
        if found.state == AnchorState.FUZZY:
            change = {**UNPROPOSED, "anchor_state": found.state, "proposed_page": page, "likeness": found.likeness}
            change |= {"proposed_start": found.anchor.start, "proposed_end": found.anchor.end}
        elif found.state == AnchorState.ORPHAN:
            change = {**UNPROPOSED, "anchor_state": found.state}
        else:
            change = self._standing(found.state, page, found.anchor)
        with taking("read_text", FOUND[found.state]):
            self._update(self.version, **change)
        if held and self.anchor_state not in HOLDING_ANCHORS:
            self._say_moved(by=by, reason=f"The text of “{self.item}” was taken anew. {FOUND[found.state]}")

    def _standing(self, state: str, page: TextPage, anchor: Anchor) -> dict[str, Any]:
        return {**UNPROPOSED, **anchor._asdict(), "page": page, "anchor_state": state}

    def _say_moved(self, *, by: User, reason: str) -> None:
        ground_moved.send(Passage, moved=self, by=by, reason=reason, marking=self.marking)

    def _require_open_to_change(self, names: set[str]) -> None:
        if "anchor_state" in names:
            raise ValidationError({"anchor_state": "An anchor moves by a step of its own, with a reason."})

    @classmethod
    def mark(
        cls,
        *,
        by: User,
        page: TextPage,
        quote: str = "",
        start: int | None = None,
        fragment: str = "",
        **fields: Any,
    ) -> "Passage":
        """Mark words of a page, or with `fragment` a part of what is seen or heard there.

        Raises `ValidationError` on `quote` where the words do not stand there, on `fragment` where there is no such
        part. Without `start`, the words must occur exactly once. Words that read as harm are marked only with
        `confirmed_harmless`.
        """
        if fragment:
            return cls._mark_part(by=by, page=page, fragment=fragment, **fields)
        anchor = locate(page.text, quote, start=start)
        return cls.add(by=by, page=page, item_id=page.item_id, **anchor._asdict(), **fields)

    @classmethod
    def _mark_part(cls, *, by: User, page: TextPage, fragment: str, note: str = "", **fields: Any) -> "Passage":
        part = part_of(fragment, page.file.media_type)
        if not note.strip():
            raise ValidationError({"note": "Say in your own words what is to be seen or heard there."})
        place = {"quote": str(part), "start": 0, "end": 0, "fragment": part.fragment}
        return cls.add(by=by, page=page, item_id=page.item_id, note=note, **place, **fields)
