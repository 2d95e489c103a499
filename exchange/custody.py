"""The custody report of an item: which bytes we hold, who did what to them and when, and how to verify it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from evidence.choices import BytesState
from evidence.models import CustodyEvent, EvidenceItem, StoredFile
from exchange.blocks import Bullets, Dossier, Facts, Heading, Notice, Section, Table, Text
from exchange.wording import marking_label
from ledger.models import LedgerEntry

MOST_EVENTS = 2000
"""Events of one item in a report, the newest; it says so where there are more."""

NO_STAMP = "No external time-stamp."

HOW = [
    "The bytes: “sha256sum FILE” prints the SHA-256 above. Any other program for SHA-256 does.",
    "The events: each is a record of the ledger under the number in the last column. "
    "“python manage.py ledger verify”, run by whoever keeps this Attest, recomputes every hash of the ledger and names "
    "the first entry that does not fit.",
    "The time of the ledger: its checkpoints are signed hourly. “python manage.py ledger key” prints the public key.",
]

HOW_STAMPED = (
    "The time-stamp: “openssl ts -verify -digest HASH -in ANSWER.tsr -CAfile ROOTS.pem”, with the SHA-256 above, "
    "the answer from the page of the item and the root certificates from the authority itself."
)


def report_of(item: EvidenceItem) -> Dossier:
    """As its reader may see it. Five queries; its source and workspace should be loaded."""
    files = list(item.files.select_related("created_by", "byte_check").prefetch_related("time_stamps"))
    found = CustodyEvent.objects.filter(file__item=item).select_related("created_by").order_by("-pk")
    events = list(found[: MOST_EVENTS + 1])
    numbers = _numbers([*events, *files])
    return Dossier(
        title="Custody report",
        subtitle=item.title,
        marking=marking_label(item.marking),
        marking_key=item.marking,
        banner="",
        foot=f"Item {item.pk}",
        notices=_notices(files, events),
        facts=[
            ("Item", str(item.pk)),
            ("Source", item.source.name),
            ("Workspace", item.workspace.name),
            ("Grade, it is so", item.grade),
            ("Grade, it was said", item.said_grade or "Not graded"),
            ("Collected", f"{_at(item.collected_at)}{f' by {item.collected_by}' if item.collected_by else ''}"),
            ("Report made", _at(timezone.now())),
        ],
        sections=[
            *(_section(file, [each for each in events if each.file_id == file.pk], numbers) for file in files),
            Section("How to verify", [Bullets([*HOW, *([HOW_STAMPED] if any(map(_stamps, files)) else [])])]),
        ],
        at=timezone.now().isoformat(),
    )


def _numbers(records: Iterable[Any]) -> dict[Any, int]:
    """The number of each record's first entry in the ledger."""
    keys = [each.pk for each in records]
    entries = LedgerEntry.objects.filter(object_id__in=keys, version=1).values_list("object_id", "sequence")
    return dict(entries)


def _notices(files: list[StoredFile], events: list[CustodyEvent]) -> list[Notice]:
    told = [
        Notice(
            "The bytes are not whole",
            f"“{file}” was found {_state(file)} when last looked at.",
        )
        for file in files
        if file.bytes_state != BytesState.WHOLE
    ]
    if not files:
        told.append(Notice("No bytes are held", "Of this item we hold only what is said of it."))
    if len(events) > MOST_EVENTS:
        told.append(Notice("Shortened", f"Only the newest {MOST_EVENTS} events are shown; the API tells all."))
    return told


def _section(file: StoredFile, events: list[CustodyEvent], numbers: dict[Any, int]) -> Section:
    facts = Facts(
        [
            ("SHA-256", file.sha256),
            ("Size", f"{file.size} bytes"),
            ("Type, as detected", file.media_type),
            ("Received", f"{_at(file.created_at)} by {_who(file.created_by)}"),
            ("Ledger entry", _number(file, numbers)),
            *((name.replace("_", " ").capitalize(), str(value)) for name, value in sorted(file.capture.items())),
            ("Last hashed again", _checked(file)),
            *(_stamp_facts(file) or [("External time-stamp", NO_STAMP)]),
        ]
    )
    rows = [
        [
            _at(each.created_at),
            each.get_action_display(),
            _who(each.created_by),
            _note(each, file),
            _number(each, numbers),
        ]
        for each in reversed(events[:MOST_EVENTS])
    ]
    table = Table(
        caption=f"Custody of {file}",
        head=["When", "What", "Who", "Note", "Ledger"],
        rows=rows,
        widths=[20, 18, 18, 34, 10],
    )
    return Section(str(file), [facts, Heading("Custody"), table if rows else Text("No event.")])


def _stamps(file: StoredFile) -> list:
    return list(file.time_stamps.all())


def _stamp_facts(file: StoredFile) -> list[tuple[str, str]]:
    return [
        (
            "External time-stamp",
            f"{_at(each.stamped_at)}, signed by {each.signer}, number {each.serial}, "
            f"policy {each.policy} ({each.authority})",
        )
        for each in _stamps(file)
    ]


def _checked(file: StoredFile) -> str:
    check = getattr(file, "byte_check", None)
    if check is None:
        return f"Not yet since it came. Each file is, every {settings.RECHECK_DAYS} days."
    return f"{_at(check.checked_at)}: {_state(file)}"


def _state(file: StoredFile) -> str:
    return BytesState(file.bytes_state).label.lower()


def _number(record: Any, numbers: dict[Any, int]) -> str:
    return str(numbers.get(record.pk, ""))


def _note(event: CustodyEvent, file: StoredFile) -> str:
    return "the SHA-256 above" if event.note == file.sha256 else event.note


def _who(person: Any) -> str:
    return str(person) if person else "Attest itself"


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
