"""Items that came out of a stored file: attachments of a mail, members of an archive."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import models
from django.db.models import Q, Sum

from accounts.models import User
from evidence import apart, storage
from evidence.alarms import require_confirmed
from evidence.allowance import allowed
from evidence.choices import ItemStatus, Opening
from evidence.labels import name_of
from evidence.models.files import StoredFile
from evidence.models.items import EvidenceItem
from evidence.unpacked import DEEPEST, MOST_BYTES, MOST_PARTS, Unpacked
from evidence.unreadable import Unreadable
from ledger import triggers
from ledger.acting import acting_as
from ledger.addresses import address_of
from ledger.models import Record

TAKEN_OVER = (
    "workspace_id",
    "marking",
    "source_id",
    "evidence_kind",
    "category",
    "language",
    "collected_at",
    "collected_by_id",
)
"""What a part has of the item whose file it came out of."""


class ContainerPart(Record):
    """Where an item came from: a file that held it. It lies where the item lies.

    Parts of one container have its source, so that they are one origin and never confirm each other.
    """

    kind = "container_part"
    scoped_by = "item"
    extra_triggers = (
        triggers.keep(
            "item_id,container_id,outermost_id,path,position,sha256,size", "Where a part came from stays as it was."
        ),
    )

    item = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="came_in")
    container = models.ForeignKey(StoredFile, models.PROTECT, related_name="parts")
    outermost = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="all_parts", help_text="The file that came in from outside."
    )
    path = models.CharField(max_length=1000, help_text="Its name inside; what cannot be seen in it stands as U+FFFD.")
    position = models.PositiveIntegerField(help_text="From 1, in the order of the container.")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text="Bytes.")

    class Meta:
        ordering = ["container_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["container", "path", "position"], name="part_comes_out_of_its_container_once"
            ),
            models.UniqueConstraint(fields=["item"], name="item_came_out_of_one_container"),
            models.CheckConstraint(condition=Q(position__gte=1), name="parts_count_from_one"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="part_is_known_by_sha256_in_hex"),
        ]
        indexes = [models.Index(fields=["outermost"], name="part_by_outermost_file")]

    def __str__(self) -> str:
        return self.path

    def get_absolute_url(self) -> str:
        return address_of("evidence_item", self.item_id)


def open_container(file_id: str, *, by: User) -> None:
    """Make items of what a stored file holds, each in a transaction of its own.

    Stopped midway and begun again, it goes on with what is missing. Nothing is unpacked inside a transaction.
    """
    with acting_as(by):
        file = StoredFile.objects.select_related("item").filter(pk=file_id, opening=Opening.WAITING).first()
        lineage = _lineage(file) if file else []
    if file is None:
        return
    try:
        _require_openable(file, lineage)
        state, left_out = Opening.DONE, _take_all(file, lineage, by)
    except Unreadable as refusal:
        state, left_out = Opening.REFUSED, [str(refusal)]
    with acting_as(by):
        file.end_opening(state, left_out)


def _lineage(file: StoredFile) -> list[StoredFile]:
    """The containers that this file came out of, the nearest first. Queries once for each."""
    found, item_id = [], file.item_id
    while len(found) <= DEEPEST:
        part = ContainerPart.objects.filter(item=item_id).select_related("container").first()
        if part is None:
            break
        found.append(part.container)
        item_id = part.container.item_id
    return found


def _require_openable(file: StoredFile, lineage: list[StoredFile]) -> None:
    if file.item.status != ItemStatus.ACTIVE:
        raise Unreadable("Its item is no longer active: nothing comes out of it.")
    if len(lineage) >= DEEPEST:
        raise Unreadable(f"It lies {DEEPEST} containers deep: no deeper one is opened.")


def _take_all(file: StoredFile, lineage: list[StoredFile], by: User) -> list[str]:
    """Unpack the container and make items of its parts. Returns what was left out, in sentences."""
    with tempfile.TemporaryDirectory(prefix="attest-parts-") as folder:
        with storage.on_disk(file.sha256) as path:
            contents = apart.unpack(path, file.media_type, Path(folder), limits=allowed())
        refused = (_take(part, file, lineage, by) for part in contents.parts)
        return [*contents.left_out, *filter(None, refused)]


def _take(part: Unpacked, file: StoredFile, lineage: list[StoredFile], by: User) -> str:
    """Make an item of a part, unless it is one already. Returns why it was left out, if it was."""
    chain = [file, *lineage]
    if part.sha256 in {each.sha256 for each in chain}:
        return f"“{part.path[-120:]}” is a container that holds itself, and was not taken."
    with acting_as(by):
        outermost = _held(chain[-1])
        if ContainerPart.objects.filter(container=file, path=part.path, position=part.position).exists():
            return ""
        if refusal := _beyond(outermost, part.size):
            return f"“{part.path[-120:]}” {refusal}."
        _make(part, file, outermost, by)
    return ""


def _held(outermost: StoredFile) -> StoredFile:
    """The outermost file, held so that two openings of what it holds count one after the other."""
    return StoredFile.objects.select_for_update(no_key=True).get(pk=outermost.pk)


def _beyond(outermost: StoredFile, size: int) -> str:
    known = ContainerPart.objects.filter(outermost=outermost).aggregate(models.Count("pk"), Sum("size"))
    if known["pk__count"] >= MOST_PARTS:
        return f"was not taken: at most {MOST_PARTS:,} parts come out of one file"
    if (known["size__sum"] or 0) + size > MOST_BYTES:
        return f"was not taken: at most {MOST_BYTES // 2**30} GB come out of one file"
    return ""


def _make(part: Unpacked, file: StoredFile, outermost: StoredFile, by: User) -> None:
    taken_over = {name: getattr(file.item, name) for name in TAKEN_OVER}
    item = EvidenceItem.add(by=by, title=_title(part, file.item), confirmed_harmless=True, **taken_over)
    came_in = {"container_sha256": file.sha256, "path_inside": part.path, "position_inside": part.position}
    with part.file.open("rb") as content:
        kept = StoredFile.receive(by=by, item=item, content=File(content), name=part.path, capture=came_in)
    ContainerPart.add(
        by=by,
        item=item,
        container=file,
        outermost=outermost,
        path=part.path,
        position=part.position,
        sha256=kept.sha256,
        size=part.size,
    )


def _title(part: Unpacked, container: EvidenceItem) -> str:
    """Its name inside; a number where that would tell a person apart, which no title of ours does."""
    name = name_of(part.path)
    try:
        require_confirmed([name])
    except ValidationError:
        return f"Part {part.position} of {container.title}"[:500]
    return name
