"""What is told of a file beside its bytes: custody, looks at its bytes, time-stamps, how far a reading is."""

from django.db import models

from evidence.choices import Custody
from ledger import triggers
from ledger.models import Record


class ReadingProgress(models.Model):
    """How far the reading of a file has come. No record: it is gone with the next page."""

    grants = "SELECT, INSERT, UPDATE"

    file = models.OneToOneField("evidence.StoredFile", models.PROTECT, primary_key=True, related_name="progress")
    pages_read = models.PositiveIntegerField()
    page_count = models.PositiveIntegerField()
    told_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.pages_read} of {self.page_count} pages"


class CustodyEvent(Record):
    """Who did what to the bytes, and when."""

    kind = "custody_event"
    scoped_by = "file"
    extra_triggers = (triggers.keep("file_id,action,note", "Custody is told once."),)

    file = models.ForeignKey("evidence.StoredFile", models.PROTECT, related_name="custody")
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

    file = models.OneToOneField("evidence.StoredFile", models.PROTECT, primary_key=True, related_name="byte_check")
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

    file = models.ForeignKey("evidence.StoredFile", models.PROTECT, related_name="time_stamps")
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
