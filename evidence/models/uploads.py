from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.errors import IllegalStep, NotYours
from accounts.ids import new_id
from accounts.models import ApiToken, User
from evidence import pieces
from ledger.acting import acting_as, current_actor

MOST_UNFINISHED = 200
"""Of one person."""

GONE = "This upload was taken in or given up meanwhile."


class UploadQuerySet(models.QuerySet):
    def alive(self) -> Self:
        return self.filter(touched_at__gt=timezone.now() - lifetime())

    def old(self) -> Self:
        return self.filter(touched_at__lte=timezone.now() - lifetime())


class Upload(models.Model):
    """Bytes on their way in, that come in pieces and may break off. Whole, they are taken in as a file of an item.

    No record: it is its sender's alone, and gone once it is taken in or its time is over. `received` counts only
    bytes that are down on disk (`evidence/pieces.py`).
    """

    kept_for = "person_id"
    shown_if = "client_id IS NOT DISTINCT FROM attest_client()"
    grants = "SELECT, INSERT, UPDATE (received, touched_at), DELETE"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    client_id = models.UUIDField(null=True)
    name = models.CharField(max_length=255)
    length = models.BigIntegerField(help_text="Bytes in all.")
    received = models.BigIntegerField(default=0, help_text="Bytes that are here.")
    begun_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)

    objects = UploadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(length__gte=1), name="upload_has_bytes"),
            models.CheckConstraint(
                condition=Q(received__gte=0, received__lte=F("length")), name="upload_receives_what_was_announced"
            ),
        ]
        indexes = [
            models.Index(fields=["person"], name="upload_by_person"),
            models.Index(fields=["touched_at"], name="upload_by_age"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def offset(self) -> int:
        """Where to go on: what was noted, but no more than is there."""
        return min(self.received, pieces.size_of(self.pk))

    @property
    def is_whole(self) -> bool:
        return self.offset == self.length

    @property
    def expires_at(self) -> datetime:
        return self.touched_at + lifetime()

    @classmethod
    def begin(cls, *, by: User, name: str, length: int) -> Self:
        """Announce a file. Raises `ValidationError`, `NotYours` or `IllegalStep`."""
        _require_sender(by)
        if length > settings.MAX_UPLOAD_BYTES:
            raise ValidationError({"Upload-Length": too_large()})
        if cls.objects.alive().count() >= MOST_UNFINISHED:
            raise IllegalStep(f"{MOST_UNFINISHED} of your uploads are unfinished: take them in or give them up first.")
        token = current_actor().token
        return cls.objects.create(
            person=by, client_id=token.pk if token else None, name=plain_name(name), length=length
        )

    def append(
        self,
        stream: pieces.Readable,
        *,
        by: User,
        token: ApiToken | None,
        at: int,
        size: int,
        checksum: pieces.Checksum | None = None,
    ) -> None:
        """Put `size` bytes down from `at` on. What came before the sender broke off stays, and is where to go on.

        Outside any transaction: a slow sender holds none. Raises `IllegalStep`, `NotYours`, `pieces.Busy` or
        `pieces.NotAsAnnounced`.
        """
        if token and token.scope == token.Scope.READ:
            raise NotYours("This token only reads.")
        with pieces.held(self.pk) as file:
            received = self._as_noted(by, token)
            if at != received:
                raise IllegalStep(f"{received} bytes are here, and these begin at {at}: go on from {received}.")
            if at + size > self.length:
                raise IllegalStep(f"These are more bytes than the {self.length} that were announced.")
            pieces.append(
                file, stream, at=at, size=size, checksum=checksum, note=lambda down: self._note(down, by, token)
            )

    def _as_noted(self, by: User, token: ApiToken | None) -> int:
        with acting_as(by, token=token):
            noted = Upload.objects.filter(pk=self.pk).values_list("received", flat=True).first()
        if noted is None:
            raise IllegalStep(GONE)
        self.received = noted
        return self.offset

    def _note(self, received: int, by: User, token: ApiToken | None) -> None:
        """How much is down, once it is."""
        with acting_as(by, token=token):
            _require_sender(by)
            noted = Upload.objects.filter(pk=self.pk).update(received=received, touched_at=timezone.now())
        if not noted:
            raise IllegalStep(GONE)
        self.received = received

    def give_up(self, *, by: User) -> None:
        """Forget it, and what came of it. Raises `pieces.Busy` while a piece is coming."""
        _require_sender(by)
        with pieces.held(self.pk):
            self.forget()

    def taken(self) -> Self:
        """Itself, held until this transaction ends, by one only. Raises `IllegalStep` or `ValidationError`."""
        upload = Upload.objects.select_for_update().filter(pk=self.pk).first()
        if upload is None:
            raise IllegalStep(GONE)
        if not upload.is_whole:
            raise ValidationError(
                {"upload": f"{upload.offset} of {upload.length} bytes are here: send the rest first."}
            )
        return upload

    def open(self):
        """Its bytes, opened for reading, by its name."""
        return pieces.opened(self.pk, self.name)

    def forget(self) -> None:
        """Its row now, its bytes once that is committed."""
        Upload.objects.filter(pk=self.pk).delete()
        pieces.remove_on_commit(self.pk)


def lifetime() -> timedelta:
    return timedelta(hours=settings.UPLOAD_HOURS)


def plain_name(name: str) -> str:
    """A file's name without its folders and without what no name holds."""
    shown = "".join(each for each in name if each.isprintable())
    return PurePath(shown.replace("\\", "/")).name[-255:] or "unnamed"


def too_large() -> str:
    return f"At most {settings.MAX_UPLOAD_BYTES // 2**20} MB are taken at once."


def _require_sender(by: User) -> None:
    if not by.rooms_to_write_in():
        raise NotYours("Your role does not allow this.")
