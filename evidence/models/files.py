from pathlib import PurePath
from typing import Self

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.db.models import Q
from procrastinate.contrib.django import app

from accounts.errors import IllegalStep
from accounts.ids import new_id
from accounts.models import User
from evidence import storage
from evidence.choices import BytesState, Custody, Extraction, ItemStatus
from evidence.detection import media_type_of
from evidence.extraction import READERS, Unreadable, read
from evidence.models.items import EvidenceItem
from ledger import triggers
from ledger.acting import taking
from ledger.addresses import address_of
from ledger.models import Record

THE_BYTES = "item_id,sha256,size,media_type,original_name,capture"


class StoredFile(Record):
    """The bytes as they came, kept unaltered under their SHA-256."""

    kind = "stored_file"
    scoped_by = "item"
    extra_triggers = (
        triggers.keep(THE_BYTES, "The bytes of evidence are never altered."),
        triggers.Call(
            "bytes_are_looked_at", name="looked_at", when=pgtrigger.Before, operation=pgtrigger.UpdateOf("bytes_state")
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

    class Meta:
        ordering = ["id"]
        constraints = [
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
        **more,
    ) -> Self:
        """Keep a file for an item, and have its text read in the background.

        The bytes are on disk before the row is written: a crash leaves at most bytes that no
        record names. Raises `ValidationError`, `NotYours` or `IllegalStep`.
        """
        item._require_writer(by)
        _require_acceptable(item, content)
        media_type = media_type_of(content)
        sha256, size = storage.keep(content)
        file = cls.add(
            by=by,
            item=item,
            sha256=sha256,
            size=size,
            media_type=media_type,
            original_name=PurePath(name.replace("\\", "/")).name[-255:] or "unnamed",
            capture=capture or {},
            **more,
        )
        CustodyEvent.add(by=by, file=file, action=Custody.RECEIVED, note=f"{size} bytes")
        CustodyEvent.add(by=by, file=file, action=Custody.HASHED, note=sha256)
        if read_at_once:
            file.read_text(by=by)
        else:  # The job commits with the row: no file waits unread, and no job looks for a lost file.
            app.configure_task("evidence.read_text", queue="reading").defer(file_id=str(file.pk), user_id=str(by.pk))
        return file

    @classmethod
    @transaction.atomic
    def receive_text(cls, *, by: User, item: EvidenceItem, text: str, **capture) -> Self:
        """Keep pasted text as a file of its own, and read it at once. A form feed begins a page."""
        if not text.strip():
            raise ValidationError({"text": "Paste some text."})
        content = ContentFile(text.encode())
        return cls.receive(by=by, item=item, content=content, name="pasted.txt", capture=capture, read_at_once=True)

    @transaction.atomic
    def read_text(self, *, by: User) -> None:
        """Take the text out of the bytes, once. What cannot be read is kept and says why."""
        if not self._begin_reading():
            return
        try:
            with self.open() as stream:
                reading = read(stream, self.media_type)
        except Unreadable as reason:
            unsupported = self.media_type not in READERS
            self._end_reading(Extraction.UNSUPPORTED if unsupported else Extraction.FAILED, str(reason))
            return
        CustodyEvent.add(by=by, file=self, action=Custody.READ, note=f"{reading.extractor} {reading.extractor_version}")
        for number, text in enumerate(reading.pages, start=1):
            TextPage.add(
                by=by,
                file=self,
                item_id=self.item_id,
                number=number,
                title=f"{self.item.title}, page {number}"[:520],
                text=text,
                extractor=reading.extractor,
                extractor_version=reading.extractor_version,
            )
        self._end_reading(Extraction.DONE if any(map(str.strip, reading.pages)) else Extraction.EMPTY)

    def _begin_reading(self) -> bool:
        """Lock the row; of two readers one goes on."""
        waiting = StoredFile.objects.select_for_update().filter(pk=self.pk, extraction=Extraction.WAITING)
        return waiting.exists()

    def _end_reading(self, extraction: str, note: str = "") -> None:
        with taking("read_text", note):
            self._update(self.version, extraction=extraction, extraction_note=note)
        app.configure_task("evidence.find_near_copies", queue="reading").defer(item_id=str(self.item_id))

    def hand_out(self, *, is_api: bool):
        """The bytes, opened for a download that custody tells of, whoever it is: also who may write nothing.

        Raises `IllegalStep` where they are gone.
        """
        try:
            stream = self.open()
        except FileNotFoundError:
            raise IllegalStep("The bytes of this file are not in the store.") from None
        with taking("download"), connection.cursor() as cursor:
            cursor.execute("SELECT custody_of_download(%s, %s, %s)", [new_id(), self.pk, is_api])
        return stream

    def open(self):
        """The bytes, opened for reading."""
        return default_storage.open(storage.path_of(self.sha256))

    def verifies(self) -> bool:
        """Whether the stored bytes still have the hash they came with. Reads the whole file."""
        return storage.hash_of(self.sha256) == self.sha256


def _require_acceptable(item: EvidenceItem, content: File) -> None:
    if item.status != ItemStatus.ACTIVE:
        raise IllegalStep("This item is no longer active; nothing is added to it.")
    if not content.size:
        raise ValidationError({"file": "The file is empty."})
    if content.size > settings.MAX_UPLOAD_BYTES:
        raise ValidationError({"file": f"At most {settings.MAX_UPLOAD_BYTES // 2**20} MB are taken at once."})


class TextPage(Record):
    """The text of one page of a file, in Unicode NFC."""

    kind = "text_page"
    scoped_by = "file"
    searched = {"anchor": "item_id", "title": "title", "body": ("text",)}
    extra_triggers = (triggers.keep("text,number,file_id,item_id", "Extracted text stays as it was."),)

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="pages")
    item = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="pages")
    number = models.PositiveIntegerField(help_text="From 1.")
    title = models.CharField(max_length=520, help_text="The item's title and the page, as searched.")
    text = models.TextField(blank=True)
    extractor = models.CharField(max_length=100)
    extractor_version = models.CharField(max_length=50)
    was_ocr = models.BooleanField(default=False)

    class Meta:
        ordering = ["file", "number"]
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="page_is_extracted_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="pages_count_from_one"),
        ]
        indexes = [models.Index(fields=["item", "number"], name="page_by_item")]

    def __str__(self) -> str:
        return f"page {self.number}"

    def get_absolute_url(self) -> str:
        return f"{address_of('evidence_item', self.item_id)}#page-{self.number}"


