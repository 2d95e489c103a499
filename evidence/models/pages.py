"""Pages of text, as readings of files gave them."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from evidence.models.items import EvidenceItem
from ledger import triggers
from ledger.addresses import address_of
from ledger.models import Record


class TextPages(models.QuerySet["TextPage"]):
    def current(self) -> Self:
        """Those of the reading that counts, of files that no later version replaces."""
        return self.filter(reading=F("file__reading"), file__replaced_by=None)


class TextPage(Record):
    """The text of one page of a file, in Unicode NFC, as one reading of the file gave it."""

    kind = "text_page"
    scoped_by = "file"
    searched = {"anchor": "item_id", "title": "title", "body": ("text",)}
    extra_triggers = (
        triggers.keep("text,reading,number,file_id,item_id", "Extracted text stays as it was."),
        triggers.Call(
            "past_page_leaves_search", name="zz_leave_search", when=pgtrigger.After, operation=pgtrigger.Update
        ),
    )

    file = models.ForeignKey("evidence.StoredFile", models.PROTECT, related_name="pages")
    item = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="pages")
    reading = models.PositiveIntegerField(
        default=1, db_default=1, help_text="Which reading of the file, from 1: each taking of its text is one."
    )
    number = models.PositiveIntegerField(help_text="From 1.")
    title = models.CharField(max_length=520, help_text="The item's title and the page, as searched.")
    text = models.TextField(blank=True)
    extractor = models.CharField(max_length=100)
    extractor_version = models.CharField(max_length=50)
    was_ocr = models.BooleanField(default=False)
    ocr_confidence = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="How sure OCR was of its words, 0 to 100; null: the text is the file's own.",
    )
    language = models.CharField(
        max_length=8, blank=True, default="", db_default="", help_text="ISO 639-1, as detected; empty: not told."
    )

    objects = TextPages.as_manager()

    class Meta:
        ordering = ["file", "number"]
        constraints = [
            models.UniqueConstraint(fields=["file", "reading", "number"], name="page_is_extracted_once_a_reading"),
            models.CheckConstraint(condition=Q(number__gte=1), name="pages_count_from_one"),
        ]
        indexes = [models.Index(fields=["item", "number"], name="page_by_item")]

    def __str__(self) -> str:
        return f"page {self.number}"

    def get_absolute_url(self) -> str:
        return f"{address_of('evidence_item', self.item_id)}?at={self.pk}#text-{self.pk}"
