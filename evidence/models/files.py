from collections.abc import Sequence
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import connection, models, transaction
from django.db.models import F, Max, Q, Value
from procrastinate.contrib.django import app

from accounts.errors import IllegalStep
from accounts.ids import new_id
from accounts.models import User
from evidence import storage
from evidence.choices import BytesState, Custody, Extraction, Opening, Trait
from evidence.detection import CONTAINERS, PLAIN, TEXT, media_type_of
from evidence.labels import name_of
from evidence.layout import layout_of
from evidence.models.custody import CustodyEvent
from evidence.models.items import EvidenceItem
from evidence.models.pages import TextPage
from evidence.pages import Page, tidy
from evidence.readers import plain
from evidence.signals import text_taken
from ledger import triggers
from ledger.acting import taking
from ledger.addresses import address_of
from ledger.models import Record

THE_BYTES = "item_id,sha256,size,media_type,original_name,capture,replaces_id"


class StoredFile(Record):
    """The bytes as they came, kept unaltered under their SHA-256."""

    kind = "stored_file"
    scoped_by = "item"
    extra_triggers = (
        triggers.keep(THE_BYTES, "The bytes of evidence are never altered."),
        triggers.Call(
            "bytes_are_looked_at", name="looked_at", when=pgtrigger.Before, operation=pgtrigger.UpdateOf("bytes_state")
        ),
        triggers.Call(
            "past_pages_leave_search",
            name="leave_search",
            when=pgtrigger.After,
            operation=pgtrigger.UpdateOf("reading"),
        ),
    )

    item = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="files")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    media_type = models.CharField(max_length=150, help_text="As detected from the content, not as claimed.")
    original_name = models.CharField(max_length=255)
    capture = models.JSONField(
        default=dict, blank=True, help_text="requested_url, final_url, captured_at (UTC), tool, tool_version."
    )
    bytes_state = models.CharField(
        max_length=10,
        choices=BytesState,
        blank=True,
        default="",
        editable=False,
        help_text="Empty: whole, when last seen.",
    )
    extraction = models.CharField(max_length=20, choices=Extraction, default=Extraction.WAITING)
    extraction_note = models.TextField(blank=True, default="")
    reading = models.PositiveIntegerField(
        default=1, db_default=1, editable=False, help_text="Which reading of it counts. Its pages name theirs."
    )
    layout = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="SHA-256 under which the places of its words are kept; empty where none are known.",
    )
    ocr_languages = ArrayField(
        models.CharField(max_length=20),
        default=list,
        db_default=Value([], ArrayField(models.CharField(max_length=20))),
        blank=True,
        help_text="In which OCR reads it, as tesseract names them (ISO 639-2), like pol; empty for those set here.",
    )
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="replaced_by",
        help_text="The earlier version of the same document, which stays as it was.",
    )
    traits = ArrayField(
        models.CharField(max_length=30, choices=Trait),
        default=list,
        blank=True,
        editable=False,
        help_text="What it holds that whoever opens it should know.",
    )
    remarks = ArrayField(
        models.TextField(), default=list, blank=True, editable=False, help_text="A sentence for each trait."
    )
    opening = models.CharField(
        max_length=10,
        choices=Opening,
        blank=True,
        default="",
        editable=False,
        help_text="How far the opening of a container has come. Empty: it is none.",
    )
    left_out = ArrayField(
        models.TextField(),
        default=list,
        blank=True,
        editable=False,
        help_text="What of a container was not taken, and why.",
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(replaces=F("id")), name="file_does_not_replace_itself"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="hash_is_sha256_in_hex"),
            models.UniqueConstraint(
                fields=["item", "sha256"],
                name="item_holds_the_same_bytes_once",
                violation_error_message="This item holds the same file already.",
            ),
        ]
        indexes = [models.Index(fields=["sha256"], name="file_by_hash")]

    def __str__(self) -> str:
        return self.original_name

    def get_absolute_url(self) -> str:
        return address_of("evidence_item", self.item_id)

    def get_traits(self) -> list[str]:
        """What it holds, as it is called."""
        return [Trait(each).label for each in self.traits]

    @classmethod
    @transaction.atomic
    def receive(
        cls,
        *,
        by: User,
        item: EvidenceItem,
        content: File,
        name: str,
        capture: dict | None = None,
        read_at_once: bool = False,
        replaces: Self | None = None,
        **more,
    ) -> Self:
        """Keep a file for an item, and have its text read in the background.

        The bytes are on disk before the row is written: a crash leaves at most bytes that no
        record names. With `replaces` it is a later version of that file of the item: the passages go over to it
        once it is read. Raises `ValidationError`, `NotYours` or `IllegalStep`.
        """
        item._require_writer(by)
        _require_replaceable(item, replaces)
        _require_acceptable(item, content)
        media_type = media_type_of(content)
        sha256, size = storage.keep(content)
        file = cls.add(
            by=by,
            item=item,
            sha256=sha256,
            size=size,
            media_type=media_type,
            original_name=name_of(name),
            capture=capture or {},
            replaces=replaces,
            **more,
        )
        CustodyEvent.add(by=by, file=file, action=Custody.RECEIVED, note=f"{size} bytes")
        CustodyEvent.add(by=by, file=file, action=Custody.HASHED, note=sha256)
        if read_at_once and media_type in PLAIN:
            file._read_at_once(by=by)
        else:  # The job commits with the row: no file waits unread, and no job looks for a lost file.
            file._ask_for_reading(by)
        return file

    @classmethod
    @transaction.atomic
    def receive_text(
        cls, *, by: User, item: EvidenceItem, text: str, replaces: Self | None = None, **capture: Any
    ) -> Self:
        """Keep pasted text as a file of its own, and read it at once unless it is of a format that is parsed.

        A form feed begins a page.
        """
        if not text.strip():
            raise ValidationError({"text": "Paste some text."})
        return cls.receive(
            by=by,
            item=item,
            content=ContentFile(text.encode()),
            name="pasted.txt",
            capture=capture,
            read_at_once=True,
            replaces=replaces,
        )

    def _read_at_once(self, *, by: User) -> None:
        """Take what was pasted as it is: our own bytes, in UTF-8."""
        with self.open() as stream:
            texts = plain.pages_of(stream) if self.media_type == TEXT else plain.table_of(stream)
        pages = [Page(piece) for text in texts for piece in plain.cut(tidy(text))]
        self.keep_reading(by=by, pages=pages, languages=[""] * len(pages), extractor="plain", extractor_version="1")

    @transaction.atomic
    def read_again(self, *, by: User, languages: Sequence[str] | None = None, version: int | None = None) -> None:
        """Have its text taken anew, by what reads such files now. Its pages and passages stay until that is done.

        `languages` are those in which OCR reads; None leaves them as they are. Raises `IllegalStep` while it waits.
        """
        self._require_writer(by)
        self.item.require_active()
        self.require_bytes()
        if self.extraction == Extraction.WAITING:
            raise IllegalStep("This file is waiting to be read already.")
        chosen = self.ocr_languages if languages is None else list(languages)
        self.ocr_languages = chosen
        self.full_clean()
        with taking("read_again", " ".join(chosen)):
            self._update(version or self.version, extraction=Extraction.WAITING, ocr_languages=chosen)
        self._ask_for_reading(by)

    def _ask_for_reading(self, by: User) -> None:
        job = app.configure_task("evidence.read_text", queue="reading", lock=f"evidence.read_text {self.pk}")
        job.defer(file_id=str(self.pk), user_id=str(by.pk))

    @transaction.atomic
    def keep_reading(
        self,
        *,
        by: User,
        pages: Sequence[Page],
        languages: Sequence[str],
        extractor: str,
        extractor_version: str,
        notes: Sequence[str] = (),
        traits: Sequence[tuple[str, str]] = (),
    ) -> bool:
        """Keep the text that was taken out of it, all at once, and find its passages again.

        `languages` are those of the pages (ISO 639-1; empty: not told), `traits` pairs of a `Trait` and a sentence.
        False where somebody else has kept one meanwhile: of two readers one goes on.
        """
        if not self._is_still_waiting():
            return False
        self.reading = (self.pages.aggregate(last=Max("reading"))["last"] or 0) + 1
        CustodyEvent.add(by=by, file=self, action=Custody.READ, note=f"{extractor} {extractor_version}")
        self._keep_pages(pages, languages, by=by, extractor=extractor, extractor_version=extractor_version)
        state = Extraction.DONE if any(page.text.strip() for page in pages) else Extraction.EMPTY
        layout = storage.keep(layout)[0] if (layout := layout_of(pages)) else ""
        found = self._found(by, traits)
        self._end_reading(state, " ".join(notes), reading=self.reading, layout=layout, **found)
        text_taken.send(StoredFile, file=self, by=by)
        app.configure_task("evidence.find_near_copies", queue="reading").defer(item_id=str(self.item_id))
        return True

    def _keep_pages(self, pages: Sequence[Page], languages: Sequence[str], *, by: User, **taken_by: str) -> None:
        TextPage.add_all(
            [
                {
                    "file": self,
                    "item": self.item,
                    "reading": self.reading,
                    "number": number,
                    "title": f"{self.item.title}, page {number}"[:520],
                    "text": page.text,
                    "language": language,
                    **taken_by,
                    "was_ocr": page.confidence is not None,
                    "ocr_confidence": page.confidence,
                }
                for number, (page, language) in enumerate(zip(pages, languages, strict=True), start=1)
            ],
            by=by,
        )

    @transaction.atomic
    def refuse_reading(
        self, *, by: User, sentence: str, is_unsupported: bool = False, traits: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Note why no text can be taken out of it. What an earlier reading gave stays."""
        if not self._is_still_waiting():
            return
        found = self._found(by, traits)
        if self.pages.filter(reading=self.reading).exists():
            self._end_reading(Extraction.DONE, f"Reading it again brought nothing new. {sentence}", **found)
            return
        self._end_reading(Extraction.UNSUPPORTED if is_unsupported else Extraction.FAILED, sentence, **found)

    def _found(self, by: User, traits: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """What it holds that whoever opens it should know. A container is opened by a job that commits with this."""
        found: dict[str, Any] = {"traits": [trait for trait, _ in traits], "remarks": [told for _, told in traits]}
        if self.media_type in CONTAINERS and not self.opening:
            found["opening"] = Opening.WAITING
            task, lock = "evidence.open_container", f"evidence.open_container {self.pk}"
            app.configure_task(task, queue="reading", lock=lock).defer(file_id=str(self.pk), user_id=str(by.pk))
        return found

    def _is_still_waiting(self) -> bool:
        """Lock the row, and see it as it is."""
        locked = StoredFile.objects.select_for_update(no_key=True, of=("self",)).filter(pk=self.pk)
        if not locked.filter(extraction=Extraction.WAITING).exists():
            return False
        self.refresh_from_db()
        return True

    def _end_reading(self, extraction: str, note: str = "", **fields: Any) -> None:
        with taking("read_text", note):
            self._update(self.version, extraction=extraction, extraction_note=note, **fields)

    def end_opening(self, state: str, left_out: list[str]) -> None:
        """Say that a container was opened, or why not; once. What was left out is told, a sentence each."""
        with taking("open_container", left_out[0] if left_out else ""):
            waiting = StoredFile.objects.filter(pk=self.pk, opening=Opening.WAITING)
            waiting.update(opening=state, left_out=left_out)

    def require_bytes(self) -> None:
        """Refuse what needs bytes of a file whose bytes are gone for good."""
        if self.bytes_state == BytesState.EXPUNGED:
            raise IllegalStep("The bytes of this file were expunged.")

    def hand_out(self, *, is_api: bool):
        """The bytes, opened for a download that custody tells of, whoever it is: also who may write nothing.

        Raises `IllegalStep` where they are gone.
        """
        self.require_bytes()
        try:
            stream = self.open()
        except FileNotFoundError:
            raise IllegalStep("The bytes of this file are not in the store.") from None
        with taking("download"), connection.cursor() as cursor:
            cursor.execute("SELECT custody_of_download(%s, %s, %s)", [new_id(), self.pk, is_api])
        return stream

    def open(self):
        """The bytes, opened for reading."""
        return storage.opened(self.sha256)

    def verifies(self) -> bool:
        """Whether the stored bytes still have the hash they came with. Reads the whole file."""
        return storage.hash_of(self.sha256) == self.sha256


def _require_acceptable(item: EvidenceItem, content: File) -> None:
    item.require_active()
    if not content.size:
        raise ValidationError({"file": "The file is empty."})
    if content.size > settings.MAX_UPLOAD_BYTES:
        raise ValidationError({"file": f"At most {settings.MAX_UPLOAD_BYTES // 2**20} MB are taken at once."})


def _require_replaceable(item: EvidenceItem, replaced: StoredFile | None) -> None:
    if replaced is None:
        return
    if replaced.item_id != item.pk:
        raise ValidationError({"replaces": "This is a file of another item."})
    if StoredFile.objects.filter(replaces=replaced).exists():
        raise ValidationError({"replaces": "A later version of this file is there already; replace that one."})