class CustodyEvent(Record):
    """Who did what to the bytes, and when."""

    kind = "custody_event"
    scoped_by = "file"
    extra_triggers = (triggers.keep("file_id,action,note", "Custody is told once."),)

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="custody")
    action = models.CharField(max_length=20, choices=Custody)
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.file}"

    def get_absolute_url(self) -> str:
        return self.file.get_absolute_url()


class ByteCheck(models.Model):
    """When the stored bytes of a file were last hashed again. No record: nothing is decided by it, and it recurs.

    What was found stands on the file (`bytes_state`) and, each time that it changes, in its custody.
    """

    grants = "SELECT"

    file = models.OneToOneField(StoredFile, models.PROTECT, primary_key=True, related_name="byte_check")
    checked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.file_id} at {self.checked_at}"


class TimeStamp(Record):
    """What an authority outside signed: that the file's hash existed at this time (RFC 3161). Verified when it came."""

    kind = "time_stamp"
    scoped_by = "file"
    extra_triggers = (
        triggers.keep(
            "file_id,authority,signer,stamped_at,serial,policy,response", "A time-stamp stays as it was signed."
        ),
    )

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="time_stamps")
    authority = models.CharField(max_length=500, help_text="The address that was asked.")
    signer = models.CharField(max_length=500, help_text="Whom the authority's certificate names.")
    stamped_at = models.DateTimeField(help_text="As the authority's clock had it.")
    serial = models.CharField(max_length=100, help_text="The number that the authority gave it.")
    policy = models.CharField(max_length=100, help_text="The authority's policy, as an object identifier.")
    response = models.TextField(help_text="The whole answer (TimeStampResp, DER) in Base64.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "authority"],
                name="authority_stamps_a_file_once",
                violation_error_message="This authority has stamped this file already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file}, {self.stamped_at:%d %B %Y %H:%M} UTC"

    def get_absolute_url(self) -> str:
        return self.file.get_absolute_url()
